# SPDX-License-Identifier: GPL-2.0-only
#
# 'klpmake load X.ko' loads a livepatch into the running kernel, whoever built it: it looks first whether that can work,
# watches until every task runs the patched functions, and takes the patch back if that does not come about.

# shellcheck disable=SC2034,SC2154 # klpmake sets home, and what it sources uses what is set here

# shellcheck source=scripts/lib/packed.bash
. "$home/scripts/lib/packed.bash"
# shellcheck source=scripts/lib/run/all.bash
. "$home/scripts/lib/run/all.bash"
# shellcheck source=scripts/lib/run/facts.bash
. "$home/scripts/lib/run/facts.bash"
# shellcheck source=scripts/lib/run/checks.bash
. "$home/scripts/lib/run/checks.bash"
# shellcheck source=scripts/lib/run/store.bash
. "$home/scripts/lib/run/store.bash"
# shellcheck source=scripts/lib/run/hosts.bash
. "$home/scripts/lib/run/hosts.bash"

module='' work='' trial='' force='' limit=60
# What has been begun, and must be taken back if it fails: '', trial, load.
begun=''
noted='' # that it is being loaded: on the disk
far=()       # the options that count on other machines
held_by='[]' # in JSON: the tasks that kept the transition from ending

usage()
{
	IFS= read -r -d '' usage <<USAGE || true
Usage: klpmake load [OPTION...] X.ko
Load a livepatch module, which may be compressed, into the running kernel, and
wait until every task runs the patched functions. When that takes too long, the
patch is taken back. Before anything is done, all that speaks against it is
said.

      --trial TIME      take it back by itself after this time (90, 10m, 2h),
                        unless 'klpmake keep X' comes first
      --timeout SECONDS how long the transition may take (default $limit)
      --force           end a transition that takes longer by force: tasks then
                        may still run old functions, and modules may have to
                        stay until the next boot
$hosts_usage  -q, --quiet           show nothing but errors
      --json            report as one JSON object on standard output
  -h, --help            this help
USAGE
}

option()
{
	hosts_option "$@" || case $1 in
		--trial)
			duration "$2" || usage_error "'--trial' needs a time such as 90, 10m or 2h, not '$2'"
			trial=$REPLY far+=("$@")
			;;
		--timeout)
			[[ $2 =~ ^[1-9][0-9]{0,5}$ ]] || usage_error "'--timeout' needs a number of seconds, not '$2'"
			limit=$2 far+=("$@")
			;;
		--force) force=1 far+=(--force) ;;
		--quiet) verbosity=0 ;;
		--json) json=1 ;;
	esac
}

main_load()
{
	program='klpmake load'
	options_parse option "$@"
	((${#operands[@]} < 2)) || usage_error "one module at a time, not '${operands[0]}' and '${operands[1]}'"
	module=${operands[0]-}
	[[ -n $module ]] || usage_error 'which module?'
	[[ -z $trial || -z $force ]] || usage_error "'--trial' and '--force' exclude each other: what was forced cannot be taken back"
	at_exit load_finish
	trap 'exit 141' PIPE
	heed_signals
	report_begin
	work=$(temporary -d) || exit 1
	facts_take "$module" "$work"
	facts_read "$facts_copy"
	checks_module "$module"
	((!${#hosts[@]})) || hosts_run "$facts_copy" load ${far[@]+"${far[@]}"}
	need_root 'loading a module'
	need_livepatch
	need_tools insmod rmmod
	[[ -z $trial ]] || need_tools setsid mktemp
	checks_all
	store_release
	load_begin "${facts[name]}"
	load_wait "${facts[name]}"
	begun=''
	[[ -z $noted ]] || store_loaded "${facts[name]}"
	noted=''
	say "$(load_verdict "${facts[name]}")"
}

# load_begin NAME
load_begin()
{
	local said last held='' failed=''
	if [[ -n $trial ]]; then
		begun=trial
		trial_begin "$1" "$trial"
	fi
	load_note "$1"
	last=$(dmesg 2>/dev/null | tail -n 1) || last=''
	# A signal waits until it is known whether the module is loaded.
	trap 'held=130' INT
	trap 'held=143' TERM
	trap 'held=129' HUP
	if said=$(trap '' INT TERM HUP && insmod "$facts_copy" 2>&1); then
		begun=load
	else
		failed=1
	fi
	heed_signals
	# Not even a klpmake that is killed leaves it.
	rm -rf -- "$work"
	[[ -z $held ]] || exit "$held"
	if [[ -n $failed ]]; then
		die "the kernel does not take '$1': ${said##*: }$(load_key "$said")$(load_kernel_said "$1" "$last")"
	fi
	[[ -z $trial ]] || trial_alone "$1"
	built_note "$1"
	if ! patch_is_there "$1"; then
		die "'$1' is loaded, but is not an enabled livepatch: it is removed again$(load_kernel_said "$1" "$last")"
	fi
	say "$1: loaded; waiting until every task has it, $limit s at the most"
}

# load_note NAME: an installed patch with which the machine goes down is not to be tried again when it starts. If it has
# gone down with this one before, that stays noted until the patch has been good.
load_note()
{
	store_has "$1" "$facts_copy" || return 0
	[[ ! -e $run_store/$run_release/$1.trying ]] || {
		noted=before
		return 0
	}
	store_begin "$1" ||
		die "cannot write to '$run_store/$run_release', and so not note that '$1' is tried: if the machine went down with it, it would be tried again whenever the machine starts"
	noted=now
}

# load_key TEXT: what to do when the kernel says that about a key. Of one whose signature is that of other contents, it does not
# say anything else.
load_key()
{
	[[ ${facts[signed]} == no || $1 != *[Kk]'ey '* ]] ||
		printf '; it does not know the key that signed it, or the module was changed since: with Secure Boot, %s' \
			"'mokutil --import' of the certificate and a restart make a key known"
}

# load_kernel_said NAME LAST: prints what the kernel's log has about it behind the line LAST.
load_kernel_said()
{
	dmesg 2>/dev/null | awk -v last="$2" -v name="$1" '
		seen && (index($0, "livepatch: ") || index($0, name ": ")) { sub(/^\[[^]]*\] */, ""); print "  kernel: " $0 }
		$0 == last { seen = 1 }' | tail -n 5 | { text=$(cat) && [[ -z $text ]] || printf '\n%s' "$text"; }
}

# load_wait NAME: until its transition is over.
load_wait()
{
	if ! transition_wait "$1" "$limit"; then
		transition_blame "$1"
		[[ -z $json ]] || held_by=$(tasks_json "$1")
		[[ -n $force ]] || die "the transition of '$1' is not over after $limit seconds: taking it back; --timeout gives it more"
		load_force "$1"
	fi
	if ! patch_is_enabled "$1"; then
		begun=''
		die "'$1' was taken back while it was being loaded${trial:+, as its trial is over}"
	fi
	[[ -z $trial ]] || trial_find "$1" || {
		begun=''
		trial_is_ending "$1" || return 0
		die "the trial of '$1' was over before its transition was: it is being taken back"
	}
}

# load_force NAME
# Rule: kernel/livepatch/transition.c, klp_force_transition(): in older kernels this module stays for good, in Linux 6.1 and
# later those that it replaces do.
load_force()
{
	warn "forcing the transition of '$1': the tasks above may run old functions and new ones at once; its module, or those that it replaces, can never be unloaded, depending on the kernel"
	state_directory
	# It may have ended by itself in between.
	patch_write "$1" force 1 || ! patch_moves "$1" || die "the kernel does not force the transition of '$1'"
	: >"$run_state/$1.forced"
	transition_wait "$1" "$transition_soon" || die "the transition of '$1' goes on although it was forced"
}

# load_verdict NAME
load_verdict()
{
	printf '%s: enabled, every task has it' "$1"
	[[ -z $trial ]] || ! trial_left "$1" ||
		printf "; it goes back in %d seconds, unless 'klpmake keep %s' comes first" "$REPLY" "$1"
}

# load_finish STATUS: takes back what was not finished, and reports.
load_finish()
{
	local status=$1 name=${facts[name]-}
	trap '' PIPE
	# What is printed here may fail, as when the terminal is gone: the conditions keep that from ending the script.
	case $begun in
		load)
			if ! is_loaded "$name"; then
				trial_cancel "$name"
			elif [[ -z $force || ! -e $run_state/$name.forced ]]; then
				# On the way back it is others that count, however little patience there was with the first ones.
				if take_back "$name" "$((limit > 60 ? limit : 60))"; then
					trial_cancel "$name"
					complain "'$name' is taken back: nothing of it is left"
				fi
			fi
			;;
		trial) trial_drop ;;
	esac
	[[ -z $work ]] || rm -rf -- "$work"
	[[ $noted != now ]] || if is_loaded "$name"; then store_loaded "$name"; else store_refused "$name"; fi
	report_end "$status" load_json
}

load_json()
{
	local name=${facts[name]-}
	printf '"patch": '
	json_or_null "$name"
	printf ', "loaded": %s, "trial_seconds": ' "$([[ -n $name ]] && patch_is_there "$name" && echo true || echo false)"
	if [[ -n $name ]] && trial_left "$name"; then printf '%d' "$REPLY"; else printf 'null'; fi
	printf ', "held_by": %s' "$held_by"
}
