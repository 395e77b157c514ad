# SPDX-License-Identifier: GPL-2.0-only
#
# For tests of klpdiff on one file, $path in $tree, which was compiled to $scratch/was.o by the test's own function
# 'compiled SOURCE-TREE OBJECT'. Source tap.bash, mini.bash and klpsyms.bash first; $k has the miniature kernel.

klpdiff_options=() # more of them

# patched SED-EXPRESSION...: $status, $out, $err of klpdiff, and $scratch/cut.o
patched()
{
	rm -rf "$scratch/new" "$scratch/cut.o"
	cp -r "$tree" "$scratch/new"
	sed -i "$@" "$scratch/new/$path"
	compiled "$scratch/new" "$scratch/new.o" || fail 'the patched file compiles'
	compare -o "$scratch/cut.o"
}

# compare OPTION...
compare()
{
	run "$bin/klpdiff" --vmlinux "$k/vmlinux" ${klpdiff_options[@]+"${klpdiff_options[@]}"} --path "$path" "$@" \
		"$scratch/was.o" "$scratch/new.o"
}

# says FACTS NAME: the list has these lines, and no others, besides where the file is and what symbols are called.
says()
{
	is "$(tail -n +3 <<<"$out" | grep -v '^kernel ')" "$1" "$2"
}

# cut_module PREFIX FUNCTIONS SYMBOLS: $dir/linked/klp-x.ko, of $scratch/cut.o as if that had been written by hand; it replaces
# the FUNCTIONS. The SYMBOLS, and count of other(), are those of the file.
cut_module()
{
	local functions symbols at
	read -ra functions <<<"$2"
	read -ra symbols <<<"$3"
	fresh
	c_file 001_whole.c "$path" <<<''
	cp "$scratch/cut.o" "$dir/001_whole.o"
	{
		printf 'int livepatch_%s(int x);\n' "${functions[@]}"
		printf 'static struct klp_func funcs[] = {'
		for at in "${functions[@]}"; do
			printf '{"%s", livepatch_%s}, ' "$at" "$at"
		done
		cat <<-'END'
			{}};
			static struct klp_object o[] = {{.funcs = funcs}, {}};
			static struct klp_patch p = {.mod = THIS_MODULE, .objs = o};
			int init_whole(void);
			int init_whole(void) { return klp_enable_patch(&p); }
		END
	} | c_file main.c
	resolve
	exits 0 "$1klpsyms takes a cut object as it takes a tagged file's"
	for at in "${symbols[@]}"; do
		is "$(symbol "$at" | awk '{ print $4 }')" "$(address "$at" whole.c)" "... $at is that of the file"
	done
	is "$(symbol .klp.local:other:count | awk '{ print $4 }')" "$(address count.0 whole.c)" "... and count is other()'s"
	mkdir "$dir/linked"
	run env -C "$dir" "$bin/klplink" --table syms -o linked/klp-x.ko klp-x.ko
	exits 0 "klplink takes it"
}
