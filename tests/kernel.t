#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# scripts/lib/kernel.bash finds the parts of a kernel wherever a distribution or fetch-kernel puts them, and says what
# gets a missing part. All machines here are made up.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=scripts/lib/common.bash
. "$top/scripts/lib/common.bash"
# shellcheck source=scripts/lib/kernel.bash
. "$top/scripts/lib/kernel.bash"

release=6.1.0-9-test
export KLPMAKE_ROOT=$scratch/root KLPMAKE_CACHE="$scratch/a cache"
fetched=$KLPMAKE_CACHE/kernels/$release

# put ROOT PATH [TEXT]
put()
{
	mkdir -p "$(dirname "$1/$2")"
	printf '%s\n' "${3-x}" >"$1/$2"
}

# nothing_found FINDER
nothing_found()
{
	run "$1" "$release"
	is "$status:$out" 1: "$1: fails silently when there is nothing to find"
}

for finder in kernel_vmlinux kernel_kdir kernel_image kernel_modules kernel_symbols; do
	nothing_found "$finder"
done

# Each vmlinux takes precedence over all before it.
while read -r root path; do
	put "${!root}" "$path"
	is "$(kernel_vmlinux "$release")" "${!root}/$path" "vmlinux: $root $path"
done <<END
fetched lib/modules/$release/build/vmlinux
KLPMAKE_ROOT lib/modules/$release/build/vmlinux
fetched usr/lib/debug/boot/vmlinux-$release
KLPMAKE_ROOT usr/lib/debug/boot/vmlinux-$release
fetched usr/lib/debug/lib/modules/$release/vmlinux
KLPMAKE_ROOT usr/lib/debug/lib/modules/$release/vmlinux
END

while read -r path; do
	put "$KLPMAKE_ROOT" "$path"
	is "$(kernel_image "$release")" "$KLPMAKE_ROOT/$path" "image: $path"
	rm "$KLPMAKE_ROOT/$path"
done <<END
boot/vmlinuz-$release
lib/modules/$release/vmlinuz
boot/Image-$release
END
put "$fetched" "boot/vmlinuz-$release"
is "$(kernel_image "$release")" "$fetched/boot/vmlinuz-$release" 'image: a fetched one'

put "$KLPMAKE_ROOT" "boot/vmlinuz-$release"
chmod 0 "$KLPMAKE_ROOT/boot/vmlinuz-$release"
if ((EUID == 0)); then
	skip 'image: an unreadable one is passed over' 'root can read everything'
else
	is "$(kernel_image "$release")" "$fetched/boot/vmlinuz-$release" 'image: an unreadable one is passed over'
	rm "$fetched/boot/vmlinuz-$release"
	is "$(kernel_image "$release")" "$KLPMAKE_ROOT/boot/vmlinuz-$release" 'image: or named, where there is no other'
fi

is "$(kernel_kdir "$release")" "$KLPMAKE_ROOT/lib/modules/$release/build" 'build directory'
is "$(kernel_modules "$release")" "$KLPMAKE_ROOT/lib/modules/$release" 'modules'
rm -r "${KLPMAKE_ROOT:?}/lib"
is "$(kernel_kdir "$release")" "$fetched/lib/modules/$release/build" 'build directory: a fetched one'

stub='ffffffffffffffff B The real System.map is in the linux-image-<version>-dbg package'
put "$KLPMAKE_ROOT" "boot/System.map-$release" "$stub"
nothing_found kernel_symbols
put "$fetched" "usr/lib/debug/lib/modules/$release/System.map" $'0000000000000000 A a\n0000000000000001 A b'
is "$(kernel_symbols "$release")" "$fetched/usr/lib/debug/lib/modules/$release/System.map" \
	'... one beside the debug vmlinux is'
put "$fetched" "usr/lib/debug/boot/System.map-$release" $'0000000000000000 A a\n0000000000000001 A b'
is "$(kernel_symbols "$release")" "$fetched/usr/lib/debug/boot/System.map-$release" \
	"symbols: Debian's stub is passed over"
put "$KLPMAKE_ROOT" "boot/System.map-$release" $'0000000000000000 A a\n0000000000000001 A b'
is "$(kernel_symbols "$release")" "$fetched/usr/lib/debug/boot/System.map-$release" \
	"symbols: the debug package's before /boot's"

# hint WANT PART ID [ID_LIKE] [RELEASE]
hint()
{
	put "$KLPMAKE_ROOT" etc/os-release "$(printf 'ID=%s\nID_LIKE="%s"\n' "$3" "${4-}")"
	is "$(kernel_hint "$2" "${5-$release}")" "$1" "hint: $3, $2"
}

hint "sudo apt-get install linux-headers-$release" headers debian
hint "sudo apt-get install linux-image-$release-dbg" debug debian
hint "sudo apt-get install linux-image-$release" image debian
hint "sudo apt-get install linux-headers-$release" headers ubuntu debian
hint "sudo apt-get install linux-image-$release-dbgsym  # from ddebs.ubuntu.com, see https://ubuntu.com/server/docs/debug-symbol-packages" \
	debug ubuntu debian
hint "sudo dnf install kernel-devel-$release" headers fedora
hint "sudo dnf debuginfo-install kernel-$release" debug rocky 'rhel centos fedora'
hint "sudo dnf install kernel-core-$release" image fedora
hint 'sudo zypper install kernel-default-devel=6.4.0-150600.23' headers opensuse-leap 'suse opensuse' \
	6.4.0-150600.23-default
hint 'sudo zypper install kernel-azure-debuginfo=6.4.0-1' debug sles suse 6.4.0-1-azure
hint 'sudo pacman -S linux-headers' headers arch '' 6.9.1-arch1-1
hint 'sudo pacman -S linux-lts-headers' headers manjaro arch 6.6.30-1-lts
hint 'sudo pacman -S linux' image arch '' 6.9.1-arch1-1
hint "install the debug vmlinux (with DWARF) of kernel '$release', or give --vmlinux" debug slackware

rm "$KLPMAKE_ROOT/etc/os-release"
is "$(kernel_hint headers "$release")" \
	"install the headers (the build directory) of kernel '$release', or give --kdir" 'hint: no os-release'

done_testing
