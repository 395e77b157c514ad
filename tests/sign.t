#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# klpmake sign, with the sign-file of a fetched kernel's headers: the signature is one that openssl can verify, and what
# cannot be signed stays as it is.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
# shellcheck source=scripts/lib/common.bash
. "$top/scripts/lib/common.bash"
# shellcheck source=scripts/lib/kernel.bash
. "$top/scripts/lib/kernel.bash"

[[ -x $bin/klpinfo ]] || skip_all 'klpmake is not built'
type openssl >/dev/null 2>&1 || skip_all 'there is no openssl'
release=$("$top/scripts/fetch-kernel" --list | head -n 1)
[[ -n $release ]] || skip_all 'no stock kernel here: scripts/fetch-kernel gets one'
cd "$scratch" || exit
export TMPDIR=$scratch/tmp
mkdir "$TMPDIR"
mini_vmlinux "$scratch/k" || exit

# make_patch NAME RELEASE [LINE...]
make_patch()
{
	{
		printf '#include "mini.h"\nint x;\nMODULE_LICENSE("GPL");\n'
		printf '%s\n' "${@:3}"
	} >"$1.c"
	mini_vermagic="$2 SMP" MINI_CFLAGS=-g0 mini_module "$scratch/k" "$scratch/$1.ko" "$1.c" || exit
}

livepatch='MODULE_INFO(livepatch, "Y");'
make_patch klp-x "$release" "$livepatch"
make_patch klp-other 9.9.0-nowhere "$livepatch"
make_patch plain "$release"
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -subj /CN=test -days 2 2>/dev/null || exit
mkdir modules
mv ./*.ko modules
cd modules || exit
was=$(cat ./*.ko | sha256sum)

# sign ARG...
sign()
{
	run "$top/klpmake" sign --key ../key.pem --cert ../cert.pem "$@"
}

# not_signed REASON NAME ARG...: nothing has changed.
not_signed()
{
	sign "${@:3}"
	refused 1 "$1" "$2"
	is "$(cat ./*.ko | sha256sum) $(find . "$TMPDIR" -mindepth 1 | grep -cvE '/(klp-x|klp-other|plain)\.ko(\.gz)?$')" "$was 0" '... and all is as it was'
}

not_signed "'plain.ko' is not a livepatch module" 'another module' plain.ko
not_signed "the headers of kernel '9.9.0-nowhere', which have sign-file, are not here" 'one for a kernel without headers' klp-other.ko
not_signed "'nowhere': no such file" 'a key that is not there' --key nowhere klp-x.ko
not_signed "could not sign it with '../cert.pem' and '../cert.pem'" 'what is no key' --key ../cert.pem klp-x.ko
not_signed "cannot write beside 'nowhere/x.ko'" 'a place that is not there' -o nowhere/x.ko klp-x.ko
gzip -k klp-x.ko
not_signed "'klp-x.ko.gz' is compressed" 'a compressed one' klp-x.ko.gz
sign -o ../signed.ko klp-x.ko
is "$status:$(cat ./*.ko | sha256sum)" "0:$was" 'a livepatch is signed, into another file'
has "$("$bin/klpinfo" ../signed.ko)" $'\nsigned yes' '... has a signature'
size=$(stat -c %s klp-x.ko)
is "$(head -c "$size" ../signed.ko | sha256sum)" "$(sha256sum <klp-x.ko)" '... behind what it was'
# struct module_signature, 12 bytes, and the mark are at the end: include/linux/module_signature.h.
tail -c "+$((size + 1))" ../signed.ko | head -c -40 >../signature
holds '... which is that of the key' openssl cms -verify -binary -inform DER -in ../signature -content klp-x.ko -certfile ../cert.pem -noverify -out /dev/null
printf x | dd of=klp-x.ko bs=1 seek=900 conv=notrunc 2>/dev/null
holds '... and not of another module' eval '! openssl cms -verify -binary -inform DER -in ../signature -content klp-x.ko -certfile ../cert.pem -noverify -out /dev/null'
sign ../signed.ko
refused 1 "'../signed.ko' has a signature already" 'not twice'
done_testing
