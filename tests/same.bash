# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2034,SC2154 # status, out and err are tap.bash's
#
# Patches whose functions are those of tests/mini/same/subject.c, as they stand there or changed, and
# kernels with that file. Source tap.bash, mini.bash and klpsyms.bash first.

# shellcheck source=tests/attempt.bash
. "$top/tests/attempt.bash"

patch_tag=same/subject.c
patch_header=same/tables.h
patch_cflags=("-I$mini_src")

# same_kernel DIR [FLAG...]: makes the miniature kernel with that file, compiled with these flags.
same_kernel()
{
	local dir=$1 name
	shift
	for name in subject apply; do
		(cd "$mini_src" && mini_cc "same/$name.c" "$dir/obj/same/$name.o" -I. "$@") || return
	done
	relink "$dir" "$dir/obj/same/subject.o" "$dir/obj/same/apply.o"
}

# function NAME: the text of the function, for a patch.
function_text()
{
	sed -n "/^noinline int $1(int x)$/,/^}/p; /^static noinline noclone int $1(int x)$/,/^}/p" "$mini_src/same/subject.c" |
		sed "s/^.*int $1(/int new_$1(/"
}

# make_patch OLD...: a patch that replaces these functions of $kernel with new_OLD, from standard input.
make_patch()
{
	local pairs=("$@") i
	for i in "${!pairs[@]}"; do
		pairs[i]+="=new_${pairs[i]}"
	done
	attempt ${pairs[@]+"${pairs[@]}"}
	[[ $status == 0 ]] || diag "$out$err"
}

# A run that does not end gets status 124.
check()
{
	run timeout 60 "$bin/klpcheck" --vmlinux "$kernel/vmlinux" --symvers "$kernel/Module.symvers" \
		--debug-modules "$kernel" "$@"
}
