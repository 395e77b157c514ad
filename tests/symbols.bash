# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Shared by the tests of klpsyms on the miniature kernel.

source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"
alpha=fs/proc/alpha.c
# shellcheck disable=SC2034 # for who sources this
long_name=$(sed -n 's/^\t\(gamma_0123.*_end\)$/\1/p' "$mini_src/include/mini.h")

mini_vmlinux "$k" && mini_gadget "$k" && make_frame || exit
