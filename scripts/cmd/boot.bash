# SPDX-License-Identifier: GPL-2.0-only
#
# 'klpmake boot' loads what is installed for the running kernel: packaging/klpmake.service runs it when the machine starts.
# Nothing here may keep a machine from starting: what fails is said, and a patch during whose load the machine went down
# is left out.

# shellcheck disable=SC2034,SC2154 # klpmake sets home, and what it sources uses what is set here

# shellcheck source=scripts/lib/run/all.bash
. "$home/scripts/lib/run/all.bash"
# shellcheck source=scripts/lib/run/store.bash
. "$home/scripts/lib/run/store.bash"

boot_settle=60 # seconds after which a patch has not brought the machine down
boot_failed='' quiet=()

usage()
{
	IFS= read -r -d '' usage <<USAGE || true
Usage: klpmake boot [OPTION...]
Load the livepatches that are installed for the running kernel, in their order.
With 'klpmake=off' on the kernel's command line, none. One during whose load the
machine went down, or within a minute after that, is not tried again until
'klpmake install' says so.

  -q, --quiet           show nothing but errors
  -h, --help            this help

Exit status: 0 all are loaded, 1 some are not, 2 wrong usage.
USAGE
}

option()
{
	verbosity=0 quiet=(--quiet)
}

main_boot()
{
	local names=() name
	program='klpmake boot'
	options_parse option "$@"
	no_operands
	need_root 'loading modules'
	if boot_is_off; then
		say "nothing is loaded: 'klpmake=off' is on the kernel's command line"
		return 0
	fi
	store_release
	mapfile -t names < <(store_order "$run_release")
	boot_missing ${names[@]+"${names[@]}"}
	for name in ${names[@]+"${names[@]}"}; do
		boot_one "$name" || boot_failed=1
	done
	boot_watch ${names[@]+"${names[@]}"}
	[[ -z $boot_failed ]] || exit 1
}

boot_is_off()
{
	first_line "$run_proc/cmdline" && [[ " $REPLY " == *' klpmake=off '* ]]
}

# boot_missing NAME...: says which patches other kernels have and this one, which these are for, does not.
boot_missing()
{
	local kernel name missing=''
	while IFS= read -r kernel; do
		while IFS= read -r name; do
			[[ " $* " == *" $name "* || " $missing " == *" $name "* ]] || missing+=" $name"
		done < <(store_order "$kernel")
	done < <(store_others "$run_release")
	[[ -z $missing ]] ||
		warn "these livepatches are installed for other kernels, and have no build for '$run_release':$missing; 'klpmake update' makes one"
}

# boot_one NAME: 1 if it is not loaded.
boot_one()
{
	local file=$run_store/$run_release/$1.ko
	if patch_is_there "$1"; then
		return 0
	elif [[ -e $run_store/$run_release/$1.trying ]]; then
		complain "error: '$1' is left out: the machine went down when it was loaded the last time; 'klpmake install' has it tried again"
		return 1
	elif [[ ! -f $file ]]; then
		complain "error: '$1' is left out: there is no '$file'; 'klpmake uninstall $1' forgets it"
		return 1
	fi
	store_write "$run_store/$run_release/$1.trying" </dev/null || {
		complain "error: '$1' is left out: cannot write to '$run_store/$run_release', and so not note that it is tried"
		return 1
	}
	boot_load "$file" || {
		# It was refused or taken back, and the machine runs.
		rm -f -- "$run_store/$run_release/$1.trying"
		return 1
	}
}

# boot_load FILE
boot_load()
{
	"$home/klpmake" load ${quiet[@]+"${quiet[@]}"} "$1"
}

# boot_watch NAME...: what is loaded has been good when the machine still runs after a while, or is stopped in an orderly
# way before.
boot_watch()
{
	local name files=()
	for name; do
		! patch_is_there "$name" || files+=("$run_store/$run_release/$name.trying")
	done
	((${#files[@]})) || return 0
	# shellcheck disable=SC2016 # for the other bash
	setsid "$BASH" -pc 'trap : TERM; sleep "$0" & wait "$!"; kill "$!" 2>/dev/null; rm -f -- "$@"' \
		"$boot_settle" "${files[@]}" </dev/null >/dev/null 2>&1 &
	disown "$!"
}
