#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Names from files are printed without the control characters that somebody put there.

# shellcheck source=tests/tap.bash
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# shellcheck source=tests/mini.bash
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
# shellcheck source=tests/check.bash
source "$(dirname "${BASH_SOURCE[0]}")/check.bash"
check_setup || exit 1

# A title and a bell of xterm, a carriage return, an 8-bit and a UTF-8 CSI, and bytes that no text has.
evil=$'\e]0;title\a\r\x9b31m\xc2\x9b31m\x7f\xff'
plain='\x1b]0;title\x07\x0d\x9b31m\xc2\x9b31m\x7f\xff'
friendly=$'\xc3\xa9\xe4\xbd\xa0\xe5\xa5\xbd\xf0\x9f\x90\xa7\xc2\xa7'

for program in klpdecl klpsyms klplink klpcheck klpinfo klpapply kallsympos; do
	run "$bin/$program" --nonsense-"$evil$friendly"
	refused 2 "'--nonsense-$plain$friendly'" "$program: an option"
done
run "$bin/klpcheck" --vmlinux "$scratch/$evil" --symvers "$k/Module.symvers" "$scratch/good.ko"
refused 1 "/$plain': " "a file's name in an error message"
cp "$scratch/good.ko" "$scratch/$evil$friendly.ko"
check "$scratch/$evil$friendly.ko"
has "$out$err" "$plain$friendly.ko" "... in a report on standard output"
lacks "$out$err" $'\e' "... nothing of it is left"
check --json "$scratch/$evil$friendly.ko"
lacks "$out" $'\e' "JSON has no escape"
lacks "$out" $'\xc2\x9b' "... nor a control character of two bytes"
has "$out" "$friendly.ko" "... and other text as it is"
printf '%s' "$out" >"$scratch/json"
# shellcheck disable=SC2016 # perl's
holds "... and it is JSON" perl -MJSON::PP -e 'local $/; decode_json(<>)' "$scratch/json"

# A symbol with an escape in its name.
objcopy --redefine-sym gamma_private=gamma_$'\e'private "$scratch/good-plain.ko" "$scratch/symbol.ko"
check "$scratch/symbol.ko"
has "$err" "'gamma_\x1bprivate'" "a symbol's name"
lacks "$out$err" $'\e' "... nothing of it is left"

# A character of which one part is written, and the rest later.
many=$(printf '%04000d' 0)
for pad in '' x xx xxx; do
	run "$bin/klpsyms" "--$pad$many$friendly$friendly$friendly$friendly$friendly$friendly$friendly$friendly"
	has "$err" "$friendly$friendly$friendly$friendly$friendly$friendly$friendly$friendly'" "long text, moved by '$pad'"
done
done_testing
