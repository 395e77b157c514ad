#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A machine that is reset in the middle of 'klpmake load', 'boot' and 'install', on every fetched kernel: one QEMU each, with a
# disk for /var/lib/klpmake, whose reset button is pressed whenever the guest says so. The guest finds on its disk how often
# that has happened.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/guest.bash
. "$top/tests/guest.bash"

# resettable DISK: a QEMU for 'klpmake try' with this disk and a hand at the reset button.
resettable()
{
	mkdir "$scratch/bin"
	guest_qemu "$scratch/bin" <<-END
		arguments=()
		for word; do [[ \$word == -no-reboot ]] || arguments+=("\$word"); done
		exec "\$qemu" "\${arguments[@]}" -drive 'file=$1,if=virtio,format=raw' -monitor stdio \\
			< <(exec tail -s 0.1 -n +1 -f --pid=\$\$ verdict | sed -un 's/^out reset!\$/system_reset/p')
	END
}

# scenario: what the guest does.
scenario()
{
	guest_words
	cat <<-'END'
		mkdir -p /var/lib/klpmake
		# reset: the host does that; until then this goes on, as a machine does.
		reset() {
			echo $((stage + 1)) >/var/lib/klpmake/stage
			sync /var/lib/klpmake/stage
			show "reset!"
			sleep 1000
		}
		# In the middle: a task keeps the transition from ending.
		reset_in_transition() {
			"$@" >/run/shown 2>&1 &
			within grep -q 'left of those' /run/shown || fail "$*: no transition is shown"
			grep -qx 1 /sys/kernel/livepatch/klp_held/transition || fail "$*: it is not in transition"
			reset
		}
		loaded() {
			[ "$(ls /sys/kernel/livepatch | tr '\n' ' ')" = "$1" ] || fail "loaded is '$(ls /sys/kernel/livepatch)' and not '$1'"
		}
		# stored NAME...: this is installed, and nothing else is there.
		stored() {
			(cd "/var/lib/klpmake/$(uname -r)" && ls -A | tr '\n' ' ') >/run/stored
			[ "$(cat /run/stored)" = "$1" ] || fail "installed is '$(cat /run/stored)' and not '$1'"
		}
		whole() {
			for name; do
				cmp "/try/modules/$name.ko" "/var/lib/klpmake/$(uname -r)/$name.ko" || fail "'$name' is installed in part"
			done
		}

		kernel_module virtio_pci
		kernel_module virtio_blk
		mount -t ext4 /dev/vda /var/lib/klpmake || fail 'no disk'
		rmdir /var/lib/klpmake/lost+found 2>/dev/null
		stage=$(cat /var/lib/klpmake/stage 2>/dev/null || echo 0)
		phase "start$stage"
		case $stage in
		0)
			says 0 'klp_good: loaded whenever' install /try/modules/klp_good.ko /try/modules/klp_held.ko
			load holder
			reset_in_transition /tree/klpmake load --timeout 600 /try/modules/klp_held.ko
			;;
		1)
			# It went down while klp_held was being loaded by hand.
			loaded ''
			says 1 "'klp_held' is left out: the machine went down when it was loaded the last time" boot
			loaded 'klp_good '
			grep -qx patched /proc/cmdline || fail 'klp_good does nothing'
			stored 'klp_good.ko klp_good.trying klp_held.ko klp_held.trying order '
			says 1 "'klp_held' is left out" boot
			# Somebody says so.
			says 0 'klp_held: loaded whenever' install /try/modules/klp_held.ko
			load holder
			reset_in_transition /tree/klpmake boot
			;;
		2)
			# It went down while klp_held was being loaded by boot, and less than a minute after klp_good was.
			says 1 "'klp_held' is left out: the machine went down when it was loaded the last time" boot
			grep -q "'klp_good' is left out" /run/output || fail 'klp_good is not left out'
			loaded ''
			whole klp_good klp_held
			# A sync that does not come back, before klp_over is on the list.
			mkdir /run/bin
			cat >/run/bin/sync <<'SYNC'
			#!/bin/sh
			/bin/sync "$@"
			case $(cat "$2") in
			*klp_over*) [ ! -f "$2" ] || { : >/run/frozen; sleep 1000; } ;;
			esac
		SYNC
			chmod +x /run/bin/sync
			PATH=/run/bin:/try/programs:$PATH /tree/klpmake install /try/modules/klp_good.ko /try/modules/klp_over.ko >/run/shown 2>&1 &
			frozen() { [ -e /run/frozen ]; }
			within frozen || fail "install did not get that far: $(cat /run/shown)"
			(cd "/var/lib/klpmake/$(uname -r)" && ls -A) | grep -q '^\.new\.' || fail 'nothing is being written'
			reset
			;;
		3)
			# It went down while klp_over was being installed, after klp_good was.
			says 1 "'klp_held' is left out" boot
			loaded 'klp_good '
			stored 'klp_good.ko klp_good.trying klp_held.ko klp_held.trying order '
			whole klp_good klp_held
			says 0 'klp_over: loaded whenever' install /try/modules/klp_over.ko
			says 1 'klp_over: enabled' boot
			loaded 'klp_good klp_over '
			says 0 'klp_held: not loaded any more' uninstall klp_held
			stored 'klp_good.ko klp_good.trying klp_over.ko klp_over.trying order '
			says 0 'klp_good: gone' unload --all
			;;
		*) fail "stage '$stage'" ;;
		esac
	END
}

main()
{
	local releases=() release dir
	need_guests
	type mkfs.ext4 >/dev/null 2>&1 || skip_all 'there is no mkfs.ext4'
	klpmake_in "$scratch/tree.tar"
	scenario >"$scratch/scenario"
	resettable "$scratch/disk"
	for release in "${releases[@]}"; do
		dir=$(modules_for "$release")
		rm -f "$scratch/disk"
		truncate -s 16M "$scratch/disk"
		mkfs.ext4 -q "$scratch/disk"
		PATH=$scratch/bin:$PATH try "$dir"/{klp-good,klp-over,klp-held,holder}.ko --scenario "$scratch/scenario" \
			--file "$scratch/tree.tar" "${klpmake_programs[@]}" --modprobe virtio_pci --modprobe virtio_blk --timeout 600
		exits 0 "$release: a machine that is reset in load, boot and install"
	done
	nothing_left 'nothing is left of the guests'
	done_testing
}

main
