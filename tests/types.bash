# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Shared by the tests of types: patches that declare what the miniature kernel has, and klpcheck's verdict on them.

source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"
source "$(dirname "${BASH_SOURCE[0]}")/attempt.bash"
kernel=$k
patch_tag=kernel/kinds.c
# A patch with .replace does something even if it replaces no function, as these that only declare things.
patch_members=', .replace = true'
patch_cflags=(-idirafter "$top/src/include")

check()
{
	run "$bin/klpcheck" --vmlinux "$k/vmlinux" --symvers "$k/Module.symvers" --debug-modules "$k" "$@"
}

# fine NAME [OLD=NEW...]: the patch on standard input passes without any message.
fine()
{
	local name=$1
	shift
	try_it "$@"
	is "$status:$err" 0: "passes: $name"
}

# wrong CHECK MESSAGE NAME [OLD=NEW...]: the patch on standard input is refused by that check, and by no other.
wrong()
{
	local pass=$1 message=$2 name=$3
	shift 3
	try_it "$@"
	refused 1 "klpcheck: error: '$dir/out/klp-x.ko': $pass: $message" "$name"
	is "$(grep -c '^klpcheck: error: ' <<<"$err")" 1 "... which is all"
}

# The types of tests/mini/kernel/kinds.c, unchanged.
kinds=$(sed -n '/^enum kinds_state/,/^static/p' "$mini_src/kernel/kinds.c" | sed '$d')

# What of a structure is not as the kernel has it: the rest of each patch is the same.
item='extern struct kinds_item *kinds_head; int new_use(int x) { return kinds_head->id; }'

mini_vmlinux "$k" && mini_gadget "$k" || exit
