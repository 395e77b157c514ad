#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Real changes of the kernel's source: of twenty files that differ from an older source, the same ones each time, klpmake
# makes livepatches that take the newer text back. Four of them are loaded together in a guest.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# shellcheck source=scripts/lib/common.bash
. "$top/scripts/lib/common.bash"

release=$("$top/scripts/fetch-kernel" --list | head -n 1)
[[ -n $release ]] || skip_all 'no stock kernel here: scripts/fetch-kernel gets one'
[[ -d $(klpmake_cache)/older/$release ]] ||
	skip_all "no older source of '$release': 'scripts/dev/backwards -k $release --fetch' gets one, if the archive has it"

# This is about many sources; other tests run what is made of few with sanitizers, which take several times as long.
unset KLPMAKE_BIN
run "$top/scripts/dev/backwards" -k "$release" --count 20 --keep "$scratch/made"
exits 0 "$release: twenty files of an older source"
table=$scratch/made/table
is "$(wc -l <"$table")" 20 '... each was tried'
# Which files these are depends on what the archive has: a reason that nobody has met before is shown, and is one more that
# was not made.
made=$(grep -c '	made	' "$table")
can=$(grep -cE '	(made|unexplained)	' "$table")
grep '	unexplained	' "$table" | sed 's/^/# /'
holds "... at least four of five that can be a livepatch are made: $made of $can" eval '((made && made * 5 >= can * 4))'

mapfile -t modules < <(find "$scratch/made" -name '*.ko' | LC_ALL=C sort | head -n 4)
run "$top/klpmake" try "${modules[@]}"
exits 0 "... a guest loads and unloads ${#modules[@]} of them together"
done_testing
