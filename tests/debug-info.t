#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Debug information that is not as a kernel's usually is: with more in it (-g3, type units), with less
# (-g1, skeletons, what dwz has taken to another file, structures without members), compressed, in very
# many sections, or in sections that overlap. What cannot be told is refused with the one true reason.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"
source "$(dirname "${BASH_SOURCE[0]}")/check.bash"

alpha=fs/proc/alpha.c

# uses_state: makes a patch of one file that uses alpha.c's state.
uses_state()
{
	fresh
	c_file a.c "$alpha" <<-'END'
		extern int state;
		int use(struct record *r);
		int use(struct record *r) { return state + r->id; }
	END
}

# of_alpha TEST_NAME: the symbol is alpha.c's.
of_alpha()
{
	becomes state d "$(address state alpha.c)" "$(place $alpha 'static int state')" "$1"
}

# twins FLAG...: makes another kernel. Its fs/twin.c, compiled with these flags, has a static 'twin', and kernel/twin.c a
# global one.
twins()
{
	local small=$scratch/kernel flag flags=()
	for flag; do flags+=("$flag"); done
	k=$small
	rm -rf "$scratch/twins"
	mkdir -p "$scratch/twins/fs" "$scratch/twins/kernel"
	cat >"$scratch/twins/fs/twin.c" <<-'END'
		static int twin = 3;
		int fs_other, fs_twin(void);
		int fs_twin(void) { return twin++ + fs_other; }
	END
	cat >"$scratch/twins/kernel/twin.c" <<-'END'
		int twin = 4;
		int kernel_twin(void);
		int kernel_twin(void) { return twin++; }
	END
	(
		cd "$scratch/twins" &&
			mini_cc fs/twin.c fs.o "${flags[@]}" && mini_cc kernel/twin.c kernel.o &&
			relink . fs.o kernel.o
	) || return
	cp "$small/Module.symvers" "$scratch/twins"
	k=$scratch/twins
}

# twin_refused MESSAGE TEST_NAME: a patch with the tag fs/twin.c is refused, and does not get kernel/twin.c's.
twin_refused()
{
	fresh
	c_file a.c fs/twin.c <<<'extern int twin; int use(void); int use(void) { return twin; }'
	resolve --release "$mini_release"
	refused 1 "$1" "$2"
}

whose_twin()
{
	local end='which names are its own cannot be told'
	twins
	fresh
	c_file a.c fs/twin.c <<<'extern int twin; int use(void); int use(void) { return twin; }'
	resolve --release "$mini_release"
	becomes twin d "$(address twin twin.c)" fs/twin.c:1 'a static of the tagged file, not the global of its name'
	twins -g1
	twin_refused "a.c:1: the debug information of fs/twin.c has no types and no variables in '$k/vmlinux' (-g1): $end
  use one that is compiled with -g" "a unit without variables (-g1)"
	run "$bin/kallsympos" --vmlinux "$k/vmlinux" twin fs/twin.c
	refused 1 "the debug information of fs/twin.c has no types and no variables" "... kallsympos says so"
	for version in 4 5; do
		twins -gsplit-dwarf "-gdwarf-$version"
		twin_refused "a.c:1: the debug information of fs/twin.c is in 'fs.dwo', not in '$k/vmlinux' (-gsplit-dwarf): $end
  use one that is compiled without -gsplit-dwarf (a kernel: with CONFIG_DEBUG_INFO_SPLIT off)" "a unit that is only a skeleton, DWARF $version"
	done
	twins -g0
	twin_refused "a.c:1: 'fs/twin.c' is not a source file of this vmlinux" "no unit at all"
	# Assembler in a C file: the compiler attributes the name to this file, and debug information does not have it.
	twins
	printf '%s\n' 'asm(".data\ntwin: .long 1\n.text"); int fs_use(void); int fs_use(void) { return 0; }' >"$k/fs/twin.c"
	(cd "$k" && mini_cc fs/twin.c fs.o)
	k=$scratch/kernel
	(cd "$scratch/twins" && relink . fs.o kernel.o && cp "$k/Module.symvers" .)
	k=$scratch/twins
	twin_refused "a.c:3: 'twin' is a symbol of fs/twin.c of which its debug information knows nothing" \
		"a local symbol under the name of the tagged file, though another file has the name, too"
	k=$scratch/kernel
}

alternate_file()
{
	if ! type dwz >/dev/null 2>&1; then
		pass 'an alternate file # SKIP no dwz'
		return
	fi
	twins
	cp "$k/vmlinux" "$k/copy"
	dwz -m "$k/common.debug" "$k/vmlinux" "$k/copy"
	twin_refused "'$k/vmlinux': part of its debug information is in another file, '$k/common.debug', which klpmake does not read: use a debug file that dwz -m has not changed" \
		"debug information in an alternate file (dwz -m)"
	run "$bin/kallsympos" --vmlinux "$k/vmlinux" twin
	refused 1 "which klpmake does not read" "... and to kallsympos"
	k=$scratch/kernel
}

compressed()
{
	twins
	objcopy --compress-debug-sections=zstd "$k/vmlinux" 2>/dev/null
	# What can be read is used; for the rest, the message says what is missing.
	fresh
	c_file a.c fs/twin.c <<<'extern int twin; int use(void); int use(void) { return twin; }'
	resolve --release "$mini_release"
	if [[ $status == 0 ]]; then
		becomes twin d "$(address twin twin.c)" fs/twin.c:1 'debug sections that are compressed with zstd'
	else
		refused 1 "is compressed (zstd), and this machine's libelf cannot decompress it: make a copy with 'objcopy --decompress-debug-sections', and use that" \
			"debug sections that are compressed with zstd"
	fi
	k=$scratch/kernel
}

# Object files of the patch that were compiled with each of these flags mean the same symbols.
more_in_a_patch()
{
	local flags
	for flags in -g3 -fdebug-types-section '-fdebug-types-section -gdwarf-4' -g1 -gsplit-dwarf; do
		uses_state
		# shellcheck disable=SC2086
		mini_cc "$dir/a.c" "$dir/a.o" -w $flags
		resolve --release "$mini_release"
		of_alpha "a patch that is compiled with $flags"
	done
	uses_state
	{
		printf '.section .note.GNU-stack,"",@progbits\n'
		printf '.altmacro\n.macro one n\n.section .many.\\n,"a"\n.byte 1\n.endm\n.set i, 0\n'
		printf '.rept 66000\none %%i\n.set i, i + 1\n.endr\n'
	} >"$dir/many.S"
	resolve --release "$mini_release"
	of_alpha "a patch of 66,000 sections"
}

# The whole kernel compiled with each of these flags, when the patch's own debug information has no layout.
more_in_the_kernel()
{
	local flags small=$k
	cp "$scratch/frame.o" "$scratch/frame.whole"
	mini_cc "$scratch/frame.c" "$scratch/frame.o" -g0
	for flags in -g3 -fdebug-types-section; do
		k=$scratch/more
		rm -rf "$k"
		mini_vmlinux "$k" "$flags"
		uses_state
		mini_cc "$dir/a.c" "$dir/a.o" -g0
		resolve --release "$mini_release"
		of_alpha "a kernel that is compiled with $flags"
	done
	layout_refused 'the debug information of kernel/livepatch/core.c is reduced (CONFIG_DEBUG_INFO_REDUCED): it has no members of structures' \
		-femit-struct-debug-baseonly
	layout_refused 'the debug information of kernel/livepatch/core.c has its types in a section of their own (-fdebug-types-section with DWARF 4), which klpmake does not read' \
		-fdebug-types-section -gdwarf-4
	layout_refused 'the debug information of kernel/livepatch/core.c has no types and no variables' -g1
	cp "$scratch/frame.whole" "$scratch/frame.o"
	k=$small
}

# layout_refused MESSAGE FLAG...: a kernel from which the layout of struct klp_patch cannot be read is refused.
layout_refused()
{
	local message=$1
	shift
	k=$scratch/more
	rm -rf "$k"
	mini_vmlinux "$k" "$@"
	uses_state
	mini_cc "$dir/a.c" "$dir/a.o" -g0
	resolve --release "$mini_release"
	refused 1 "$message" "a kernel that is compiled with $*"
	lacks "$err" CONFIG_LIVEPATCH "... its configuration of livepatch is not to blame"
}

# Missing types are not reported as wrong.
types_not_there()
{
	local flags
	for flags in -g1 -gsplit-dwarf -femit-struct-debug-baseonly -fdebug-types-section -g3; do
		# shellcheck disable=SC2086
		patch less $flags || return
		fine "klpcheck: a patch that is compiled with $flags" "$scratch/less.ko"
		[[ $flags == -g3 ]] || has "$out" "not checked" "... says that not all was looked at"
	done
}

# kernel_with_less FLAG TEST_NAME: klpcheck, when the file with the old function has less debug information.
kernel_with_less()
{
	local whole=$k
	k=$scratch/less
	cp -r "$whole" "$k"
	(
		cd "$mini_src" && mini_cc fs/proc/alpha.c "$k/obj/fs/proc/alpha.o" "$1" &&
			relink "$k" && mini_kallsyms "$k" >"$k/kallsyms"
	) || return
	patch less || return
	fine "klpcheck: a kernel file that is compiled with $1" "$scratch/less.ko"
	has "$out" "not checked" "... says that not all was looked at"
	rm -rf "$k"
	k=$whole
}

# Sections that overlap another one, by elfedit's set-offset.
overlapping()
{
	local -A at=([.symtab]=.debug_info [.debug_str]=.strtab [.text]=.rela.text)
	local section
	uses_state
	resolve --release "$mini_release"
	for section in "${!at[@]}"; do
		broken "klpcheck: section '$section' lies where '${at[$section]}' does" 'overlap' set-offset "$section" "${at[$section]}"
	done
	mv "$dir/a.o" "$dir/whole.o"
	"$scratch/elfedit" "$dir/whole.o" "$dir/a.o" set-offset .debug_info .symtab
	run_klpsyms
	refused 1 "'a.o': damaged: '.debug_info' and '.symtab' overlap" 'klpsyms: debug information that lies where the symbols do'
	"$scratch/elfedit" "$dir/whole.o" "$dir/a.o" set-offset .debug_info '#0'
	run_klpsyms
	refused 1 "'a.o': damaged: the ELF header and '.debug_info' overlap" 'klpsyms: ... where the ELF header does'
	cp "$k/gadget.ko" "$scratch/gadget.ko"
	"$scratch/elfedit" "$scratch/gadget.ko" "$scratch/broken.ko" set-offset .debug_info .symtab
	run "$bin/kallsympos" --vmlinux "$k/vmlinux" --object "$scratch/broken.ko" gadget_show drivers/gadget/gadget.c
	refused 1 "overlap" 'kallsympos: a module whose debug information lies where its symbols do'
}

mini_vmlinux "$k" && make_frame || exit 1
whose_twin
alternate_file
compressed
more_in_a_patch
more_in_the_kernel
check_setup || exit 1
types_not_there
kernel_with_less -g1
kernel_with_less -gsplit-dwarf
has "$out" "not checked  inlined: 'alpha_show': its debug information is in '$scratch/less/obj/fs/proc/alpha.dwo', not in '$scratch/less/vmlinux' \
(-gsplit-dwarf): " '... why, of a unit that is only a skeleton'
kernel_with_less -femit-struct-debug-baseonly
overlapping
done_testing
