#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154 # status, out and err are tap.bash's
#
# What klplink does by a fact that klpcheck shares, klpcheck cannot doubt: klp/ and the rows of arch/. Here others
# are asked for these facts, who know nothing of either: the assembler, the kernel's headers, source and modules.
# What a row says of instructions that klplink writes, guests prove (arch-*.t).

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"

export LC_ALL=C
facts=$scratch/facts

# widths NAME MACHINE PREFIX [CODE]: the assembler leaves as many bytes for a relocation as the row says.
# CODE: lines "BYTES-BEFORE-THE-PLACE BYTES-OF-IT INSTRUCTION".
widths()
{
	local name=$1 machine=$2 prefix=$3 code=${4-}
	if ! command -v "${prefix}as" >/dev/null; then
		skip "$name: the size of relocations" "no assembler for it"
		return
	fi
	{
		printf '.data\n.8byte ext\n.8byte ext - .\n.4byte ext\n.4byte ext - .\n'
		[[ -z $code ]] || awk '{ sub(/^[0-9]+ [0-9]+ /, ""); print NR == 1 ? ".text\n" $0 : $0 }' <<<"$code"
	} >"$scratch/widths.s"
	"${prefix}as" -o "$scratch/widths.o" "$scratch/widths.s" || return
	{
		printf '%s\n' 'data 0 8' 'data 8 8' 'data 16 4' 'data 20 4'
		[[ -z $code ]] || awk '{ print "text", at + $1, $2; at += $1 + $2 }' <<<"$code"
	} | awk '{ printf "%s %016x %d\n", $1, $2, $3 }' >"$scratch/places"
	"$facts" relocs "$machine" >"$scratch/rows"
	"${prefix}readelf" -rW "$scratch/widths.o" | awk '
		FILENAME ~ /places$/ { want[$1 " " $2] = $3; next }
		FILENAME ~ /rows$/ { row[$1] = $2; next }
		/^Relocation section/ { section = /\.text/ ? "text" : "data" }
		$3 ~ /^R_/ {
			at = section " " $1
			seen[at] = 1
			if (!($3 in row)) print $3, "is not in the row"
			else if (row[$3] != want[at]) print $3, "has", row[$3], "bytes in the row,", want[at], "at", at
		}
		END { for (at in want) if (!(at in seen)) print "no relocation at", at }
	' "$scratch/places" "$scratch/rows" - >"$scratch/wrong"
	is "$(cat "$scratch/wrong")" '' "$name: relocations are as wide as the assembler has them"
}

# Sections that the loader looks for and that may have relocations which are applied late: why.
declare -A late=(
	[.kprobes.text]='only where it lies is noted'
	[.noinstr.text]='likewise'
	[.data..ro_after_init]='only its flags are changed'
	[.BTF]='the kernel wants no addresses in it'
	[.BTF.base]='likewise'
	[.printk_index]='it is read when a user asks'
	[__bpf_raw_tp_map]='it is read when a program is attached'
	[__obsparm]='only asked whether it is there'
	[.kunit_test_suites]="tests of the module's own"
	[.kunit_init_test_suites]='likewise'
)

# known NAME MACHINE FILE: the loader of one of the kernels here applies the relocations of the row. Which kernels lack
# some of them is klpcheck's check "loader".
known()
{
	local directory name=$1 machine=$2
	for directory in "${sources[@]}"; do
		# Power has one number under two names.
		sed -n 's/^[^/]*\(case \|\[\)\(R_[A-Z0-9_]*\).*/\2/p' "$directory/arch/$3" | sed 's/^R_PPC_REL24$/R_PPC64_REL24/'
	done | sort -u >"$scratch/applied"
	is "$("$facts" relocs "$machine" | cut -d' ' -f1 | sort | comm -23 - "$scratch/applied")" '' \
		"$name: a loader applies each relocation of the row"
}

# kernel RELEASE DIRECTORY: its source and its modules.
kernel()
{
	local release=$1 source=$2/source found name=() files=() section
	is "$("$facts" formats | cut -d' ' -f1,2)" \
		"$(sed -n 's/^#define \(SHF_RELA\|SHN\)_LIVEPATCH\t0x0*//p' "$source/include/uapi/linux/elf.h" | paste -sd' ')" \
		"$release: the numbers of livepatch sections and symbols"
	is "$("$facts" formats | cut -d' ' -f3,4)" \
		"$(sed -n 's/.*"\(\.klp\.[rs][^"]*\)".*/\1/p' "$source/kernel/livepatch/core.c" | grep '%' | sort | paste -sd' ')" \
		"$release: the names of livepatch sections and symbols, as livepatch reads them"
	mapfile -t found < <({
		cat "$source"/kernel/module/*.c | tr '\n' ' ' |
			grep -oE '(section_objs|section_addr|find_sec|find_any_sec)\(info,\s*"[^"]*"' | sed 's/.*"\(.*\)"/\1/'
		sed -n 's/.*strcmp("\(\.[a-z_]*\)", secstrings.*/\1/p' "$source/arch/x86/kernel/module.c" | grep -vx '\.text'
	} | sort -u)
	for section in "${found[@]}"; do
		[[ -v late[$section] ]] || name+=("$section")
	done
	is "$("$facts" early "${name[@]}" | grep -v ' 1$')" '' "$release: the loader is through with each section that it looks for"
	is "$((${#name[@]} > 25))" 1 "... which are many"
	mapfile -t files < <(find "$2/lib" -name '*-*.ko*' | sort | head -n 20)
	is "$("$facts" module "${files[@]}")" "$(modinfo -F name "${files[@]}")" "$release: what modules are called"
}

archives=("$bin"/{klp,elf,arch,base}.a)
flags=()
[[ $(nm "$bin/base.a" 2>/dev/null) == *__asan_init* ]] && flags=('-fsanitize=address,undefined')
holds 'a program that states the facts is made' "${CC:-gcc}" -std=gnu11 -D_GNU_SOURCE -DKLPMAKE_VERSION='"test"' \
	"${flags[@]}" -o "$facts" "-I$top/src" "$top/tests/facts.c" "${archives[@]}" -lelf
export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0

# shellcheck disable=SC2016 # assembler code
widths x86_64 62 x86_64-linux-gnu- '1 4 call ext
2 4 mov ext(%rip), %eax
3 4 mov $ext, %rax
2 8 movabs $ext, %rax'
widths riscv64 243 riscv64-linux-gnu-
widths arm64 183 aarch64-linux-gnu-
widths ppc64le 21 powerpc64le-linux-gnu-
widths s390x 22 s390x-linux-gnu-
widths loongarch64 258 loongarch64-linux-gnu-

sources=()
mapfile -t releases < <("$top/scripts/fetch-kernel" --list)
((${#releases[@]})) || skip "what kernels say" "no kernel here: scripts/fetch-kernel gets one"
for release in "${releases[@]}"; do
	directory=${KLPMAKE_KERNELS:-${XDG_CACHE_HOME:-$HOME/.cache}/klpmake/kernels}/$release
	if [[ -e $directory/source/kernel/module/main.c ]]; then
		sources+=("$directory/source")
		kernel "$release" "$directory"
	else
		skip "$release: what its source says" "its source is not here"
	fi
done
if ((${#sources[@]})); then
	known x86_64 62 x86/kernel/module.c
	known riscv64 243 riscv/kernel/module.c
	known arm64 183 arm64/kernel/module.c
	known ppc64le 21 powerpc/kernel/module_64.c
	known s390x 22 s390/kernel/module.c
	known loongarch64 258 loongarch/kernel/module.c
fi
done_testing
