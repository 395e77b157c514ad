# SPDX-License-Identifier: GPL-2.0-only
#
# 'klpmake sign X.ko' signs a livepatch, with the program that the kernel's headers have for that.

# shellcheck disable=SC2034,SC2154 # klpmake sets home, and what it sources uses what is set here

# shellcheck source=scripts/lib/kernel.bash
. "$home/scripts/lib/kernel.bash"
# shellcheck source=scripts/lib/packed.bash
. "$home/scripts/lib/packed.bash"
# shellcheck source=scripts/lib/run/system.bash
. "$home/scripts/lib/run/system.bash"
# shellcheck source=scripts/lib/run/facts.bash
. "$home/scripts/lib/run/facts.bash"
# shellcheck source=scripts/lib/run/checks.bash
. "$home/scripts/lib/run/checks.bash"

key='' cert='' output='' beside='' work=''

usage()
{
	IFS= read -r -d '' usage <<USAGE || true
Usage: klpmake sign --key KEY --cert CERT [OPTION...] X.ko
Sign a livepatch with scripts/sign-file of its kernel's headers, for kernels
that take signed modules only.

      --key KEY         the private key (PEM); its passphrase is asked for, or
                        comes from KBUILD_SIGN_PIN
      --cert CERT       the certificate that belongs to it (PEM or DER)
  -o, --output FILE     the signed module (default: X.ko itself)
  -q, --quiet           show nothing but errors
  -h, --help            this help
USAGE
}

option()
{
	case $1 in
		--key) key=$2 ;;
		--cert) cert=$2 ;;
		--output) output=$2 ;;
		--quiet) verbosity=0 ;;
	esac
}

main_sign()
{
	local module file
	program='klpmake sign'
	options_parse option "$@"
	((${#operands[@]} == 1)) || usage_error 'which module? one at a time'
	[[ -n $key && -n $cert ]] || usage_error 'which key? --key KEY --cert CERT'
	module=${operands[0]}
	at_exit sign_finish
	heed_signals
	for file in "$key" "$cert"; do
		[[ -f $file && -r $file ]] || die "'$file': no such file, or not readable"
	done
	[[ -z $(packed_program "$module") ]] ||
		die "'$module' is compressed: the signature belongs to what is in it; unpack it, sign that, and compress it again"
	work=$(temporary -d) || exit 1
	facts_take "$module" "$work"
	facts_read "$facts_copy"
	checks_module "$module"
	[[ ${facts[signed]} == no ]] || die "'$module' has a signature already: sign the module as klpmake has made it"
	sign_run "${facts[vermagic]%% *}" "${output:-$module}"
	say "${output:-$module}: signed"
	say "  a kernel takes it if it knows the certificate; with Secure Boot, 'mokutil --import' of it as DER and a restart make it known"
}

# sign_run RELEASE OUTPUT: signs the copy and puts it there.
sign_run()
{
	local kdir tool hash said
	is_release "$1" || die "the module says that it is for kernel '$1': no kernel is called so"
	kdir=$(kernel_kdir "$1") || die "the headers of kernel '$1', which have sign-file, are not here: $(kernel_hint headers "$1")"
	tool=$kdir/scripts/sign-file
	[[ -x $tool ]] || die "the headers of kernel '$1' have no 'scripts/sign-file'"
	hash=$(sed -n 's/^CONFIG_MODULE_SIG_HASH="\([a-z0-9-]*\)"$/\1/p' "$kdir/.config" 2>/dev/null)
	[[ -n $hash ]] || die "kernel '$1' was built without signatures of modules (CONFIG_MODULE_SIG): it needs none"
	beside=$(mktemp -- "$2.XXXXXX") || die "cannot write beside '$2'"
	{ cat -- "$facts_copy" >"$beside" && chmod 644 -- "$beside"; } || die "cannot write '$beside'"
	said=$("$tool" "$hash" "$key" "$cert" "$beside" 2>&1) ||
		die "'$tool' could not sign it with '$key' and '$cert'${said:+: ${said//$'\n'/; }}"
	[[ $(klpinfo "$beside") == *$'\nsigned yes'* ]] || die "'$tool' has not signed it"
	mv -f -- "$beside" "$2" || die "cannot write '$2'"
	beside=''
}

# sign_finish STATUS
sign_finish()
{
	[[ -z $work ]] || rm -rf -- "$work"
	[[ -z $beside ]] || rm -f -- "$beside"
	exit "$1"
}
