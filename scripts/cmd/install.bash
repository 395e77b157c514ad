# SPDX-License-Identifier: GPL-2.0-only
#
# 'klpmake install X.ko' has a livepatch loaded whenever the kernel that it is for starts.

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

work=''

usage()
{
	IFS= read -r -d '' usage <<USAGE || true
Usage: klpmake install [OPTION...] X.ko...
Have livepatches loaded whenever the kernel that they are for starts, in this
order and after those that are installed already. They are kept in
$run_store; 'klpmake load' loads one now. Installing one again is also
how to say that it is to be tried again after the machine went down while it was
being loaded.

  -q, --quiet           show nothing but errors
  -h, --help            this help
USAGE
}

option()
{
	verbosity=0
}

main_install()
{
	local module
	program='klpmake install'
	options_parse option "$@"
	((${#operands[@]})) || usage_error 'which module?'
	at_exit install_finish
	heed_signals
	need_root 'installing a livepatch'
	work=$(temporary -d) || exit 1
	store_release
	for module in "${operands[@]}"; do
		install_one "$module"
	done
	install_service
}

# install_one FILE
install_one()
{
	local release name
	facts_take "$1" "$work"
	facts_read "$facts_copy"
	checks_module "$1"
	name=${facts[name]} release=${facts[vermagic]%% *}
	is_release "$release" || die "'$1' says that it is for kernel '$release': no kernel is called so"
	store_directory "$release"
	store_lock
	store_clean "$release"
	store_write "$run_store/$release/$name.ko" <"$facts_copy" || die "cannot write '$run_store/$release/$name.ko'"
	{
		store_order "$release" | grep -vx "$name" || true
		printf '%s\n' "$name"
	} | store_write "$run_store/$release/order" || die "cannot write '$run_store/$release/order'"
	rm -f -- "$run_store/$release/$name.trying"
	exec {store_locked}<&-
	say "$name: loaded whenever '$release' starts"
	[[ $release == "$run_release" ]] || say "  '$run_release' is running"
}

# install_service: says what is missing for that.
install_service()
{
	if [[ -d /run/systemd/system ]]; then
		systemctl -q is-enabled klpmake.service 2>/dev/null ||
			warn "klpmake.service is not enabled, and nothing is loaded at boot: 'systemctl enable klpmake.service'"
	else
		say "have the machine run '$home/klpmake boot' when it starts"
	fi
}

# install_finish STATUS
install_finish()
{
	[[ -z $work ]] || rm -rf -- "$work"
	exit "$1"
}
