# SPDX-License-Identifier: GPL-2.0-only
#
# Compiles the kernel files of a fix twice, as they are and patched, both at the same time. Each function and each
# variable gets a section of its own, so that an object file falls into pieces that can be compared. objtool does not run:
# what it makes cannot be compared, and it makes it again for what is cut out. Source fix/apply.bash and recompile.bash
# first.

# As they are for the kernel, but in sections. Where one section has several variables nonetheless, gcc must not reach
# them from a common anchor: which one is meant would be in the instruction alone. (clang does not know anchors.)
fix_cflags='-ffunction-sections -fdata-sections'
fix_gcc_cflags='-fno-section-anchors'

# fix_compile TREE PLACE: PLACE/orig and PLACE/new get the object files of fix_files.
fix_compile()
{
	local tree=$1 place=$2 side status=0
	local -A absent=()
	[[ -n $(clang_of "$kdir") || $fix_cflags == *" $fix_gcc_cflags" ]] || fix_cflags+=" $fix_gcc_cflags"
	rm -rf "$place/orig" "$place/new" "$place/overlay" "$place/numbered"
	fix_numbered_files "$tree" "$place"
	fix_kept_find "$place"
	recompile_begin
	for side in orig new; do
		absent[$side]=$(fix_not_kept "$tree" "$place" "$side")
		[[ -n ${absent[$side]} ]] || continue
		fix_side "$tree" "$place" "$side"
		recompile_paths "$place/$side" "${absent[$side]}"
	done
	: >"$place/before"
	if [[ -n ${absent[orig]}${absent[new]} ]]; then
		recompile_run "$place" "$(fix_prefixes "$place") $fix_cflags" OBJECT_FILES_NON_STANDARD=y || status=$?
		((status == 0)) || fix_compile_failed "$tree" "$place"
		((verbosity < 2)) || recompile_messages "$place/new" "${absent[new]}" | fix_whole_messages >&2
	fi
	fix_headers_reached "$place"
	for side in orig new; do
		fix_keep "$tree" "$place" "$side" "${absent[$side]}"
	done
	[[ -z ${absent[orig]}${absent[new]} ]] || fix_kept_prune
}

# fix_not_kept TREE PLACE SIDE: prints those of fix_files that have to be compiled, and puts the others in place. If a header
# is patched, the new files are compiled each time: what they reach is looked at.
fix_not_kept()
{
	local path
	for path in "${fix_files[@]}"; do
		mkdir -p "$2/$3/${path%/*}"
		[[ $3 == new && ${#fix_headers[@]} != 0 ]] || ! fix_kept_take "$@" "$path" "$fix_cflags" || continue
		printf '%s\n' "$path"
	done
}

# fix_keep TREE PLACE SIDE PATHS: keeps what was compiled.
fix_keep()
{
	local path
	[[ -n $4 ]] || return 0
	while read -r path; do
		fix_kept_put "$1" "$2" "$3" "$path" "$fix_cflags"
	done <<<"$4"
}

# fix_prefixes PLACE: prints the flags by which __FILE__ is the same in both, and the kernel's.
fix_prefixes()
{
	printf '%s ' "-ffile-prefix-map=$1/orig/=" "-ffile-prefix-map=$1/new/=" "-ffile-prefix-map=$1/overlay/="
}

# fix_side TREE PLACE SIDE: makes the tree in which this side is compiled; the new one with the patched files.
fix_side()
{
	recompile_trees "$1" "$2/$3" "$(printf '%s\n' "${fix_files[@]}" && fix_beside "$1")"
	[[ $3 == orig ]] || fix_patched_files "$2" numbered
}

# fix_beside TREE: prints the touched headers that are not on the kernel's include path, in directories that exist.
fix_beside()
{
	local path
	for path in ${fix_headers[@]+"${fix_headers[@]}"}; do
		fix_is_overlaid "$path" || [[ ! -d $1/${path%/*} ]] || printf '%s\n' "$path"
	done
}

# fix_is_overlaid PATH: whether it is found by the kernel's include path, which leads to the headers of the build
# directory.
fix_is_overlaid()
{
	[[ $1 == include/* || $1 == arch/*/include/* ]]
}

# fix_numbered_files TREE PLACE: PLACE/numbered gets the patched files as they are compiled.
fix_numbered_files()
{
	local path
	for path in ${fix_sources[@]+"${fix_sources[@]}"} ${fix_headers[@]+"${fix_headers[@]}"}; do
		mkdir -p "$2/numbered/${path%/*}"
		if [[ -e $1/$path ]]; then
			fix_number "$1/$path" "$2/tree/$path" >"$2/numbered/$path"
		else
			cat "$2/tree/$path" >"$2/numbered/$path"
		fi
	done
}

# fix_patched_files PLACE numbered|tree: puts the patched files into PLACE/new, in place of copies, and what is on the
# kernel's include path into PLACE/overlay.
fix_patched_files()
{
	local path to overlaid=''
	for path in ${fix_sources[@]+"${fix_sources[@]}"} ${fix_headers[@]+"${fix_headers[@]}"}; do
		to=$1/new
		if fix_is_overlaid "$path"; then
			to=$1/overlay
			overlaid=1
		fi
		mkdir -p "$to/${path%/*}"
		cat "$1/$2/$path" >"$to/$path"
	done
	[[ -z $overlaid || $2 == tree ]] || fix_overlay "$1"
}

# fix_number ORIGINAL PATCHED: prints PATCHED with #line (lines.awk).
fix_number()
{
	local changes
	changes=$(diff -a "$1" "$2") || (($? == 1)) || exit 1
	if [[ -n $changes ]]; then
		awk -f "$fix_scripts/lines.awk" - "$2" <<<"$changes"
	else
		cat "$2"
	fi
}

# fix_overlay PLACE: the Makefiles of the new tree search the overlay first. One for user space has the same place among
# the others as the directory that it stands for, because kernel headers of the same names come before it. KCFLAGS would
# come behind all of them.
fix_overlay()
{
	local directory REPLY
	recompile_makers "$1/new" "$(printf '%s\n' "${fix_files[@]}")"
	for directory in "${recompile_list[@]}"; do
		recompile_makefile "$1/new" "$directory"
		cat >>"$REPLY" <<-MAKE

			LINUXINCLUDE := -I$1/overlay/arch/\$(SRCARCH)/include -I$1/overlay/include \\
				\$(foreach word,\$(LINUXINCLUDE),\$(if \$(filter -I%/uapi,\$(word)),\\
				-I$1/overlay/arch/\$(SRCARCH)/include/uapi -I$1/overlay/include/uapi) \$(word))
		MAKE
	done
}

# fix_compile_failed TREE PLACE: dies; absent is its caller's. With #line gcc would show other lines than it speaks of, so it compiles the patched
# files once more, without.
fix_compile_failed()
{
	local path failed=''
	for path in "${fix_files[@]}"; do
		[[ -f $2/orig/${path%.*}.o ]] || failed+=" '$path'"
	done
	if [[ -n $failed ]]; then
		recompile_messages "$2/orig" "${absent[orig]}" >&2
		die "kbuild could not compile$failed of '$1': is it the source of another kernel?"
	fi
	fix_patched_files "$2" tree
	recompile_begin
	recompile_paths "$2/new" "${absent[new]}"
	! recompile_run "$2" "$(fix_prefixes "$2") $fix_cflags" OBJECT_FILES_NON_STANDARD=y ||
		die "the patched files compile only if their lines are not numbered as in '$1': this is a fault of klpmake"
	recompile_messages "$2/new" "${absent[new]}" | fix_whole_messages >&2
	die "the patched files do not compile: nothing was made"
}

# fix_headers_reached PLACE: a header that was found on another way than through the copies would be the unpatched one.
fix_headers_reached()
{
	local path line ours=''
	((${#fix_headers[@]})) || return 0
	for path in "${fix_headers[@]}"; do
		ours='' line=''
		while IFS= read -r line; do
			[[ $line == "$1"/new/* || $line == "$1"/overlay/* ]] || break
			ours=1 line=''
		done < <(fix_reached "$1" | grep -E "(^|/)${path//./\\.}\$")
		[[ -z $line ]] ||
			fix_refuse "'$path': the files of its directory include it as '$line', where klpmake cannot put the patched one: change the C files instead"
		[[ -n $ours ]] || warn "'$path' is included by none of the files that are compiled: --add names others"
	done
}

# fix_reached PLACE: prints what the compiler has read for the patched files.
fix_reached()
{
	local path
	for path in "${fix_files[@]}"; do
		awk '/^  / { print $1 }' "$1/new/${path%/*}/.$(basename "${path%.*}").o.cmd"
	done | sort -u
}
