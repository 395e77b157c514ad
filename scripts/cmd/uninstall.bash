# SPDX-License-Identifier: GPL-2.0-only
#
# 'klpmake uninstall NAME' takes a livepatch from those that are loaded at boot.

# shellcheck disable=SC2034,SC2154 # klpmake sets home, and what it sources uses what is set here

# shellcheck source=scripts/lib/run/all.bash
. "$home/scripts/lib/run/all.bash"
# shellcheck source=scripts/lib/run/store.bash
. "$home/scripts/lib/run/store.bash"

release=''

usage()
{
	IFS= read -r -d '' usage <<USAGE || true
Usage: klpmake uninstall [OPTION...] NAME
Do not load a livepatch any more when its kernel starts. What is loaded stays:
'klpmake unload' takes it back.

  -k, --kernel RELEASE  of this kernel, not of the running one
  -q, --quiet           show nothing but errors
  -h, --help            this help
USAGE
}

option()
{
	case $1 in
		--kernel) release=$2 ;;
		--quiet) verbosity=0 ;;
	esac
}

main_uninstall()
{
	local name others
	program='klpmake uninstall'
	options_parse option "$@"
	((${#operands[@]} == 1)) || usage_error 'which livepatch? give its name'
	[[ -z $release ]] || is_release "$release" || usage_error "'$release' is not the release of a kernel"
	need_root 'uninstalling a livepatch'
	store_release
	release=${release:-$run_release}
	patch_name "${operands[0]}"
	name=$REPLY
	[[ ! -d $run_store/$release ]] || {
		store_lock
		store_clean "$release"
	}
	if ! grep -qx "$name" <<<"$(store_order "$release")"; then
		others=$(store_others "$release" | paste -sd ' ')
		die "'$name' is not installed for '$release'${others:+; for these kernels there are some: $others}"
	fi
	# The list first: what it does not name is not loaded.
	{ store_order "$release" | grep -vx "$name" || true; } | store_write "$run_store/$release/order" ||
		die "cannot write '$run_store/$release/order'"
	rm -f -- "$run_store/$release/$name.ko" "$run_store/$release/$name.trying"
	say "$name: not loaded any more when '$release' starts"
	! patch_is_there "$name" || say "  it is loaded now, and stays: 'klpmake unload $name' takes it back"
}
