#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A kernel with clang's link-time optimisation: its global symbols become local when lld links it, some statics get
# other names, functions of one file are inlined into others, and some are not called as their source says.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/mini.bash
. "$(dirname "$0")/mini.bash"
# shellcheck source=tests/klpsyms.bash
. "$(dirname "$0")/klpsyms.bash"

lto_cflags=(-std=gnu11 -O2 -g -ffreestanding -fno-pic -mcmodel=kernel -fcf-protection=branch -fvisibility=hidden
	-flto=thin -fsplit-lto-unit)

# lto_tools: sets clang and lld to a pair of one release.
lto_tools()
{
	local suffix
	for suffix in -19 ''; do
		clang=clang$suffix lld=ld.lld$suffix
		! type "$clang" "$lld" >/dev/null 2>&1 || return 0
	done
	return 1
}

# lto_kernel: $k becomes a kernel of the miniature's files and two more.
lto_kernel()
{
	local objects=() name
	mkdir "$scratch/lto" "$scratch/lto/fs"
	cat >"$scratch/lto/fs/near.c" <<-'END'
		int near_count(int x), near_twice(int x), near_odd(int x), near_once(int x);
		static int total;
		static __attribute__((noinline)) int promoted(int x) { total += x; asm volatile("nop"); return x + total; }
		static __attribute__((noinline)) int kept(int x) { asm volatile("nop"); total -= x; return total; }
		static __attribute__((noinline)) int changed(int unused, int x) { asm volatile("nop"); return x; }
		static int inlined(int x) { asm volatile("nop" : "+r" (x)); return x; }
		static int both(int x) { asm volatile("nop;nop;nop" : "+r" (x)); return x; }
		int (*near_pointer)(int) = both;
		int near_once(int x) { return both(x); }
		int near_twice(int x) { return promoted(x) + inlined(x); }
		int near_count(int x) { return kept(x) + promoted(x) + near_odd(changed(7, x)); }
		int near_odd(int x) { for (int i = 0; i < x; i++) total += inlined(i) * x; return total; }
	END
	cat >"$scratch/lto/fs/far.c" <<-'END'
		int near_count(int x), near_twice(int x), near_once(int x), far_count(int x);
		static __attribute__((noinline)) int kept(int x) { asm volatile("nop;nop"); return x; }
		int far_count(int x) { return near_twice(x) + near_count(x) + kept(x) + near_once(x); }
	END
	(
		cd "$scratch/lto" || exit
		for name in near far; do
			"$clang" "${lto_cflags[@]}" -w -c "fs/$name.c" -o "fs/$name.o" || exit
		done
		printf 'SECTIONS { .text : { *(.text .text.*) } .data : { *(.data .data.*) } .bss : { *(.bss .bss.*) } }\n' >both.lds
		"$lld" -r -T both.lds -mllvm -import-instr-limit=5 -o both.o fs/near.o fs/far.o || exit
		mapfile -t objects < <(find "$k/obj" -name '*.o' | LC_ALL=C sort)
		"$lld" -nostdlib -static --build-id -z max-page-size=4096 -T "$k/obj/vmlinux.lds" \
			-o vmlinux "${objects[@]}" both.o || exit
		# Nothing lists the traced functions of these two files, as objtool would.
		objcopy -N __start_mcount_loc -N __stop_mcount_loc vmlinux || exit
	) || return
	cp "$k/Module.symvers" "$scratch/lto"
	k=$scratch/lto
	mini_system_map "$k/vmlinux" >"$k/System.map"
}

# lto_address NAME: of a symbol whose name begins so.
lto_address()
{
	awk -v name="$1" 'index($3, name) == 1 { print $1; exit }' "$k/System.map"
}

# lto_name: the other name of promoted().
lto_name()
{
	awk '$3 ~ /^promoted\.llvm\./ { print $3 }' "$k/System.map"
}

# says_nocall NAME: does debug information say that a function is called in another way? If not, test NAME is skipped.
says_nocall()
{
	[[ $(LC_ALL=C readelf --debug-dump=info "$k/vmlinux") != *'(nocall)'* ]] || return 0
	skip "$1" "$clang does not say so in debug information"
	return 1
}

near=fs/near.c

resolves()
{
	fresh
	c_file a.c $near <<'END'
extern int total;
int both(int x), kept(int x), promoted(int x), near_twice(int x), use(int x);
int use(int x) { return both(x) + kept(x) + promoted(x) + near_twice(x) + total; }
END
	resolve
	is "$status:$err" 0: 'a patch to a file of such a kernel'
	is "$(symbol promoted)" "vmlinux $(lto_name) 0 $(lto_address promoted.llvm.) t $near:3" 'a static that has another name'
	is "$(symbol near_twice | cut -d' ' -f1-4)" "vmlinux near_twice 0 $(lto_address near_twice)" \
		'a global function that the linker has made local'
	is "$(symbol both)" "vmlinux both 0 $(lto_address both) t $near:7" 'a static that was also inlined into another file'
	is "$(symbol total | cut -d' ' -f1,2)" 'vmlinux total' 'a variable'
	is "$(symbol kept)" "vmlinux kept 1 $(lto_address kept) t $near:4" 'a static of a name that two files have'
}

refuses()
{
	fresh
	c_file a.c $near <<'END'
int changed(int unused, int x), use(int x);
int use(int x) { return changed(1, x); }
END
	resolve
	if says_nocall 'a function that is called in another way'; then
		refused 1 "a.c:3: 'changed' does not take its arguments, or return its value, as its source says: the compiler has changed how it is called, and only its callers know: use a copy of it, and replace its callers; it is defined at $near:5" \
			'a function that is called in another way'
	fi
	fresh
	c_file a.c $near <<'END'
int inlined(int x), use(int x);
int use(int x) { return inlined(x); }
END
	resolve
	refused 1 "a.c:3: 'inlined' is inlined everywhere in $near and has no code of its own: copy the function from $near:6" \
		'a function without code of its own'
}

asks()
{
	run "$bin/kallsympos" --json --vmlinux "$k/vmlinux" promoted
	exits 0 'kallsympos finds a static that has another name'
	has "$out" "its name here is $(lto_name)" '... and tells that'
}

# To replace it one has to write the other name: klplink does not change names.
replaces()
{
	local name
	name=$(lto_name)
	fresh
	c_patch a.c $near '{.old_name = "promoted", .new_func = new_promoted},' 'static int new_promoted(int x) { return x; }'
	resolve_patch
	refused 1 "a.c:4: 'promoted' of $near has the name '$name' in this kernel, which the compiler made for link-time optimisation: write that one" \
		'to replace a static that has another name'
	sed -i "s/\"promoted\"/\"$name\"/" "$dir/a.c"
	resolve_patch
	is "$status:$err" 0: '... with that name'
	c_patch a.c $near '{.old_name = "changed", .new_func = new_changed},' 'static int new_changed(int u, int x) { return x; }'
	rm "$dir/a.o"
	resolve_patch
	! says_nocall 'to replace such a function' ||
		refused 1 "a.c:4: 'changed' does not take its arguments, or return its value, as its source says" \
			'to replace such a function'
}

# checks FUNCTION: klpcheck on a patch that replaces it, which has the miniature's compiler.
checks()
{
	fresh
	c_patch a.c $near "{.old_name = \"$1\", .new_func = nothing}," \
		'MODULE_INFO(livepatch, "Y"); static int nothing(int x) { return x; }'
	holds "a patch of '$1'" mini_module "$k" "$dir/klp-x.ko" "$dir/a.c"
	run "$bin/klpcheck" --vmlinux "$k/vmlinux" --symvers "$k/Module.symvers" --allow=compiler "$dir/klp-x.ko"
}

doubts()
{
	checks near_twice
	refused 1 "inlined: 'near_twice' ($near:10) was also inlined into 1 function that the patch does not replace, where the old code runs on
  far_count at fs/far.c:3" 'klpcheck: inlined into a function of another file'
	checks near_count
	exits 0 '... a global function'
	checks "$(lto_name)"
	exits 0 '... a static that has another name'
	! says_nocall '... a function that is called in another way' || {
		checks changed
		refused 1 "prototypes: 'changed' has been changed by the compiler: which arguments 'nothing' is called with cannot be told
  patch the callers of that function instead
  near_count" '... a function that is called in another way'
	}
}

lto_tools || skip_all 'clang and ld.lld are not installed'
{ mini_vmlinux "$k" && make_frame; } || exit
lto_kernel
holds 'a kernel with link-time optimisation' test -s "$scratch/lto/vmlinux"
resolves
asks
doubts
replaces
refuses
done_testing
