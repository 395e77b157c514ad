#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# packaging/klpmake.service, on the newest kernel: a systemd that starts in a guest, as that of a container, loads what is
# installed before any ordinary service, in its order; it starts all the same when that fails; and 'klpmake=off' counts.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/guest.bash
. "$top/tests/guest.bash"

systemd=/lib/systemd/systemd

# scenario: what the guest does.
scenario()
{
	guest_words
	cat <<-'END'
		ln -s /try/programs/flock /try/programs/klpinfo /bin
		tar -xf machine.tar -C /
		mount -t cgroup2 cgroup2 /sys/fs/cgroup
		# starts WANT [WORD...]: a systemd starts, with these words on its command line, which it takes for the kernel's. What its
		# first ordinary service sees is WANT; then all of it dies. It writes to the kernel's log.
		starts() {
			want=$1
			shift
			rm -f /run/seen
			env -i PATH=/bin container=klpmake unshare -p -f -m --mount-proc /try/programs/systemd --log-target=kmsg "$@" \
				>/dev/console 2>&1 &
			within test -e /run/seen || fail 'it does not start'
			[ "$(cat /run/seen)" = "$want" ] || fail "the first service sees '$(cat /run/seen)' and not '$want'"
			killall -KILL systemd
			wait
			complain
		}

		phase start
		mkdir -p /var/lib
		says 0 'klp_good: loaded whenever' install /try/modules/klp_good.ko /try/modules/klp_over.ko
		starts 'klp_good klp_over patched over'
		says 0 'klp_good: gone' unload --all

		phase failure
		# It is dead less than a minute after it has loaded these two.
		starts ''
		dmesg | grep -q 'klpmake.service: Main process exited, code=exited, status=1' || fail 'both are not left out'

		phase off
		says 0 'klp_good: loaded whenever' install /try/modules/klp_good.ko /try/modules/klp_over.ko
		starts '' klpmake=off
		dmesg | grep -q 'condition check (ConditionKernelCommandLine=!klpmake=off)' || fail 'that is not the reason'
	END
}

# machine_in FILE: a tar with klpmake, whose unit is enabled, systemd's targets, and a service that writes down what it sees.
machine_in()
{
	local units=$scratch/installed/etc/systemd/system
	systemctl --root="$scratch/installed" enable klpmake.service 2>/dev/null || return
	cat >"$units/default.target" <<-'END'
		[Unit]
		Requires=basic.target
		After=basic.target
		Wants=seen.service
	END
	cat >"$units/seen.service" <<-'END'
		[Service]
		Type=oneshot
		ExecStart=/bin/sh -c 'echo $(ls /sys/kernel/livepatch) $(grep patched /proc/cmdline) >/run/seen.new; mv /run/seen.new /run/seen'
	END
	mkdir -p "$scratch/installed/usr/lib/systemd/system"
	cp /lib/systemd/system/*.target "$scratch/installed/usr/lib/systemd/system"
	tar -cf "$1" -C "$scratch/installed" .
}

main()
{
	local releases=() release dir
	need_guests
	type systemctl "$systemd" >/dev/null 2>&1 || skip_all 'systemd is not installed'
	klpmake_in "$scratch/tree.tar"
	machine_in "$scratch/machine.tar" || fail 'klpmake.service cannot be enabled'
	scenario >"$scratch/scenario"
	release=$(printf '%s\n' "${releases[@]}" | sort -V | tail -n 1)
	dir=$(modules_for "$release")
	try "$dir"/{klp-good,klp-over}.ko --scenario "$scratch/scenario" --file "$scratch/tree.tar" --file "$scratch/machine.tar" \
		"${klpmake_programs[@]}" --program "$systemd" --timeout 600
	exits 0 "$release: systemd loads what is installed"
	nothing_left 'nothing is left of the guests'
	done_testing
}

main
