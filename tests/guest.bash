# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154 # what tap.bash sets
#
# Shared by the tests of the guest runner. Source tap.bash first.

# shellcheck source=scripts/lib/common.bash
. "$top/scripts/lib/common.bash"
# shellcheck source=scripts/lib/kernel.bash
. "$top/scripts/lib/kernel.bash"

export TMPDIR="$scratch/a tmp"
mkdir "$TMPDIR"

# try ARG...: runs one guest, with its log in $log.
log="$scratch/console log"
try()
{
	rm -f "$log"
	run "$top/klpmake" try --log "$log" "$@"
}

# nothing_left NAME: no file is left, and no process that works in our directory.
nothing_left()
{
	is "$(find "$TMPDIR" -mindepth 1; find /proc/[0-9]*/cwd -lname "$TMPDIR*" 2>/dev/null)" '' "$1"
}

# guest_qemu DIRECTORY: makes a qemu there for 'klpmake try' to find in the PATH: the bash script on standard input, which starts
# "$qemu" with more arguments. What only asks whether KVM works goes to qemu itself.
guest_qemu()
{
	local name=qemu-system-x86_64
	{
		cat <<-END
			#!/bin/bash
			qemu=$(type -P "$name")
			[[ " \$* " != *' -S '* ]] || exec "\$qemu" "\$@"
		END
		cat
	} >"$1/$name"
	chmod +x "$1/$name"
}

# modules_for RELEASE: builds tests/guest for that kernel, and prints the directory. All tests of one 'make test' share one
# (KLPMAKE_MINI, as in tests/mini.bash); nobody writes there.
modules_for()
{
	local dir=${KLPMAKE_MINI:-$scratch}/guest-modules-$1
	{
		flock 9
		[[ -e $dir/done ]] || {
			rm -rf "$dir"
			cp -r "$top/tests/guest" "$dir"
			make -s -C "$(kernel_kdir "$1")" "M=$dir" CONFIG_DEBUG_INFO_BTF_MODULES= KBUILD_MODPOST_WARN=1 \
				modules >"$dir/log" 2>&1 || diag "$(<"$dir/log")"
			: >"$dir/done"
		}
	} 9>"$dir.lock"
	printf '%s\n' "$dir"
}

# klpmake_in FILE: a tar of what of klpmake the guest needs, as it is installed on machines that only load livepatches, and
# no more: there is neither a compiler nor binutils in it.
klpmake_in()
{
	make -s -C "$top" install-load PREFIX=/usr DESTDIR="$scratch/installed" >&2
	tar -cf "$1" -C "$scratch/installed/usr/lib/klpmake" klpmake scripts
}

# guest_words: the beginning of a scenario that runs klpmake's commands in the guest, from the --file tree.tar and the
# --programs of klpmake_programs. 'says STATUS TEXT COMMAND...' runs one: it ends so, and says that.
# shellcheck disable=SC2034 # for the tests
klpmake_programs=(--program bash --program flock --program "$top/build/klpinfo")
guest_words()
{
	cat <<-'END'
		ln -s /try/programs/bash /bin/bash
		# What devtmpfs does not have and every system makes.
		ln -s /proc/self/fd /dev/fd
		mkdir /tree
		tar -xf tree.tar -C /tree
		export KLPMAKE_BIN=/try/programs
		says() {
			want=$1 text=$2
			shift 2
			run_shown "$*" /tree/klpmake "$@"
			status=$?
			[ $status -eq "$want" ] || fail "klpmake $*: status $status"
			grep -qF -- "$text" /run/output || fail "klpmake $*: it did not say '$text'"
		}
	END
}

# need_guests: sets releases to the kernels that were fetched. Without kernels, or without what a guest needs, the
# test ends here and says why.
need_guests()
{
	local reason
	mapfile -t releases < <("$top/scripts/fetch-kernel" --list)
	if ! type qemu-system-x86_64 busybox cpio >/dev/null 2>&1; then
		reason="qemu, busybox or cpio is missing: 'scripts/setup try' installs them"
	elif ((!${#releases[@]})); then
		reason="no kernel was fetched: 'scripts/fetch-kernel' gets one"
	else
		return 0
	fi
	skip 'guests' "$reason"
	done_testing
}
