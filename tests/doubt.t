#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154 # status, out and err are tap.bash's
# shellcheck disable=SC2016 # perl's variables, not the shell's
# Does a patch do anything? klpcheck accepts what is waived, and doubts functions that never return, system calls,
# helpers, and modules for another build.

# shellcheck source=tests/doubt.bash
source "$(dirname "${BASH_SOURCE[0]}")/doubt.bash"

# Several processes read many units, and a failure in one of them is reported. This libdwarf does not find a DIE twice in
# worker processes: only these ask to be ended with their parent.
helpers()
{
	local files=() preload=$scratch/fails.so
	cat >"$scratch/fails.c" <<-'END'
		#define _GNU_SOURCE
		#include <dlfcn.h>
		static int helper;
		static unsigned long long last;
		int prctl(int option, ...) { helper = 1; return 0; }
		int dwarf_offdie_b(void *dbg, unsigned long long off, int info, void **ret, void **err)
		{
			int (*real)(void *, unsigned long long, int, void **, void **) = dlsym(RTLD_NEXT, "dwarf_offdie_b");
			if (helper && off == last)
				return 1;
			last = off;
			return real(dbg, off, info, ret, err);
		}
	END
	"${CC:-gcc}" -shared -fPIC -o "$preload" "$scratch/fails.c" -ldl
	echo 'static int __attribute__((used)) many;' >"$scratch/many.c"
	mini_cc "$scratch/many.c" "$scratch/many.o"
	mapfile -t files < <(printf "$scratch/many.o\\n%.0s" {1..40})
	kernel=$scratch/many
	holds 'a kernel of many units' relink "$kernel" "$scratch"/doubtful/doubt/*.o "${files[@]}"
	patch wrong header_step,1
	LD_PRELOAD=fails.so LD_LIBRARY_PATH=$scratch ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0 check wrong --allow=clones,inlined
	if (($(nproc) == 1)); then
		skip 'an error in a process that helps' 'there is one processor'
	else
		refused 1 'klpcheck: error: a worker process failed, for the reason above' 'an error in a process that helps'
	fi
	kernel=$scratch/doubtful
}

never_left()
{
	doubted noreturn "'never_left' ($(at threads.c 'never_left(' 2)) does not return: a task that is in it stays in the old \
code" 'a function that does not return' never_left
	doubted noreturn "'thread_loop' ($(at threads.c 'int thread_loop(')) is the main loop of a kernel thread, which \
thread_start() starts: the thread stays in the old code" 'the main loop of a thread' thread_loop
	trusted 'a function in which the task ends' last_of_all
	has "$out" "checked      noreturn: 1 function, 0 never left" '... which is reported'
	doubted noreturn "'io_worker' ($(at threads.c 'int io_worker(')) is the main loop of a kernel thread, which io_start() starts: \
the thread stays in the old code" "a worker's main loop, which asks for a flag of its own" io_worker
	trusted 'a worker that does one thing, a thread that sleeps once' io_once thread_sleeps
	doubted noreturn "'thread_for_ever' ($(at threads.c 'int thread_for_ever(')) is the main loop of a kernel thread, which \
schedule_threads() starts: the thread stays in the old code" 'a thread whose code has no way out' thread_for_ever
	doubted noreturn "'thread_in_turns' ($(at threads.c 'int thread_in_turns(')) is the main loop of a kernel thread, which \
schedule_threads() starts: the thread stays in the old code" 'a thread that works and waits by turns' thread_in_turns
	doubted noreturn "'no_way_out' ($(at threads.c 'no_way_out(' 2)) does not return: a task that is in it stays in the old \
code" 'a function whose code has no way out, whatever it is declared to be' no_way_out
	trusted 'a thread that waits for an event, a function that goes round and ends, one that stops at a trap' \
		thread_waits tries_and_ends tries_and_stops
	has "$out" "checked      noreturn: 3 functions, 0 never left" '... which is reported'
	trusted 'a thread that ends, a function that only asks, one that only starts' \
		thread_once thread_helper thread_start
	has "$out" "checked      noreturn: 3 functions, 0 never left" '... which is reported'
}

system_calls()
{
	doubted compat "'__x64_sys_both' is the system call 'both' of native programs only: others get \
'__ia32_sys_both', which the patch does not replace" 'a system call, for native programs only' __x64_sys_both
	doubted compat "'__x64_sys_own' is the system call 'own' of native programs only: others get \
'__ia32_compat_sys_own', which the patch does not replace" 'a system call with a compat one' __x64_sys_own
	trusted 'both functions of a system call' __x64_sys_both __ia32_sys_both
	has "$out" "checked      compat: 1 system call, 1 function of other programs, 0 uncovered" '... which is reported'
	trusted 'no need for a function that nothing leads to' __x64_sys_own __ia32_compat_sys_own
	trusted 'one function of two names' __x64_sys_alias
	trusted 'a system call of native programs' __x64_sys_native
	kernel=$scratch/table
	doubtful_kernel "$kernel" -DTABLE
	doubted compat "'__x64_sys_own' is the system call 'own' of native programs only: others get \
'__ia32_compat_sys_own', which the patch does not replace" 'a kernel with a table of system calls' __x64_sys_own
	trusted 'what is not in it does not count' __x64_sys_own __ia32_compat_sys_own
	doubted compat "'__x64_sys_wide' is the system call 'wide' of native programs only: others get \
'__x64_compat_sys_wide', which the patch does not replace" 'a second table' __x64_sys_wide
	trusted 'an entry that is in none of the tables' __x64_sys_narrow
	kernel=$scratch/doubtful
}

# What klpsyms says of functions that cannot be replaced.
only_elsewhere()
{
	local format='int new_one(int x); int new_one(int x) { return x; }
		static struct klp_func funcs[] = {{.old_name = "%s", .new_func = new_one}, {}};
		static struct klp_object own[] = {{.funcs = funcs}, {}};
		static struct klp_patch second = {.mod = THIS_MODULE, .objs = own};
		int two(void); int two(void) { return klp_enable_patch(&second); }'
	k=$kernel
	fresh
	# shellcheck disable=SC2059 # the format is a constant
	printf "$format" header_inlined | c_file a.c doubt/copies.c
	resolve
	refused 1 "'header_inlined' is inlined everywhere in doubt/copies.c and has no code of its own: patch the \
functions that it went into; it is defined at $(at header.h 'int header_inlined(')
  header_here at $(at copies.c 'header_step(x) +')
  header_there at $(at twin.c 'header_step(x) -')" 'a function that is only there inlined: what it went into'
	fresh
	# shellcheck disable=SC2059
	printf "$format" sys_own | c_file a.c doubt/copies.c
	resolve
	refused 1 "system call 'own': what can be patched is each of its entries '__ia32_compat_sys_own', '__ia32_sys_own', '__x64_sys_own'" \
		'a system call by the name that people call it'
	fresh
	# shellcheck disable=SC2059
	printf "$format" copied | c_file a.c doubt/copies.c
	resolve
	is "$status:$err" "0:" "inlined copies are klpcheck's matter"
	is "$(grep '^modinfo' "$dir/syms" | cut -d' ' -f2-)" "klp-x.ko klpmake=$version
klp-x.ko klpmake_kernel=$(build_id "$kernel/vmlinux")
klp-x.ko klpmake_patched=vmlinux:copied,0" 'what the module will say of itself'
	resolve --allow inlined --allow clones
	has "$(<"$dir/syms")" "klpmake_allowed=clones
modinfo klp-x.ko klpmake_allowed=inlined
" '... with what was waived'
	resolve --allow 'in lined'
	refused 2 "'in lined' is not the name of a check" '... by name'
	k=$scratch/kernel
}

build_id()
{
	LC_ALL=C readelf -n "$1" | sed -n 's/ *Build ID: //p'
}

# What the module records about itself, and whether that is true.
record()
{
	MORE="MODULE_INFO(klpmake, \"0.0\"); MODULE_INFO(klpmake_kernel, \"$(build_id "$kernel/vmlinux")\");
		MODULE_INFO(klpmake_patched, \"vmlinux:single,0\"); MODULE_INFO(klpmake_allowed, \"clones\");" \
		trusted 'a module that says of itself what is so' single
	has "$out" "checked      record: klpmake 0.0, 1 function, waived: clones" '... is reported'
	MORE="MODULE_INFO(klpmake, \"0.0\"); MODULE_INFO(klpmake_kernel, \"$(build_id "$k/vmlinux")\");
		MODULE_INFO(klpmake_patched, \"vmlinux:single,0\");" \
		doubted record 'it was made for another build of the kernel' 'a module for another build' single
	check wrong
	has "$out" '  not checked  layout: it was made for another build of the kernel' '... with which it is not compared further'
	MORE="MODULE_INFO(klpmake, \"0.0\"); MODULE_INFO(klpmake_kernel, \"$(build_id "$kernel/vmlinux")\");
		MODULE_INFO(klpmake_patched, \"vmlinux:single,1\"); MODULE_INFO(klpmake_patched, \"vmlinux:header_here,0\");" \
		patch wrong single header_here
	check wrong --allow=inlined
	refused 1 "record: it replaces 'vmlinux:single,0', which its modinfo does not say" 'a replaced function that is not recorded'
	has "$err" "record: its modinfo says that it replaces 'vmlinux:single,1', which it does not" '... and one less'
	MORE='MODULE_INFO(klpmake, "0.0"); MODULE_INFO(klpmake_patched, "vmlinux:single,0");' patch partly single
	check partly
	has "$out" "not checked  record: for which build it was made" 'a module that does not say for which kernel'
}

# Other forms of DWARF.
other_kernels()
{
	local flags
	for flags in -gdwarf-4 -gz=zlib; do
		kernel=$scratch/other$flags
		doubtful_kernel "$kernel" "$flags"
		patch wrong copied cloned header_step,1 never_left thread_loop
		check wrong
		is "$(sed -n 's/^klpcheck: error: .*\.ko.: \([a-z]*\): .*/\1/p' <<<"$err" | sort | uniq -c | xargs)" \
			"2 clones 2 inlined 2 noreturn" "$flags: the same"
	done
	kernel=$scratch/bare
	doubtful_kernel "$kernel"
	objcopy --remove-section=.debug_aranges "$kernel/vmlinux"
	patch wrong header_step,1
	check wrong
	refused 1 "clones: 'header_step' ($(at header.h 'int header_step(')) is there once more" 'without .debug_aranges: a static function'
	kernel=$scratch/doubtful
}

framework()
{
	patch wrong copied cloned
	check wrong --allow=inlined,clones
	is "$status" 0 'a list with commas'
	check wrong --allow inlined --allow clones
	is "$status" 0 'one after the other'
	check wrong --allow=inlined
	refused 1 'clones: ' 'one of two is not enough'
	for name in modinfo none '' 'inlined,'; do
		check wrong --allow="$name"
		refused 2 "'${name#inlined,}' is not a check that can be waived; those are: record, inlined" \
			"usage: '$name' cannot be waived"
	done
	check wrong --json --allow=clones
	holds 'JSON says what each check did' perl -MJSON::PP -e 'my $d = decode_json(shift);
		my %p = map { $_->{name} => $_ } @{$d->{passes}};
		!$d->{ok} && $d->{messages}[0]{severity} eq "error" && $d->{messages}[0]{check} eq "inlined" &&
		$d->{messages}[1]{severity} eq "waived" && $d->{messages}[1]{check} eq "clones" && @{$d->{messages}} == 2 &&
		$p{inlined}{findings} == 1 && !$p{inlined}{allowed} && $p{clones}{allowed} &&
		$p{clones}{waivable} && !$p{modinfo}{waivable} && $p{inlined}{checked} =~ /^2 functions, 4 copies/ or die' "$out"
	holds '... and every copy' perl -MJSON::PP -e 'my ($json, $call) = @ARGV;
		my @c = @{decode_json($json)->{copies}};
		@c == 5 && grep({ $_->{in} eq "copied_twice" && !$_->{covered} && $_->{call} eq $call } @c) == 1 &&
		grep({ $_->{in} eq "cloned.constprop.0" } @c) == 1 or die' "$out" "$(at copies.c 'copied(x + 1)')"
}

framework
helpers
never_left
system_calls
only_elsewhere
record
other_kernels
is "$right" 11 "all right patches pass, in this number"
done_testing
