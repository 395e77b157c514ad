#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016,SC2154 # $ is Perl's; tap.bash and check.bash set variables
#
# klpcheck of several modules at once: each gets the verdict that it gets alone, whatever the others are.

# shellcheck source=tests/tap.bash
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# shellcheck source=tests/mini.bash
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
# shellcheck source=tests/check.bash
source "$(dirname "${BASH_SOURCE[0]}")/check.bash"
check_setup || exit

state='vmlinux state 9' patch wrong
head -c 1000 "$good" >"$scratch/damaged.ko"
echo text >"$scratch/text.ko"
mkdir "$scratch/elsewhere"
cp "$good" "$scratch/elsewhere/again.ko"
all=("$scratch/damaged.ko" "$good" "$scratch/wrong.ko" "$scratch/text.ko" "$scratch/elsewhere/again.ko")

# Alone, one after the other.
alone_out='' alone_err='' alone_read='' alone_ok=()
for module in "${all[@]}"; do
	check -v "$module"
	alone_out+=${out:+$out$'\n'}
	# The kernel is looked at once all modules have been read.
	case $module in
		*damaged* | *text*) alone_read+=$err$'\n' ;;
		*) alone_err+=${err:+$err$'\n'} ;;
	esac
	alone_ok+=("$status")
done
is "${alone_ok[*]}" "1 0 1 1 0" "five modules, of which two are good"

check -v "${all[@]}"
is "$status" 1 "all at once: one that is wrong makes the status"
is "$out"$'\n' "$alone_out" "... each has the report that it has alone"
is "$err"$'\n' "$alone_read$alone_err" "... and the errors"
fine "two good ones" "$good" "$scratch/elsewhere/again.ko"
fine "... quietly" -q "$good" "$scratch/elsewhere/again.ko"
is "$out" '' "... say nothing"
check --allow=unchanged "$scratch/wrong.ko" "$good"
is "$status:$(grep -c ': fine' <<<"$out")" "1:1" "the last one's verdict is not that of all"

check --json "${all[@]}"
printf '%s' "$out" >"$scratch/json"
is "$(perl -MJSON::PP -0777 -ne 'print join(" ", map { $_->{module} =~ s,.*/,,r . ":" . ($_->{ok} ? "fine" : scalar @{$_->{messages}}) } @{decode_json($_)})' "$scratch/json")" \
	"damaged.ko:1 good.ko:fine wrong.ko:1 text.ko:1 again.ko:fine" "--json: an array, and each message belongs to its module"

# Where the kernel cannot be read, none is called fine.
run "$bin/klpcheck" --vmlinux "$scratch/text.ko" --json "$good" "$scratch/elsewhere/again.ko"
printf '%s' "$out" >"$scratch/json"
is "$status:$(perl -MJSON::PP -0777 -ne 'print join(" ", map { $_->{ok} ? "fine" : scalar @{$_->{messages}} } @{decode_json($_)})' "$scratch/json")" "1:1 1" \
	"a kernel that is none: both have its error"
run "$bin/klpcheck" --vmlinux "$k/vmlinux" --symbols "$scratch/text.ko" "$good" "$scratch/elsewhere/again.ko"
is "$status:$out" "1:" "symbols that are none: no report"
run "$bin/klpcheck" --vmlinux "$k/vmlinux" --sources "$good" "$good"
refused 2 "more than one module named" "--sources is about one"
done_testing
