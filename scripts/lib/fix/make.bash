# SPDX-License-Identifier: GPL-2.0-only
#
# What 'klpmake' does with patches to the kernel's source before and after the steps that make any module: makes the files
# that stand for them, and proves in the end that the compiler, its flags and the source are the kernel's. Source the other
# files of fix/ and baseline.bash first.

fix_temporary='' # the directory that is made of patches alone

# fix_make_directory: makes a patch directory of the patches on the command line, for this run.
fix_make_directory()
{
	fix_check_patches
	fix_temporary=$(temporary -d) || exit 1
	fix_directory "$fix_temporary" "${fix_patches[@]}"
	patch=$fix_temporary
	fix_name "${fix_patches[0]}"
	[[ -n $output && ! -d $output ]] || output=${output:-.}/$REPLY.ko
}

fix_clean()
{
	[[ -z $fix_temporary ]] || rm -rf "$fix_temporary"
}

# fix_make PLACE: all that kbuild needs for the patches.
fix_make()
{
	mkdir -p "$1"
	fix_source
	fix_changes "$kernel_source" "$1" "${fix_patches[@]}"
	fix_frame "$1"
	fix_identity=$(cd "$1/frame" && sha256sum -- * | sha256sum)
}

# fix_prove PLACE: compares the functions that each module replaces with what their unpatched files compile to.
fix_prove()
{
	local module status=0 equal=0 log=$1/prove
	stage_begin prove
	for module in "${modules[@]}"; do
		baseline_compare "$1/orig" "$work_place/out/$module.ko" >"$log" 2>"$log.messages" || status=1
		equal=$((equal + $(grep -c '^equal ' "$log" || true)))
		((status == 0)) || {
			sed -n 's/^differs /  &/p' "$log"
			cat "$log.messages"
		} >&2
	done
	((status == 0)) || die "what the kernel's files compile to here is not this kernel: compiler, flags, configuration or source are others"
	stage_end
	show "  $equal functions equal to the kernel's"
}
