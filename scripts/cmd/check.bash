# SPDX-License-Identifier: GPL-2.0-only
#
# 'klpmake check X.ko' reads a finished livepatch module as its kernel would, whichever tool made it.

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
# shellcheck source=scripts/lib/source.bash
. "$home/scripts/lib/source.bash"
# shellcheck source=scripts/lib/kbuild.bash
. "$home/scripts/lib/kbuild.bash"
# shellcheck source=scripts/lib/recompile.bash
. "$home/scripts/lib/recompile.bash"
# shellcheck source=scripts/lib/baseline.bash
. "$home/scripts/lib/baseline.bash"
# shellcheck source=scripts/lib/json.bash
. "$home/scripts/lib/json.bash"
# shellcheck source=scripts/lib/report.bash
. "$home/scripts/lib/report.bash"

module='' check_report='' check_stdout=''

usage()
{
	IFS= read -r -d '' usage <<USAGE || true
Usage: klpmake check [OPTION...] X.ko...
Read finished livepatch modules, each as the kernel would, and say what the
kernel would refuse. The kernel is the one that the first X.ko was built for,
unless an option names another.

$target_usage$module_usage$allow_usage$source_usage$baseline_usage  -v, --verbose         show also what each check has looked at
  -q, --quiet           show nothing but errors
      --json            report as one JSON object on standard output
  -h, --help            this help
USAGE
}

usage_end()
{
	printf '
'
	allow_list
}

option()
{
	target_option "$@" || module_option "$@" || allow_option "$@" || source_option "$@" || case $1 in
		--baseline) baseline=$2 ;;
		--verbose)
			verbosity=2
			args+=(-v)
			;;
		--quiet) args+=(-q) ;;
		--json)
			args+=(--json)
			json=1
			;;
	esac
}

main_check()
{
	local args=() file
	program='klpmake check'
	options_parse option "$@"
	module=${operands[0]-}
	[[ -n $module ]] || usage_error 'which module?'
	[[ -z $baseline || ${#operands[@]} -lt 2 ]] ||
		usage_error "with --baseline one module at a time, not '${operands[0]}' and '${operands[1]}'"
	at_exit check_finish
	trap 'exit 141' PIPE
	heed_interrupts
	[[ -z $json ]] || report_listen
	for file in "${operands[@]}"; do
		[[ ! -d $file ]] || die "'$file' is a directory: name the module in it, as '${file%/}/klp-fix.ko'"
		[[ -f $file ]] || die "'$file': no such file"
	done
	if [[ -z $release && -z $kdir ]]; then
		release=$(release_of "$module") || exit
		[[ -n $release ]] || die "'$module' is not a kernel module: it does not say which kernel it is for"
	fi
	target_find no-kdir
	target_modules
	# If its sources exist, they are beside it.
	source_find "$(dirname "$module")"
	if [[ -n $json ]]; then
		check_report=$(temporary -f) || exit 1
		exec {check_stdout}>&1 >"$check_report"
	fi
	if [[ -n $baseline ]]; then
		baseline_run "$module" ${args[@]+"${args[@]}"}
	else
		"$(tool klpcheck)" "${target_args[@]}" ${module_args[@]+"${module_args[@]}"} \
			${allow_args[@]+"${allow_args[@]}"} ${source_args[@]+"${source_args[@]}"} ${args[@]+"${args[@]}"} -- "${operands[@]}"
	fi
}

# check_finish STATUS: cleans up, and prints the report, as finish() of build.bash does.
check_finish()
{
	local status=$1 text
	trap '' PIPE
	kbuild_stop
	baseline_clean
	if [[ -n $json ]]; then
		[[ -z $check_report ]] || exec >&"$check_stdout"
		report_deaf
		text=$(report_check "$status") || status=1
		rm -f "$report_messages" ${check_report:+"$check_report"}
		report_print "$text" || status=$((status ? status : 1))
	fi
	exit "$status"
}
