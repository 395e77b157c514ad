#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Which architectures need guests again: exactly those whose code has changed since guests have proven it.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"

tree=$scratch/tree
mkdir -p "$tree/tests/modules"
cp -r "$top"/{Makefile,scripts,src} "$tree"
cp -r "$top"/tests/{arch,kernels,arch.bash,arch-*.t} "$tree/tests"
cp -r "$top/tests/modules/outside" "$tree/tests/modules"
: >"$tree/tests/arch/proven"

# unproven ARCHITECTURES NAME
unproven()
{
	run "$tree/scripts/dev/arch-proof" --unproven
	is "$status:${out//$'\n'/ }:$err" "0:$1:" "$2"
}

all='arm64 loongarch64 ppc64le riscv64 s390x'
unproven "$all" 'nothing is proven at first'
# shellcheck disable=SC2086
run "$tree/scripts/dev/arch-proof" --record $all
exits 0 'all of it is written down'
unproven '' '... and proven'
sed -i '1i/* a comment */' "$tree/src/link/plan.c"
unproven '' 'a comment changes nothing'
echo 'int x;' >>"$tree/src/arch/arm64.c"
unproven 'arm64' 'a row is one architecture'"'s"
echo 'int x;' >>"$tree/src/arch/x86_64.c"
unproven 'arm64' '... that of x86_64 none'"'s"
echo 'CONFIG_X=y' >>"$tree/tests/kernels/riscv64-pie.config"
unproven 'arm64 riscv64' 'a configuration is, too'
run "$tree/scripts/dev/arch-proof" --record arm64
unproven 'riscv64' 'what is written down of one leaves the others as they are'
echo 'int x;' >>"$tree/src/link/write.c"
unproven "$all" 'klplink is all architectures'"'"
rm "$tree/src/link/write.h"
run "$tree/scripts/dev/arch-proof" --unproven
refused 1 'cannot tell what klplink is made of' 'what cannot be read is not proven'
run "$tree/scripts/dev/arch-proof" --record vax
refused 2 "there is no architecture 'vax' with tests of its own" 'an architecture that is not there'
done_testing
