#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154 # status, out and err are tap.bash's
#
# Instructions have the lengths and the targets that objdump prints. For each architecture the C library of its compiler
# is read, which has code of every kind.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"

# How much of it is read.
bytes=500000

# awk goes through as many lines as there are instructions, and takes twice as long where letters may have many bytes.
export LC_ALL=C

# library PREFIX: the C library of a compiler, or nothing.
library()
{
	local file
	file=$("${1}gcc" -print-file-name=libc.so.6 2>/dev/null) && [[ $file == /* ]] && printf '%s\n' "$file"
}

# reads MACHINE NUMBER PREFIX BRANCH RETURN: BRANCH matches objdump's names of direct branches, RETURN those of what
# leaves a function.
reads()
{
	local machine=$1 number=$2 prefix=$3 branch=$4 leaves=$5 file at
	if ! file=$(library "$prefix"); then
		skip "$machine" "no C library for it"
		return
	fi
	at=$("${prefix}objdump" -h -j .text "$file" | awk '$2 == ".text" { print "0x" $4 }')
	"${prefix}objcopy" -O binary --only-section=.text "$file" "$scratch/text"
	head -c "$bytes" "$scratch/text" | "$scratch/steps" "$number" "$at" >"$scratch/read"
	"${prefix}objdump" -d -z -w --no-show-raw-insn -j .text --stop-address=$((at + bytes)) "$file" >"$scratch/objdump"
	awk -v branch="$branch" -v leaves="$leaves" '
		function bad(what) { if (++wrong <= 5) print what ": " $0, "(" flags[$1], to[$1] ")" }
		FNR == NR { flags[$1] = $3; to[$1] = $4; next }
		# An address and ":", a tab, the instruction, a tab, what it is about; other lines name functions.
		!sub(/:\t/, " ") { next }
		{ gsub(/\t/, " "); sub(/^ +/, "") }
		{ all++ }
		# The two instructions of a far call of riscv64, of which objdump prints the target with the second.
		upper && !($1 in to) && match($0, /# [0-9a-f]+ </) {
			if (to[upper] != substr($0, RSTART + 2, RLENGTH - 4)) bad("leads elsewhere")
			upper = 0
			next
		}
		upper { bad("does not lead anywhere"); upper = 0 }
		!($1 in to) { apart++; next }
		$2 == "auipc" && to[$1] != "-" { upper = $1; next }
		match($0, /[ ,][0-9a-f]+ </) && $2 " " ~ "^(" branch ") " {
			branches++
			if (to[$1] != substr($0, RSTART + 1, RLENGTH - 3)) bad("leads elsewhere")
			next
		}
		to[$1] != "-" && $2 !~ /^(bnd|notrack|cs|ds|repz)$/ { bad("does not lead anywhere") }
		{ line = $0; sub(/^[^ ]* /, "", line); gsub(/ +/, " ", line); sub(/ $/, "", line) }
		line ~ "^(" leaves ")$" { returns++; if (flags[$1] !~ /l/) bad("leaves") }
		# Data within code may be taken for instructions by one of the two.
		END {
			print (apart * 10000 < all ? "alike" : apart " apart of " all), (wrong ? wrong " wrong" : "right"),
				(all > 100000 ? "much" : all), (branches > 10000 ? "much" : branches),
				(returns > 1000 ? "much" : returns)
		}' "$scratch/read" "$scratch/objdump" >"$scratch/result"
	is "$(cat "$scratch/result")" 'alike right much much much' "$machine: instructions, branches, returns"
}

holds 'a program that prints instructions is made' "${CC:-gcc}" -std=gnu11 -D_GNU_SOURCE -DKLPMAKE_VERSION='"test"' -O2 \
	-o "$scratch/steps" "-I$top/src" "$top/tests/steps.c" "$top"/src/arch/step.c "$top"/src/arch/*_step.c
reads x86_64 62 x86_64-linux-gnu- 'call|jmp|j[a-z]+|loop[a-z]*' '(repz )?ret|(notrack )?jmp \*.*'
reads riscv64 243 riscv64-linux-gnu- 'j|jal|b[a-z]+' 'ret|jr [a-z0-9]+'
reads arm64 183 aarch64-linux-gnu- 'b|bl|b\\.[a-z]+|cbn?z|tbn?z' 'ret|br x[0-9]+'
reads ppc64le 21 powerpc64le-linux-gnu- 'b[a-z]*[-+]?' 'blr|bctr|b[a-z]+lr[-+]?( cr[0-7])?'
reads s390x 22 s390x-linux-gnu- 'j[a-z]*|bras|brasl|brct[gh]?|br?x[lh][eg]*|c[lg]*i?r?j[a-z]*' 'br %r[1-9][0-9]*|b[a-z]+r %r14'
done_testing
