#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every architecture for which there is a cross compiler, without its kernel: the miniature kernel and its modules are
# compiled for it, and patches of these go through all three programs. arch-*.t run in guests; this test takes their
# place where a guest would show nothing new (scripts/dev/arch-proof).

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/mini.bash
. "$(dirname "$0")/mini.bash"
# shellcheck source=tests/klpsyms.bash
. "$(dirname "$0")/klpsyms.bash"
# shellcheck source=tests/check.bash
. "$(dirname "$0")/check.bash"
# shellcheck source=tests/attempt.bash
. "$(dirname "$0")/attempt.bash"

# The livepatch relocations of tests/mini/patch.c: which ones klplink moves unchanged, and which get a slot, a stub or a
# veneer. Each once, without '.klp.rela.' and '.klp.sym.'.
declare -A moved=(
	[riscv64]='gadget..data..klp_slots R_RISCV_64 gadget.gadget_private,0
gadget..data..klp_slots R_RISCV_64 gadget.gadget_step,1
vmlinux..data..klp_slots R_RISCV_64 vmlinux.gamma_private,0
vmlinux..data..klp_slots R_RISCV_64 vmlinux.state,3
vmlinux..data.rel.ro R_RISCV_64 vmlinux.gamma_private,0
vmlinux..data.rel.ro R_RISCV_64 vmlinux.state,3
vmlinux..text R_RISCV_CALL_PLT vmlinux.helper,2
vmlinux.__jump_table R_RISCV_32_PCREL vmlinux.gamma_private,0'
	[arm64]='gadget..data..klp_slots R_AARCH64_ABS64 gadget.gadget_private,0
gadget..data..klp_slots R_AARCH64_ABS64 gadget.gadget_step,1
vmlinux..rodata R_AARCH64_ABS64 vmlinux.gamma_private,0
vmlinux..rodata R_AARCH64_ABS64 vmlinux.state,3
vmlinux..text R_AARCH64_ADR_PREL_PG_HI21 vmlinux.gamma_private,0
vmlinux..text R_AARCH64_ADR_PREL_PG_HI21 vmlinux.state,3
vmlinux..text R_AARCH64_CALL26 vmlinux.helper,2
vmlinux..text R_AARCH64_LDST32_ABS_LO12_NC vmlinux.gamma_private,0
vmlinux..text R_AARCH64_LDST32_ABS_LO12_NC vmlinux.state,3
vmlinux.__jump_table R_AARCH64_PREL64 vmlinux.gamma_private,0'
	[ppc64le]='gadget..data..klp_slots R_PPC64_ADDR64 gadget.gadget_step,1
gadget..toc R_PPC64_ADDR64 gadget.gadget_private,0
vmlinux..data.rel.ro R_PPC64_ADDR64 vmlinux.gamma_private,0
vmlinux..data.rel.ro R_PPC64_ADDR64 vmlinux.state,3
vmlinux..text R_PPC64_REL24 vmlinux.helper,2
vmlinux..toc R_PPC64_ADDR64 vmlinux.gamma_private,0
vmlinux..toc R_PPC64_ADDR64 vmlinux.state,3
vmlinux.__jump_table R_PPC64_REL64 vmlinux.gamma_private,0'
	[s390x]='gadget..data..klp_slots R_390_64 gadget.gadget_private,0
gadget..text R_390_PC32DBL gadget.gadget_step,1
vmlinux..data..klp_slots R_390_64 vmlinux.gamma_private,0
vmlinux..data..klp_slots R_390_64 vmlinux.state,3
vmlinux..data.rel.ro R_390_64 vmlinux.gamma_private,0
vmlinux..data.rel.ro R_390_64 vmlinux.state,3
vmlinux..text R_390_PLT32DBL vmlinux.helper,2
vmlinux.__jump_table R_390_PC64 vmlinux.gamma_private,0'
)

# relocations MODULE: its livepatch relocations, as above.
relocations()
{
	LC_ALL=C readelf --wide --relocs "$1" | awk '
		/^Relocation section/ { gsub("\047", "", $3); name = $3; next }
		/^[0-9a-f]/ && name ~ /^\.klp\.rela\./ { print substr(name, 11), $3, substr($5, 10) }' | LC_ALL=C sort -u
}

# resolves: klpsyms finds the static symbols of the tagged file, and not others of their names.
resolves()
{
	fresh
	c_file a.c fs/proc/alpha.c <<-'END'
		extern int state, gamma_private;
		int helper(int), use(int x);
		int use(int x)
		{
			state = helper(x) + gamma_private;
			return shared_total;
		}
	END
	# shellcheck disable=SC2119
	resolve
	exits 0 "$machine: the names of a patch are resolved"
	becomes helper t "$(address helper alpha.c)" "$(place fs/proc/alpha.c 'int helper(')" "$machine: ... a static function"
	becomes state d "$(address state alpha.c)" "$(place fs/proc/alpha.c 'int state =')" "$machine: ... static data"
	becomes gamma_private B "$(address gamma_private)" - "$machine: ... global data of another file"
}

# links: klplink makes a module that klpcheck accepts; a relocation that modules cannot have is refused.
links()
{
	if ! patch good; then
		fail "$machine: klplink makes a module"
		return
	fi
	is "$(relocations "$good")" "${moved[$machine]}" "$machine: its livepatch relocations"
	fine "$machine: nothing to be said against it" -q "$good"
	broken "$machine: ... but for a relocation of programs" 'relocation type 199' \
		set-reloc-type .klp.rela.vmlinux..text 0 199
}

# branches: on s390x the kernel finds branches by the compiler's lists, and replaces them.
branches()
{
	local list=.rela.s390_return_reg
	[[ $machine == s390x ]] || return
	if ! patch good -mindirect-branch=thunk -mfunction-return=thunk -mindirect-branch-table; then
		fail "$machine: a module with lists of branches"
		return
	fi
	fine "$machine: a module with lists of branches" -q "$good"
	[[ $(LC_ALL=C readelf -SW "$good") == *" $list "* ]] || list=.rela.s390_return_mem
	broken "$machine: ... one of which leads to another instruction" \
		"there is no instruction of the kind that it lists: nospec_revert() does not look" \
		set-reloc-addend $list 0 6
	broken "$machine: ... into the middle of one" "where instructions are aligned" set-reloc-addend $list 0 1
}

# attempted MESSAGE NAME [OLD=NEW...]: a patch of $kernel that attempt.bash makes is refused with that message.
attempted()
{
	local message=$1 name=$2
	shift 2
	attempt "$@"
	[[ $status != 0 ]] || run "$bin/klpcheck" --vmlinux "$kernel/vmlinux" --symvers "$kernel/Module.symvers" "$dir/out/klp-x.ko"
	refused 1 "$message" "$machine: $name"
}

# calls: calls and loops are found in the kernel's code.
calls()
{
	local name objects=()
	kernel=$scratch/calls
	for name in copies helpers threads; do
		(cd "$mini_src" && mini_cc "doubt/$name.c" "$kernel/doubt/$name.o" -fipa-cp-clone --param ipa-cp-eval-threshold=1) || return
		objects+=("$kernel/doubt/$name.o")
	done
	relink "$kernel" "${objects[@]}" || return
	# Position-independent code is not cloned: another object might have a function of that name.
	[[ $machine == s390x ]] || TAG=doubt/copies.c attempted "has a clone 'cloned.constprop.0', which the patch does not replace: the old code runs on in it
  cloned_caller calls it
  cloned_other calls it
  replace its callers too" 'a clone with two callers' cloned=new_cloned <<-'END'
		static int new_cloned(int x, int factor) { return x - factor; }
	END
	TAG=doubt/helpers.c attempted "called_second calls it at $(place doubt/helpers.c 'called_helper(x) - 1')
  replace 'called_helper', or these too" 'a changed copy of what others call' called_first=livepatch_called_first <<-'END'
		static noinline int called_helper(int x) { return (int)sink(x); }
		static int livepatch_called_first(int x) { return called_helper(x) + 2; }
	END
	TAG=doubt/helpers.c attempted "'helper_table' has its address" '... of what a table leads to' table_user=livepatch_table_user <<-'END'
		static noinline int table_helper(int x) { return (int)sink(x) + 1; }
		static int livepatch_table_user(int x) { return table_helper(x) + 2; }
	END
	TAG=doubt/threads.c attempted "'thread_for_ever' ($(place doubt/threads.c 'int thread_for_ever(')) is the main loop of a kernel thread, which \
schedule_threads() starts" 'a thread whose code has no way out' thread_for_ever=new_thread <<-'END'
		static int new_thread(void *data) { return sink((long)data) > 2; }
	END
	TAG=doubt/threads.c attempted "'thread_in_turns' ($(place doubt/threads.c 'int thread_in_turns(')) is the main loop of a kernel thread, which \
schedule_threads() starts" 'a thread that works and waits by turns' thread_in_turns=new_thread <<-'END'
		static int new_thread(void *data) { return sink((long)data) > 2; }
	END
}

for machine in riscv64 arm64 ppc64le s390x; do
	mini_machine "$machine"
	if ! type "${mini_cross}gcc" >/dev/null 2>&1; then
		skip "$machine" "no compiler for it: scripts/setup foreign installs it"
		continue
	fi
	rm -rf "$k"
	if check_setup && make_frame; then
		resolves
		links
		branches
		calls || fail "$machine: a kernel with more files is made"
	else
		fail "$machine: the miniature kernel is made"
	fi
done
done_testing
