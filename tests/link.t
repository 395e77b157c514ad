#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# klplink: what it makes of a module, read back with readelf, and what it refuses.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"

export LC_ALL=C
k=$scratch/kernel
in=$scratch/in
made=$scratch/out

# sections FILE: "INDEX NAME TYPE FLAGS SIZE ENTSIZE LINK INFO ALIGN"
sections()
{
	readelf -SW "$1" | sed -n 's/^  \[ *\([0-9]*\)\] /\1 /p' | awk '
		$1 == 0 { next }
		NF == 10 { print $1, $2, $3, "-", $6, $7, $8, $9, $10; next }
		{ print $1, $2, $3, $8, $6, $7, $9, $10, $11 }'
}

# section FILE NAME FIELD: a field of that section, as numbered above.
section()
{
	sections "$1" | awk -v name="$2" -v field="$3" '$2 == name { print $field }'
}

# symbols FILE: "INDEX NAME SECTION_NAME VALUE SIZE TYPE BIND", with livepatch symbols under their old names and as
# undefined.
symbols()
{
	awk '
		NR == FNR { name[$1] = $2; next }
		$1 ~ /^[0-9]+:$/ && NF >= 7 {
			what = ($7 in name) ? name[$7] : $7
			symbol = $8
			if (sub(/^\.klp\.sym\.[^.]*\./, "", symbol))
				what = (what == "OS" || what == "PRC[0xff20]" ||
					what == "OS[0xff20]") ? "UND" : what
			sub(/,[0-9]*$/, "", symbol)
			print $1, symbol, what, $2, $3, $4, $5
		}' <(sections "$1") <(readelf -sW "$1" | sed 's/OS \[0xff20\]/OS[0xff20]/')
}

# relocations FILE: "SECTION OFFSET TYPE SYMBOL+ADDEND" of all loaded sections, sorted, as they were before klplink.
relocations()
{
	readelf -rW "$1" | awk '
		/^Relocation section/ {
			match($0, /\047[^\047]*\047/)
			section = substr($0, RSTART + 1, RLENGTH - 2)
			sub(/^\.klp\.rela\.[^.]*\./, "", section)
			sub(/^\.rela/, "", section)
		}
		/^[0-9a-f]/ && section !~ /^\.(debug|BTF)/ {
			symbol = $5
			sub(/^\.klp\.sym\.[^.]*\./, "", symbol)
			sub(/,[0-9]*$/, "", symbol)
			print section, $1, $3, symbol $6 $7
		}' | sort
}

# entries FILE SECTION: the symbols that a relocation section refers to, each once.
entries()
{
	readelf -rW "$1" | awk -v name="'$2'" '
		/^Relocation section/ { on = $3 == name }
		on && /^[0-9a-f]/ { print $5 }' | sort -u | xargs
}

# members FILE: the names of the sections in its groups, relocations aside.
members()
{
	awk 'NR == FNR { name[$1] = $2; next } /^   \[/ { gsub(/[][]/, ""); if (name[$1] !~ /^\.rela/) print name[$1] }' \
		<(sections "$1") <(readelf -gW "$1")
}

# modinfo FILE: its entries, in their order.
modinfo()
{
	readelf -p .modinfo "$1" 2>&1 | sed -n 's/^ *\[ *[0-9a-f]*\]  //p'
}

link()
{
	run "$bin/klplink" --table "$in/syms" -o "$made/klp-x.ko" "$in/klp-x.ko"
}

# table LINE...: writes the table of symbols for the next run.
table()
{
	printf '%s\n' "$@" >"$in/syms"
}

make_input()
{
	mkdir "$in" "$made"
	{
		cat "$mini_src/patch.c"
		cat <<-'END'
			/* Before and behind what is dropped there are sections whose numbers change. */
			asm(".pushsection .BTF,\"\",@progbits\n.quad .BTF\n.quad _stext\n.popsection");
			asm(".pushsection .BTF_ids,\"a\",@progbits\n.local ids\nids: .long 7\n.popsection");
			extern int ids[];
			int *in_ids = ids;
			asm(".pushsection .text.group,\"axG\",@progbits,grouped,comdat\n"
			    ".globl grouped\n.type grouped, @function\ngrouped: call helper\n ret\n.popsection");
			asm(".pushsection zz_group,\"aG\",@progbits,grouped,comdat\n.quad gamma_private\n.popsection");
			extern char far_away[];
			char *addends[] = {far_away + 0x80000000, far_away - 0x80000001, far_away + 0x7fffffffffff};
			int *in_data = &gamma_private;
			static int *in_local = &gamma_private;
			int vanishing(void);
			int use_data(void);
			int use_data(void) { return *in_data + *in_local++; }
		END
	} >"$scratch/klp-x.c"
	mini_module "$k" "$in/klp-x.ko" "$scratch/klp-x.c"
	table "# a comment" "" "symbol klp-x.ko state vmlinux state 3 0 d fs/proc/alpha.c:9" \
		"symbol klp-x.ko helper vmlinux helper 2 0 t -" \
		"symbol klp-x.ko gamma_private vmlinux gamma_private 0 ffffffff81005064 B" \
		"symbol klp-x.ko far_away vmlinux far_away 100 0 D -" \
		"symbol klp-x.ko gadget_private gadget gadget_private 0 0 B -" \
		"symbol klp-x.ko gadget_step gadget gadget_step 1 0 t -" \
		"symbol klp-x.ko vanishing vmlinux vanishing 1 0 t -" \
		"symbol other.ko _printk vmlinux _printk 1 0 t -" \
		"modinfo klp-x.ko klpmake=1.2" "modinfo other.ko klpmake_allowed=all" "modinfo klp-x.ko note=a=b"
	cp "$in/syms" "$scratch/good.syms"
}

the_module()
{
	local s
	link
	exits 0 "a module is rewritten"
	is "$err$out" "" "nothing is printed"
	for s in .text .rodata .data __jump_table .text.group; do
		is "$(section "$made/klp-x.ko" ".klp.rela.vmlinux.$s" 3)" RELA ".klp.rela.vmlinux.$s is there"
		is "$(section "$made/klp-x.ko" ".klp.rela.vmlinux.$s" 4)" AIo "... with the flags ALLOC, INFO_LINK, LIVEPATCH"
		is "$(section "$made/klp-x.ko" ".klp.rela.vmlinux.$s" 7)" "$(section "$made/klp-x.ko" .symtab 1)" \
			"... linked to the symbol table"
		is "$(section "$made/klp-x.ko" ".klp.rela.vmlinux.$s" 8)" "$(section "$made/klp-x.ko" "$s" 1)" \
			"... for that section"
		is "$(section "$made/klp-x.ko" ".klp.rela.vmlinux.$s" 6)$(section "$made/klp-x.ko" ".klp.rela.vmlinux.$s" 9)" 188 \
			"... with entries of 24 bytes, aligned to 8"
	done
	local headers
	headers=$(readelf -hW "$made/klp-x.ko" | awk '/Start of section headers/ { print $5 }')
	is "$(od -A n -t x4 -j $((headers + 64 * $(section "$made/klp-x.ko" .klp.rela.vmlinux..text 1) + 8)) \
		-N 8 "$made/klp-x.ko" | xargs)" \
		"00100042 00000000" "the flags in numbers"
	is "$(section "$made/klp-x.ko" .klp.rela.gadget..text 8)" "$(section "$made/klp-x.ko" .text 1)" \
		"another object's relocations are in a section of its own"
	is "$(entries "$made/klp-x.ko" .klp.rela.gadget..text)" \
		".klp.sym.gadget.gadget_private,0 .klp.sym.gadget.gadget_step,1" "... against its symbols"
	is "$(entries "$made/klp-x.ko" .klp.rela.vmlinux..text)" \
		".klp.sym.vmlinux.gamma_private,0 .klp.sym.vmlinux.helper,2 .klp.sym.vmlinux.state,3" \
		"vmlinux's against vmlinux's, under the names that the kernel looks for"
	lacks "$(readelf -rW "$made/klp-x.ko" | awk '/^Relocation section/ { on = /\.klp\.rela/ } !on')" .klp.sym \
		"nothing of it is left where it was"
	lacks "$(readelf -rW "$made/klp-x.ko")" R_X86_64_NONE "no relocation of type NONE"
	is "$(relocations "$made/klp-x.ko")" "$(relocations "$in/klp-x.ko")" \
		"each relocation is there once: place, type, symbol and addend"
	has "$(relocations "$made/klp-x.ko")" "far_away+80000000" "an addend of 32 bits without sign"
	has "$(relocations "$made/klp-x.ko")" "far_away-80000001" "a negative one of more than 31 bits"
	has "$(relocations "$made/klp-x.ko")" "far_away+7fffffffffff" "one of 47 bits"
	is "$(readelf -sW "$made/klp-x.ko" | grep -c ' GLOBAL .*\[0xff20\] \.klp\.sym\.')" 6 \
		"six symbols became livepatch symbols"
	is "$(readelf -sW "$made/klp-x.ko" | awk '$7 == "UND" && $8 != "" { print $8 }' | sort | xargs)" \
		"__fentry__ _printk _stext klp_enable_patch" "what is exported stays undefined"
}

what_stays()
{
	is "$(symbols "$made/klp-x.ko" | sed 's/ SECTION LOCAL$/ S/; /\.BTF /d; / ABS .* S$/d')" \
		"$(symbols "$in/klp-x.ko" | sed 's/ SECTION LOCAL$/ S/; /\.BTF /d; / ABS .* S$/d')" \
		"each symbol keeps its index, and its section under the new numbers"
	is "$(sections "$in/klp-x.ko" | grep -c ' \.BTF \| \.rela\.BTF ')" 2 "there was BTF"
	is "$(sections "$made/klp-x.ko" | grep 'BTF ')" "" "no BTF section is left"
	is "$(sections "$made/klp-x.ko" | awk '$2 !~ /^\.rela|^\.klp/ { print $2, $3, $4, $6, $9 }')" \
		"$(sections "$in/klp-x.ko" | awk '$2 !~ /^\.rela|^\.klp|^\.BTF$/ { print $2, $3, $4, $6, $9 }')" \
		"all other sections stay, in their order"
	local s
	for s in .rela.text .rela.debug_info; do
		is "$(section "$made/klp-x.ko" $s 8)" "$(section "$made/klp-x.ko" "${s#.rela}" 1)" \
			"the relocations in $s are for that section, wherever it is now"
	done
	is "$(members "$made/klp-x.ko")" "$(members "$in/klp-x.ko")" \
		"a section group keeps its sections, wherever they are now"
	is "$(modinfo "$made/klp-x.ko")" "$(modinfo "$in/klp-x.ko")"$'\nklpmake=1.2\nnote=a=b' \
		"behind what a module says of itself is what the table has for it"
	is "$(modinfo "$made/klp-x.ko" | grep -c 'livepatch=Y')" 1 "livepatch=Y is not doubled"
	cp "$made/klp-x.ko" "$scratch/first.ko"
	link
	holds "the same bytes in a second run" cmp "$made/klp-x.ko" "$scratch/first.ko"
	is "$(find "$made" "$in" -name '.*.ko*')" "" "no other file is left"
	is "$(stat -c %a "$made/klp-x.ko")" "$(printf '%o' $((0666 & ~$(umask))))" "its mode is any new file's"

	sed -i '/livepatch, "Y"/d; /_stext/d' "$scratch/klp-x.c"
	mini_module "$k" "$in/klp-x.ko" "$scratch/klp-x.c"
	link
	is "$(modinfo "$made/klp-x.ko" | xargs -d'\n')" \
		"$(modinfo "$in/klp-x.ko" | xargs -d'\n') livepatch=Y klpmake=1.2 note=a=b" \
		"livepatch=Y is added when it is missing, behind what is there"
}

# What other tools and klpcheck say of the module.
others_say()
{
	mini_module "$k" "$in/klp-x.ko" "$mini_src/patch.c"
	grep -v 'far_away\|^modinfo' "$scratch/good.syms" >"$in/syms"
	link
	run "$bin/klpcheck" --vmlinux "$k/vmlinux" --symvers "$k/Module.symvers" "$made/klp-x.ko"
	exits 0 "klpcheck passes it"
	if ! mini_strip "$made/klp-x.ko" "$scratch/stripped.ko"; then
		skip "... also without debug information" "this strip destroys livepatch relocations"
		return
	fi
	run "$bin/klpcheck" --vmlinux "$k/vmlinux" --symvers "$k/Module.symvers" "$scratch/stripped.ko"
	exits 0 "... also without debug information"
	is "$(readelf -sW "$scratch/stripped.ko" | grep -c '\[0xff20\] \.klp\.sym\.')" 5 "... which keeps its symbols"
}

many_symbols()
{
	local i lines=()
	{
		printf 'int many(void);\nextern int'
		printf ' kernel_symbol_%03d,' {0..298}
		printf ' kernel_symbol_299;\nint many(void) { return 0'
		printf ' + kernel_symbol_%03d' {0..299}
		printf '; }\n'
	} >"$scratch/many.c"
	sed -i '1i #include "mini.h"\nMODULE_LICENSE("GPL");' "$scratch/many.c"
	for i in {000..299}; do
		lines+=("symbol klp-x.ko kernel_symbol_$i vmlinux kernel_symbol_$i $((10#$i)) 0 d -")
	done
	mini_module "$k" "$in/klp-x.ko" "$scratch/many.c"
	table "${lines[@]}"
	link
	is "$status:$(readelf -sW "$made/klp-x.ko" | grep -c '\[0xff20\] \.klp\.sym\.vmlinux\.kernel_symbol_[0-9]*,[0-9]*$')" 0:300 "300 symbols"
	is "$(relocations "$made/klp-x.ko")" "$(relocations "$in/klp-x.ko")" "... and all their relocations"
}

# refused_table MESSAGE NAME LINE...: the table is refused, and an older output is not changed.
refused_table()
{
	local message=$1 name=$2
	shift 2
	table "$@"
	echo old >"$made/klp-x.ko"
	link
	refused 1 "$message" "$name"
	if [[ $(<"$made/klp-x.ko") != old || -n $(find "$made" -name '.*') ]]; then
		fail "$name: the older output is untouched, and no other file is left"
	fi
}

bad_tables()
{
	local form="not 'symbol MODULE LINK_NAME OBJECT NAME POSITION ADDRESS TYPE SOURCE'"
	local good="symbol klp-x.ko state vmlinux state 3 0 d -"
	mini_module "$k" "$in/klp-x.ko" "$mini_src/patch.c"
	refused_table "'$in/syms' line 2: $form" "too few fields" "$good" "symbol klp-x.ko helper vmlinux helper 2 0"
	refused_table "'$in/syms' line 1: $form" "too many fields" "$good -"
	refused_table "'$in/syms' line 1: $form" "a position that is no number" "${good/ 3 / x }"
	refused_table "'$in/syms' line 1: $form" "a negative position" "${good/ 3 / -3 }"
	refused_table "'$in/syms' line 1: $form" "a position too large for any number" "${good/ 3 / 99999999999999999999 }"
	refused_table "'$in/syms' line 1: $form" "a position beyond those of any kernel" "${good/ 3 / 4294967299 }"
	refused_table "'$in/syms' line 1: $form" "an address that is no number" "${good/ 0 d/ zero d}"
	refused_table "'$in/syms' line 1: $form" "a type of two letters" "${good/ d -/ dd -}"
	refused_table "'$in/syms' line 3: not 'sympos MODULE SECTION OFFSET POSITION NAME'" "a broken sympos" \
		"# one" "$good" "sympos klp-x.ko .data 0x10 helper"
	form="not 'modinfo MODULE KEY=VALUE'"
	refused_table "'$in/syms' line 1: $form" "a modinfo without a value" "modinfo klp-x.ko klpmake"
	refused_table "'$in/syms' line 1: $form" "one without a key" "modinfo klp-x.ko =1"
	refused_table "'$in/syms' line 1: $form" "one of two words" "modinfo klp-x.ko a=b c"
	refused_table "'$in/syms' line 1: not a line of a table of symbols that klpsyms writes" "another word" "symbols $good"
	refused_table "'state' stands twice in the table of symbols" "a symbol twice" "$good" "${good/ 3 / 1 }"
	refused_table "'x.y' cannot be the object of a livepatch symbol: 1 to 55 characters, no '.'" \
		"an object with a dot" "${good/vmlinux/x.y}"
	refused_table "cannot be the object of a livepatch symbol" "an object of 56 characters" \
		"${good/vmlinux/$(printf 'x%.0s' {1..56})}"
	refused_table "'a,b' cannot be the name of a livepatch symbol: 1 to 511 characters, no ','" \
		"a name with a comma" "${good/vmlinux state/vmlinux a,b}"
	refused_table "cannot be the name of a livepatch symbol" "a name of 512 characters" \
		"${good/vmlinux state/vmlinux $(printf 'x%.0s' {1..512})}"
	refused_table "no old_sympos of 'helper' at '.data' + 0xffffff" "an old_sympos outside its section" \
		"sympos klp-x.ko .data 0xffffff 2 helper"
	refused_table "old_sympos of 'helper' is" "an old_sympos where something else stands" \
		"sympos klp-x.ko .modinfo 0x0 2 helper"
	refused_table "no old_sympos of 'helper' at '.bss' + 0x0" "an old_sympos that has no bytes" \
		"sympos klp-x.ko .bss 0x0 2 helper"
	refused_table "no old_sympos of 'helper' at '.symtab' + 0x0" "an old_sympos outside of the module's data" \
		"sympos klp-x.ko .symtab 0x0 2 helper"
	refused_table "no section '.nowhere' for the old_sympos of 'helper'" "an old_sympos in no section" \
		"sympos klp-x.ko .nowhere 0x0 2 helper"
	printf '%s\n\0\n' "$good" >"$in/syms"
	link
	refused 1 "'$in/syms': not a table of symbols: there is a NUL byte in it" "a NUL byte"
	rm "$in/syms"
	link
	refused 1 "'$in/syms': No such file or directory" "no table"
	cp "$scratch/good.syms" "$in/syms"
}

# refused_input MESSAGE NAME FILE
refused_input()
{
	run "$bin/klplink" --table "$in/syms" -o "$made/klp-x.ko" "$3"
	refused 1 "$1" "$2"
	is "$(head -c 100 "$made/klp-x.ko" | tr -d '\0'; ls -A "$made")" $'old\nklp-x.ko' "... which leaves an older output alone"
}

bad_inputs()
{
	echo old >"$made/klp-x.ko"
	refused_input "'$k/vmlinux': not a kernel module (a relocatable file with a symbol table)" \
		"a file that is not relocatable" "$k/vmlinux"
	refused_input "no .modinfo section: not a kernel module" "an object file" "$k/common.o"
	"$scratch/elfedit" "$in/klp-x.ko" "$scratch/empty.ko" set-type .modinfo 8
	refused_input "no .modinfo section: not a kernel module" "a .modinfo without bytes" "$scratch/empty.ko"
	refused_input "'$scratch/first.ko': it has livepatch relocations ('.klp.rela.vmlinux." \
		"a module that has been rewritten already" "$scratch/first.ko"
	refused_input "'$in/none.ko': No such file or directory" "no file" "$in/none.ko"
	refused_input "not an ELF file" "a text" "$in/syms"
	head -c 3000 "$in/klp-x.ko" >"$scratch/short.ko"
	refused_input "short.ko'" "half a module" "$scratch/short.ko"
	awk 'BEGIN { print "\t.globl s\ns:"; for (i = 0; i < 65300; i++) printf "\t.section s%d,\"a\"\n\t.byte 1\n", i }' | as -o "$scratch/wide.ko" -
	refused_input "sections, the kernel's module loader accepts fewer than 65280" "more than 65,280 sections" "$scratch/wide.ko"
	run "$bin/klplink" -o "$made/klp-x.ko" "$in/klp-x.ko"
	exits 2 "no table is wrong usage"
	run "$bin/klplink" --table "$in/syms" -o "$scratch/nowhere/klp-x.ko" "$in/klp-x.ko"
	refused 1 "'$scratch/nowhere/klp-x.ko': cannot write beside it: No such file or directory" "no directory to write to"
	mkdir "$scratch/device"
	mkfifo "$scratch/device/klp-x.ko"
	run "$bin/klplink" --table "$in/syms" -o "$scratch/device/klp-x.ko" "$in/klp-x.ko"
	refused 1 "'$scratch/device/klp-x.ko': exists and is not a plain file: name another" "a device to write to"
	holds "... is still one" test -p "$scratch/device/klp-x.ko"
	run "$bin/klplink" --table "$in/syms" -o "$scratch/third.ko" "$in/klp-x.ko"
	refused 1 "'$in/syms': no line is about 'third.ko': name the output (-o) as the module that the table is about, in another directory" \
		"a name that the table does not have"
	is "$(ls "$scratch/third.ko" 2>/dev/null)" '' "... and nothing is written"
}

interrupted()
{
	local pid big=$scratch/big signal status attempt
	rm -f "$made/klp-x.ko"
	mkdir "$big"
	printf 'static char large[48 << 20] __attribute__((used)) = {1};\n' | cat "$mini_src/patch.c" - >"$scratch/large.c"
	mini_module "$k" "$in/large.ko" "$scratch/large.c"
	for signal in TERM INT HUP; do
		if [[ -n ${HOSTS_THERE-} ]]; then
			skip "SIG$signal while it writes" "it would not reach the program behind tests/hosts/both"
			continue
		fi
		# On a busy machine it may have ended before the signal comes: then it is repeated.
		for ((attempt = 0; attempt < 20; attempt++)); do
			rm -f "$big"/*
			# A shell makes its background jobs ignore SIGINT, and nohup SIGHUP: perl resets both.
			perl -e '$SIG{INT} = $SIG{HUP} = "DEFAULT"; exec @ARGV' \
				"$bin/klplink" --table "$in/syms" -o "$big/klp-x.ko" "$in/large.ko" &
			pid=$!
			until compgen -G "$big/.klp-x.ko.*" >/dev/null || ! kill -0 "$pid" 2>/dev/null; do
				:
			done
			kill -"$signal" "$pid" 2>/dev/null
			wait "$pid" 2>/dev/null
			status=$?
			((status == 0)) || break
		done
		is "$status:$(ls -A "$big")" "$((128 + $(kill -l "$signal"))):" "SIG$signal while it writes leaves nothing"
		rm -f "$big"/* "$big"/.klp*
	done
	if ((EUID)) || ! mount -t tmpfs -o size=64k klpmake-test "$big" 2>/dev/null; then
		skip "a full disk" "only root can make a small one"
		return
	fi
	run "$bin/klplink" --table "$in/syms" -o "$big/klp-x.ko" "$in/large.ko"
	refused 1 "No space left on device" "a full disk"
	is "$(ls -A "$big")" "" "... leaves nothing"
	umount "$big"
}

make_elfedit && mini_vmlinux "$k" && mini_gadget "$k" && make_input || exit
the_module
what_stays
others_say
many_symbols
bad_tables
bad_inputs
interrupted
done_testing
