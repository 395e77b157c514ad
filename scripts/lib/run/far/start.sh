# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# The first thing that runs on another machine (hosts.bash), for any sh, to say what is missing there: start.sh DIRECTORY.
PATH=$PATH:/usr/sbin:/sbin
for name in bash awk mktemp setsid insmod rmmod; do
	command -v "$name" >/dev/null 2>&1 || {
		echo "klpmake: error: there is no '$name' on this machine" >&2
		exit 1
	}
done
if [ "$(id -u)" -ne 0 ] && sudo -n true 2>/dev/null; then
	exec sudo -n bash -p "$1/run.bash"
fi
exec bash -p "$1/run.bash"
