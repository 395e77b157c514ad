# SPDX-License-Identifier: GPL-2.0-only
#
# The source that patches are applied to: a tree, or a tarball, of which only the parts are unpacked that the patches are
# about. Source source.bash, fix/whole.bash and fix/apply.bash first.

# fix_source PLACE [PATCH...]: sets kernel_source to a tree; PLACE/source is for what has to be unpacked.
fix_source()
{
	local place=$1 tarball='' series
	shift
	# Its files are compiled by a Makefile, with flags and in a place that nothing of the kernel tells.
	if ((${#outside_modules[@]})) && [[ -d $kernel_source && ! -d $kernel_source/kernel ]]; then
		die "'$kernel_source' is not a kernel source tree: of the source of a module from outside the tree klpmake does not apply patches; copy the changed functions into a C file with the tag of theirs, and give klpmake that directory with --module"
	fi
	if [[ -f $kernel_source ]]; then
		absolute "$kernel_source"
		tarball=$REPLY
	elif ! source_tree; then
		series=$(grep -oE '^[0-9]+\.[0-9]+' <<<"$release") || true
		series=${KLPMAKE_ROOT:-}/usr/src/linux-source-$series
		if [[ -f $series/Makefile ]]; then
			kernel_source=$series
			source_tree
		elif [[ -f $series.tar.xz ]]; then
			tarball=$series.tar.xz
		else
			die "the source of kernel '$release' is not here: '$home/scripts/fetch-kernel --source $release' gets Debian's, --source TREE names another place"
		fi
	fi
	[[ -z $tarball ]] || fix_unpack "$place" "$tarball" "$@"
}

# fix_unpack PLACE TARBALL [PATCH...]: keeps what was unpacked for the next run.
fix_unpack()
{
	local place=$1 tarball=$2 is parts=()
	shift 2
	mapfile -t parts < <(fix_parts "$@")
	is=$(stat -L -c '%d %i %s %y' "$tarball" && printf '%s\n' "$tarball" "${parts[@]}")
	kernel_source=$place/source
	[[ ! -f $place/source.is || $(<"$place/source.is") != "$is" ]] || return 0
	rm -rf "$kernel_source" "$place/source.is"
	mkdir -p "$kernel_source"
	show "  unpacking what is needed of '$tarball'"
	# It fails also where a pattern matches nothing: which files are missing is said when patches are applied.
	tar -C "$kernel_source" -xf "$tarball" --no-same-owner --no-same-permissions --strip-components=1 \
		--wildcards --no-wildcards-match-slash "${parts[@]}" 2>"$place/source.log" || true
	[[ -f $kernel_source/Makefile && -d $kernel_source/kernel ]] ||
		die "'$tarball' is not a kernel's source, packed by tar: $(head -n 3 "$place/source.log")"
	printf '%s\n' "$is" >"$place/source.is"
}

# fix_parts [PATCH...]: prints patterns for the subsystems whose files the patches name, and fix_added and fix_whole, and
# for headers that stand alone.
# The first directory in a tarball is that of the whole tree, as it usually is in a patch.
fix_parts()
{
	local name
	# Any file may include a header.
	if ((!${#fix_added[@]})) && grep -qE '^(---|\+\+\+) .*\.h([[:blank:]].*)?$' "$@"; then
		printf '%s\n' '*'
		return
	fi
	printf '%s\n' '*/Makefile' '*/kernel/Makefile'
	{
		sed -nE 's/^(---|\+\+\+) ([^\t\r]*).*/\2/p' /dev/null "$@" | sed 'p; s|^[^/]*/||'
		printf '%s\n' ${fix_added[@]+"${fix_added[@]}"} ${fix_whole_paths[@]+"${fix_whole_paths[@]}"}
	} | while IFS= read -r name; do
		! fix_path_plain "$name" || case $name in
			include/* | arch/*/include/*) printf '*/%s\n' "$name" ;;
			drivers/*/* | arch/*/*) printf '*/%s\n' "$(cut -d / -f 1-2 <<<"$name")" ;;
			*/*) printf '*/%s\n' "${name%%/*}" ;;
		esac
	done | LC_ALL=C sort -u
}
