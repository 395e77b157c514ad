# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154 # what tap.bash sets
#
# A made-up machine for the commands that operate livepatches: tests/run says what of it is a kernel. Source tap.bash
# first.

machine=$scratch/machine
kernel_pid=''

# boot: a machine without livepatches, and a kernel for it. What it had before is gone.
boot()
{
	halt
	rm -rf "$machine"
	mkdir -p "$machine"/{sys/kernel/livepatch,sys/module,proc/sys/kernel,state}
	: >"$machine/proc/modules"
	echo 9.9.0-mini >"$machine/proc/sys/kernel/osrelease"
	perl -e 'print pack("LLL", 4, 4, 3), "GNU\0", pack("H*", "0a0b0c0d")' >"$machine/sys/kernel/notes"
	echo 'vmlinux helper,2' >"$machine/next"
	"$top/tests/run/kernel" "$machine" 2>/dev/null &
	kernel_pid=$!
}

halt()
{
	[[ -z $kernel_pid ]] || {
		kill "$kernel_pid"
		wait "$kernel_pid"
	} 2>/dev/null
	kernel_pid=''
}

# on COMMAND [ARG...]: runs a command of klpmake there.
on()
{
	run "$top/tests/run/command" "$machine" "$@"
}

# patched NAME LINE...: a livepatch with these functions is enabled.
patched()
{
	local name=$1
	shift
	printf '%s\n' "$@" >"$machine/next"
	MACHINE=$machine "$top/tests/run/bin/insmod" "$name.ko"
	until_holds settled "$name"
	echo 'vmlinux helper,2' >"$machine/next"
}

settled()
{
	[[ $(<"$machine/sys/kernel/livepatch/$1/transition") == 0 ]]
}

# task TID NAME STATE FLAGS PATCH_STATE FRAME...: a task in /proc.
task()
{
	local dir=$machine/proc/$1/task/$1
	mkdir -p "$dir"
	printf '%d (%s) %s 2 0 0 0 -1 %d 0 0\n' "$1" "$2" "$3" "$4" >"$dir/stat"
	printf 'wait_woken' >"$dir/wchan"
	printf '%s\n' "$5" >"$dir/patch_state"
	shift 5
	printf '[<0>] %s\n' "$@" >"$dir/stack"
}

# loaded: the livepatches of the machine, and its modules.
loaded()
{
	echo "$(names_in "$machine/sys/kernel/livepatch")|$(names_in "$machine/sys/module")"
}

# names_in DIRECTORY: what is in it, in one line.
names_in()
{
	(cd "$1" && find . -mindepth 1 -maxdepth 1 -printf '%P\n' | LC_ALL=C sort | paste -sd ' ')
}

# make_patch NAME [LINE...]: NAME.ko replaces helper, with these lines in its source.
make_patch()
{
	local name=$1
	shift
	{
		cat <<-'END'
			#include "mini.h"
			static int new_helper(int x) { return x + 1; }
			static struct klp_func funcs[] = {{.old_name = "helper", .new_func = new_helper, .old_sympos = 2}, {}};
			static struct klp_object objects[] = {{.funcs = funcs}, {}};
			static struct klp_patch patch = {.mod = THIS_MODULE, .objs = objects, .replace = REPLACE};
			static int __init x_init(void) { return klp_enable_patch(&patch); }
			module_init(x_init);
			MODULE_LICENSE("GPL");
			MODULE_INFO(livepatch, "Y");
		END
		printf '%s\n' "$@"
	} >"$name.c"
	MINI_CFLAGS="-g0 -DREPLACE=${REPLACE:-0}" mini_module "$k" "$scratch/$name.ko" "$name.c" || exit
}
