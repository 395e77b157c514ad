#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154
#
# What callers know of a function's code: small functions that a compiler has told their callers about are replaced by
# ones that change every register which they may. With guards nothing changes; without, a lot does.
# KLPMAKE_IPA_PROGRAMS, KLPMAKE_IPA_SEED: how many programs, and the first seed. KLPMAKE_IPA_FUNCTIONS: how many functions
# each has. CC: the compiler.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$top/tests/klpuser.bash"

[[ -x $bin/klpapply ]] || skip_all 'this machine has no klpapply'
export KLPMAKE_BIN=$bin
programs=${KLPMAKE_IPA_PROGRAMS:-2} seed=${KLPMAKE_IPA_SEED:-1} functions=${KLPMAKE_IPA_FUNCTIONS:-100}
# Without -falign-functions the shortest functions have no room for a jump.
levels=(-O2 -O3 -O1)
questions=(1 2 3 12345 -7)

# answers: what the program that runs says to all questions.
answers()
{
	local question all=()
	for question in "${questions[@]}"; do
		ask "$question" || true
		all+=("${REPLY:-nothing}")
	done
	REPLY=${all[*]}
}

# make_one SEED: the program and $klpu.
make_one()
{
	dir=$scratch/patch-ipa klpu=$scratch/patch-ipa/ipa.klpu
	rm -rf "$dir"
	mkdir "$dir"
	printf 'target := ../ipa\nobj-u := ipa.o\n' >"$dir/Makefile"
	perl "$top/tests/user-ipa.pl" "$1" "$functions" "$scratch/ipa.c" "$dir/ipa.c" || return
	printf '%s' "$user_main" >>"$scratch/ipa.c"
	sed -i '1i #include <string.h>' "$scratch/ipa.c"
	(cd "$scratch" && "${CC:-gcc}" "${levels[$1 % 3]}" -falign-functions=16 -g -fno-ipa-icf -Wl,--build-id ipa.c -o ipa && strip_binary ipa) || return
	make_patch --allow=ipa
}

diag "$("${CC:-gcc}" --version | head -n 1)"
for ((i = seed; i < seed + programs; i++)); do
	make_one "$i"
	if [[ $status == 1 && $err == *"which the jump at the beginning of 'f"*"' overwrites: replace its callers"* ]]; then
		diag "seed $i: a loop at the beginning of a function is where the jump would be: refused"
		continue
	fi
	exits 0 "seed $i: a patch is made"
	((status == 0)) || continue
	guards=$(grep -c 'klpmake\.guard' "$dir/_klpmake.syms")
	start ipa
	answers
	before=$REPLY
	apply
	[[ $status == 0 ]] || diag "$err"
	answers
	is "$REPLY" "$before" "seed $i: $functions functions, $guards with a guard, answer as before"
	revert
	answers
	is "$REPLY" "$before" '... and when they are taken back'
	stop
done

# A patch without guards: the test notices what they are for. Of few functions it may be that no caller relies on any.
functions=100
make_one 3
work=$scratch/bare
mkdir "$work"
sed 's/ [^ ]*klpmake\.guard / - /' "$dir/_klpmake.syms" >"$work/syms"
(
	cd "$work" || exit
	read -r flags < <("$bin/klpuser" flags --target "$scratch/ipa" "$dir/ipa.c")
	# shellcheck disable=SC2086 # flags are words
	"${CC:-gcc}" $flags -I"$top/src/include" -c -o ipa.o "$dir/ipa.c" && sed -n 's/^function \([^ ]*\) .*/\1/p' syms >names &&
		objcopy --globalize-symbols=names ipa.o &&
		ld -shared -nostdlib -z norelro -z noexecstack -z separate-code -z max-page-size=4096 --hash-style=sysv \
			--gc-sections --build-id=0x0123456789 -o ipa.so ipa.o && "$bin/klpuser" link --table syms -o ipa.klpu ipa.so
) && klpu=$work/ipa.klpu
start ipa
answers
before=$REPLY
apply
is "$status" 0 'without guards it can be applied as well'
answers
holds '... and answers are wrong, or the program is gone' test "$REPLY" != "$before"
stop 2>/dev/null || true
done_testing
