# SPDX-License-Identifier: GPL-2.0-only
#
# The source of a fetched kernel, with Debian's patches, from the package linux-source-*.
# Source common.bash and debian/archive.bash first.

# kernel_build DIR RELEASE: the package version of the kernel in DIR, according to its headers.
kernel_build()
{
	sed -n 's/^#define LINUX_PACKAGE_ID " [^ ]* \(.*\)"$/\1/p' \
		"$1/usr/src/linux-headers-$2/include/generated/package.h" 2>/dev/null | grep .
}

# source_package RELEASE: the source package of its series.
source_package()
{
	printf 'linux-source-%s\n' "$(grep -oE '^[0-9]+\.[0-9]+' <<<"$1")"
}

# source_unpack DEB TREE [PATTERN...]: unpacks the source, or what matches of it, without the directory that it
# is packed in.
source_unpack()
{
	local deb=$1 tree=$2
	shift 2
	dpkg-deb --fsys-tarfile "$deb" | tar -xO --wildcards './usr/src/linux-source-*.tar.xz' |
		tar -C "$tree" -xJ --no-same-owner --strip-components=1 ${1+--wildcards} "$@" ||
		die "cannot unpack '$deb'"
}
