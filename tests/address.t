#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The address of a new function, taken inside the patch, becomes that of the function it replaces:
# through klpsyms, klplink and klpcheck, and read back with readelf.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"

export LC_ALL=C

# frame OBJECTS: the end of a patch's C file; OBJECTS are struct klp_object's.
frame()
{
	cat <<-END
		static struct klp_object objects[] = {$1, {}};
		static struct klp_patch patch = {.mod = THIS_MODULE, .objs = objects};
		static int __init patch_init(void) { return klp_enable_patch(&patch); }
		module_init(patch_init);
		MODULE_LICENSE("GPL");
		MODULE_INFO(livepatch, "Y");
	END
}

# decide [FLAG...]: compiles and links what is in $dir, and runs klpsyms.
decide()
{
	local sources=("$dir"/*.c) objects
	objects=("${sources[@]##*/}")
	objects=("${objects[@]/%.c/.o}")
	rm -f "$dir/syms"
	status=none
	MINI_CFLAGS="-w $*" mini_module "$k" "$dir/klp-x.ko" "${sources[@]}" || return
	cd "$dir" || exit
	run "$bin/klpsyms" --vmlinux "$k/vmlinux" --symvers "$k/Module.symvers" \
		--debug-modules "$k/debug" -o syms --module klp-x.ko "${objects[@]}"
	cd "$OLDPWD" || exit
	# What mini_module leaves is no source of the patch.
	rm -f "$dir/klp-x.mod.c"
}

carry_out()
{
	mkdir -p "$dir/out"
	run "$bin/klplink" --table "$dir/syms" -o "$dir/out/klp-x.ko" "$dir/klp-x.ko"
}

# doubt [MODULE]
doubt()
{
	run "$bin/klpcheck" --vmlinux "$k/vmlinux" --symvers "$k/Module.symvers" \
		--debug-modules "$k/debug" "${1-$dir/out/klp-x.ko}"
}

# made NAME [FLAG...]: all three have nothing to say.
made()
{
	local name=$1 said
	shift
	decide "$@"
	said=$status:$err
	carry_out
	said+=$status:$err
	doubt
	is "$said$status:$err" "0:0:0:" "$name"
}

# where MODULE SYMBOL: "SECTION VALUE SIZE", hex and decimal.
where()
{
	local value size index
	read -r value size index < <(readelf -sW "$1" | awk -v name="$2" \
		'$8 == name && $7 ~ /^[0-9]+$/ { print $2, $3, $7; exit }')
	printf '%s %s %s\n' "$(readelf -SW "$1" | sed -n "s/^  \[ *$index\] \([^ ]*\).*/\1/p")" "$value" "$size"
}

# relocations: "SECTION OFFSET TABLE TYPE SYMBOL ADDEND" of the finished module's loaded sections; TABLE is
# plain, or the object that a livepatch relocation waits for.
relocations()
{
	readelf -rW "$dir/out/klp-x.ko" | awk '
		/^Relocation section/ {
			match($0, /\047[^\047]*\047/)
			section = substr($0, RSTART + 1, RLENGTH - 2)
			table = "plain"
			if (sub(/^\.klp\.rela\./, "", section)) {
				table = section
				sub(/\..*/, "", table)
				sub(/^[^.]*\./, "", section)
			} else
				sub(/^\.rela/, "", section)
		}
		/^[0-9a-f]/ && section !~ /^\.debug/ { print section, $1, table, $3, $5, $6 $7 }'
}

# within SYMBOL [OFFSET SIZE]: what a function or variable of the finished module, or a part of it,
# refers to: "TABLE TYPE SYMBOL ADDEND", in order, with | between them.
within()
{
	local section value size place rest
	read -r section value size < <(where "$dir/out/klp-x.ko" "$1")
	value=$((0x$value + ${2-0}))
	size=${3-$size}
	relocations | awk -v section="$section" '$1 == section && $5 != "__fentry__"' | sort -k2,2 |
		while read -r _ place rest; do
			((0x$place < value || 0x$place >= value + size)) || printf '%s\n' "$rest"
		done | paste -sd'|'
}

# code NAME,POSITION and data NAME,POSITION: what stands for the address of a function of vmlinux.
code()
{
	printf 'vmlinux R_X86_64_32S .klp.sym.vmlinux.%s +0' "$1"
}

data()
{
	printf 'vmlinux R_X86_64_64 .klp.sym.vmlinux.%s +0' "$1"
}

everywhere()
{
	local flags h=helper,2 described
	fresh
	template a.c fs/proc/alpha.c <<-END
		typedef int fn(int);
		struct ops { const char *name; fn *call, *more[2]; };
		int helper(int x);
		fn new_show, *volatile now;
		static noinline noclone int before(int x) { return x + 7; }
		static noinline noclone int new_helper(int x) { return before(x) + 1; }
		noinline noclone int new_show(int x) { return before(x) + 2; }
		static noinline noclone int new_first(void) { return before(3); }

		/* Code: a constant to store, to compare with, to pass; two in one function. */
		void store(struct ops *o), choose(struct ops *o, int x);
		void store(struct ops *o) { o->call = new_helper; }
		int compare(fn *f);
		int compare(fn *f) { return f == new_helper; }
		void choose(struct ops *o, int x) { o->more[x & 1] = new_show; o->call = new_helper; }
		static int __init at_start(void) { now = new_helper; return 0; }
		int (*starting)(void) __initdata = at_start;

		/* Calls and jumps, within a section and from another. */
		int calls(int x), jumps(int x), far_calls(int x), far_jumps(int x), old_call(int x);
		int calls(int x) { return new_helper(x) + new_show(x) + 1; }
		int jumps(int x) { return new_helper(x); }
		__section(".text.unlikely") int far_calls(int x) { return new_helper(x) + new_show(x) + 1; }
		__section(".text.unlikely") int far_jumps(int x) { return x > 3 ? new_helper(x) : 8; }
		int old_call(int x) { return helper(x) + 1; }

		/* Relative to the instruction, which a compiler does not write; and in code at its start. */
		__section(".text.unlikely") void *relative(void)
		{
			void *f;
			asm("lea new_helper(%%rip), %0\n\tcmpb \$5, now(%%rip)" : "=r"(f));
			return f;
		}
		void *middle(void) { return (char *)new_helper + 1; }

		/* Data of every kind. */
		struct ops writable = {"helper", new_helper, {new_show, (fn *)new_first}};
		static const struct ops constant = {"constant", new_helper, {new_show}};
		fn *const table[] __attribute__((section(".data.table"))) = {new_show, new_helper};
		struct ops initial __initdata = {.call = new_helper};
		const struct ops *use_constant(void) { return &constant; }
		asm(".pushsection .rodata\n.globl distance\n.type distance, @object\n"
		    "distance: .long new_helper - .\n.size distance, 4\n.popsection");

		/* What describes code has to say where it is. */
		asm(".pushsection _kprobe_blacklist,\"aw\"\n.globl listed\n.type listed, @object\n"
		    "listed: .quad new_helper\n.size listed, 8\n.popsection");

		/* A second array, which no static patch leads to. */
		struct klp_func spare[] = {{.old_name = "helper", .new_func = new_helper}, {}};
		static struct klp_func funcs[] = {
			{.old_name = "helper", .new_func = new_helper},
			{.old_name = "alpha_show", .new_func = new_show},
			{.old_name = "alpha_first", .new_func = new_first},
			{},
		};
		$(frame '{.funcs = funcs}')
	END
	for flags in '' '-ffunction-sections -fdata-sections' -Os '-O0 -fno-inline'; do
		made "addresses of every kind${flags:+, $flags}" "$flags"
		lacks "$out" "prototypes: no debug information" "... and those that nobody declares need none"
		is "$(readelf -sW "$dir/out/klp-x.ko" | awk '/\.klp\.sym/ { print $5, $8, $NF }' | sort | paste -sd'|')" \
			"GLOBAL [0xff20] .klp.sym.vmlinux.alpha_first,0|GLOBAL [0xff20] .klp.sym.vmlinux.alpha_show,0|GLOBAL [0xff20] .klp.sym.vmlinux.$h" \
			"... one livepatch symbol for each function"
		is "$(within writable 8 8)" "$(data $h)" "... a member of a structure"
		is "$(within writable 16 8)" "$(data alpha_show,0)" "... another, a global function's"
		is "$(within writable 24 8)" "$(data alpha_first,0)" "... a third"
		is "$(within constant 8 8)" "$(data $h)" "... a constant structure"
		is "$(within table 0 8)" "$(data alpha_show,0)" "... a table"
		is "$(within table 8 8)" "$(data $h)" "... its second entry"
		is "$(within initial 8 8)" "$(data $h)" "... init data"
		is "$(within distance)" "vmlinux R_X86_64_PC32 .klp.sym.vmlinux.$h +0" "... a distance in data"
		has "|$(within at_start)|" "|$(code $h)|" "... in init code"
		has "|$(within relative)|" "|vmlinux R_X86_64_PC32 .klp.sym.vmlinux.$h -4|" "... relative to the instruction"
		has "|$(within store)|" "$(code $h)|" "... stored"
		has "|$(within compare)|" "$(code $h)|" "... compared"
		has "|$(within choose)|" "$(code alpha_show,0)|" "... one of two in a function"
		has "|$(within choose)|" "$(code $h)|" "... the other one"
		lacks "$(within calls)$(within jumps)$(within far_calls)$(within far_jumps)" "klp.sym" \
			"... calls and jumps go to the new functions"
		has "$(within far_calls)" "plain R_X86_64_PC32 .text" "... also those that the assembler does not mark as such"
		has "$(within old_call)" ".klp.sym.vmlinux.$h -4" "... a call of the old one by its name to the old one"
		lacks "$(within middle)" "klp.sym" "... a place within a function is no function"
		described=$(relocations | grep -E '^(__mcount_loc|_kprobe_blacklist) ')
		is "$(grep -c klp.sym <<<"$described"):$(grep -c '^_kprobe' <<<"$described")" 0:1 \
			"... what describes code stays"
		lacks "$(within funcs)$(within spare)" "klp.sym" "... and every struct klp_func"
	done
}

# The function of a module: its address waits for the module, like all that is the module's.
of_a_module()
{
	fresh
	template a.c drivers/gadget/gadget.c <<-END
		typedef int fn(int);
		fn *table[2];
		static noinline noclone int new_step(int x) { return x + 1; }
		static noinline noclone int new_show(int x) { return x + 2; }
		static noinline noclone int new_twin(int x) { table[0] = new_step; return x; }
		fn *const steps[] = {new_step, new_show, new_twin};
		static struct klp_func funcs[] = {{.old_name = "alpha_show", .new_func = new_show}, {}};
		static struct klp_func gadget_funcs[] = {
			{.old_name = "gadget_step", .new_func = new_step}, {.old_name = "gadget_twin", .new_func = new_twin}, {},
		};
		$(frame '{.funcs = funcs}, {.name = "gadget", .funcs = gadget_funcs}')
	END
	made "addresses of functions of vmlinux and of a module"
	is "$(within new_twin)" "plain R_X86_64_PC32 table -8|gadget R_X86_64_32S .klp.sym.gadget.gadget_step,1 +0" \
		"a module's function waits for the module"
	is "$(within steps)" "gadget R_X86_64_64 .klp.sym.gadget.gadget_step,1 +0|$(data alpha_show,0)|gadget R_X86_64_64 .klp.sym.gadget.gadget_twin,2 +0" \
		"each waits for its own object"

	fresh
	template a.c drivers/gadget/gadget.c <<-END
		static noinline noclone int new_step(int x) { return x + 1; }
		int (*volatile now)(int);
		static int __init early(void) { now = new_step; return 0; }
		int (*starting)(void) = early;
		static struct klp_func funcs[] = {{.old_name = "gadget_step", .new_func = new_step}, {}};
		$(frame '{.name = "gadget", .funcs = funcs}')
	END
	decide
	exits 0 "in init code: klpsyms takes it"
	carry_out
	doubt
	refused 1 "section '.klp.rela.gadget..init.text': relocations of a module are applied after the kernel has used '.init.text'" \
		"... and klpcheck finds that it comes too late"
}

# A file with the new function, another that takes its address.
two_files()
{
	fresh
	template a.c fs/proc/alpha.c <<-END
		noinline noclone int new_helper(int x);
		int new_helper(int x) { return x + 1; }
		static noinline noclone int twin(int x) { return x + 3; }
		static struct klp_func funcs[] = {{.old_name = "helper", .new_func = new_helper}, {.old_name = "alpha_show", .new_func = twin}, {}};
		$(frame '{.funcs = funcs}')
	END
	template b.c <<-'END'
		int new_helper(int x), call(int x);
		static noinline noclone int twin(int x) { return x + 4; }
		int (*pointer)(int) = new_helper, (*other)(int) = twin;
		int call(int x) { return new_helper(x) + 1; }
	END
	made "two files"
	is "$(within pointer)" "$(data helper,2)" "the address is taken in another file"
	lacks "$(within other)" klp.sym "... a namesake that replaces nothing stays"
	is "$(within call)" "plain R_X86_64_PLT32 new_helper -4" "... a call too"
}

# wrong NAME MESSAGE TAG FUNCS TEXT: klpsyms refuses these files; no table is left.
wrong()
{
	fresh
	template a.c "$3" <<-END
		typedef int fn(int);
		static noinline noclone int new_one(int x) { return x + 1; }
		$5
		$(frame "$4")
	END
	decide
	refused 1 "klpsyms: error: a.c:$2" "$1"
	holds "... and no table is left" test ! -e "$dir/syms"
}

refusals()
{
	wrong "one new function for two old ones" \
		"5: 'table' takes the address of 'new_one', which replaces 'helper' of 'vmlinux' and 'alpha_mixed' of 'vmlinux': write a new function for each" \
		fs/proc/alpha.c '{.funcs = funcs}' \
		'fn *table[] = {new_one, new_one};
		static struct klp_func funcs[] = {{.old_name = "helper", .new_func = new_one}, {.old_name = "alpha_mixed", .new_func = new_one}, {}};'
	is "$(grep -c error: <<<"$err")" 1 "... said once for a table with two places"
	wrong "... of two objects" \
		"5: 'table' takes the address of 'new_one', which replaces 'alpha_mixed' of 'vmlinux' and 'gadget_step' of 'gadget'" \
		fs/proc/alpha.c '{.funcs = funcs}, {.name = "gadget", .funcs = more}' \
		'fn *table[] = {new_one};
		static struct klp_func funcs[] = {{.old_name = "alpha_mixed", .new_func = new_one}, {}};
		static struct klp_func more[] = {{.old_name = "gadget_step", .new_func = new_one, .old_sympos = 1}, {}};'
	wrong "a module's function for code of vmlinux" \
		"6: 'new_show' takes the address of 'new_one', which replaces a function of the module 'gadget', and replaces one of 'vmlinux' itself: it may run when 'gadget' is not there" \
		drivers/gadget/gadget.c '{.funcs = funcs}, {.name = "gadget", .funcs = more}' \
		'fn *now;
		static noinline noclone int new_show(int x) { now = new_one; return x; }
		static struct klp_func funcs[] = {{.old_name = "alpha_show", .new_func = new_show}, {}};
		static struct klp_func more[] = {{.old_name = "gadget_step", .new_func = new_one}, {}};'
	wrong "... or of a module that does not depend on it" \
		"6: 'new_show' takes the address of 'new_one', which replaces a function of the module 'widget', and replaces one of 'gadget' itself: it may run when 'widget' is not there" \
		drivers/gadget/gadget.c '{.name = "gadget", .funcs = funcs}, {.name = "widget", .funcs = more}' \
		'fn *now;
		static noinline noclone int new_show(int x) { now = new_one; return x; }
		static struct klp_func funcs[] = {{.old_name = "gadget_step", .new_func = new_show}, {}};
		static struct klp_func more[] = {{.old_name = "helper", .new_func = new_one}, {}};'
	fresh
	template a.c drivers/widget/widget.c <<-END
		static noinline noclone int new_step(int x) { return x + 1; }
		int (*now)(int);
		static noinline noclone int new_helper(int x) { now = new_step; return x; }
		static struct klp_func funcs[] = {{.old_name = "gadget_step", .new_func = new_step, .old_sympos = 1}, {}};
		static struct klp_func more[] = {{.old_name = "helper", .new_func = new_helper}, {}};
		$(frame '{.name = "gadget", .funcs = funcs}, {.name = "widget", .funcs = more}')
	END
	made "a function of a module for code of one that depends on it"
	has "$(within new_helper)" "gadget R_X86_64_32S .klp.sym.gadget.gadget_step,1 +0" "... waits for the first"

	wrong "a place in one of two sections of a name" \
		"4: '.data.pair' is in one of two sections named '.data.pair', which no line of the symbol table can tell apart" \
		fs/proc/alpha.c '{.funcs = funcs}' \
		'asm(".pushsection .data.pair,\"awG\",@progbits,one,comdat\n.quad 0\n.popsection\n"
		    ".pushsection .data.pair,\"awG\",@progbits,two,comdat\n.quad new_one\n.popsection");
		static struct klp_func funcs[] = {{.old_name = "helper", .new_func = new_one}, {}};'
	# One new function that is there twice in the same sense is no question.
	fresh
	template a.c fs/proc/alpha.c <<-END
		static noinline noclone int new_one(int x) { return x + 1; }
		int (*pointer)(int) = new_one;
		static struct klp_func funcs[] = {{.old_name = "helper", .new_func = new_one}, {}};
		static struct klp_func again[] = {{.old_name = "helper", .new_func = new_one}, {}};
		static struct klp_object second[] = {{.funcs = again}, {}};
		struct klp_patch unused = {.mod = THIS_MODULE, .objs = second};
		$(frame '{.funcs = funcs}')
	END
	decide
	is "$status:$(grep -c ^address "$dir/syms")" 0:1 "a function that two patches replace by one"
}

# refused_table MESSAGE NAME LINE...: klplink refuses that table; an older output is left alone.
refused_table()
{
	local message=$1 name=$2
	shift 2
	printf '%s\n' "$@" >"$dir/syms"
	echo old >"$dir/out/klp-x.ko"
	carry_out
	refused 1 "$message" "$name"
	[[ $(<"$dir/out/klp-x.ko") == old ]] || fail "$name: the older output is left alone"
}

tables()
{
	local form="not 'address MODULE SECTION OFFSET OBJECT NAME POSITION ADDEND NEW_NAME'" good helper
	fresh
	template a.c fs/proc/alpha.c <<-END
		int helper(int x);
		static noinline noclone int new_helper(int x) { return x + 1; }
		int (*pointer)(int) = new_helper, (*old)(int) = helper;
		static struct klp_func funcs[] = {{.old_name = "helper", .new_func = new_helper}, {}};
		$(frame '{.funcs = funcs}')
	END
	made "a pointer to the new and one to the old function"
	is "$(within pointer)|$(within old)" "$(data helper,2)|$(data helper,2)" "... are the same"
	is "$(grep -v '^#' "$dir/syms" | cut -d' ' -f1 | sort | paste -sd' ')" "address modinfo modinfo modinfo symbol sympos" "the table"
	helper=$(grep ^symbol "$dir/syms")
	good=$(grep ^address "$dir/syms")
	[[ $good =~ ^address\ klp-x.ko\ .data(.rel.local)?\ 0x[0-9a-f]+\ vmlinux\ helper\ 2\ 0\ new_helper$ ]]
	is "$?" 0 "... has a line for the address"
	run bash -c '. "$1" && report_symbols "$2"' - "$top/scripts/report.bash" "$dir/syms"
	has "$out" "  address of 'new_helper' in klp-x.ko: that of 'helper'" "... which klpmake shows"
	cp "$dir/out/klp-x.ko" "$dir/first.ko"
	carry_out
	holds "the same bytes in a second run" cmp "$dir/out/klp-x.ko" "$dir/first.ko"

	local section offset places=${good#address klp-x.ko }
	read -r section offset _ <<<"$places"
	refused_table "'$dir/syms' line 2: $form" "too few fields" "$helper" "${good% *}"
	refused_table "line 1: $form" "too many fields" "$good more"
	refused_table "line 1: $form" "an offset that is no number" "${good/ 0x/ x}"
	refused_table "line 1: $form" "a position that is no number" "${good/ 2 / -2 }"
	refused_table "line 1: $form" "an addend that is no number" "${good/ 2 0 / 2 --4 }"
	refused_table "line 1: $form" "an addend of more than 64 bits" "${good/ 2 0 / 2 -99999999999999999999 }"
	refused_table "'x.y' cannot be the object of a livepatch symbol" "an object with a dot" "$helper" "${good/vmlinux/x.y}"
	refused_table "'a,b' cannot be the name of a livepatch symbol" "a name with a comma" "$helper" "${good/ helper / a,b }"
	refused_table "at '$section' + 0x7fffff there is not one relocation, against a function of its own, that takes the address of 'new_helper'" \
		"a place without a relocation" "$helper" "${good/$offset/0x7fffff}"
	refused_table "at '.nowhere' + $offset there is not one relocation" "a section that is not there" "$helper" "${good/$section/.nowhere}"
	refused_table "at '.debug_info' + 0x6 there is not one relocation" "a section that is not loaded" \
		"$helper" "address klp-x.ko .debug_info 0x6 vmlinux helper 2 0 new_helper"
	refused_table "there is not one relocation" "the same place twice" "$helper" "$good" "${good/ 2 / 1 }"
	read -r section offset _ < <(where "$dir/klp-x.ko" old)
	refused_table "at '$section' + 0x$(printf '%x' "0x$offset") there is not one relocation" "a place with the kernel's own" \
		"$helper" "address klp-x.ko $section 0x$offset vmlinux helper 2 0 new_helper"
	printf '%s\n' "$helper" "${good/klp-x.ko/other.ko}" >"$dir/syms"
	carry_out
	is "$status:$(within pointer)" "0:plain R_X86_64_64 .text +$(printf '%x' "0x$(where "$dir/klp-x.ko" new_helper | cut -d' ' -f2)")" \
		"a line of another module does nothing"
}

# A table of section numbers beside the symbols grows with them: objects of many sections have one.
section_numbers()
{
	local n symtab
	fresh
	mkdir "$dir/out"
	template a.c fs/proc/alpha.c <<-END
		static noinline noclone int new_helper(int x) { return x + 1; }
		int (*pointer)(int) = new_helper;
		static struct klp_func funcs[] = {{.old_name = "helper", .new_func = new_helper}, {}};
		$(frame '{.funcs = funcs}')
	END
	decide
	n=$(readelf -sW "$dir/klp-x.ko" | grep -c '^ *[0-9]*:')
	truncate -s $((4 * n)) "$dir/zero"
	objcopy --add-section "numbers=$dir/zero" "$dir/klp-x.ko"
	symtab=$(readelf -SW "$dir/klp-x.ko" | sed -n 's/^  \[ *\([0-9]*\)\] \.symtab .*/\1/p')
	"$scratch/elfedit" "$dir/klp-x.ko" "$dir/wide.ko" set-type numbers 18 set-entsize numbers 4 \
		set-link numbers "$symtab"
	mv "$dir/wide.ko" "$dir/klp-x.ko"
	carry_out
	exits 0 "a table of section numbers"
	is "$((0x$(readelf -SW "$dir/out/klp-x.ko" |
		sed -n 's/^.*\] numbers *SYMTAB SECTION INDICES *[0-9a-f]* [0-9a-f]* \([0-9a-f]*\) .*/\1/p')))" \
		$((4 * (n + 1))) "... has one more entry"
	is "$(readelf -sW "$dir/out/klp-x.ko" | grep -c '^ *[0-9]*:')" $((n + 1)) "... as the symbol table has"
}

# klpcheck, which knows nothing of tables.
doubts()
{
	local entry
	fresh
	template a.c fs/proc/alpha.c <<-END
		int helper(int x);
		static noinline noclone int new_helper(int x) { return x + 1; }
		noinline noclone int new_show(int x) { return helper(x); }
		int (*pointer)(int) = new_show, (*volatile now)(int);
		int (*own)(int) __attribute__((section("own_table"))) = new_helper;
		int code(void), (*again)(int) = new_show;
		int code(void) { now = new_show; return 0; }
		static struct klp_func funcs[] = {
			{.old_name = "helper", .new_func = new_helper}, {.old_name = "alpha_show", .new_func = new_show}, {},
		};
		$(frame '{.funcs = funcs}')
	END
	decide
	carry_out
	doubt
	is "$status:$(grep -c warning: <<<"$err")" 0:1 "a section of the author's own is passed with a warning"
	has "$err" "warning: '$dir/out/klp-x.ko': 'own_table' + 0x0: the address of 'new_helper', which is gone when the patch is removed" \
		"... which says where"
	has "$err" "that of 'helper' should stand there" "... and what should be there"

	# As other tools leave it: no table of klpsyms' was carried out.
	sed -i '/^address/d' "$dir/syms"
	carry_out
	doubt
	is "$status:$(grep -c warning: <<<"$err")" 0:2 "a module with the new functions' addresses"
	has "$err" "'.text' + 0x" "... in code and in data is warned of"
	has "$err" " and 2 other places: the address of 'new_show'" "... once for each function"

	# The kernel would go from a function to itself.
	for ((entry = 0; ; entry++)); do
		"$scratch/elfedit" "$dir/out/klp-x.ko" "$dir/edited.ko" set-reloc-symbol .rela.data $entry \
			.klp.sym.vmlinux.helper,2 2>/dev/null || break
		doubt "$dir/edited.ko"
		[[ $err != *"its own new_func"* ]] || break
	done
	refused 1 "function 'helper' is its own new_func: the kernel would call it without end" \
		"a function that replaces itself"
}

# Another kernel, with IBT.
landings()
{
	local k=$scratch/ibt text
	mini_vmlinux "$k" -fcf-protection=branch
	MINI_CFLAGS=-fcf-protection=branch mini_gadget "$k"
	mkdir "$k/debug"
	mv "$k/gadget.ko" "$k/debug"
	is "$(objdump -d "$k/vmlinux" | grep -A1 -E '<(helper|alpha_again)>:' | grep -c endbr64)" 1 \
		"of a static function and a sealed one the file has one ENDBR"

	text='int (*pointer)(int) = new_one;
		static struct klp_func funcs[] = {{.old_name = "OLD", .new_func = new_one}, {}};'
	wrong "a function that has no ENDBR" \
		"5: 'pointer' takes the address of 'new_one', which becomes that of 'helper' as the patch may be removed; but a call of that through a pointer faults on this kernel (IBT): it has no ENDBR" \
		fs/proc/alpha.c '{.funcs = funcs}' "${text/OLD/helper}"
	wrong "a function whose ENDBR the kernel removes" \
		"5: 'pointer' takes the address of 'new_one', which becomes that of 'alpha_again' as the patch may be removed; but a call of that through a pointer faults on this kernel (IBT): the kernel has taken away its ENDBR" \
		fs/proc/alpha.c '{.funcs = funcs}' "${text/OLD/alpha_again}"
	wrong "... of a module" "5: 'pointer' takes the address of 'new_one', which becomes that of 'gadget_twin' as the patch may be removed; but a call of that through a pointer faults on this kernel (IBT): the kernel has taken away its ENDBR" \
		drivers/gadget/gadget.c '{.name = "gadget", .funcs = funcs}' "${text/OLD/gadget_twin}"
	cp "$k/debug/gadget.ko" "$k/gadget.ko"
	"$scratch/elfedit" "$k/gadget.ko" "$k/debug/gadget.ko" set-reloc-symbol .rela.ibt_endbr_seal 0 sink
	wrong "... whose list has an entry that leads nowhere" "5: 'pointer' takes the address of 'new_one', which becomes that of 'gadget_twin' as the patch may be removed; but a call of that through a pointer faults on this kernel (IBT): the kernel has taken away its ENDBR" \
		drivers/gadget/gadget.c '{.name = "gadget", .funcs = funcs}' "${text/OLD/gadget_twin}"
	mv "$k/gadget.ko" "$k/debug"
	wrong "the kernel's function itself, in data" \
		"5: the address of 'alpha_again' is taken, but a call of it through a pointer faults on this kernel (IBT): the kernel has taken away its ENDBR; call it by its name" \
		fs/proc/alpha.c '{.funcs = none}' \
		'extern fn alpha_again; fn *pointer = alpha_again; static struct klp_func none[] = {{}};'
	wrong "... in code" "5: the address of 'helper' is taken, but a call of it through a pointer faults on this kernel (IBT): it has no ENDBR" \
		fs/proc/alpha.c '{.funcs = none}' \
		'int helper(int); void use(fn **p) { *p = helper; } static struct klp_func none[] = {{}};'

	fresh
	template a.c drivers/gadget/gadget.c <<-END
		static noinline noclone int new_export(int x) { return x; }
		int (*pointer)(int) = new_export;
		static struct klp_func funcs[] = {{.old_name = "gadget_export", .new_func = new_export}, {}};
		$(frame '{.name = "gadget", .funcs = funcs}')
	END
	made "an exported function of a module" -fcf-protection=branch
	lacks "$out" "not checked  whether functions" "... is checked, too"
	"$scratch/elfedit" "$k/debug/gadget.ko" "$k/gadget.ko" set-type .rela.ibt_endbr_seal 1
	mv "$k/gadget.ko" "$k/debug"
	doubt
	has "$out" "not checked  whether functions of 'gadget' can be called through pointers: '$k/debug/gadget.ko' has no list" \
		"... which needs the module's list"
	exits 0 "... and is no error without"

	fresh
	template a.c fs/proc/alpha.c <<-END
		typedef int fn(int);
		fn helper, alpha_show;
		struct record;
		int alpha_again(const struct record *r);
		extern int gamma_private, alpha_shared, mixed;
		static noinline noclone int new_show(int x) { return helper(x) + alpha_again(NULL); }
		static noinline noclone int new_again(const struct record *r) { return !r; }
		fn *pointers[] = {new_show, alpha_show};
		int *data[] = {&gamma_private, &alpha_shared, &mixed};
		char *inside = (char *)alpha_again + 1;
		static struct klp_func funcs[] = {
			{.old_name = "alpha_show", .new_func = new_show}, {.old_name = "alpha_again", .new_func = new_again}, {},
		};
		$(frame '{.funcs = funcs}')
	END
	made "calls, addresses of others, of data, and within a function are taken" -fcf-protection=branch
	sed 's/alpha_show 0 0 new_show/alpha_again 0 0 new_show/' "$dir/syms" >"$dir/edited"
	mv "$dir/edited" "$dir/syms"
	carry_out
	doubt
	refused 1 "has the address of 'alpha_again' of 'vmlinux', but a call of that through a pointer faults on this kernel (IBT): the kernel has taken away its ENDBR" \
		"klpcheck finds it in a finished module"
	is "$(grep -c error: <<<"$err")" 1 "... once"
	cp "$k/vmlinux" "$k/whole"
	"$scratch/elfedit" "$k/whole" "$k/vmlinux" set-size .ibt_endbr_seal 3
	doubt
	refused 1 "'$k/vmlinux': section '.ibt_endbr_seal' is no list of functions" "a list of an odd size"
	objcopy --remove-section .ibt_endbr_seal "$k/whole" "$k/vmlinux"
	doubt
	exits 0 "a kernel without such a list has no IBT"
}

"${CC:-gcc}" -std=gnu11 -O1 -D_GNU_SOURCE -o "$scratch/elfedit" "$top/tests/elfedit.c" &&
	mini_vmlinux "$k" && mini_gadget "$k" && mini_widget "$k" && mkdir "$k/debug" &&
	mv "$k/gadget.ko" "$k/widget.ko" "$k/debug" || exit
everywhere
of_a_module
two_files
refusals
tables
section_numbers
doubts
landings
done_testing
