#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# klpdiff on object files of other architectures: what differs there is how instructions hold addresses, what stands
# before and behind functions, and which tables there are. Where klpdiff cannot cut code of an architecture, it says so.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpdiff.bash"

tree=$scratch/tree
path=kernel/whole.c

# plain_functions: what all architectures have.
plain_functions()
{
	cat <<-'END'
		#include "mini.h"
		static bool flag_a __section(".data.flags"), flag_b __section(".data.flags"), flag_c __section(".data.flags");
		int whole_data = 7;
		static int table[4] = {1, 2, 3, 4};
		static noinline noclone int helper(int x)
		{
			static int count;
			return x + ++count + table[x & 3];
		}
		static noinline noclone int other(int x)
		{
			static int count;
			return x - ++count;
		}
		int flagged(int x)
		{
			_printk("flagged %d\n", x);
			if (flag_b)
				return 1;
			flag_c = true;
			return flag_a;
		}
		int whole(int x)
		{
			return helper(x) + other(x) + flag_c;
		}
	END
}

write_files()
{
	mkdir -p "$tree/kernel" "$tree/arch/arm64/kernel"
	cat >"$tree/arch/arm64/kernel/alternative.c" <<-'END'
		#include "mini.h"
		struct alt_instr { int orig_offset, alt_offset; unsigned short cpucap; u8 orig_len, alt_len; };
		void apply_alternatives_module(struct alt_instr *alt);
		void apply_alternatives_module(struct alt_instr *alt)
		{
			alt->alt_len++;
		}
		void alternative_hook(void);
		void alternative_hook(void)
		{
		}
	END
	{
		plain_functions
		cat <<-'END'
		/* As the kernel's macros of these names. */
		#define ALTERNATIVE(old, new) asm volatile("661:\n" old "\n662:\n" \
			".pushsection .altinstructions,\"a\"\n.word 661b - .\n.word 663f - .\n.hword 7\n.byte 662b - 661b\n.byte 664f - 663f\n" \
			".popsection\n.subsection 1\n663:\n" new "\n664:\n.previous" ::: "memory")
		#define ALTERNATIVE_CB(old, hook) asm volatile("661:\n" old "\n662:\n" \
			".pushsection .altinstructions,\"a\"\n.word 661b - .\n.word " hook " - .\n.hword 8\n.byte 662b - 661b\n.byte 0\n" \
			".popsection" ::: "memory")
		#define BUG() asm volatile("661: brk #0x800\n.pushsection __bug_table,\"aw\"\n.align 2\n.word 661b - .\n" \
			".pushsection .rodata.str,\"aMS\",%progbits,1\n662: .string \"whole.c\"\n.popsection\n.word 662b - .\n" \
			".hword 42\n.hword 0\n.popsection")
		#define BRANCH(key, label) asm goto("1: nop\n.pushsection __jump_table,\"aw\"\n.align 3\n.word 1b - ., %l[" #label "] - .\n" \
			".quad " key " - .\n.popsection" :::: label)
		long whole_key = 1;
		int replaced(int x)
		{
			ALTERNATIVE("nop", "b alternative_hook");
			ALTERNATIVE_CB("nop", "alternative_hook");
			BRANCH("whole_key", out);
			if (x > 5)
				BUG();
			return whole_data + x;
		out:
			return helper(x);
		}
		int noinline __section(".sched.text") waits(int x)
		{
			ALTERNATIVE("nop", "yield");
			return x + 1;
		}
		int __section(".sched.text") calls(int x)
		{
			return waits(x) + 1;
		}
		END
	} >"$tree/$path"
}

# compiled SOURCE-TREE OBJECT
compiled()
{
	(cd "$1" && mini_cc "$path" "$2" -ffunction-sections -fdata-sections -fno-section-anchors)
}

# plain SOURCE-TREE OBJECT: as the kernel's.
plain()
{
	(cd "$1" && mini_cc "$path" "$2")
}

# not_equal ARCHITECTURE EDIT...: each EDIT, 'SED FUNCTION', makes a source whose FUNCTION is not the kernel's.
not_equal()
{
	local edit
	for edit in "${@:2}"; do
		rm -rf "$scratch/new"
		cp -r "$tree" "$scratch/new"
		sed -i "${edit% *}" "$scratch/new/$path"
		plain "$scratch/new" "$scratch/base/kernel/whole.o" || fail "'$edit' compiles"
		run "$bin/klpcheck" --vmlinux "$k/vmlinux" --baseline "$scratch/base" "$dir/linked/klp-x.ko"
		has "$out" "differs  ${edit##* } " "$1: ... and not equal to other source: ${edit% *}"
	done
}

# relocated SECTION TYPE...: symbols and addends of the cut object's relocations of these types in a section.
relocated()
{
	local section=$1 types
	shift
	types=$(IFS='|'; printf '%s' "$*")
	LC_ALL=C readelf -rW "$scratch/cut.o" | awk -v name="'.rela$section'" -v types="^($types)$" '
		/^Relocation section/ { on = $3 == name; next }
		on && $3 ~ types { printf "%s%s%s ", $5, $6, $7 }' | sed 's/ $//'
}

arm64()
{
	patched ''
	exits 0 "arm64: a file that does not change"
	says '' "... has no facts"
	patched 's/x - ++count/x - 2 * ++count/'
	exits 0 "arm64: a static function is changed"
	says "replace other livepatch_other its code differs" "... it alone is replaced"
	is "$(relocated .text.other R_AARCH64_ADR_PREL_PG_HI21 R_AARCH64_LDST32_ABS_LO12_NC | tr ' ' '\n' | sort -u)" \
		.klp.local:other:count+0 "... both parts of an address are of the function's own static variable"
	is "$(relocated __patchable_function_entries R_AARCH64_ABS64)" .text.other+0 "... ftrace has its place before it"
	is "$(mini_nm "$scratch/cut.o" | awk '/livepatch_other/ { print $1 }')" 0000000000000008 "... which comes along"

	# T1: three variables of one byte in one section.
	patched -e 's/if (flag_b)/_printk("another text"); if (flag_b)/'
	is "$(relocated .text.flagged R_AARCH64_ADR_PREL_PG_HI21 R_AARCH64_LDST8_ABS_LO12_NC | tr ' ' '\n' | grep '^flag' | sort -u | xargs)" \
		'flag_a+0 flag_b+0 flag_c+0' "arm64: three variables of one section are three symbols"
	is "$(LC_ALL=C "${mini_cross}objdump" -dr "$scratch/cut.o" | awk '/strb/ { getline; print $NF }')" flag_c \
		"... what is written is the variable itself, not one beside it"
	patched -e 's/if (flag_b)/if (flag_c)/' -e 's/flag_c = true/flag_b = true/'
	says "replace flagged livepatch_flagged its code differs" "arm64: a neighbour in its place is a difference"

	# What a relocation covers is not the whole instruction.
	mini_cflags+=(-ffixed-x2)
	patched ''
	unset 'mini_cflags[-1]'
	has "$out" "replace flagged livepatch_flagged its code differs" "arm64: another register of an instruction is a difference"

	patched 's/return whole_data + x;/return whole_data - x;/'
	exits 0 "arm64: tables"
	says "replace replaced livepatch_replaced its code differs" "... of one function"
	is "$(relocated .altinstructions R_AARCH64_PREL32)" \
		".text.replaced+10 .text.replaced+$(behind) .text.replaced+14 alternative_hook+0" \
		"... alternatives, with what stands behind the function"
	has "$(LC_ALL=C "${mini_cross}objdump" -dr "$scratch/cut.o" | tail -n 3)" "R_AARCH64_JUMP26	alternative_hook" "... which comes along"
	is "$(relocated __bug_table R_AARCH64_PREL32 | cut -d ' ' -f 1 | sed 's/+.*//')" .text.replaced "... a warning"
	is "$(relocated __jump_table R_AARCH64_PREL64)" whole_key+0 "... a jump label, of the kernel's key"
	patched 's/"b alternative_hook"/"b alternative_hook; nop"/'
	says "replace replaced livepatch_replaced its code differs" "arm64: a difference in what replaces code"
	patched -e 's/ALTERNATIVE_CB("nop", "alternative_hook")/ALTERNATIVE_CB("nop", "module_layout")/'
	says "replace replaced livepatch_replaced its code differs" "arm64: a difference in what makes that code"
	patched 's/\.hword 42/.hword 43/'
	says '' "arm64: the line of a warning is none"

	# In a section that several functions share.
	patched 's/waits(x) + 1/waits(x) + 2/'
	exits 0 "arm64: a function that shares a section"
	is "$(relocated .sched.text R_AARCH64_CALL26)" waits+0 "... calls the kernel's, by a relocation that the assembler has left out"
	patched 's/return x + 1;/return x + 2;/'
	is "$status:$([[ -e $scratch/cut.o ]] && echo written)" 1: "arm64: code behind the functions of a section"
	has "$err" "klpdiff: error: $path: 'waits' refers to code behind the functions of section '.sched.text', which cannot be cut out: it may belong to any of them" \
		"... is refused"
}

# behind: where in the section of replaced() its code ends, in hexadecimal digits.
behind()
{
	local at size
	read -r at size _ < <(mini_nm -S "$scratch/cut.o" | grep livepatch_replaced)
	printf '%x' "$((0x$at + 0x$size))"
}

# arm64_module: to a module, as if whole.c had been written by hand; and the kernel is what its source compiles to.
arm64_module()
{
	patched -e 's/if (flag_b)/_printk("another text"); if (flag_b)/' -e 's/x - ++count/x - 2 * ++count/' -e 's/whole_data + x/whole_data - x/'
	cut_module "arm64: " "flagged other replaced" "flag_a flag_b flag_c helper"
	mkdir -p "$scratch/base/kernel"
	plain "$tree" "$scratch/base/kernel/whole.o"
	run "$bin/klpcheck" --vmlinux "$k/vmlinux" --baseline "$scratch/base" "$dir/linked/klp-x.ko"
	is "$status:$(grep -c '^equal ' <<<"$out")" 0:3 "arm64: the kernel's functions are equal to what their source is compiled to"
	not_equal arm64 's/flag_c = true/flag_b = true/ flagged' 's/"flagged %d/"flugged %d/ flagged' \
		's/"nop", "alternative_hook"/"nop", "module_layout"/ replaced' 's/BRANCH("whole_key"/BRANCH("whole_data"/ replaced' \
		's/return helper(x);/return other(x);/ replaced' 's/x - ++count/x - (++count \& 1)/ other'
}

write_riscv64()
{
	mkdir -p "$tree/kernel" "$tree/arch/riscv/kernel"
	cat >"$tree/arch/riscv/kernel/alternative.c" <<-'END'
		#include "mini.h"
		struct alt_entry { int old_offset, alt_offset; unsigned short vendor_id, alt_len; unsigned int patch_id; };
		void apply_module_alternatives(struct alt_entry *alt);
		void apply_module_alternatives(struct alt_entry *alt)
		{
			alt->alt_len++;
		}
	END
	{
		plain_functions
		cat <<-'END'
		/* As the kernel's macros of these names: all distances and lengths are differences that the linker finds. */
		#define ALTERNATIVE(old, new) asm volatile("886:\n" old "\n887:\n" \
			".pushsection .alternative,\"a\"\n.4byte 886b - .\n.4byte 888f - .\n.2byte 3\n.2byte 889f - 888f\n.4byte 7\n" \
			".popsection\n.subsection 1\n888:\n" new "\n889:\n.previous" ::: "memory")
		#define BUG() asm volatile("1: ebreak\n.pushsection __bug_table,\"aw\"\n.word 1b - .\n" \
			".pushsection .rodata.str,\"aMS\",%progbits,1\n2: .string \"whole.c\"\n.popsection\n.word 2b - .\n" \
			".half 42\n.half 0\n.popsection")
		#define BRANCH(key, label) asm goto(".option push\n.option norvc\n1: nop\n.option pop\n.pushsection __jump_table,\"aw\"\n.align 3\n" \
			".word 1b - ., %l[" #label "] - .\n.dword " key " - .\n.popsection" :::: label)
		long whole_key = 1;
		int replaced(int x)
		{
			ALTERNATIVE("nop", "ori x0, x0, 5");
			BRANCH("whole_key", out);
			if (x > 5)
				BUG();
			return whole_data + x;
		out:
			return helper(x);
		}
		int outside(int x);
		int outside(int x)
		{
			return shared_total > 5 ? x : -x;
		}
		END
	} >"$tree/$path"
}

# What completes the beginning of an address says so by a label. The instructions are compressed where they can be.
riscv64()
{
	patched ''
	exits 0 "riscv64: a file that does not change"
	says '' "... has no facts"
	patched 's/x - ++count/x - 2 * ++count/'
	exits 0 "riscv64: a static function is changed"
	says "replace other livepatch_other its code differs" "... it alone is replaced"
	is "$(relocated .text.other R_RISCV_PCREL_HI20 | tr ' ' '\n' | sort -u)" .klp.local:other:count+0 \
		"... its address is of the function's own static variable"
	is "$(relocated .text.other R_RISCV_PCREL_LO12_I R_RISCV_PCREL_LO12_S | tr ' ' '\n' | sort -u | sed 's/^[^+]*//')" +0 \
		"... and completed by labels of the function"

	# T1: three variables of one byte in one section.
	patched -e 's/if (flag_b)/_printk("another text"); if (flag_b)/'
	is "$(relocated .text.flagged R_RISCV_PCREL_HI20 | tr ' ' '\n' | grep '^flag' | sort -u | xargs)" \
		'flag_a+0 flag_b+0 flag_c+0' "riscv64: three variables of one section are three symbols"
	patched -e 's/if (flag_b)/if (flag_c)/' -e 's/flag_c = true/flag_b = true/'
	says "replace flagged livepatch_flagged its code differs" "riscv64: a neighbour in its place is a difference"

	# What a relocation covers is not the whole instruction, nor both of a call.
	other_register R_RISCV_PCREL_HI20 0
	other_register R_RISCV_PCREL_LO12_I 0
	other_register R_RISCV_PCREL_LO12_S 0
	other_register R_RISCV_CALL 0
	other_register R_RISCV_CALL 4
}

# other_register TYPE BEHIND: the instruction so many bytes behind the first place of such a relocation of flagged() has
# another register.
other_register()
{
	local at byte
	patched ''
	at=$(LC_ALL=C readelf -rW "$scratch/new.o" | awk -v type="$1" '
		/^Relocation section/ { on = $3 == "\047.rela.text.flagged\047"; next }
		on && index($3, type) == 1 { print $1; exit }')
	at=$((0x$at + $2 + $([[ $1 == *HI20 || $1 == *CALL && $2 == 0 ]] && echo 1 || echo 2)))
	"${mini_cross}objcopy" -O binary --only-section=.text.flagged "$scratch/new.o" "$scratch/flagged"
	byte=$(od -An -tu1 -j "$at" -N 1 "$scratch/flagged")
	mv "$scratch/new.o" "$scratch/same.o"
	"$scratch/elfedit" "$scratch/same.o" "$scratch/new.o" poke .text.flagged "$at" "$(printf '%02x' $((byte ^ 8)))"
	compare -o "$scratch/cut.o"
	has "$out" "replace flagged livepatch_flagged its code differs" \
		"riscv64: another register is a difference: $1, $2 bytes behind its place"
}

# riscv64_module: to a module, by slots and veneers; and the kernel is what its source compiles to.
riscv64_module()
{
	patched -e 's/if (flag_b)/_printk("another text"); if (flag_b)/' -e 's/x - ++count/x - 2 * ++count/' -e 's/? x : -x/? x : x + 1/' -e 's/whole_data + x/whole_data - x/'
	cut_module "riscv64: " "flagged other outside replaced" "flag_a flag_b flag_c helper"
	is "$(LC_ALL=C readelf -rW "$dir/linked/klp-x.ko" | sed -n 's/.* R_RISCV_JAL .* klp_load\.vmlinux\.\(flag_.\),.*/\1/p' | sort | xargs)" \
		"flag_a flag_b flag_c" "... what loads and stores gets a veneer"
	is "$(LC_ALL=C "${mini_cross}objdump" -d --no-show-raw-insn --section=.text.klp_stubs "$dir/linked/klp-x.ko" | awk '/auipc/ { print $2; getline; print $2; getline; print $2 }' | sort | uniq -c | xargs)" \
		"4 auipc 4 j 4 ld" "... which loads a slot and jumps back"
	run "$bin/klpcheck" --vmlinux "$k/vmlinux" --symvers "$k/Module.symvers" "$dir/linked/klp-x.ko"
	lacks "$err" 'completes one that is not in that section' "... and nothing is left that completes what is gone"

	mkdir -p "$scratch/base/kernel"
	plain "$tree" "$scratch/base/kernel/whole.o"
	run "$bin/klpcheck" --vmlinux "$k/vmlinux" --baseline "$scratch/base" "$dir/linked/klp-x.ko"
	is "$status:$(grep -c '^equal ' <<<"$out")" 0:4 "riscv64: the kernel's functions are equal to what their source is compiled to"
	not_equal riscv64 's/flag_c = true/flag_b = true/ flagged' 's/"flagged %d/"flugged %d/ flagged' 's/if (flag_b)/if (flag_a)/;s/return flag_a;/return flag_b;/ flagged' \
		's/_printk("flagged/whole_data = x; _printk("flagged/ flagged' 's/x - ++count/x - (++count \& 1)/ other' \
		's/ori x0, x0, 5/ori x0, x0, 6/ replaced' 's/ori x0, x0, 5/&\\nnop/ replaced' 's/BRANCH("whole_key"/BRANCH("whole_data"/ replaced' \
		's/return helper(x);/return other(x);/ replaced' 's/\.half 0/.half 1/ replaced' \
		's/shared_total > 5/shared_total > 6/ outside' 's/shared_total > 5/other_64 > 5/;s/^int outside(int x);/extern int other_64 __asm__("module_layout");/ outside'
}

# elsewhere NAME: an architecture whose code cannot be cut is refused by name.
elsewhere()
{
	echo 'int whole(int x) { return x; }' >"$scratch/whole.c"
	"${mini_cross}gcc" -c -o "$scratch/was.o" "$scratch/whole.c"
	mini_vmlinux "$k"
	run "$bin/klpdiff" --vmlinux "$k/vmlinux" --path "$path" -o "$scratch/cut.o" "$scratch/was.o" "$scratch/was.o"
	refused 1 "klpdiff: error: '$k/vmlinux': klpmake cannot cut functions out of code for $1 yet: write the changed functions by hand, in a file with a tag" \
		"$1 is refused by name"
}

holds 'elfedit compiles' make_elfedit
for machine in arm64 riscv64 ppc64le s390x; do
	mini_machine "$machine"
	if ! type "${mini_cross}gcc" >/dev/null 2>&1; then
		skip "$machine" "no compiler for it: scripts/setup foreign installs it"
		continue
	fi
	rm -rf "$k" "$scratch/cut.o"
	case $machine in
		arm64)
			# A kernel whose ftrace has its place before functions.
			mini_cflags=("${mini_cflags[@]/-fpatchable-function-entry=2/-fpatchable-function-entry=4,2}" -fno-unwind-tables)
			write_files
			mini_vmlinux "$k" -fpatchable-function-entry=4,2 -fno-unwind-tables && make_frame && compiled "$tree" "$scratch/was.o" &&
				(cd "$tree" && mini_cc "$path" "$scratch/whole.o" &&
					mini_cc arch/arm64/kernel/alternative.c "$scratch/alternative.o") &&
				relink "$k" "$scratch/whole.o" "$scratch/alternative.o" || exit
			arm64
			arm64_module
			;;
		riscv64)
			rm -rf "$tree" "$scratch/base"
			write_riscv64
			mini_vmlinux "$k" && make_frame && compiled "$tree" "$scratch/was.o" &&
				(cd "$tree" && mini_cc "$path" "$scratch/whole.o" &&
					mini_cc arch/riscv/kernel/alternative.c "$scratch/alternative.o") &&
				relink "$k" "$scratch/whole.o" "$scratch/alternative.o" || exit
			riscv64
			riscv64_module
			;;
		*) elsewhere "$machine" ;;
	esac
done
done_testing
