#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# klpcheck compares the compiler of a patch and its flags with the kernel's. It says what it cannot compare, and refuses
# damaged files.

# shellcheck source=tests/types.bash
source "$(dirname "${BASH_SOURCE[0]}")/types.bash"

what_is_compiled_otherwise()
{
	MINI_CFLAGS=-fshort-enums wrong compiler "x.c: it is compiled with '-fshort-enums', and kernel/kinds.c without: enumerations have another size
  to accept this, pass --allow=compiler" "a flag that the kernel has not" kinds_use=new_use <<-'END'
		int new_use(int x) { return x; }
	END
	MINI_CFLAGS=-m80387 wrong compiler "x.c: it is compiled without '-mno-80387', which kernel/kinds.c is compiled with: it would change registers of user programs" \
		"one that it has" kinds_use=new_use <<-'END'
			int new_use(int x) { return x; }
		END
	# Its calls of ftrace are not ones that the kernel knows, and that is reported as well.
	MINI_CFLAGS=-mcmodel=large try_it kinds_use=new_use <<-'END'
		int new_use(int x) { return x; }
	END
	refused 1 "klpcheck: error: '$dir/out/klp-x.ko': compiler: x.c: it is compiled with '-mcmodel=large', and kernel/kinds.c with '-mcmodel=kernel': addresses are reached otherwise" \
		"one with another value"
	MINI_CFLAGS=-fstrict-aliasing try_it kinds_use=new_use <<-'END'
		int new_use(int x) { return x; }
	END
	exits 0 "a flag that the kernel's code relies on"
	has "$err" "warning: '$dir/out/klp-x.ko': x.c: it is compiled without '-fno-strict-aliasing', which kernel/kinds.c is compiled with: the kernel's code relies on it" \
		"... is a warning"
	MINI_CFLAGS='-O1 -DX=2 -fcf-protection=branch -Wno-error -falign-functions=32' fine "flags that matter to nobody else" kinds_use=new_use <<-'END'
		int new_use(int x) { return x; }
	END
	version=$(readelf --debug-dump=info "$dir/out/klp-x.ko" | sed -nE '0,/GNU C/s/.*(GNU C[0-9]+ ([0-9]+)\.[0-9]+\.[0-9]+).*/\1/p')
	has "$(checked compiler)" "GNU C ${version##* } of 1 file, the kernel's as well, " "... with the compiler's version in the report"

	number=${version##* }
	produced_by "${version% *} 99.${number#*.}"
	has "$err" "warning: '$scratch/produced.ko': x.c: it is compiled by GNU C 99.${number#*.}, and kernel/kinds.c by $number: use the kernel's" \
		"another major version is a warning"
	produced_by "${version% *} ${number%.*}.9"
	is "$status:$err" 0: "another minor one is none"
	has "$(checked compiler)" "GNU C ${number%.*}.9 of 1 file, the kernel's GNU C $number, " "... and is in the report"
	produced_by "clang version 9" "$version -m"
	refused 1 "'$scratch/produced.ko': compiler: x.c: it is compiled by another compiler than kernel/kinds.c: clang 9" "another compiler is an error"
}

# produced_by TEXT [INSTEAD]: the last patch, as if that compiler had made it.
produced_by()
{
	FROM=${2-$version} TO=$1 perl -0777 -pe 's/\Q$ENV{FROM}\E/sprintf("%-*.*s", length $ENV{FROM}, length $ENV{FROM}, $ENV{TO})/ge' \
		"$dir/out/klp-x.ko" >"$scratch/produced.ko"
	check "$scratch/produced.ko"
}

# Other inputs of klpcheck, and what it makes of them.
what_cannot_be_compared()
{
	local pass
	try_it kinds_add=new_add <<-'END'
		static int new_add(int a) { return a; }
	END
	refused 1 "'new_add' cannot be called instead of 'kinds_add'" "a wrong patch"
	run "$bin/klpcheck" --vmlinux "$k/vmlinux" --symvers "$k/Module.symvers" --allow prototypes "$dir/out/klp-x.ko"
	exits 0 "... is taken when it is allowed"
	has "$err" "waived: '$dir/out/klp-x.ko': prototypes: x.c:3: 'new_add' cannot be called instead" "... and told of"
	run "$bin/klpcheck" --vmlinux "$k/vmlinux" --symvers "$k/Module.symvers" --allow data,layout,compiler "$dir/out/klp-x.ko"
	refused 1 "'new_add' cannot be called instead of 'kinds_add'" "... but not by the name of another check"
	mkdir "$scratch/stripped"
	(cd "$dir" && strip -g klp-x.ko && "$bin/klplink" --table syms -o "$scratch/stripped/klp-x.ko" klp-x.ko)
	check "$scratch/stripped/klp-x.ko"
	exits 0 "a stripped module is not compared"
	for pass in prototypes data layout compiler; do
		has "$out" "not checked  $pass: the module has no debug information" "... which is said of $pass"
	done
	objcopy --remove-section='.debug*' "$k/vmlinux" "$scratch/vmlinux"
	run "$bin/klpcheck" --vmlinux "$scratch/vmlinux" --symvers "$k/Module.symvers" "$dir/out/klp-x.ko"
	refused 1 "no debug information" "a vmlinux without debug information"
}

# Damaged debug information is read in a separate process.
what_is_damaged()
{
	local pass
	try_it kinds_use=new_use <<<'int new_use(int x) { return x; }'
	exits 0 "a module to be damaged"
	make_elfedit
	"$scratch/elfedit" "$dir/out/klp-x.ko" "$scratch/damaged.ko" poke .debug_abbrev 1 ff
	check "$scratch/damaged.ko"
	refused 1 "'$scratch/damaged.ko': damaged debug information: " "damaged debug information"
	has "$out" "not checked  layout: the debug information could not be read" "... is said to be the reason why nothing was compared"
	# Only child processes crash here, when they limit their time; the second name is used where file sizes have 64 bits.
	cat >"$scratch/crash.c" <<-'END'
		#include <signal.h>
		#include <unistd.h>
		static pid_t parent;
		__attribute__((constructor)) static void begin(void) { parent = getpid(); }
		int setrlimit(int what, const void *limit) { return raise(what == 0 && getpid() != parent ? SIGSEGV : 0); }
		int setrlimit64(int what, const void *limit) { return setrlimit(what, limit); }
	END
	"${CC:-gcc}" -shared -fPIC -o "$scratch/crash.so" "$scratch/crash.c"
	LD_PRELOAD=crash.so LD_LIBRARY_PATH=$scratch ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0:handle_segv=0 check "$dir/out/klp-x.ko"
	refused 1 "'$dir/out/klp-x.ko': its debug information is damaged: reading it ended with signal 11 (Segmentation fault)
  take it out with 'eu-strip -g' to have the rest checked" "a crash in libdwarf is an error like others"
	for pass in prototypes data layout compiler; do
		has "$out" "not checked  $pass: the debug information could not be read" "... and said of $pass"
	done
	try_it <<-'END'
		static int __init noinline setup(int x) { return x + 1; }
		int again(int x); int again(int x) { return setup(x); }
	END
	refused 1 "x.c:4: 'again' uses 'setup', which lies in '.init.text'" "a finding that has a line"
	check --json "$dir/out/klp-x.ko"
	is "$(json_messages "$out" | cut -d, -f1)" "error|x.c|4|init|'again' uses 'setup'" "... also in JSON"
	LD_PRELOAD=crash.so LD_LIBRARY_PATH=$scratch ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0:handle_segv=0 check --json "$dir/out/klp-x.ko"
	refused 1 "'$dir/out/klp-x.ko': 'again' uses 'setup', which lies in '.init.text'" "... has none after such a crash"
	is "$(grep -c 'reading it ended with signal 11' <<<"$err")" 1 "... which is reported once"
	holds "... and the report is there" perl -MJSON::PP -e 'decode_json(shift)->{messages}[1] or die' "$out"
	# The parent of klpcheck ignores the signal, which bash cannot do.
	LD_PRELOAD=crash.so LD_LIBRARY_PATH=$scratch ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0:handle_segv=0 \
		run perl -e '$SIG{CHLD} = "IGNORE"; exec @ARGV' "$bin/klpcheck" --vmlinux "$k/vmlinux" \
		--allow prototypes,data,layout,compiler "$dir/out/klp-x.ko"
	refused 1 "reading it ended with signal 11" "... also for who ignores SIGCHLD, and waives all that was to be compared"
}

# A variable of the kernel tells whether it loads modules without a signature.
what_has_to_be_signed()
{
	local asks=$scratch/asks
	try_it kinds_use=new_use <<<'int new_use(int x) { return x; }'
	is "$(checked signature)" "none; the kernel takes modules without one" "a kernel that wants no signature"
	mkdir "$asks"
	printf 'static _Bool sig_enforce = 1;\n_Bool *enforce(void) { return &sig_enforce; }\n' >"$asks/signing.c"
	printf 'static int kernel_locked_down;\nint *lock(void) { return &kernel_locked_down; }\n' >"$asks/lockdown.c"
	mini_cc "$asks/signing.c" "$asks/signing.o" && mini_cc "$asks/lockdown.c" "$asks/lockdown.o" || return
	relink "$asks" "$asks/signing.o"
	run "$bin/klpcheck" --vmlinux "$asks/vmlinux" --allow record "$dir/out/klp-x.ko"
	exits 0 "a kernel that takes signed modules only"
	has "$err" "warning: '$dir/out/klp-x.ko': it has no signature, and this kernel takes signed modules only (CONFIG_MODULE_SIG_FORCE): module_sig_check() refuses it
  sign it with a key that the kernel knows, by the program of its headers: scripts/sign-file sha256 KEY.pem CERT.pem MODULE.ko" "... is warned of"
	{
		cat "$dir/out/klp-x.ko"
		printf 'signature~Module signature appended~\n'
	} >"$scratch/signed.ko"
	run "$bin/klpcheck" --vmlinux "$asks/vmlinux" --allow record "$scratch/signed.ko"
	exits 0 "... with a signature it is fine"
	lacks "$err" "warning" "... without a warning"
	is "$(checked signature)" "there is one; the kernel takes signed modules only" "... which is in the report"
	relink "$asks" "$asks/lockdown.o"
	run "$bin/klpcheck" --vmlinux "$asks/vmlinux" --allow record "$dir/out/klp-x.ko"
	exits 0 "a kernel that may be locked down"
	lacks "$err" "warning" "... is no reason for a warning"
	is "$(checked signature)" "none; the kernel takes signed modules only when it is locked down, as with Secure Boot" "... says so"
}

# The same kernel in other forms.
what_kernels_are_like()
{
	local flag
	for flag in -gdwarf-4 -gz=zlib --no-aranges --absolute; do
		mini_vmlinux "$k" "$flag" && mini_gadget "$k" || return
		fine "a kernel with $flag" kinds_use=new_use <<-END
			$kinds
			extern struct kinds_item *kinds_head;
			extern int kinds_global;
			static long kinds_name(struct kinds_item *item, const char *name, u32 len);
			int new_use(int x) { return kinds_name(kinds_head, "", kinds_global); }
		END
		is "$(checked prototypes):$(checked data)" "1 declared and 1 replaced function; 1 exported as the kernel's headers declare them:2 variables; 0 exported as the kernel's headers declare them" \
			"... is compared all the same"
		wrong layout "x.c:3: 'struct kinds_item' is not that of kernel/kinds.c: member 'high' is 4 bits at byte 4, bit 3, the kernel's 5 bits at byte 4, bit 3" \
			"... and differences are found" kinds_use=new_use <<-END
				struct kinds_item { int id; unsigned low : 3, high : 4; }; $item
			END
	done
}

what_is_compiled_otherwise
what_cannot_be_compared
what_is_damaged
what_has_to_be_signed
what_kernels_are_like
done_testing
