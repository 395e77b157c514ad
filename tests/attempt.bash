# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2034,SC2154 # status, out and err are tap.bash's
#
# Small patches to a miniature kernel, each a file of functions and a frame, through klpsyms and klplink.
# Source tap.bash, mini.bash and klpsyms.bash first. What all patches of a test have:
#
#   $kernel         the directory of the kernel
#   $patch_tag      the file whose scope they borrow; TAG goes before it
#   $patch_header   what they include
#   $patch_members  more members of struct klp_patch
#   $patch_cflags   more flags for gcc

patches=0 patch_header=mini.h patch_members='' patch_cflags=()

# attempt [OLD=NEW...]: makes a patch of the text on standard input, which replaces these functions of OBJECT, as
# $dir/out/klp-x.ko: $status, $out and $err. The text begins in line 3 of its file. MINI_CFLAGS: more flags for gcc.
attempt()
{
	local pair
	patches=$((patches + 1))
	dir=$scratch/attempt$patches
	mkdir -p "$dir/out"
	{
		printf '//KLPMAKE %s\n#include "%s"\n' "${TAG-$patch_tag}" "$patch_header"
		cat
		printf 'static struct klp_func funcs[] = {\n'
		for pair; do
			printf '\t{.old_name = "%s", .new_func = %s},\n' "${pair%=*}" "${pair#*=}"
		done
		printf '\t{}};\nstatic struct klp_object objects[] = {{.name = %s, .funcs = funcs}, {}};\n' "${OBJECT-NULL}"
		printf 'static struct klp_patch patch = {.mod = THIS_MODULE, .objs = objects%s};\n' "$patch_members"
		printf 'static int __init x_init(void) { return klp_enable_patch(&patch); }\n'
		printf 'module_init(x_init);\nMODULE_LICENSE("GPL");\nMODULE_INFO(livepatch, "Y");\n'
	} >"$dir/x.c"
	run make_attempt
}

# shellcheck disable=SC2317 # by run, above
make_attempt()
{
	local mini_flags=(${patch_cflags[@]+"${patch_cflags[@]}"})
	cd "$dir" && MINI_CFLAGS="-w ${MINI_CFLAGS-}" mini_module "$kernel" "$dir/klp-x.ko" x.c &&
		"$bin/klpsyms" --vmlinux "$kernel/vmlinux" --symvers "$kernel/Module.symvers" --renames renames \
			--debug-modules "$kernel" -o syms --module klp-x.ko x.o &&
		"$bin/klplink" --table syms -o out/klp-x.ko klp-x.ko
}

# try_it [OLD=NEW...]: attempt, then check, a function of the test that sources this.
try_it()
{
	attempt "$@"
	[[ $status == 0 ]] || return
	check "$dir/out/klp-x.ko"
}

# checked PASS: what klpcheck reports to have looked at.
checked()
{
	sed -n "s/^  checked      $1: //p" <<<"$out"
}
