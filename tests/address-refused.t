#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Addresses of new functions that cannot be taken, tables that ask for what the module does not have, and what
# klpcheck doubts.

# shellcheck source=tests/address.bash
source "$(dirname "${BASH_SOURCE[0]}")/address.bash"

# wrong NAME MESSAGE TAG FUNCS TEXT: klpsyms refuses these files, and leaves no table.
wrong()
{
	fresh
	c_file a.c "$3" <<-END
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
		"6: 'new_show' takes the address of 'new_one', which replaces a function of the module 'gadget', and replaces one of 'vmlinux' itself: it may run when 'gadget' is not loaded" \
		drivers/gadget/gadget.c '{.funcs = funcs}, {.name = "gadget", .funcs = more}' \
		'fn *now;
		static noinline noclone int new_show(int x) { now = new_one; return x; }
		static struct klp_func funcs[] = {{.old_name = "alpha_show", .new_func = new_show}, {}};
		static struct klp_func more[] = {{.old_name = "gadget_step", .new_func = new_one}, {}};'
	wrong "... or of a module that does not depend on it" \
		"6: 'new_show' takes the address of 'new_one', which replaces a function of the module 'widget', and replaces one of 'gadget' itself: it may run when 'widget' is not loaded" \
		drivers/gadget/gadget.c '{.name = "gadget", .funcs = funcs}, {.name = "widget", .funcs = more}' \
		'fn *now;
		static noinline noclone int new_show(int x) { now = new_one; return x; }
		static struct klp_func funcs[] = {{.old_name = "gadget_step", .new_func = new_show}, {}};
		static struct klp_func more[] = {{.old_name = "helper", .new_func = new_one}, {}};'
	fresh
	c_file a.c drivers/widget/widget.c <<-END
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
		"4: '.data.pair' is in one of two sections named '.data.pair', which the lines of the table of symbols cannot distinguish" \
		fs/proc/alpha.c '{.funcs = funcs}' \
		'asm(".pushsection .data.pair,\"awG\",@progbits,one,comdat\n.quad 0\n.popsection\n"
		    ".pushsection .data.pair,\"awG\",@progbits,two,comdat\n.quad new_one\n.popsection");
		static struct klp_func funcs[] = {{.old_name = "helper", .new_func = new_one}, {}};'
	# Twice the same new function for the same old one is not ambiguous.
	fresh
	c_file a.c fs/proc/alpha.c <<-END
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

# refused_table MESSAGE NAME LINE...: klplink refuses that table, and leaves an older output as it was.
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
	c_file a.c fs/proc/alpha.c <<-END
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
	run bash -c '. "$1" && report_symbols "$2" 0' - "$top/scripts/lib/report.bash" "$dir/syms"
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
	refused_table "the address line for '$section' + 0x7fffff matches no single relocation that takes the address of 'new_helper'" \
		"a place without a relocation" "$helper" "${good/$offset/0x7fffff}"
	refused_table "the address line for '.nowhere' + $offset matches no single relocation" "a section that is not there" "$helper" "${good/$section/.nowhere}"
	refused_table "the address line for '.debug_info' + 0x6 matches no single relocation" "a section that is not loaded" \
		"$helper" "address klp-x.ko .debug_info 0x6 vmlinux helper 2 0 new_helper"
	refused_table "matches no single relocation" "the same place twice" "$helper" "$good" "${good/ 2 / 1 }"
	read -r section offset _ < <(where "$dir/klp-x.ko" old)
	refused_table "the address line for '$section' + 0x$(printf '%x' "0x$offset") matches no single relocation" "a place with the kernel's own" \
		"$helper" "address klp-x.ko $section 0x$offset vmlinux helper 2 0 new_helper"
	printf '%s\n' "$helper" "${good/klp-x.ko/other.ko}" >"$dir/syms"
	carry_out
	is "$status:$(within pointer)" "0:plain R_X86_64_64 .text +$(printf '%x' "0x$(where "$dir/klp-x.ko" new_helper | cut -d' ' -f2)")" \
		"a line of another module does nothing"
}

# ELF keeps section numbers of symbols in a section of its own when there are many: it has to grow with the symbols.
section_numbers()
{
	local n symtab
	fresh
	mkdir "$dir/out"
	c_file a.c fs/proc/alpha.c <<-END
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

# klpcheck, which does not read tables.
doubts()
{
	local entry
	fresh
	c_file a.c fs/proc/alpha.c <<-END
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

	# A module of other tools, which does not have klpsyms' address lines carried out.
	sed -i '/^address/d' "$dir/syms"
	carry_out
	doubt
	is "$status:$(grep -c warning: <<<"$err")" 0:2 "a module with the new functions' addresses"
	has "$err" "'.text' + 0x" "... in code and in data is warned of"
	has "$err" " and 2 other places: the address of 'new_show'" "... once for each function"

	# The old function would be redirected to itself.
	for ((entry = 0; ; entry++)); do
		"$scratch/elfedit" "$dir/out/klp-x.ko" "$dir/edited.ko" set-reloc-symbol .rela.data $entry \
			.klp.sym.vmlinux.helper,2 2>/dev/null || break
		doubt "$dir/edited.ko"
		[[ $err != *"its own new_func"* ]] || break
	done
	refused 1 "function 'helper' is its own new_func: the kernel would call it without end" \
		"a function that replaces itself"
}

# A kernel with IBT.
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
		"5: 'pointer' takes the address of 'new_one', which becomes that of 'helper', because the patch may be removed; but a call of that through a pointer faults on this kernel (IBT): it has no ENDBR" \
		fs/proc/alpha.c '{.funcs = funcs}' "${text/OLD/helper}"
	wrong "a function whose ENDBR the kernel removes" \
		"5: 'pointer' takes the address of 'new_one', which becomes that of 'alpha_again', because the patch may be removed; but a call of that through a pointer faults on this kernel (IBT): the kernel has taken away its ENDBR" \
		fs/proc/alpha.c '{.funcs = funcs}' "${text/OLD/alpha_again}"
	wrong "... of a module" "5: 'pointer' takes the address of 'new_one', which becomes that of 'gadget_twin', because the patch may be removed; but a call of that through a pointer faults on this kernel (IBT): the kernel has taken away its ENDBR" \
		drivers/gadget/gadget.c '{.name = "gadget", .funcs = funcs}' "${text/OLD/gadget_twin}"
	cp "$k/debug/gadget.ko" "$k/gadget.ko"
	"$scratch/elfedit" "$k/gadget.ko" "$k/debug/gadget.ko" set-reloc-symbol .rela.ibt_endbr_seal 0 sink
	wrong "... whose list has an entry that leads nowhere" "5: 'pointer' takes the address of 'new_one', which becomes that of 'gadget_twin', because the patch may be removed; but a call of that through a pointer faults on this kernel (IBT): the kernel has taken away its ENDBR" \
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
	c_file a.c drivers/gadget/gadget.c <<-END
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
	c_file a.c fs/proc/alpha.c <<-END
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
		"the same in a finished module, by klpcheck"
	is "$(grep -c error: <<<"$err")" 1 "... once"
	cp "$k/vmlinux" "$k/whole"
	"$scratch/elfedit" "$k/whole" "$k/vmlinux" set-size .ibt_endbr_seal 3
	doubt
	refused 1 "'$k/vmlinux': section '.ibt_endbr_seal' is not a list of functions" "a list of an odd size"
	objcopy --remove-section .ibt_endbr_seal "$k/whole" "$k/vmlinux"
	doubt
	exits 0 "a kernel without such a list has no IBT"
}

refusals
tables
section_numbers
doubts
landings
done_testing
