# SPDX-License-Identifier: GPL-2.0-only
#
# Modules that are compressed as distributions install them: X.ko.xz, X.ko.gz, X.ko.zst. The programs unpack these
# by themselves (src/elf/unpack.c); this is for scripts that read a module. Source common.bash and
# modinfo.bash first.

# packed_program FILE: prints the command that unpacks it, or nothing if it is not packed.
packed_program()
{
	case $1 in
		*.xz) printf 'xz\n' ;;
		*.zst) printf 'zstd --memory=256MB -q\n' ;;
		*.gz) printf 'gzip\n' ;;
	esac
}

# unpacked FILE TO: unpacks it into the file TO. A few kilobytes can stand for gigabytes, so there is a limit, which is
# that of src/elf/unpack.c.
unpacked()
{
	local unpacker most
	read -r -a unpacker < <(packed_program "$1")
	type "${unpacker[0]}" >/dev/null 2>&1 || die "'$1': '${unpacker[0]}', which unpacks it, is not installed"
	most=$(((64 << 20) + 64 * $(stat -L -c %s -- "$1")))
	local status=0
	# busybox's xz has no option for that.
	XZ_DEFAULTS=--memlimit-decompress=256MiB "${unpacker[@]}" -dc <"$1" 2>/dev/null | head -c $((most + 1)) >"$2" || status=$?
	(($(stat -c %s -- "$2") <= most)) ||
		die "'$1' unpacks to more than 64 times its size and 64 MB: that is not a module"
	((status == 0)) || die "'$1': '${unpacker[0]}' could not unpack it"
}

# release_of MODULE: prints the release of the kernel that the module is for; nothing if the module does not say that.
release_of()
(
	file=$1
	if [[ -n $(packed_program "$1") ]]; then
		file=$(temporary -f) || exit
		trap 'rm -f "$file"' EXIT
		unpacked "$1" "$file"
	fi
	said=$(modinfo_field "$file" vermagic) || said=''
	printf '%s\n' "${said%% *}"
)
