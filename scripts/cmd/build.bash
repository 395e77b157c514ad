# SPDX-License-Identifier: GPL-2.0-only
#
# 'klpmake [DIRECTORY]' makes the livepatches of a patch directory: it finds the target kernel, runs the steps
# (kbuild, klpsyms, klplink, klpcheck) and shows what happened. doc/architecture.md has the map.

# shellcheck disable=SC2034,SC2154 # klpmake sets home, and what it sources uses what is set here

# shellcheck source=scripts/lib/kernel.bash
. "$home/scripts/lib/kernel.bash"
# shellcheck source=scripts/lib/modinfo.bash
. "$home/scripts/lib/modinfo.bash"
# shellcheck source=scripts/lib/packed.bash
. "$home/scripts/lib/packed.bash"
# shellcheck source=scripts/lib/machines.bash
. "$home/scripts/lib/machines.bash"
# shellcheck source=scripts/lib/target.bash
. "$home/scripts/lib/target.bash"
# shellcheck source=scripts/lib/allow.bash
. "$home/scripts/lib/allow.bash"
# shellcheck source=scripts/lib/inputs.bash
. "$home/scripts/lib/inputs.bash"
# shellcheck source=scripts/lib/mirror.bash
. "$home/scripts/lib/mirror.bash"
# shellcheck source=scripts/lib/source.bash
. "$home/scripts/lib/source.bash"
# shellcheck source=scripts/lib/workdir.bash
. "$home/scripts/lib/workdir.bash"
# shellcheck source=scripts/lib/kbuild.bash
. "$home/scripts/lib/kbuild.bash"
# shellcheck source=scripts/lib/replay.bash
. "$home/scripts/lib/replay.bash"
# shellcheck source=scripts/lib/recompile.bash
. "$home/scripts/lib/recompile.bash"
# shellcheck source=scripts/lib/baseline.bash
. "$home/scripts/lib/baseline.bash"
# shellcheck source=scripts/lib/fix/paths.bash
. "$home/scripts/lib/fix/paths.bash"
# shellcheck source=scripts/lib/fix/whole.bash
. "$home/scripts/lib/fix/whole.bash"
# shellcheck source=scripts/lib/fix/apply.bash
. "$home/scripts/lib/fix/apply.bash"
# shellcheck source=scripts/lib/fix/source.bash
. "$home/scripts/lib/fix/source.bash"
# shellcheck source=scripts/lib/fix/kept.bash
. "$home/scripts/lib/fix/kept.bash"
# shellcheck source=scripts/lib/fix/headers.bash
. "$home/scripts/lib/fix/headers.bash"
# shellcheck source=scripts/lib/fix/compile.bash
. "$home/scripts/lib/fix/compile.bash"
# shellcheck source=scripts/lib/fix/diff.bash
. "$home/scripts/lib/fix/diff.bash"
# shellcheck source=scripts/lib/fix/frame.bash
. "$home/scripts/lib/fix/frame.bash"
# shellcheck source=scripts/lib/fix/directory.bash
. "$home/scripts/lib/fix/directory.bash"
# shellcheck source=scripts/lib/fix/make.bash
. "$home/scripts/lib/fix/make.bash"
# shellcheck source=scripts/lib/many.bash
. "$home/scripts/lib/many.bash"
# shellcheck source=scripts/lib/explain.bash
. "$home/scripts/lib/explain.bash"
# shellcheck source=scripts/lib/json.bash
. "$home/scripts/lib/json.bash"
# shellcheck source=scripts/lib/report.bash
. "$home/scripts/lib/report.bash"
# shellcheck source=scripts/lib/run/usage.bash
. "$home/scripts/lib/run/usage.bash"

patch='' output='' modules=() checked=() results=()
own_status Umask || REPLY=$(umask)
user_umask=$REPLY

usage()
{
	IFS= read -r -d '' usage <<USAGE || true
Usage: klpmake [OPTION...] [DIRECTORY...]    make the livepatches of directories
       klpmake [OPTION...] FIX.patch...      make one of patches to the kernel
       klpmake new FIX.patch... DIRECTORY    make a patch directory of them
       klpmake new DIRECTORY FILE.c...       make one of whole kernel files
       klpmake update DIRECTORY              bring one to another kernel
       klpmake diff FIX.patch...|DIRECTORY   only say what they change
       klpmake check [OPTION...] X.ko        check a finished livepatch module
       klpmake try X.ko [OPTION...]          boot its kernel in QEMU and try it
$run_usage
A patch directory holds C files, each with a line '//KLPMAKE PATH' (the kernel
file whose scope it borrows, such as fs/proc/cmdline.c), and a kbuild Makefile
('obj-m := NAME.o'). NAME.ko and _klpmake.syms, the table of symbols, appear in
it. Default: the current directory. From patches klpmake makes klp-FIX.ko in the
current directory: it compiles the kernel files that they change twice, as they
are and patched, and puts the difference into the module. With more than one -k
it makes them for each of these kernels, in DIRECTORY/RELEASE (of patches,
./RELEASE). Several directories or kernels are made side by side.

$target_usage$module_usage$allow_usage$source_usage$fix_usage$fix_limit_usage  -o, --output PATH     where to put the results: a directory, or a .ko for a
                        single module
  -v, --verbose         show the commands that are run and all that kbuild says
  -q, --quiet           show nothing but errors and the compiler's warnings
      --json            report as one JSON object on standard output
  -h, --help            this help
      --version         the version

Exit status: 0 done, 1 refused or failed, 2 wrong usage.
USAGE
}

option()
{
	many_option "$@"
	target_option "$@" || module_option "$@" || allow_option "$@" || source_option "$@" || fix_option "$@" || fix_limit_option "$@" || case $1 in
		--output) output=$2 ;;
		--verbose) verbosity=2 ;;
		--quiet) verbosity=0 ;;
		--json) json=1 ;;
		--version)
			"$(tool klplink)" --version | sed 's/^klplink/klpmake/'
			exit 0
			;;
	esac
}

# take_directory: sets patch to the patch directory, or fix_patches to the patches to make one of.
take_directory()
{
	local first=${operands[0]-}
	! is_command "$first" || [[ -d $first ]] || usage_error "'$first' comes first, before its options"
	if fix_is_patch "$first" && [[ ! -d $first ]]; then
		fix_patches=("${operands[@]}")
		return
	fi
	patch=${first:-.}
	((${#operands[@]} < 2)) || {
		[[ -d $first ]] || usage_error "'$first' is neither a command ($command_list) nor a directory"
		many_take "${operands[@]}"
	}
}

main_build()
{
	options_parse option "$@"
	take_directory
	at_exit finish
	trap 'exit 141' PIPE
	heed_interrupts
	[[ -z $json ]] || report_listen
	! many_are_asked || many_make ${operands[@]+"${operands[@]}"}
	((!${#fix_patches[@]})) || fix_make_directory
	check_patch_directory
	fix_find_patches
	target_find kdir
	target_modules
	cross_compiler "$kdir"
	tool_find klpsyms
	workdir_open "$patch" "$release"
	fix_make "$work_place/fix"
	mirror "$patch" "$work_place"
	source_find "$work"
	build
	publish
	if [[ -z $json && $verbosity -gt 0 ]]; then
		terminal_columns
		report_symbols "$work_place/_klpmake.syms" "$REPLY" | printable_lines
		printf '%s\n' "${results[@]}"
	fi
}

check_patch_directory()
{
	[[ ! -f $patch ]] || die "'$patch' is a file: name the directory that it and its Makefile are in"
	[[ -d $patch ]] || die "'$patch' is not a directory"
	real_directory "$patch"
	patch=$REPLY
	[[ -f $patch/Makefile || -f $patch/Kbuild ]] ||
		die "'$patch' has no Makefile: write one with a line like 'obj-m := klp-fix.o'"
	output=${output:-$patch}
	[[ $output != *[[:cntrl:]]* ]] || die "'$output': the path has control characters"
	[[ $output == */* ]] || output=./$output
	local directory=$output
	[[ $output != *.ko ]] || directory=${output%/*}
	directory=${directory:-/}
	[[ -d $directory ]] || die "'$directory' is not a directory to put the results into"
	[[ -w $directory ]] || die "'$directory' cannot be written to: name another place with --output"
}

# However the run ends, nothing half-done stays and nothing goes on running. Cleaning up comes before printing, because
# nobody may be there to read.
finish()
{
	local status=$1 text=''
	trap '' PIPE
	kbuild_stop
	inputs_settled || ((status == 0)) || warn "$(changed)"
	fix_stop
	((status == 0 || status == 2)) || warn_of_old
	if [[ -n $json ]]; then
		report_deaf
		text=$(if ((status == 0)); then report_json true; else report_json false; fi) || status=1
		rm -f "$report_messages"
	fi
	workdir_close "$status"
	fix_clean
	[[ -z $json ]] || report_print "$text" || status=$((status ? status : 1))
	exit "$status"
}

# The last words of a failed run: the module of an earlier run is still there, and somebody might take it for the new
# one. Before the names of the modules are known, this is about all modules in the patch directory.
warn_of_old()
{
	local file old=()
	if [[ $output == *.ko ]]; then
		old=("$output")
	elif ((${#modules[@]})); then
		old=("${modules[@]/#/$output/}")
		old=("${old[@]/%/.ko}")
	elif [[ -n $output && $output == "$patch" ]]; then
		old=("$output"/*.ko)
	fi
	for file in ${old[@]+"${old[@]}"}; do
		[[ ! -f $file ]] || warn "nothing was made: '$file' is from an earlier run, and not what you asked for now"
	done
}

build()
{
	local list
	stage_begin compile
	compile
	kbuild_modules "$work"
	((${#modules[@]})) || die "'$patch' makes no module: its Makefile needs a line like 'obj-m := klp-fix.o'"
	[[ $output != *.ko || ${#modules[@]} == 1 ]] ||
		die "'$patch' makes ${#modules[@]} modules: give --output a directory"
	printf -v list ', %s.ko' "${modules[@]}"
	show "${list:2} for $release"
	stage_end
	stage_begin resolve
	resolve
	stage_end
	stage_begin link
	link_all
	stage_end
	stage_begin check
	check_all
	stage_end
	settle
	! fix_is_asked || fix_prove "$work_place/fix"
	[[ -n $json ]] || report_checked "${checked[@]}"
}

compile()
{
	local status=0
	kbuild_ask_modules "$kdir" "$work" "$work_place" ${extra_symvers[@]+"${extra_symvers[@]}"}
	replay "$patch" "$work_place" "$work" || kbuild_make "$work_place/kbuild.log" "${kbuild_args[@]}" || status=$?
	if ((verbosity > 1)); then
		cat "$work_place/kbuild.log"
	elif fix_is_asked; then
		kbuild_messages "$work_place/kbuild.log" "$work" "$kdir" | fix_objtool "$work_place/fix/cut"
	else
		kbuild_messages "$work_place/kbuild.log" "$work" "$kdir"
	fi >"$work_place/messages"
	inputs_settle "$patch" "$work_place" "$work" "$status"
	if ((status)); then
		settle
		explain_messages "$work_place/messages" "$work" "$work_place" | printable_lines >&2
		die "kbuild failed: nothing was made"
	fi
	[[ ! -s $work_place/messages ]] || printable_lines <"$work_place/messages" >&2
}

# Nothing is made of a patch that was changed meanwhile.
settle()
{
	inputs_settled || die "$(changed)"
}

changed()
{
	printf "'%s' was changed while its files were compiled: run klpmake again" "$patch"
}

# Runs klpsyms. Where one name means two symbols, renames it in the object files and links again.
resolve()
{
	local object old new renamed=''
	symbols_of_objects
	while read -r object old new; do
		"$objcopy" --redefine-sym "$old=$new" "$work/$object"
		renamed=1
	done <"$work_place/renames"
	[[ -n $renamed ]] || return 0
	settle
	inputs_relinked "$work_place"
	compile
	symbols_of_objects
	[[ ! -s $work_place/renames ]] || die "one name still means two symbols after the renaming in '$work_place/renames'"
}

symbols_of_objects()
{
	local module tool objects args=()
	for module in "${modules[@]}"; do
		kbuild_objects "$work" "$module"
		args+=(--module "$module.ko" "${objects[@]}")
	done
	target_cache
	tool_find klpsyms
	(cd "$work" && verbosely exec "$tool" "${target_args[@]}" ${module_args[@]+"${module_args[@]}"} ${cache_args[@]+"${cache_args[@]}"} \
		${allow_args[@]+"${allow_args[@]}"} --renames "$work_place/renames" -o "$work_place/_klpmake.syms" "${args[@]}")
}

link_all()
{
	local module tool
	tool_find klplink
	for module in "${modules[@]}"; do
		verbosely "$tool" --table "$work_place/_klpmake.syms" -o "$work_place/out/$module.ko" "$work/$module.ko"
	done
}

check_all()
{
	local module status=0 how=()
	[[ -z $json ]] || how=(--json)
	for module in "${modules[@]}"; do
		check_module "$module" ${how[@]+"${how[@]}"} >"$work_place/$module.check" || status=1
		[[ -z $json || -s $work_place/$module.check ]] || die "klpcheck did not write a report of '$module.ko'"
		checked+=("$work_place/$module.check")
	done
	return "$status"
}

# check_module MODULE [OPTION]: with --json, klpcheck's messages are in its own report.
check_module()
(
	module=$1
	shift
	for path in ${fix_files[@]+"${fix_files[@]}"}; do
		set -- "$@" --compared "$path"
	done
	tool_find klpcheck
	command=("$tool" "${target_args[@]}" ${module_args[@]+"${module_args[@]}"}
		${allow_args[@]+"${allow_args[@]}"} ${source_args[@]+"${source_args[@]}"} "$@" "$module.ko")
	cd "$work_place/out" || exit
	show_command "${command[@]}"
	[[ -z $json ]] || exec 2>&"$report_stderr"
	exec "${command[@]}"
)

# Only whole files appear in the user's directory, all at once (src/programs/klpplace.c). The table describes exactly
# these modules, and comes last.
publish()
{
	local module directory=$output tool files=()
	results=()
	if [[ $output == *.ko ]]; then
		directory=${output%/*}/
		files=("$work_place/out/${modules[0]}.ko" "${output##*/}")
		results=("$output")
	else
		for module in "${modules[@]}"; do
			files+=("$work_place/out/$module.ko" "$module.ko")
			results+=("$output/$module.ko")
		done
		files+=("$work_place/_klpmake.syms" _klpmake.syms)
		results+=("$output/_klpmake.syms")
	fi
	tool_find klpplace
	# From here on only klpplace reacts to signals: it knows whether they come too late.
	trap : INT TERM HUP USR1
	(umask "$user_umask" && exec "$tool" "$directory" "${files[@]}") || exit
	heed_signals
}
