#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# libdwarf's incompatible generations share one SONAME: another one at run time is refused, not used.

# shellcheck source=tests/tap.bash
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# shellcheck source=tests/mini.bash
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"

# The build without sanitizers: those want to be the first library that is loaded.
bin=$top/build
mini_vmlinux "$scratch/k" || exit 1

# pretend VERSION: runs kallsympos with a libdwarf that says it is VERSION.
pretend()
{
	printf 'const char *dwarf_package_version(void);\nconst char *dwarf_package_version(void)\n{\n\treturn "%s";\n}\n' \
		"$1" >"$scratch/version.c"
	gcc -shared -fPIC -o "$scratch/version.so" "$scratch/version.c" || exit 1
	# LD_PRELOAD ends at blanks.
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
refused 1 "libdwarf $other at run time has another ABI" "the other generation ($other) is refused"
pretend "nonsense"
refused 1 "libdwarf nonsense at run time has another ABI" "so is what cannot be told"

done_testing
