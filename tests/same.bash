# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2034,SC2154 # status, out and err are tap.bash's
#
# Patches whose functions are those of tests/mini/same/subject.c, as they stand there or changed, and
# kernels with that file. Source tap.bash, mini.bash and klpsyms.bash first.

patches=0

# same_kernel DIR [FLAG...]: the miniature kernel with that file, compiled with these flags.
same_kernel()
{
	local dir=$1 name
	shift
	for name in subject apply; do
		(cd "$mini_src" && mini_cc "same/$name.c" "$dir/obj/same/$name.o" -I. "$@") || return
	done
	relink "$dir" "$dir/obj/same/subject.o" "$dir/obj/same/apply.o"
}

# function NAME: its text, as a patch has it.
function_text()
{
	sed -n "/^noinline int $1(int x)$/,/^}/p; /^static noinline noclone int $1(int x)$/,/^}/p" "$mini_src/same/subject.c" |
		sed "s/^.*int $1(/int new_$1(/"
}

# make_patch OLD...: a patch that replaces these functions of $kernel with new_OLD, from standard input.
make_patch()
{
	local old
	patches=$((patches + 1))
	dir=$scratch/same$patches
	mkdir -p "$dir/out"
	{
		printf '//KLPMAKE %s\n#include "same/tables.h"\n' "${TAG-same/subject.c}"
		cat
		printf 'static struct klp_func funcs[] = {\n'
		for old; do
			printf '\t{.old_name = "%s", .new_func = new_%s},\n' "$old" "$old"
		done
		printf '\t{}};\nstatic struct klp_object objects[] = {{.name = %s, .funcs = funcs}, {}};\n' "${OBJECT-NULL}"
		printf 'static struct klp_patch patch = {.mod = THIS_MODULE, .objs = objects};\n'
		printf 'static int __init x_init(void) { return klp_enable_patch(&patch); }\n'
		printf 'module_init(x_init);\nMODULE_LICENSE("GPL");\nMODULE_INFO(livepatch, "Y");\n'
	} >"$dir/x.c"
	run make_module
	[[ $status == 0 ]] || diag "$out$err"
}

# shellcheck disable=SC2317 # by run, above
make_module()
{
	cd "$dir" && MINI_CFLAGS="-w -I$mini_src ${MINI_CFLAGS-}" mini_module "$kernel" "$dir/klp-x.ko" x.c &&
		"$bin/klpsyms" --vmlinux "$kernel/vmlinux" --symvers "$kernel/Module.symvers" --renames renames \
			--debug-modules "$kernel" -o syms --module klp-x.ko x.o &&
		"$bin/klplink" --table syms -o out/klp-x.ko klp-x.ko
}

# What does not come to an end has the status 124.
check()
{
	run timeout 60 "$bin/klpcheck" --vmlinux "$kernel/vmlinux" --symvers "$kernel/Module.symvers" \
		--debug-modules "$kernel" "$@"
}
