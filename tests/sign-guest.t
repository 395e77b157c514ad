#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A kernel that takes signed modules only (module.sig_enforce=1), on every fetched kernel: what 'klpmake load' says of a module
# without a signature, with one of a stranger's, and with one of 'klpmake sign' with a key that the kernel knows, and what the
# kernel does. It knows a key from the firmware, as with Secure Boot, which is the only way that Debian's kernels have.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/guest.bash
. "$top/tests/guest.bash"

ovmf=/usr/share/OVMF

# key NAME
key()
{
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$scratch/$1.pem" -out "$scratch/$1.crt" -subj "/CN=$1" -days 2 2>/dev/null
}

# firmware CERT: a QEMU for 'klpmake try' whose firmware has this certificate in its variable db (UEFI 2.10, 32.4.1). In an empty
# store of variables it is the first one (edk2, MdeModulePkg/Include/Guid/VariableFormat.h: AUTHENTICATED_VARIABLE_HEADER).
firmware()
{
	local qemu
	qemu=$(type -P qemu-system-x86_64)
	openssl x509 -in "$1" -outform DER -out "$scratch/der"
	# shellcheck disable=SC2016 # Perl's
	perl -e '
		my ($store, $der) = map { local (@ARGV, $/) = $_; scalar <> } @ARGV;
		sub guid { my @part = split /-/, shift; pack("VvvH4H12", map({ hex } @part[0 .. 2]), @part[3, 4]) }
		my $list = guid("a5c059a1-94e4-4aa7-87b5-ab155c2bf072") . pack("VVV", 44 + length $der, 0, 16 + length $der) .
			guid("77fa9abd-0359-4d32-bd60-28f4e78f784b") . $der;
		my $name = pack("v*", map { ord } split(//, "db"), "\0");
		my $variable = pack("vCxVQx16VVV", 0x55aa, 0x3f, 0x27, 0, 0, length $name, length $list) .
			guid("d719b2cb-3d3a-4596-a3bc-dad00e67656f") . $name . $list;
		my $at = unpack("v", substr($store, 0x30, 2)) + 28;
		substr($store, $at, 64) eq "\xff" x 64 or die "not an empty store of variables";
		substr($store, $at, length $variable) = $variable;
		print $store;
	' "$ovmf/OVMF_VARS_4M.fd" "$scratch/der" >"$scratch/variables" || exit
	mkdir "$scratch/bin"
	cat >"$scratch/bin/qemu-system-x86_64" <<-END
		#!/bin/bash
		[[ " \$* " != *' -S '* ]] || exec $qemu "\$@"
		exec $qemu "\$@" -drive if=pflash,format=raw,unit=0,readonly=on,file=$ovmf/OVMF_CODE_4M.fd \\
			-drive 'if=pflash,format=raw,unit=1,snapshot=on,file=$scratch/variables'
	END
	chmod +x "$scratch/bin/qemu-system-x86_64"
}

scenario()
{
	guest_words
	cat <<-'END'
		nothing() {
			[ -z "$(ls /sys/kernel/livepatch)" ] && [ ! -d /sys/module/klp_good ]
		}
		# rejects FILE: the kernel does.
		rejects() {
			! insmod "$1" 2>/run/refusal || fail "the kernel takes '$1'"
			grep -q 'Key was rejected by service' /run/refusal || fail "the kernel says of '$1': $(cat /run/refusal)"
			news >/run/news
			news_judged
		}
		tar -xf signed.tar
		phase refuse
		rejects unsigned/klp-good.ko
		says 1 'it has no signature, and this kernel takes signed modules only (module.sig_enforce is on)' load unsigned/klp-good.ko
		rejects stranger/klp-good.ko
		says 1 "the kernel does not take 'klp_good': Key was rejected by service; it does not know the key that signed it" load stranger/klp-good.ko
		news >/run/news
		news_judged
		nothing || fail 'something is left of what was refused'
		[ -e /sys/firmware/efi ] || exit 0

		phase take
		grep -q ' asymmetri .*known' /proc/keys || fail 'the kernel has no key of the firmware'
		says 0 'klp_good: enabled, every task has it' load known/klp-good.ko
		grep -qx patched /proc/cmdline || fail 'it does nothing'
		says 0 'klp_good: gone' unload klp_good
		rejects changed/klp-good.ko
		says 1 "the kernel does not take 'klp_good': Key was rejected by service" load changed/klp-good.ko
		nothing || fail 'something is left'
	END
}

main()
{
	local releases=() release dir key
	need_guests
	type openssl perl >/dev/null 2>&1 || skip_all 'openssl or perl is missing'
	key known
	key stranger
	klpmake_in "$scratch/tree.tar"
	scenario >"$scratch/scenario"
	if [[ -r $ovmf/OVMF_CODE_4M.fd ]]; then
		firmware "$scratch/known.crt"
		PATH=$scratch/bin:$PATH
	else
		skip 'a key that the kernel knows' "no firmware here: Debian's package 'ovmf' has it"
	fi
	for release in "${releases[@]}"; do
		dir=$(modules_for "$release")
		rm -rf "$scratch/signed"
		mkdir -p "$scratch/signed/"{unsigned,known,stranger,changed}
		cp "$dir/klp-good.ko" "$scratch/signed/unsigned"
		for key in known stranger; do
			run "$top/klpmake" sign --quiet --key "$scratch/$key.pem" --cert "$scratch/$key.crt" -o "$scratch/signed/$key/klp-good.ko" "$dir/klp-good.ko"
			exits 0 "$release: signed with a key of its own ($key)"
		done
		# Where it does no harm: in the text of its license.
		sed 's/license=GPL/license=gpl/' "$scratch/signed/known/klp-good.ko" >"$scratch/signed/changed/klp-good.ko"
		tar -cf "$scratch/signed.tar" -C "$scratch/signed" .
		try "$dir/klp-good.ko" --scenario "$scratch/scenario" --file "$scratch/tree.tar" \
			--file "$scratch/signed.tar" "${klpmake_programs[@]}" --append module.sig_enforce=1 --timeout 600
		exits 0 "$release: what is signed, and by whom"
	done
	nothing_left 'nothing is left of the guests'
	done_testing
}

main
