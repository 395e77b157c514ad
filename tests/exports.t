#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Exports: for those that import their namespace, for named modules only, of modules from outside the
# kernel's tree, and in which version; on the miniature kernel.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"
source "$(dirname "${BASH_SOURCE[0]}")/check.bash"

uses_gamma='int use(void); int use(void) { return gamma_use(NULL); }'
crcs=__version_ext_crcs
names=__version_ext_names

# exported_as NAMESPACE: makes a kernel whose gamma_use() is exported in that namespace, as $k.
exported_as()
{
	k=$scratch/kernel-as
	rm -rf "$k"
	cp -r "$scratch/kernel" "$k"
	sed -i "s/\tMINI_NS$/\t$1/" "$k/Module.symvers"
}

plain_kernel()
{
	k=$scratch/kernel
}

namespaces()
{
	fresh
	c_file a.c <<<"$uses_gamma"
	resolve
	refused 1 "klpsyms: error: a.c:3: 'gamma_use' is exported in the namespace 'MINI_NS', which the patch does not import: the kernel would refuse to load it
  add MODULE_INFO(import_ns, \"MINI_NS\"); to one of its files: that is what MODULE_IMPORT_NS() stands for" \
		"a namespace that is not imported"
	is "$(wc -l <<<"$err")" 2 "... once, and nothing else"
	holds "... and there is no table" test ! -e "$dir/syms"

	c_file b.c <<<'MODULE_IMPORT_NS(MINI_NS); int other; int other = 1;'
	resolve
	is "$status:$err:$(grep -c '^symbol' "$dir/syms")" "0::0" \
		"imported by another file of the patch: an ordinary relocation"
	c_file b.c <<<'MODULE_INFO(import_ns, "MINI_NS"); int other; int other = 1;'
	resolve
	is "$status:$err" "0:" "... with MODULE_INFO()"
	c_file b.c <<<'MODULE_IMPORT_NS("MINI_NS"); int other; int other = 1;'
	resolve
	refused 1 "which the patch does not import: the kernel would refuse to load it (MODULE_IMPORT_NS() of this kernel takes a name, not a string)" \
		"imported as newer kernels have it"
	c_file b.c <<<'MODULE_IMPORT_NS(MINI_NSS); MODULE_IMPORT_NS(MINI_N); int other; int other = 1;'
	resolve
	refused 1 "a.c:3: 'gamma_use' is exported in the namespace 'MINI_NS', which the patch does not import: the kernel would refuse to load it"$'\n' \
		"names that are nearly the namespace's"

	fresh
	c_file a.c <<<'int gamma_use(struct record *) __weak; int use(void); int use(void) { return gamma_use ? gamma_use(NULL) : 0; }'
	resolve
	refused 1 "a.c:3: 'gamma_use' is exported in the namespace 'MINI_NS'" \
		"a weak reference, to which resolve_symbol() makes no exception"

	fresh
	printf '0x00000007\thelper\tvmlinux\tEXPORT_SYMBOL\tMINI_NS\n' >>"$k/Module.symvers"
	c_file a.c fs/proc/alpha.c <<<'int helper(int), use(int x); int use(int x) { return helper(x); }'
	resolve
	becomes helper t "$(address helper alpha.c)" "$(place fs/proc/alpha.c 'int helper(')" \
		"a static of the tagged file is no export, whatever namespace its namesake has"
	sed -i '$d' "$k/Module.symvers"

	# A module's export, in code for a module that needs the exporting module.
	exported_as OTHER_NS
	sed -i 's/\tgadget_export\(.*\)\t$/\tgadget_export\1\tGADGET_NS/' "$k/Module.symvers"
	is "$(grep -c GADGET_NS "$k/Module.symvers")" 1 "(a module exports into a namespace)"
	fresh
	c_file a.c drivers/widget/widget.c <<<'int gadget_export(int), use(int x); int use(int x) { return gadget_export(x); }'
	resolve --object "$k/gadget.ko" --object "$k/widget.ko"
	is "$status:$(symbol gadget_export | cut -d' ' -f1,2)" "0:widget/gadget gadget_export" \
		"for code of a module a module's export needs no import: it becomes a livepatch symbol"
	fresh
	c_file a.c fs/proc/alpha.c <<<'int gadget_export(int), use(int x); int use(int x) { return gadget_export(x); }'
	resolve --object "$k/gadget.ko"
	refused 1 "a.c:3: 'gadget_export' is exported in the namespace 'GADGET_NS', which the patch does not import" \
		"... for code of vmlinux it does"
	plain_kernel
}

# make_patch: $plain, a patch to the miniature kernel as kbuild makes it, and klpsyms' table for it.
make_patch()
{
	plain=$dir/plain/klp-x.ko
	mkdir "$dir/plain"
	mini_module "$k" "$plain" "$dir/a.c" "$scratch/frame.c" || return
	run "$bin/klpsyms" --vmlinux "$k/vmlinux" --symvers "$k/Module.symvers" -o "$dir/syms" \
		--module "$plain" "$dir/plain/a.o" "$scratch/frame.o"
}

for_named_modules()
{
	exported_as module:kvm,gadget
	fresh
	c_file a.c <<<"$uses_gamma"$'\nMODULE_INFO(livepatch, "Y");'
	make_patch
	is "$status:$err" "0:" "an export for named modules only needs no import"
	becomes gamma_use T "$(address gamma_use)" - "... and becomes a livepatch symbol"
	run "$bin/klplink" --table "$dir/syms" -o "$dir/klp-x.ko" "$plain"
	is "$(LC_ALL=C readelf -sW "$dir/klp-x.ko" | awk '/gamma_use/ { print $NF }')" \
		".klp.sym.vmlinux.gamma_use,0" "... of the module, too"
	fine "... which the kernel takes, with the symbol version that modpost has made for it" "$dir/klp-x.ko"
	has "$(strings "$dir/klp-x.ko")" gamma_use "(modpost has made one)"
	check "$plain"
	refused 1 "symbol 'gamma_use' is exported only to 'module:kvm,gadget': resolve_symbol() refuses it; it needs a livepatch relocation" \
		"the module of plain kbuild"
	for list in kvm,klp_x 'klp*' 'kvm,klp_x*' '*'; do
		sed -i "s/\tmodule:.*$/\tmodule:$list/" "$k/Module.symvers"
		check "$plain"
		lacks "$err" "is exported only to" "... but not when it is one of '$list'"
	done
	for list in klp klp_x2 kvm 'klp_y*' ''; do
		sed -i "s/\tmodule:.*$/\tmodule:$list/" "$k/Module.symvers"
		check "$plain"
		refused 1 "is exported only to 'module:$list'" "... nor when it is none of '$list'"
	done
	plain_kernel
}

# Exports of a module from outside the tree are in a Module.symvers of their own.
from_outside()
{
	fresh
	c_file a.c fs/proc/alpha.c <<<'int outside_word(int), use(int x); int use(int x) { return outside_word(x); }'
	resolve
	refused 1 "a.c:3: 'outside_word' is neither in fs/proc/alpha.c nor a global symbol of this kernel" \
		"an export that nobody knows of"
	printf '0x0000abcd\toutside_word\t/home/ann/outside\tEXPORT_SYMBOL_GPL\t\n' >"$dir/extra"
	resolve --symvers "$dir/extra"
	is "$status:$err:$(grep -c '^symbol' "$dir/syms")" "0::0" "... is known by a second --symvers"
	printf '0x0000abcd\toutside_word\t/home/ann/outside\tEXPORT_SYMBOL_GPL\tOUTSIDE\n' >"$dir/extra"
	resolve --symvers "$dir/extra"
	refused 1 "a.c:3: 'outside_word' is exported in the namespace 'OUTSIDE', which the patch does not import" \
		"... with its namespace"
	printf '0x0000abcd\tgamma_use\t/home/ann/gamma\tEXPORT_SYMBOL_GPL\tOUTSIDE\n' >"$dir/extra"
	rm "$dir/a.c"
	c_file a.c <<<"$uses_gamma"
	resolve --symvers "$dir/extra"
	refused 1 "in the namespace 'OUTSIDE'" "a name that is exported twice: the later export counts, as in modpost"
	check --symvers "$dir/extra" "$good"
	fine "klpcheck takes a second one, too" --symvers "$dir/extra" "$good"
}

extended_versions()
{
	local long long_symvers
	MINI_EXTENDED=1 patch extended || return
	good=$scratch/extended.ko
	fine "a module with both kinds of symbol versions" "$good"
	suspect_none "... of which the extended ones count" poke __versions 0 00000000
	suspect_none "... even alone" rename-section __versions .versions
	broken "another version" "its version of symbol 'module_layout' is 0x00000000, the kernel's is 0x" \
		poke "$crcs" 0 00000000
	broken "another name" "no version of symbol 'module_layout' in '$crcs': check_version() refuses it" \
		poke "$names" 0 4d
	broken "fewer names than versions" "section '$names' has fewer names than '$crcs' has entries" \
		set-size "$names" 20
	broken "no names" "section '$names' has fewer names" set-size "$names" 0
	broken "half a version" "section '$crcs' has 6 bytes, which is not a multiple of 4: is it cut short?" set-size "$crcs" 6
	broken "versions without names" "it has a section '$crcs' and no '$names': elf_validity_cache_index_versions() refuses the module" \
		rename-section "$names" .names
	broken "names without versions" "it has a section '$names' and no '$crcs'" rename-section "$crcs" .crcs
	broken "neither these nor plain ones" "it has no symbol versions" \
		rename-section "$names" .names rename-section "$crcs" .crcs rename-section __versions .versions

	# A kernel that does not read extended versions.
	k=$scratch/plain
	mini_vmlinux "$k" -DPLAIN_VERSIONS && mini_gadget "$k" && mini_widget "$k"
	cp -r "$scratch/kernel/modules" "$k"
	suspect_none "an older kernel looks at the plain ones" poke "$crcs" 0 00000000
	broken "... and sees what is wrong there" "its version of symbol 'module_layout' is 0x00000000" \
		poke __versions 0 00000000
	broken "... or that there are none" "it has no symbol versions" rename-section __versions .versions
	plain_kernel

	# Names that are too long for plain ones.
	long=export_$(printf 'x%.0s' {1..60})
	mkdir "$scratch/long"
	cat >"$scratch/long/long.c" <<-END
		#include "mini.h"
		int $long(int x);
		int $long(int x) { return x; }
		EXPORT_SYMBOL_GPL($long);
	END
	mini_cc "$scratch/long/long.c" "$scratch/long/long.o" && relink "$scratch/long" "$scratch/long/long.o"
	long_symvers=$scratch/long/Module.symvers
	is "$(cut -f2 "$long_symvers" | grep -c "^$long$")" 1 "(an export of ${#long} characters)"
	k=$scratch/long
	mini_kallsyms "$k" >"$k/kallsyms"
	fresh
	c_file a.c <<<"int $long(int), use(int x); int use(int x) { return $long(x); } MODULE_INFO(livepatch, \"Y\");"
	MINI_EXTENDED=1 make_patch
	good=$plain
	fine "a name that only the extended ones have room for" "$good"
	# The entries before are those of module_layout and __fentry__.
	broken "... of another version" "its version of symbol '$long' is 0x" \
		poke "$crcs" 8 00000000
	plain_kernel
}

# suspect_none NAME ELFEDIT-ARG...: a module with this edit passes without any message.
suspect_none()
{
	local name=$1
	shift
	edit "$@" && fine "$name" "$scratch/edited.ko"
}

check_setup && make_frame || exit
namespaces
for_named_modules
from_outside
extended_versions
done_testing
