# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154 # klpsyms.bash sets k and dir
#
# The files that fuzz.t and tests/fuzz/run damage. Source tap.bash, mini.bash and klpsyms.bash first, and
# make the miniature kernel in $k.

# fuzz_patch: $dir with a patch of vmlinux alone, so that what is not damaged is taken: alpha.c alpha.o,
# klp-x.ko partially linked, good.syms its table by hand, syms by klpsyms, linked/klp-x.ko, and out/ for others of that
# name, which the table is about; was.o and new.o of a file of
# the kernel, and cut.o of these, with its list.
fuzz_patch()
{
	fresh
	c_file alpha.c fs/proc/alpha.c <<-'END'
		extern int state, gamma_private;
		int helper(int);
		static int *const table[] = {&state, &gamma_private};
		static int new_helper(int x) { return helper(x) + *table[x & 1]; }
		int (*pointer)(int) = new_helper;
		static struct klp_func funcs[] = {{.old_name = "helper", .new_func = new_helper}, {}};
		static struct klp_object objects[] = {{.funcs = funcs}, {}};
		static struct klp_patch patch = {.mod = THIS_MODULE, .objs = objects};
		static int __init fuzz_init(void) { return klp_enable_patch(&patch); }
		module_init(fuzz_init);
		MODULE_LICENSE("GPL");
	END
	mini_module "$k" "$dir/klp-x.ko" "$dir/alpha.c"
	cat >"$dir/good.syms" <<-'END'
		# a table
		symbol klp-x.ko state vmlinux state 3 ffffffff81002000 d fs/proc/alpha.c:9
		symbol klp-x.ko helper vmlinux helper 2 0 t -
		symbol klp-x.ko gamma_private vmlinux gamma_private 0 0 B
		sympos klp-x.ko .data 0x10 2 helper
	END
	env -C "$dir" "$bin/klpsyms" --vmlinux "$k/vmlinux" --symvers "$k/Module.symvers" -o syms --module klp-x.ko alpha.o
	grep ^address "$dir/syms" >>"$dir/good.syms"
	mkdir "$dir/linked" "$dir/out"
	"$bin/klplink" --table "$dir/syms" -o "$dir/linked/klp-x.ko" "$dir/klp-x.ko"
	fuzz_cut
}

fuzz_cut()
{
	mkdir -p "$scratch/patched/fs/proc" &&
		sed 's/^\treturn ++counter;/\tcounter += state + mixed; _printk("counts\\n"); return helper(counter);/' \
			"$mini_src/fs/proc/alpha.c" >"$scratch/patched/fs/proc/alpha.c" &&
		(cd "$mini_src" && mini_cc fs/proc/alpha.c "$dir/was.o" -ffunction-sections -fdata-sections) &&
		(cd "$scratch/patched" && mini_cc fs/proc/alpha.c "$dir/new.o" -ffunction-sections -fdata-sections) &&
		"$bin/klpdiff" --vmlinux "$k/vmlinux" --path fs/proc/alpha.c --list "$dir/list" -o "$dir/cut.o" "$dir/was.o" "$dir/new.o"
}
