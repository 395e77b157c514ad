# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154
#
# The scenario of 'klpmake try --each': each module in its turn, before, with and after it. Each runs in a shell of its
# own, which 'fail' ends, so that the next one is tried as well; but not in a kernel in which something of this one stays.

# take_back MODULE: what has failed is reported, and while /run/failed is there, this adds nothing to it. 1 if something of
# it stays: itself, what it patches, or damage after which the kernel may say less than before.
take_back()
{
	[ ! -d "/sys/module/$1" ] || (unload "$1")
	rm /run/failed
	news >/run/news
	news_judged
	! grep -qE 'BUG: |Oops|INFO: |WARNING: (possible|suspicious|inconsistent|bad) ' /run/news || return
	# What it warns of once, it is to say of the next one, too.
	echo 1 >/sys/kernel/debug/clear_warn_once
	[ ! -d "/sys/module/$1" ] && gone "$1" && [ -z "$(ls /sys/kernel/livepatch)" ]
}

needed_modules

for module in $modules; do
	tell module "$module"
	echo start >/run/phase
	echo "<6>$mark: '$module'" >/dev/kmsg
	if (modules=$module && try_modules "$module"); then
		tell passed
		continue
	fi
	# A fault in the kernel may have ended that shell.
	[ -e /run/failed ] || (fail "the kernel has killed what tried it")
	take_back "$module" || {
		tell stays
		break
	}
done
