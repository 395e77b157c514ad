#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# klpmake on a stock kernel, given what it cannot make: what it says, and that it leaves nothing.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$top/tests/klpmake.bash"

compile_errors()
{
	patch $'static int nothing(void);\nint unused_label(int);\nint unused_label(int x) { int spare; return nothing(); }\nint broken = nonsense;'
	make_it "$dir"
	is "$status" 1 "a compile error: exit 1"
	is "$(grep -c 'klp-x.c:8.*error:' <<<"$err"):$(grep -c '^klp-x.c:8:14: error: ' <<<"$err")" 1:1 \
		"it is shown once, with the user's name of the file"
	is "$(grep -E '^make|Error [12]|\.klpmake|^  CC ' <<<"$err")" "" "without the noise of make"
	has "$err" "klpmake: error: kbuild failed: nothing was made" "... and klpmake says what that means"
	has "$err" "klp-x.c:7:31: warning: unused variable" "the compiler's warnings are shown"
	has "$err" "  it is not in fs/proc/cmdline.c, nor elsewhere in this kernel's debug" \
		"... and below it what klpmake knows of the name"
	is "$(left)" "" "nothing is left in the directory"
	is "$(ls -A "$TMPDIR")" "" "nor in TMPDIR"
	make_it --json "$dir"
	holds "--json: one object also then" valid
	is "$status:$ok:$stages:$modules" "1:false::0" "--json: what happened"
	is "$(json_messages "$out" | cut -d'|' -f1-3)" $'warning|klp-x.c|7\nerror|klp-x.c|8\nerror|-|-' \
		"--json: one object for each message"

	patch $'int used(void);\nint used(void) { return cmdline_proc_show(0, 0) + kstrtoint("1", 0, 0) + !saved_command_line; }'
	make_it "$dir"
	has "$err" $'\n  declare it: static int cmdline_proc_show(struct seq_file *m, void *v);\n' \
		"a static that is not declared: what to write"
	is "$(left)" "" "... nothing is left"

	patch $'static int saved_command_lines(int);\nint used(int);\nint used(int x) { return saved_command_lines(x); }'
	KCFLAGS=-Werror make_it "$dir"
	refused 1 "klp-x.c:5: 'saved_command_lines' is neither in fs/proc/cmdline.c nor a global symbol of this kernel" \
		"a name that is nowhere, also where warnings are errors"
	lacks "$err" "used but never defined" "a static that is used and not defined is no matter for warnings"
	is "$(left)" "" "... nothing is left"
}

modules_that_are_none()
{
	local long
	long=klp-$(printf 'x%.0s' {1..52})
	patch
	sed -i '/klp_enable_patch/d; /module_init/d' "$dir/klp-x.c"
	make_it "$dir"
	refused 1 "'klp-x.ko' never calls klp_enable_patch(): it is not a livepatch module" "without klp_enable_patch()"
	is "$(left)" "" "... nothing is left"
	patch
	sed -i 's/MODULE_LICENSE.*/MODULE_LICENSE("Proprietary");/' "$dir/klp-x.c"
	make_it "$dir"
	refused 1 "GPL-incompatible module klp-x.ko uses GPL-only symbol 'klp_enable_patch'"$'\n  only a module with MODULE_LICENSE("GPL") can be a livepatch' \
		"without the GPL"
	patch
	sed -i 's/klp_enable_patch/klp_register_patch/' "$dir/klp-x.c"
	make_it "$dir"
	refused 1 $'implicit-function-declaration]\n  KLP_START() and KLP_STOP() of <klpmake.h> work on every kernel' "for another kernel"
	patch
	mv "$dir/klp-x.c" "$dir/$long.c"
	echo "obj-m := $long.o" >"$dir/Makefile"
	make_it "$dir"
	refused 1 "module name is too long [$long.ko]"$'\n  the kernel takes 55 characters at most: give it a shorter name in the Makefile' \
		"a name of 56 characters"
	is "$(left)" "" "... nothing is left"
	patch
	echo 'obj-y := klp-x.o' >"$dir/Makefile"
	make_it "$dir"
	refused 1 "'$dir' makes no module: its Makefile needs a line like 'obj-m := klp-fix.o'" "a Makefile without a module"
	rm "$dir/Makefile"
	make_it "$dir"
	refused 1 "'$dir' has no Makefile: write one with a line like 'obj-m := klp-fix.o'" "no Makefile"
	make_it --json "$dir"
	holds "--json: one object also before anything was run" valid
	is "$ok:$messages" "false:'$dir' has no Makefile: write one with a line like 'obj-m := klp-fix.o'" \
		"--json: why"
	make_it "$scratch/nowhere"
	refused 1 "'$scratch/nowhere' is not a directory" "no directory"
}

usage_and_target()
{
	patch
	make_it --nonsense "$dir"
	refused 2 "unknown option '--nonsense'" "an unknown option"
	has "$err" "  try 'klpmake --help'" "... says where help is"
	make_it "$dir" --output
	refused 2 "option '--output' needs a value" "an option without its value"
	make_it "$dir/klp-x.c" "$dir"
	refused 2 "'$dir/klp-x.c' is neither a command (" "two of which one is no directory"
	mkdir -p "$scratch/root/etc"
	echo 'ID=debian' >"$scratch/root/etc/os-release"
	KLPMAKE_CACHE=$scratch/none KLPMAKE_ROOT=$scratch/root make_it "$dir"
	refused 1 "no headers of kernel '$release' found; get it with" "no headers"
	has "$err" "sudo apt-get install linux-headers-$release" "... with the command that gets them"
	mkdir -p "$scratch/root/lib/modules/$release/build"
	touch "$scratch/root/lib/modules/$release/build/Makefile"
	KLPMAKE_CACHE=$scratch/none KLPMAKE_ROOT=$scratch/root make_it "$dir"
	refused 1 "no vmlinux with debug information of kernel '$release' found; get it with" "no debug vmlinux"
	has "$err" "sudo apt-get install linux-image-$release-dbg" "... with the command that gets it"
	KLPMAKE_VMLINUX=$scratch/none make_it "$dir"
	refused 1 "'$scratch/none': no such vmlinux" "KLPMAKE_VMLINUX is taken"
	make_it --vmlinux "$bin/klplink" "$dir"
	refused 1 "$bin/klplink'" "a program as vmlinux"
	make_it --kdir "$scratch" "$dir"
	refused 1 "'$scratch' is not a kernel build directory" "a --kdir that is not a build directory"
	is "$(left)" "" "nothing is left of all that"
}

compile_errors
modules_that_are_none
usage_and_target
done_testing
