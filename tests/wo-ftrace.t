#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A kernel that patches without ftrace, as openEuler's with CONFIG_LIVEPATCH_WO_FTRACE: the miniature kernel with the
# members and functions of its livepatch.h. No such kernel was run.

# shellcheck source=tests/tap.bash
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# shellcheck source=tests/mini.bash
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
# shellcheck source=tests/check.bash
source "$(dirname "${BASH_SOURCE[0]}")/check.bash"

check_setup && mkdir "$scratch/plain" && cp "$mini_src/jump.c" "$scratch/plain" || exit
flags=(-DCONFIG_LIVEPATCH_WO_FTRACE)

# kernel NAME [FLAG...]: makes one more such kernel as $k, with its module gadget.
kernel()
{
	k=$scratch/$1
	mini_vmlinux "$k" "${flags[@]}" "${@:2}" && mini_gadget "$k" || exit
	check_modules=(--object "$k/gadget.ko")
}

# jump NAME [FLAG...]: makes tests/mini/jump.c for the kernel in $k as NAME.ko; status and err are those of the first step
# that fails.
jump()
{
	local mini_flags=("-I$top/src/include")
	MINI_CFLAGS="-DKLPMAKE_REGISTER_PATCH ${flags[*]} ${*:2}" \
		mini_module "$k" "$scratch/plain/$1.ko" "$scratch/plain/jump.c" || exit
	cd "$scratch/plain" || exit
	run "$bin/klpsyms" --vmlinux "$k/vmlinux" --symvers "$k/Module.symvers" "${check_modules[@]}" \
		--renames renames -o "$1.syms" --module "$1.ko" jump.o
	cd "$OLDPWD" || exit
	[[ $status != 0 ]] || run "$bin/klplink" --table "$scratch/plain/$1.syms" -o "$scratch/$1.ko" "$scratch/plain/$1.ko"
	[[ $status == 0 ]]
}

# right NAME [FLAG...]: that patch passes without any message.
right()
{
	jump right "${@:2}" && check "$scratch/right.ko"
	is "$status:$err" "0:" "passes: $1"
}

# wrong NAME MESSAGE FLAG...: that patch is refused.
wrong()
{
	! jump wrong "${@:3}" || check "$scratch/wrong.ko"
	refused 1 "$2" "$1"
}

# Functions can be patched if they have room for the jump.
kernel jump
right "a function that is not traced"
lacks "$out" "not checked" "... with nothing left out"
objcopy -N clear_relocate_add "$k/vmlinux" "$scratch/vmlinux"
run "$bin/klpcheck" --vmlinux "$scratch/vmlinux" "${check_modules[@]}" "$scratch/right.ko"
is "$status:$err" "0:" "... and a module that cannot go need not come again"
run "$bin/kallsympos" --vmlinux "$k/vmlinux" alpha_notrace
is "$(awk '{ print $NF }' <<<"$out"):$err" "patchable:" "kallsympos calls it patchable"
wrong "a variable" "'gamma_private' cannot be patched: not a function" -DOLD_NAME='"gamma_private"'
wrong "a function of init memory" "'alpha_init' is in init memory, which the kernel frees after boot" -DOLD_NAME='"alpha_init"'

# symbol_size NAME, room NAME: its size, and the distance to the next symbol.
symbol_size()
{
	echo $((16#$(mini_nm -S "$k/vmlinux" | awk -v n="$1" '$4 == n { print $2 }')))
}
room()
{
	mini_nm -n "$k/vmlinux" | awk -v n="$1" '
		found && $1 != found { print "0x" found, "0x" $1; exit }
		$3 == n { found = $1 }' |
		while read -r from to; do echo $((to - from)); done
}
size=$(symbol_size alpha_notrace) room=$(room alpha_notrace)
holds "alpha_notrace() has $size bytes, and room for $room" test "$size" -lt "$room"
# A jump of as many bytes as there is room, and one more, in each way in which kernels have declared the size.
kernel room -DKEPT="unsigned char old_code[$room]"
right "a jump into the padding behind a function"
at=$((0x$(mini_nm "$k/vmlinux" | awk '$3 == "alpha_notrace" { print $1 }') + size - 0xffffffff81000000))
objcopy --add-symbol ".Lbehind=.text:$at,local" "$k/vmlinux"
right "... a label there is none of kallsyms'"
objcopy --add-symbol "behind=.text:$at,local" "$k/vmlinux"
wrong "... another symbol is" "shorter than the $room bytes"
kernel long -DKEPT="unsigned char old_code[$((room + 1))]"
wrong "a jump that is one byte longer" "function 'alpha_notrace' cannot be patched: shorter than the $((room + 1)) bytes that this kernel overwrites with a jump; klp_init_object_loaded() refuses it
  patch its callers instead"
run "$bin/kallsympos" --vmlinux "$k/vmlinux" alpha_notrace
has "$out" "not patchable: shorter than the $((room + 1)) bytes" "kallsympos says the same"
run "$bin/kallsympos" --json --vmlinux "$k/vmlinux" alpha_notrace
has "$out" '"traceable": false' "... and in JSON"
kernel words -DKEPT='u32 old_insns[6]' --no-aranges
wrong "a jump of six words" "shorter than the 24 bytes"
kernel dwarf4 -DKEPT='u32 old_insns[2][3]' -gdwarf-4
wrong "... in DWARF 4" "shorter than the 24 bytes"
kernel unknown -DKEPT='u32 other'
right "a kernel that does not tell how long the jump is"
has "$out" "not checked  whether 1 function can be replaced: '$k/vmlinux' does not tell how much a jump overwrites" \
	"... is said to be so"
run "$bin/kallsympos" --vmlinux "$k/vmlinux" alpha_notrace
has "$err" "does not tell how much a jump overwrites: what is patchable was not looked up" "... by kallsympos"

# The last function of a module's section: what follows it in memory is unknown.
text=$(readelf -SW "$k/gadget.ko" | sed -nE 's/^ *\[ *([0-9]+)\] \.text .*/\1/p')
read -r size name < <(LC_ALL=C readelf -sW "$k/gadget.ko" | sort -k2,2 |
	awk -v text="$text" '$7 == text && $4 == "FUNC" { last = $3 " " $8 } END { print last }')
kernel tail -DKEPT="u8 old_insns[$((size + 1))]"
wrong "the last function of a module" "'$name' cannot be patched: shorter than the $((size + 1)) bytes" '-DOLD_NAME="alpha_show"' "-DGADGET_NAME=\"$name\""
kernel tail-fits -DKEPT="u8 old_insns[$size]"
right "... that is just long enough" '-DOLD_NAME="alpha_show"' "-DGADGET_NAME=\"$name\""

# How a patch is started and stopped.
k=$scratch/jump check_modules=(--object "$k/gadget.ko")
wrong "another kernel's way to start a patch" "'klp_enable_patch' is neither in fs/proc/alpha.c nor a global symbol of this kernel
  this kernel takes a livepatch with klp_register_patch(): KLP_START() and KLP_STOP() of <klpmake.h> are for either" \
	-DSTART='klp_enable_patch(&patch)' -Wno-implicit-function-declaration
wrong "a patch that is registered for ever" "it calls klp_register_patch(), but not klp_unregister_patch(): once it is removed, the kernel's list of patches leads to freed memory
  call KLP_STOP() of <klpmake.h> in its exit function" -DSTOP=
wrong "a patch that nobody starts" "never calls klp_enable_patch(): it is not a livepatch module" -DSTART=0

# What the livepatch core does not do, or does at another time.
right "hooks on loading only" -DUNLOAD_HOOKS={}
wrong "hooks without an end" \
	"the struct klp_hook array 'load' in section '.data' does not end with an empty entry" '-DLOAD_HOOKS={.hook=loading}'
wrong "... at unloading" \
	"the struct klp_hook array 'unload' in section '.data' does not end with an empty entry" '-DUNLOAD_HOOKS={.hook=unloading}'
wrong "hooks that end too early" \
	"'unload' ends with entry [1], which has no hook: klp_unload_hook() stops there" \
	'-DUNLOAD_HOOKS={.hook=unloading},{},{.hook=unloading},{}'
wrong "... at loading" "'load' ends with entry [0], which has no hook: klp_load_hook() stops there" \
	'-DLOAD_HOOKS={},{.hook=loading},{}'
wrong "hooks that are freed" "hooks_unload 'unload' of object vmlinux lies in '.init.data', which do_init_module() frees" \
	-DUNLOAD_DATA=__initdata
wrong "callbacks" "object 'vmlinux' has callbacks, which a kernel that patches without ftrace never calls
  use .hooks_load and .hooks_unload, which run when the patch is loaded and when it is removed, and cannot refuse" \
	'-DOBJECT_MEMBERS=.callbacks={.pre_patch=before}'
wrong "... of any kind" "object 'vmlinux' has callbacks" '-DOBJECT_MEMBERS=.callbacks={.post_unpatch=after}'
wrong "an atomic replacement" "'patch' replaces all patches of before (.replace), which a kernel that patches without ftrace does not do" \
	-DMEMBERS=.replace=true
jump states -DMEMBERS=.states=states && check "$scratch/states.ko"
warned "'patch' has states, which a kernel that patches without ftrace does not look at" "states"

# The kernel tells which of the two ways it has.
right "to be edited" && good=$scratch/right.ko
broken "a patch that an earlier kernel would start" "it does not call klp_register_patch(): loading it would patch nothing" \
	rename-symbol klp_register_patch klp_enable_patch
stock=$scratch/kernel
MINI_CFLAGS='' mini_module "$stock" "$scratch/stock.ko" "$mini_src/foreign.c" || exit
k=$stock check_modules=(--modules "$stock/modules") good=$scratch/stock.ko
broken "a patch that openEuler's would start" "it does not call klp_enable_patch(): loading it would patch nothing" \
	rename-symbol klp_enable_patch klp_register_patch
# The first such kernels of openEuler.
flags+=(-Dklp_register_patch=klp_enable_patch -UKLPMAKE_REGISTER_PATCH)
kernel first
right "a kernel without ftrace that has klp_enable_patch()"

# shellcheck source=scripts/lib/common.bash
source "$top/scripts/lib/common.bash"
# shellcheck source=scripts/lib/kbuild.bash
source "$top/scripts/lib/kbuild.bash"
# told DIRECTORY: the message names the macro to use.
told()
{
	kbuild_starter "$1"
	printf '%s\n' "$REPLY"
}

is "$(told "$scratch/jump")" "-DKLPMAKE_REGISTER_PATCH" "<klpmake.h> is told of klp_register_patch()"
is "$(told "$stock"):$(told "$scratch/first"):$(told "$scratch/none")" "::" \
	"... and of no other kernel's"
mkdir "$scratch/both" && cat "$stock/Module.symvers" "$scratch/jump/Module.symvers" >"$scratch/both/Module.symvers"
is "$(told "$scratch/both")" "" "... nor of one that has both"

# compiles DIRECTORY: compiles that example with the headers of a stock kernel but another livepatch.h.
compiles()
{
	local dir=$scratch/examples/$1 name=$1 ko
	cp -r "$top/example/$1" "$scratch/examples"
	if make -s -C "$kdir" "M=$dir" KBUILD_MODPOST_WARN=1 CONFIG_DEBUG_INFO_BTF_MODULES= \
		KCFLAGS="-include $top/tests/wo-ftrace/livepatch.h -DKLPMAKE_REGISTER_PATCH -I$top/src/include -Wno-error" \
		modules >"$dir/log" 2>&1; then
		pass "example $name compiles"
	else
		fail "example $name compiles"
		diag "$(<"$dir/log")"
		return
	fi
	for ko in "$dir"/*.ko; do
		is "$(mini_nm -u "$ko" | awk '/klp_/ { print $2 }' | LC_ALL=C sort | paste -sd ' ')" \
			"klp_register_patch klp_unregister_patch" "... ${ko##*/} is registered and unregistered"
	done
}

# driver: with headers of such a kernel, klpmake uses the other functions, which the stock vmlinux does not have.
driver()
{
	cp -rs "$kdir/" "$scratch/headers"
	rm "$scratch/headers/Module.symvers"
	sed 's/\tklp_enable_patch\t/\tklp_register_patch\t/' "$kdir/Module.symvers" >"$scratch/headers/Module.symvers"
	rm -r "$scratch/examples/cmdline" && cp -r "$top/example/cmdline" "$scratch/examples"
	KCFLAGS="-include $top/tests/wo-ftrace/livepatch.h" run "$top/klpmake" -q -k "$release" \
		--kdir "$scratch/headers" "$scratch/examples/cmdline"
	refused 1 "'klp_unregister_patch' is neither in fs/proc/cmdline.c nor a global symbol of this kernel
  this kernel takes a livepatch with klp_enable_patch(): KLP_START() and KLP_STOP() of <klpmake.h> are for either" \
		"klpmake tells <klpmake.h> what the headers say"
}

# shellcheck source=scripts/lib/kernel.bash
source "$top/scripts/lib/kernel.bash"
release=$("$top/scripts/fetch-kernel" --list | sort -V | head -n 1)
if [[ $scratch$top == *[[:space:]]* ]]; then
	skip 'examples with such a livepatch.h' 'kbuild works in no path with a blank, as TMPDIR or the checkout has one'
elif kdir=$(kernel_kdir "${release:-none}"); then
	mkdir "$scratch/examples"
	for example in cmdline meminfo uname netlink duplicate vlan cve-2025-21637; do
		compiles "$example"
	done
	driver
else
	skip "examples compile" "no stock kernel here: scripts/fetch-kernel gets one"
fi

done_testing
