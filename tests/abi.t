#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Incompatible versions of libdwarf have the same SONAME: a version at run time that is not the one compiled for is
# refused.

# shellcheck source=tests/tap.bash
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# shellcheck source=tests/mini.bash
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"

# The build without sanitizers, which want to be loaded before any other library.
bin=$top/build
mini_vmlinux "$scratch/k" || exit 1

# pretend VERSION: runs kallsympos with a libdwarf that reports this version.
pretend()
{
	printf 'const char *dwarf_package_version(void);\nconst char *dwarf_package_version(void)\n{\n\treturn "%s";\n}\n' \
		"$1" >"$scratch/version.c"
	gcc -shared -fPIC -o "$scratch/version.so" "$scratch/version.c" || exit 1
	# LD_PRELOAD is split at blanks.
	run env LD_PRELOAD=version.so "LD_LIBRARY_PATH=$scratch" "$bin/kallsympos" --vmlinux "$scratch/k/vmlinux" helper
}

cat >"$scratch/which.c" <<'C'
#include <libdwarf.h>
#include <stdio.h>
int main(void)
{
#ifdef DW_LIBDWARF_VERSION
	puts(DW_LIBDWARF_VERSION);
#else
	puts("20210528");
#endif
	return 0;
}
C
gcc -I/usr/include/libdwarf -I/usr/include/libdwarf-0 -I/usr/include/libdwarf-2 -o "$scratch/which" \
	"$scratch/which.c" || exit 1
compiled=$("$scratch/which")

pretend "$compiled"
exits 0 "the generation that klpmake was compiled against ($compiled)"
other=20210528
[[ $compiled != 20* ]] || other=0.11.1
pretend "$other"
refused 1 "libdwarf $other at run time has another ABI" "the other generation ($other)"
pretend "nonsense"
refused 1 "libdwarf nonsense at run time has another ABI" "a version that cannot be read"

done_testing
