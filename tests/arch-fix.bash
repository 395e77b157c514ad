# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154,SC2016 # others set the variables; $ is for sed
#
# From a patch to the kernel's source to a module that runs, for an architecture that is not this machine's. The source is
# what test-kernel keeps of it. Source tap.bash, example.bash and arch.bash first.

# fix_edit PATH SED: adds what sed makes of a file to fix.patch.
fix_edit()
{
	mkdir -p "a/${1%/*}" "b/${1%/*}"
	cat "$source/$1" >"a/$1"
	sed "$2" "a/$1" >"b/$1"
	diff -u "a/$1" "b/$1" >>fix.patch
}

# fix_patch: a function that uses a static variable and a static function of its file, with strings, a message that is
# printed once, warnings and a jump label; and one with a static variable of its own, one that each processor has, and an
# alternative.
fix_patch()
{
	rm -rf a b fix.patch
	fix_edit fs/filesystems.c '/^#include <linux\/fs.h>/i #include <linux/mm.h>
		/^static int filesystems_proc_show/,/^}/{
			s/^\ttmp = file_systems;/\tif (*find_filesystem("proc", 4))\n\t\tseq_puts(m, "fixed\\tproc\\n");\n&/
			s/^\twhile (tmp) {/\tpr_info_once("klp-fix-once\\n");\n\tWARN_ON_ONCE(!tmp);\n\tif (want_init_on_free())\n\t\tseq_puts(m, "init\\ton free\\n");\n&/
		}'
	fix_edit fs/inode.c '/^unsigned int get_next_ino/,/^}/s/^\treturn res;/\treturn res | 0x10000000;/'
}

# fix_scenario: the patch does what it says, the kernel's own data are meant, and without the patch all is as before.
fix_scenario()
{
	cat <<-'END'
		# number: of a new inode of those that get_next_ino() numbers.
		number()
		{
			: | readlink /proc/self/fd/0 | tr -dc 0-9
		}
		cp /proc/filesystems /tmp/before
		was=$(number)
		load klp-fix
		wait_patched klp-fix
		{ printf 'fixed\tproc\n'; cat /tmp/before; } >/tmp/wanted
		run cmp /proc/filesystems /tmp/wanted
		run cmp /proc/filesystems /tmp/wanted
		[ "$(dmesg | grep -c klp-fix-once)" = 1 ] || fail "it is printed $(dmesg | grep -c klp-fix-once) times"
		is=$(($(number) - 0x10000000))
		# Each processor has 1024 numbers at a time.
		if [ "$is" -le 0 ] || [ "$is" -gt $((was + 8192)) ] || [ "$is" -lt $((was - 8192)) ]; then
			fail "the number is $is, and was $was"
		fi
		unload klp-fix
		run cmp /proc/filesystems /tmp/before
		[ "$(number)" -lt $((0x10000000)) ] || fail "the number is $(number)"
	END
}

# fix_source_kept: sets source to the kernel's; skips the tests when it is not there.
fix_source_kept()
{
	source=$(klpmake_cache)/kernels/$release/source
	[[ ! -f $source/Makefile ]] || return 0
	skip "$release: from a patch" "scripts/dev/test-kernel keeps the source of kernels that it builds"
	return 1
}

# arch_fixes: klpmake makes a module of the patch, and it runs.
arch_fixes()
{
	local source place=$copies/fix
	fix_source_kept || return 0
	mkdir "$place"
	cd "$place" || exit
	fix_patch
	run "$top/klpmake" -k "$release" fix.patch
	exits 0 "$release: a patch becomes a module"
	has "$out" "  2 functions equal to the kernel's" "$release: ... the unpatched files are the kernel's"
	fix_scenario >scenario
	proves 'a module made of a patch' "$place/klp-fix.ko" -- --scenario "$place/scenario"
	cd "$top" || exit
}
