# SPDX-License-Identifier: GPL-2.0-only
#
# For tests of klpdiff on one file, $path in $tree, which was compiled to $scratch/was.o by the test's own function
# 'compiled SOURCE-TREE OBJECT'. Source tap.bash and mini.bash first; $k has the miniature kernel.

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
