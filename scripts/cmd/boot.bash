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
	boot_clean
	mapfile -t names < <(store_order "$run_release")
	boot_missing ${names[@]+"${names[@]}"}
	for name in ${names[@]+"${names[@]}"}; do
		boot_one "$name" || boot_failed=1
	done
	[[ -z $boot_failed ]] || exit 1
}

# boot_clean: if somebody is installing something meanwhile, there is nothing to clean.
boot_clean()
{
	# shellcheck disable=SC2094 # a directory
	[[ ! -d $run_store/$run_release ]] || (flock -n 9 && store_clean "$run_release") 9<"$run_store" 2>/dev/null || true
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
	# That notes on the disk that it is tried.
	boot_load "$file"
}

# boot_load FILE
boot_load()
{
	"$home/klpmake" load ${quiet[@]+"${quiet[@]}"} "$1"
}
