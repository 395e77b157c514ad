# SPDX-License-Identifier: GPL-2.0-only
#
# For tests that make modules of patches to the miniature kernel's source. Source tap.bash, mini.bash and kdir.bash first;
# kdir_source makes $tree.

# patched NAME PATH SED...: NAME.patch, made by 'diff -u' of what each SED makes of its PATH. Both stay in $scratch/a and b.
patched()
{
	local name=$1
	shift
	rm -rf "$scratch/a" "$scratch/b"
	: >"$name.patch"
	while (($#)); do
		mkdir -p "$scratch/a/${1%/*}" "$scratch/b/${1%/*}"
		cp "$tree/$1" "$scratch/a/$1"
		sed "$2" "$tree/$1" >"$scratch/b/$1"
		(cd "$scratch" && diff -u "a/$1" "b/$1") >>"$name.patch"
		shift 2
	done
}

# fixes [OPTION...] PATCH...|DIRECTORY: klpmake, with the source.
fixes()
{
	make_it --source "$tree" "$@"
}

# diffs [OPTION...] PATCH...|DIRECTORY: klpmake diff.
diffs()
{
	run timeout 120 "$top/klpmake" diff -k "$mini_release" --kdir "$k" --vmlinux "$k/vmlinux" --symbols "$k/System.map" \
		--source "$tree" "$@"
}

# functions MODULE: what it has to replace, with the position.
functions()
{
	readelf -sW "$1" | awk '$4 == "FUNC" && $8 ~ /^livepatch_/ { print substr($8, 11) }' | LC_ALL=C sort | paste -sd ' '
}

# source_state DIRECTORY...: prints all that can be seen of the source: it is only read.
source_state()
{
	find "$@" -printf '%p %y %s %T@ %C@ %l\n' | LC_ALL=C sort
}
