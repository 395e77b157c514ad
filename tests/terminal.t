#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What klpmake shows on a terminal: it has 80 columns, no colours, and what takes its time is seen while it runs. Where
# standard output is no terminal, nothing of that appears.

# shellcheck source=tests/tap.bash
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"

type -P script stty >/dev/null || skip_all "'script' or 'stty' is not installed"

# shows COLUMNS COMMAND: $out is what this command prints on a terminal of so many columns, without carriage returns
# before newlines. klpmake's functions for reports are there.
shows()
{
	printf 'stty cols %s\n%s\n' "$1" "$2" >"$scratch/command"
	run script -qec "bash '$scratch/frame' '$top' '$scratch'" /dev/null
	out=${out//$'\r\n'/$'\n'}
	out=${out%$'\r'}
}

cat >"$scratch/frame" <<'END'
program=klpmake json=''
. "$1/scripts/lib/common.bash"
. "$1/scripts/lib/report.bash"
. "$2/command"
END
cat >"$scratch/syms" <<'END'
symbol klp-userns.ko file_systems vmlinux file_systems 0 ffffffff837f2d60 b fs/filesystems.c:34
symbol klp-userns.ko a_name_that_is_much_longer_than_most_of_the_others_in_the_kernel_are vmlinux a_name_that_is_much_longer_than_most_of_the_others_in_the_kernel_are 12 ffffffff837f2d58 b drivers/net/ethernet/mellanox/mlx5/core/steering/dr_table.c:1234
END
# shellcheck disable=SC2016 # frame's
table='terminal_columns; report_symbols "$2/syms" "$REPLY"'

shows 80 "$table"
is "$(awk 'length > 80' <<<"$out")" '' 'no line of the table is wider than a terminal of 80 columns'
is "$(tr -s ' \n' ' ' <<<"$out")" ' symbol object position address type source module file_systems vmlinux 0 ffffffff837f2d60 b fs/filesystems.c:34 klp-userns.ko a_name_that_is_much_longer_than_most_of_the_others_in_the_kernel_are vmlinux 12 ffffffff837f2d58 b drivers/net/ethernet/mellanox/mlx5/core/steering/dr_table.c:1234 klp-userns.ko ' \
	'... and all of it is there'
shows 300 "$table"
is "$(wc -l <<<"$out")" 3 'where there is room, each symbol has one line'
run bash "$scratch/frame" "$top" "$scratch"
is "$(wc -l <<<"$out")" 3 '... and so it has where there is no terminal'

stage='stage_begin compile; echo between; stage_end'
shows 80 "$stage"
has "$out" $'  compile...\rbetween\n  compile ' 'a step is shown while it runs'
printf '%s\n' "$stage" >"$scratch/command"
run bash "$scratch/frame" "$top" "$scratch"
is "${out%%$'\n'*}" between '... on a terminal only'
shows 80 "verbosity=0; $stage"
is "$out" between '... and not with -q'

# So nobody has to set NO_COLOR.
is "$(cd "$top" && grep -rnE '\\(e|033|x1b)\[[0-9;]*m|tput setaf' klpmake kallsympos scripts/cmd scripts/lib src)" '' 'nothing has colours'
done_testing
