#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Changed copies of helpers of stock kernels whose original is still used; static variables that were copied; a function
# that call_rcu() keeps. What klpcheck says is enough: no guest is run.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/example.bash
. "$(dirname "$0")/example.bash"

whole_run()
{
	local calls=' calls it'

	cp "$top/tests/doubt/frame.h" "$dir"
	run "$top/klpmake" -q -k "$release" --allow=compat "$dir"
	exits 1 "$release: changed copies and copied variables are refused"
	is "$(sed -n "s/^klpcheck: error: '\(.*\)': \([a-z]*\): '\([^']*\)' .*/\1 \2 \3/p" <<<"$err")" \
		'klp-called.ko helpers __codel_qdisc_dequeue
klp-inlined.ko helpers put_itimerval
klp-header.ko helpers livepatch_validate_gue_flags
klp-locals.ko locals livepatch_audit_log_lost' "$release: ... each for what is wrong with it"
	# gcc 16 inlines it there.
	"$top/kallsympos" -k "$release" __codel_qdisc_dequeue >/dev/null || calls=''
	has "$err" "
  codel_peek${calls} at net/sched/sch_codel.c:" "$release: ... with who calls the old one"
	has "$err" '
  __x64_sys_setitimer at kernel/time/itimer.c:' "$release: ... with who has it inlined"
	has "$err" '
  gue_udp_recv at net/ipv4/fou' "$release: ... also of a header"
	has "$err" '
  extern spinlock_t lock KLP_STATIC_LOCAL(audit_log_lost, lock);' "$release: ... and with the line to write"
	has "$err" "klpcheck: warning: 'klp-handed.ko': 'later_free' (klp-handed.c:10) is handed to call_rcu()" \
		"$release: a function that call_rcu() keeps is told"
	has "$err" "klpcheck: warning: 'klp-handed.ko': 'later_work' (klp-handed.c:11) is stored somewhere by 'livepatch_filesystems_proc_show'" \
		"$release: ... and one in a work item"
}

cd "$top" || exit
on_every_kernel tests/helpers
done_testing
