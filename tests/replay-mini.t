#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016,SC2034,SC2059,SC2154 # $ is make's; texts are formats; replay.bash and this share variables
#
# Single doubts about kbuild's commands (scripts/lib/replay.bash), without a kernel: which Makefiles, which configurations,
# which commands may be run again. tests/replay.t has whole runs.

# shellcheck source=tests/tap.bash
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# shellcheck source=scripts/lib/common.bash
. "$top/scripts/lib/common.bash"
# shellcheck source=scripts/lib/workdir.bash
. "$top/scripts/lib/workdir.bash"
# shellcheck source=scripts/lib/replay.bash
. "$top/scripts/lib/replay.bash"
set -uo pipefail
[[ $scratch != *[[:space:]]* ]] || skip_all "kbuild works in no path with a blank, as TMPDIR has one"
kdir=$scratch/kernel dir=$scratch/patch
mkdir -p "$kdir/include/config" "$dir"

# plain|not_plain TEXT: whether a Makefile with this text may be trusted to say the same again.
plain()
{
	printf "$1" >"$dir/Makefile"
	holds "a Makefile: $1" replay_makefile_is_plain "$dir"
}

not_plain()
{
	printf 'obj-m := klp-x.o\n'"$1" >"$dir/Makefile"
	if replay_makefile_is_plain "$dir"; then fail "no plain Makefile: $1"; else pass "no plain Makefile: $1"; fi
}

plain '# SPDX-License-Identifier: GPL-2.0-only\nobj-m := klp-x.o klp-y.o\n\n#\n  # more\n'
plain 'obj-m += klp-x.o'
plain 'klp-x-y = a.o sub/b.o\nklp-x-objs := c.o \nobj-m:=klp-x.o\n'
plain 'ccflags-y := -I$(src)/include -I$(srctree)/fs/proc -DX=1\nCFLAGS_klp-x.o += -O1\nCFLAGS_REMOVE_a.o := -pg\n'
plain 'klp-x-y := main.o $(KLPMAKE_CUT)\nKLPMAKE_WHOLE := fs/proc/cmdline.c\n'
not_plain 'obj-m := klp-x.o sub/\n'
not_plain 'subdir-y := sub\n'
not_plain 'ccflags-y := $(shell cat flags)\n'
not_plain 'ccflags-y := $(FLAGS)\n'
not_plain 'ccflags-y := `cat flags`\n'
not_plain 'ccflags-y != cat flags\n'
not_plain 'ccflags-y := @flags\n'
not_plain 'include $(src)/more.mk\n'
not_plain '-include more.mk\n'
not_plain 'klp-x-y := a.o \\\n\tb.o\n'
not_plain '# a comment \\\nthat goes on\n'
not_plain 'all:\n\tmake -C /lib/modules\n'
not_plain '$(obj)/x.h: $(src)/x ; cp $< $@\n'
not_plain 'ifdef FLAGS\nendif\n'
not_plain 'SHELL := /bin/dash\n'
not_plain 'CC := clang\n'
not_plain 'export ccflags-y := -O1\n'
not_plain 'klp-x.o: ccflags-y := -O1\n'
not_plain '$(eval x := y)\n'
not_plain 'define x\nendef\n'
printf 'obj-m := klp-x.o\n' >"$dir/Makefile"
printf 'include Makefile\n' >"$dir/Kbuild"
if replay_makefile_is_plain "$dir"; then fail "a Kbuild counts"; else pass "a Kbuild counts"; fi
rm "$dir/Kbuild"

# notes WANT OBJTOOL TEXT: whether a kernel of this configuration notes all, and has objtool.
notes()
{
	local answer=no
	printf '%b' "$3" >"$kdir/include/config/auto.conf"
	! replay_kbuild_notes_all || answer=yes
	[[ $answer == yes ]] || replay_objtool=-
	is "$answer:$replay_objtool" "$1:$2" "the configuration '$3'"
}

notes yes '' 'CONFIG_X86=y\n'
notes yes '' ''
notes yes 1 'CONFIG_FTRACE_MCOUNT_RECORD=y\nCONFIG_FTRACE_MCOUNT_USE_CC=y\nCONFIG_OBJTOOL=y\n'
notes yes '' 'CONFIG_FTRACE_MCOUNT_RECORD=y\nCONFIG_FTRACE_MCOUNT_USE_PATCHABLE_FUNCTION_ENTRY=y\n'
notes yes 1 'CONFIG_UNWINDER_ORC=y\n'
notes yes 1 'CONFIG_STACK_VALIDATION=y\n'
notes no - 'CONFIG_FTRACE_MCOUNT_RECORD=y\n'
notes no - 'CONFIG_FTRACE_MCOUNT_RECORD=y\nCONFIG_FTRACE_MCOUNT_USE_RECORDMCOUNT=y\n'
notes no - 'CONFIG_LTO_CLANG=y\n'
rm "$kdir/include/config/auto.conf"
if replay_kbuild_notes_all; then fail "no configuration"; else pass "no configuration"; fi

# command WANT TEXT NAME: the command that is read from a file of kbuild with this text; nothing, if it is not trusted.
command_is()
{
	local REPLY=''
	printf '%s\n' "$2" >"$dir/.x.o.cmd"
	replay_command "$dir/x.o" || REPLY=''
	is "$REPLY" "$1" "$3"
}

: >"$dir/x.o"
command_is "gcc -c -o $dir/x.o x.c" "cmd_$dir/x.o := gcc -c -o $dir/x.o x.c" "a command"
command_is " gcc -c -o $dir/x.o x.c" "savedcmd_$dir/x.o :=  gcc -c -o $dir/x.o x.c" "... of newer kernels"
command_is "gcc '-DX=\$\$(pound)\$(pound)' -o $dir/x.o" "cmd_$dir/x.o := gcc '-DX=\$\$(pound)\$(pound)' -o $dir/x.o" "... with make's signs"
command_is '' "cmd_$dir/x.o := gcc \$(FLAGS) -o $dir/x.o" "a variable of kbuild"
command_is '' "cmd_$dir/x.o := gcc -c -o $dir/.tmp_x.o x.c" "a command that makes another file"
command_is '' "cmd_$dir/y.o := gcc -c -o $dir/x.o x.c" "the command of another file"
command_is '' "cmd_x.o := gcc -c -o x.o x.c" "a relative one"
command_is '' "cmd_$dir/x.o := gcc -o $dir/x.o x.c; make -f postlink $dir/x.o" "a command with make"
command_is '' "cmd_$dir/x.o := gcc -o $dir/x.o x.c;  /usr/bin/make x" "... by its path"
command_is '' "cmd_$dir/x.o := " "no command"
command_is '' '' "an empty file"
rm "$dir/.x.o.cmd"
if replay_command "$dir/x.o"; then fail "no file"; else pass "no file"; fi
printf '%s\n' "cmd_$dir/x.o := gcc -c -o $dir/x.o x.c" >"$dir/.x.o.cmd"
rm "$dir/x.o"
if replay_command "$dir/x.o"; then fail "nothing that it made"; else pass "nothing that it made"; fi
done_testing
