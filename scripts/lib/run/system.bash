# SPDX-License-Identifier: GPL-2.0-only
#
# The running machine, as the commands that load livepatches see it. They need bash, coreutils and kmod, or busybox's
# commands of these names, and build/klpinfo. Source common.bash first.
#
# Here each 'return' has its status: in what a trap runs, as the end of these commands is, bash takes one without a status
# for that of the command before the trap.

# Where the kernel tells of itself, and where klpmake keeps what it must know until the next boot. Tests set others.
run_sys=/sys run_proc=/proc run_state=/run/klpmake

# first_line FILE: sets REPLY to its first line; 1 if there is none. What the kernel shows may vanish at any time.
first_line()
{
	REPLY=''
	{ IFS= read -r REPLY <"$1" || [[ -n $REPLY ]]; } 2>/dev/null
}

# uptime_now: sets REPLY to the seconds since the machine has started, which nobody sets as they do the clock.
uptime_now()
{
	first_line /proc/uptime
	REPLY=${REPLY%%.*}
}

# need_root WHAT
need_root()
{
	((EUID == 0)) || die "$1 needs root: try 'sudo klpmake ...'"
}

need_livepatch()
{
	[[ -d $run_sys/kernel/livepatch ]] ||
		die "this kernel has no livepatch: there is no '$run_sys/kernel/livepatch' (CONFIG_LIVEPATCH is off, or sysfs is not mounted)"
}

# need_tools NAME...
need_tools()
{
	local name
	for name; do
		type "$name" >/dev/null 2>&1 || die "'$name' is not installed: it comes with kmod, coreutils and util-linux, or with busybox"
	done
}

# patch_name WORD: sets REPLY to the kernel's name of what the user calls X, X.ko or path/X.ko.xz.
patch_name()
{
	REPLY=${1##*/}
	REPLY=${REPLY%%.ko*}
	REPLY=${REPLY//-/_}
	is_module_name "$REPLY" || die "'$1' is not the name of a livepatch"
}

# is_release TEXT: is it one of a kernel? Releases become names of directories.
is_release()
{
	[[ $1 =~ ^[A-Za-z0-9][A-Za-z0-9.+~_-]{0,63}$ ]]
}

# running_release: sets REPLY to that of the running kernel.
running_release()
{
	first_line "$run_proc/sys/kernel/osrelease" || die "cannot read '$run_proc/sys/kernel/osrelease': is /proc mounted?"
}

# is_loaded NAME: is it a module that is loaded, or loading? Built-in ones have a directory without a state.
is_loaded()
{
	[[ -e $run_sys/module/$1/initstate ]]
}

# duration TEXT: sets REPLY to its seconds: 90, 90s, 10m, 2h, 1d. 1 if it is none.
duration()
{
	local -A unit=([s]=1 [m]=60 [h]=3600 [d]=86400)
	[[ $1 =~ ^([1-9][0-9]{0,6})([smhd]?)$ ]] || return 1
	REPLY=$((BASH_REMATCH[1] * ${unit[${BASH_REMATCH[2]:-s}]}))
}

# state_directory: makes it.
state_directory()
{
	(umask 022 && mkdir -p "$run_state") 2>/dev/null || true
	[[ -d $run_state && ! -L $run_state && -w $run_state && -O $run_state ]] ||
		die "cannot write to '$run_state': it must be a directory of root's"
}

# close_files: what whoever started this one holds: pipes that somebody reads to their end, locks. 255 is bash's own.
close_files()
{
	local fd
	for fd in /proc/self/fd/*; do
		fd=${fd##*/}
		((fd < 3 || fd == 255)) || exec {fd}>&-
	done
}
