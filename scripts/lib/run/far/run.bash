# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Runs the command on another machine (hosts.bash), until it ends, or until standard input does or is silent for a minute, in
# which hosts.bash writes four lines: then nobody waits for it any more, and it has to take back what it has begun. The ssh
# server of a machine whose connection is lost may notice that after hours.
set -uo pipefail

here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
cd "$here" || exit
mapfile -t arguments <arguments
export KLPMAKE_BIN=$here/build
exec {line}<&0
bash -p klpmake "${arguments[@]}" </dev/null {line}<&- &
command=$!
{
	while read -r -t 60 _; do :; done
	kill -TERM "$command"
} <&"$line" >/dev/null 2>&1 &
watch=$!
exec {line}<&-
wait "$command"
status=$?
kill "$watch" 2>/dev/null
exit "$status"
