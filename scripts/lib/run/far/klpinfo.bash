# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# klpinfo where there is no such program, on another machine (hosts.bash): what it has said of the one module that is there, and
# the build-id in a file of notes (elf(5)).
set -euo pipefail

# words FIRST COUNT, bytes FIRST COUNT: of the file, words of 32 bits in this machine's order.
words()
{
	od -An -v -tu4 -j "$1" -N "$(($2 * 4))" -- "$file" 2>/dev/null
}

bytes()
{
	od -An -v -tx1 -j "$1" -N "$2" -- "$file" | tr -d ' \n'
}

if [[ $1 != --notes ]]; then
	cat -- "${BASH_SOURCE[0]%/*}/facts"
	exit
fi
file=$2 at=0
while read -r name_size size type <<<"$(words "$at" 3)" && [[ -n $type ]] && ((name_size <= 256 && size <= 65536)); do
	name=$((at + 12)) content=$((at + 12 + (name_size + 3) / 4 * 4))
	if ((type == 3 && name_size == 4)) && [[ $(bytes "$name" 4) == 474e5500 ]]; then
		printf '%s\n' "$(bytes "$content" "$size")"
		exit
	fi
	at=$((content + (size + 3) / 4 * 4))
done
exit 1
