# SPDX-License-Identifier: GPL-2.0-only
#
# What 'klpmake' does with patches to the kernel's source before and after the steps that make any module: makes the files
# that stand for them, and proves in the end that the compiler, its flags and the source are the kernel's. Source the other
# files of fix/ and baseline.bash first.

fix_temporary='' # the directory that is made of patches alone

# fix_find_patches: finds what the patch directory has, unless it was made of patches just now.
fix_find_patches()
{
	[[ -n $fix_temporary ]] || fix_directory_patches "$patch"
}

# fix_make_directory: makes a patch directory of the patches on the command line, for this run.
fix_make_directory()
{
	fix_check_patches
	fix_temporary=$(temporary -d) || exit 1
	fix_name "${fix_patches[0]}"
	fix_directory "$fix_temporary" "$REPLY" "${fix_patches[@]}"
	patch=$fix_temporary
	[[ -n $output && ! -d $output ]] || output=${output:-.}/$REPLY.ko
}

fix_clean()
{
	[[ -z $fix_temporary ]] || rm -rf "$fix_temporary"
}

# fix_make PLACE: makes all that kbuild needs for the patches and the whole kernel files. If there are none, nothing stays of those that there were.
fix_make()
{
	if ! fix_is_asked; then
		[[ ! -e $1 ]] || rm -rf "$1"
		return
	fi
	mkdir -p "$1"
	fix_source "$1" ${fix_patches[@]+"${fix_patches[@]}"}
	fix_changes "$kernel_source" "$1" ${fix_patches[@]+"${fix_patches[@]}"}
	fix_frame "$1"
	fix_identity=$(cd "$1/frame" && sha256sum -- * | sha256sum)
}

# fix_prove PLACE: compares the functions that the modules replace with what their unpatched files compile to, and the
# symbols that they use with the addresses in the kernel's own code. The flags
# that put each function into a section of its own make some short jumps to neighbours long ones: where anything differs,
# the kernel's own flags decide.
fix_prove()
{
	local place=$1 count=0 module sources path absent=''
	stage_begin prove
	sources=$(for module in "${modules[@]}"; do baseline_sources "$work_place/out/$module.ko"; done | sort -u)
	while read -r path; do
		# The author's own files may replace functions, too.
		[[ -f $place/orig/${path%.*}.o ]] || absent+=$path$'\n'
	done <<<"$sources"
	[[ -z $absent ]] || fix_compile_original "$place" orig "$fix_cflags" "${absent%$'\n'}"
	if ! fix_equal "$place" orig; then
		# The symbols of files without a replaced function are compared, too.
		fix_compile_original "$place" plain '' "$(printf '%s\n' "$sources" "${fix_files[@]}" | sort -u)"
		if ! fix_equal "$place" plain; then
			sed -n '/^equal /!p' "$place/prove" >&2
			grep -qE '^(differs|unknown) ' "$place/prove" ||
				die "the module would use other symbols than the kernel's own code does: nothing was made"
			die "what the kernel's own source is compiled to here is not what this kernel has: the source, the configuration, the compiler or its flags are others"
		fi
	fi
	count=$(grep -c '^equal ' "$place/prove")
	stage_end
	show "  $count function$([[ $count == 1 ]] || printf s) equal to the kernel's$(fix_seen "$place/prove")"
}

# fix_seen PROVE: how many of the symbols that the modules use are in the kernel's code, and where it has them.
fix_seen()
{
	awk '$1 == "symbols" { seen += $2; all += $4 } END { if (all) printf ", %d of %d symbols where its code has them", seen, all }' "$1"
}

# fix_equal PLACE SIDE: whether all that the modules replace is equal; PLACE/prove says which are.
fix_equal()
{
	local module status=0 list lists=()
	for list in "$1"/cut/*.list; do
		lists+=(--list "$list")
	done
	: >"$1/prove"
	for module in "${modules[@]}"; do
		baseline_compare "$1/$2" --table "$work_place/_klpmake.syms" "${lists[@]}" "$work_place/out/$module.ko" \
			>>"$1/prove" 2>&1 || status=1
	done
	return "$status"
}

# fix_compile_original PLACE SIDE FLAGS PATHS
fix_compile_original()
{
	mkdir -p "$1/$2"
	recompile_trees "$kernel_source" "$1/$2" "$4"
	recompile_begin
	recompile_paths "$1/$2" "$4"
	recompile_run "$1" "-ffile-prefix-map=$1/$2/= $3" || {
		recompile_messages "$1/$2" "$4" >&2
		die "kbuild could not compile unpatched files of '$kernel_source': is it the source of another kernel?"
	}
}
