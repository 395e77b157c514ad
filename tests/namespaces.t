#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Exports of stock kernels: in namespaces, for named modules only, and of a module from outside the tree, all with symbol
# versions. Patches that use them are made, refused where something is wrong, and run in a guest.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/example.bash
. "$(dirname "$0")/example.bash"

# version_in MODULE NAME: the CRC that the module expects of a symbol, as in Module.symvers. An entry of __versions is 8
# bytes of CRC and 56 of name.
version_in()
{
	objcopy -O binary --only-section=__versions --set-section-flags __versions=alloc "$1" "$copies/versions"
	perl -e 'local $/; $_ = <STDIN>;
		for (unpack("(a64)*")) {
			my ($crc, $name) = unpack("Q Z56");
			printf "0x%08x\n", $crc if $name eq $ARGV[0];
		}' "$2" <"$copies/versions"
}

# line_of FILE PATTERN
line_of()
{
	grep -n "$2" "$1" | head -n 1 | cut -d: -f1
}

whole_run()
{
	local dir=$copies/exports target=$copies/outside/target symvers
	symvers=$(kernel_kdir "$release")/Module.symvers

	make_target "$target"
	run "$top/klpmake" -q -k "$release" "$dir"
	refused 1 "klpsyms: error: klp-borrow.c:$(line_of "$dir/klp-borrow.c" '^const char \*two_words'): 'two_words' is neither in fs/proc/version.c nor a global symbol of this kernel" \
		"$release: an export of a module that klpmake was not told of"
	run "$top/klpmake" -q -k "$release" --module "$target/outside.ko" "$dir"
	is "$status:$out:$err" "0::" "$release: klpmake makes patches that use exports, without a word"

	is "$(klp_symbols "$dir/klp-namespace.ko")" '' "$release: an export in a namespace is an ordinary import"
	is "$(modinfo_of "$dir/klp-namespace.ko" import_ns)" DMA_BUF "$release: ... whose namespace is named"
	is "$(klp_symbols "$dir/klp-borrow.ko")" '' "$release: so is one of a module from outside the tree"
	is "$(modinfo_of "$dir/klp-borrow.ko" import_ns)" OUTSIDE "$release: ... with its namespace"
	is "$(depends "$dir/klp-borrow.ko")" outside "$release: ... which has to be there"
	if configured MODVERSIONS; then
		is "$(version_in "$dir/klp-borrow.ko" two_words)" "$(awk '$2 == "two_words" { print $1 }' "$target/Module.symvers")" \
			"$release: ... in the version that it was made with"
		is "$(version_in "$dir/klp-namespace.ko" dma_buf_get)" "$(awk '$2 == "dma_buf_get" { print $1 }' "$symvers")" \
			"$release: the kernel's export is wanted in the distribution's version"
	else
		skip "$release: versions of exports" 'this kernel has none (CONFIG_MODVERSIONS)'
	fi
	if grep -qP '^[^\t]*\tanon_inode_make_secure_inode\t.*\tmodule:' "$symvers"; then
		reaches "$dir/klp-limited.ko" anon_inode_make_secure_inode
		is "$(modinfo_of "$dir/klp-limited.ko" import_ns)" '' "$release: an export for another module imports nothing"
	else
		skip "$release: an export for another module" 'this kernel has none'
	fi

	proves 'exports are reached' "$dir"/klp-*.ko "$target/outside.ko" -- --scenario "$dir/scenario"

	sed -i '/^MODULE_IMPORT_NS/d; /^#\(ifdef NAMESPACE\|else\|endif\)/d' "$dir/klp-namespace.c"
	sed -i '/^MODULE_INFO(import_ns/d' "$dir/klp-borrow.c"
	run "$top/klpmake" -q -k "$release" --module "$target/outside.ko" "$dir"
	is "$(grep -v ": warning: .*'$dir/" <<<"$err")" "klpsyms: error: klp-namespace.c:$(line_of "$dir/klp-namespace.c" 'seq_printf.*dma_buf_get'): 'dma_buf_get' is exported in the namespace 'DMA_BUF', which the patch does not import: the kernel would refuse to load it
  add MODULE_INFO(import_ns, \"DMA_BUF\"); to one of its files: that is what MODULE_IMPORT_NS() stands for
klpsyms: error: klp-borrow.c:$(line_of "$dir/klp-borrow.c" '^const char \*two_words'): 'two_words' is exported in the namespace 'OUTSIDE', which the patch does not import: the kernel would refuse to load it
  add MODULE_INFO(import_ns, \"OUTSIDE\"); to one of its files: that is what MODULE_IMPORT_NS() stands for" \
		"$release: namespaces that are not imported: klpmake says so, and modpost does not"

	configured MODVERSIONS || return 0
	# The same module with another prototype.
	sed -i 's/^const char \*two_words(void)/const char *two_words(int unused)/' "$target/two.c" "$target/outside.h"
	sed -i 's/two_words()/two_words(0)/' "$target/one.c"
	make_target "$target"
	run "$top/klpmake" check -q --module "$target/outside.ko" "$dir/klp-borrow.ko"
	refused 1 "its version of symbol 'two_words' is 0x" "$release: a patch made with another version of the module"
}

on_every_kernel tests/modules/exports tests/modules/outside
done_testing
