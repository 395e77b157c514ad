# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What make runs for each kernel of many.bash, in its directory: many-run.bash NUMBER. A signal to this, which make sends on,
# has to reach klpmake, which has something to clean up.

trap 'kill -TERM "$pid" 2>/dev/null; ended=1' INT TERM HUP
ended=''
"$BASH" -p "$1.run" >"$1.out" 2>"$1.err" </dev/null &
pid=$!
wait "$pid"
status=$?
while [[ -n $ended ]]; do
	ended=''
	wait "$pid"
done
((status)) || : >"$1.done"
exit "$status"
