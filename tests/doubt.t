#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154 # status, out and err are tap.bash's
# shellcheck disable=SC2016 # perl's variables, not the shell's
#
# Does a patch do anything? klpcheck finds the code of replaced functions that runs on, waives what it
# is told to, and has nothing to say against patches that are right.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"

doubt=$mini_src/doubt
kernel=$scratch/doubtful
right=0

# doubtful_kernel DIR [FLAG...]: the miniature kernel with the files of tests/mini/doubt in it.
doubtful_kernel()
{
	local dir=$1 name objects=()
	shift
	for name in copies twin near threads calls namesake; do
		(cd "$mini_src" && mini_cc "doubt/$name.c" "$dir/doubt/$name.o" -fipa-cp-clone \
			--param ipa-cp-eval-threshold=1 "$@") || return
		objects+=("$dir/doubt/$name.o")
	done
	relink "$dir" "${objects[@]}"
}

# patch NAME [FUNCTION[,POSITION]...]: a patch that replaces these functions, as NAME.ko.
patch()
{
	local name=$1 function
	shift
	{
		printf '#include "mini.h"\n'
		printf 'static int nothing(void)\n{\n\treturn 0;\n}\n'
		printf 'static struct klp_func funcs[] = {\n'
		for function; do
			printf '\t{.old_name = "%s", .new_func = nothing, .old_sympos = %s},\n' \
				"${function%,*}" "$([[ $function == *,* ]] && echo "${function#*,}" || echo 0)"
		done
		printf '\t{}\n};\nstatic struct klp_object objects[] = {{%s.funcs = funcs}, {}};\n' \
			"${OBJECT:+.name = \"$OBJECT\", }"
		printf 'static struct klp_patch patch = {.mod = THIS_MODULE, .objs = objects};\n'
		printf 'static int __init start(void)\n{\n\treturn klp_enable_patch(&patch);\n}\n'
		printf 'module_init(start);\nMODULE_LICENSE("GPL");\nMODULE_INFO(livepatch, "Y");\n'
		printf '%s\n' "${MORE-}"
	} >"$scratch/$name.c"
	# Without debug information nothing compares the one function with all that it replaces.
	MINI_CFLAGS="-g0 ${MINI_CFLAGS-}" mini_module "$kernel" "$scratch/$name.ko" "$scratch/$name.c"
}

# check NAME [OPTION...]: NAME.ko through klpcheck, for $kernel.
check()
{
	local name=$1
	shift
	run "$bin/klpcheck" --vmlinux "$kernel/vmlinux" --symvers "$kernel/Module.symvers" \
		--debug-modules "$kernel" "$@" "$scratch/$name.ko"
}

# at FILE PATTERN [NTH]: "doubt/FILE:12", the NTH line of it that holds PATTERN.
at()
{
	awk -v file="doubt/$1" -v pattern="$2" -v nth="${3:-1}" '
		index($0, pattern) && ++n == nth { printf "%s:%d", file, FNR }' "$doubt/$1"
}

# doubted CHECK MESSAGE TEST_NAME FUNCTION...: a patch of these functions is refused with that
# message of that check and of no other; waived by name it passes, and says so all the same.
doubted()
{
	local check=$1 message=$2 name=$3
	shift 3
	patch wrong "$@" || return
	check wrong
	refused 1 "klpcheck: error: '$scratch/wrong.ko': $check: $message" "$name: refused"
	has "$err" "  --allow=$check takes it as it is" "... names the check"
	check wrong --allow="$check"
	is "$status" 0 "... which can be waived"
	has "$err" "klpcheck: waived: '$scratch/wrong.ko': $check: $message" "... and is told then, too"
	lacks "$err" "error" "... while nothing else is wrong"
}

# trusted TEST_NAME FUNCTION...: a patch of these functions passes without a word.
trusted()
{
	local name=$1
	shift
	patch right "$@" || return
	check right -v
	is "$status:$err" "0:" "$name"
	right=$((right + 1))
}

inlined_copies()
{
	doubted inlined "'copied' ($(at copies.c 'int copied(' 2)) was also inlined into 2 functions that the patch does not \
replace, where the old code runs on
  copied_once at $(at copies.c 'sink(copied(x))')
  copied_twice at $(at copies.c 'copied(x) - 9')
  copied_twice at $(at copies.c 'copied(x + 1)')
  replace them too" 'inlined into two functions' copied
	doubted inlined "'copied' ($(at copies.c 'int copied(' 2)) was also inlined into 1 function that the patch does not \
replace, where the old code runs on
  copied_twice at $(at copies.c 'copied(x) - 9')
  copied_twice at $(at copies.c 'copied(x + 1)')
  replace it too" 'one of two covered' copied copied_once
	has "$out" "checked      inlined: 2 functions, 4 copies in 1 unit, 2 uncovered (waived)" \
		'... how much was looked at'
	doubted inlined "'alone' ($(at copies.c 'int alone(' 2)) was also inlined into 1 function that the patch does not \
replace, where the old code runs on
  copied_notrace at $(at copies.c 'sink(alone(x))'), but it cannot be patched: ftrace has no call site in it" \
		'inlined into one that cannot be patched' alone
	trusted 'all functions with a copy are replaced' copied copied_once copied_twice
	has "$out" "checked      inlined: 3 functions, 4 copies in 1 unit, 0 uncovered" '... which is told'
	has "$out" "    copied: copied_twice at $(at copies.c 'copied(x) - 9'), covered" '... for each copy'
	has "$out" "    copied: copied_init at $(at copies.c 'sink(copied(x))' 2), in init memory" '... one is in init memory'
	trusted 'a function without copies' single
	has "$out" "checked      inlined: 1 function, 0 copies in 1 unit, 0 uncovered" '... which is told'
}

clones()
{
	doubted clones "'cloned' ($(at copies.c 'int cloned(' 2)) has a clone 'cloned.constprop.0', which the patch does not \
replace: the old code runs on in it
  cloned_caller calls it
  cloned_other calls it
  replace its callers too" 'a clone with two callers' cloned
	doubted clones "'cloned' ($(at copies.c 'int cloned(' 2)) has a clone 'cloned.constprop.0', which the patch does not \
replace: the old code runs on in it
  cloned_other calls it
  replace its callers too" 'a clone with one caller left' cloned cloned_caller
	doubted clones "'nearby' ($(at near.c 'int nearby(' 2)) has a clone 'nearby.constprop.0', which the patch does not \
replace: the old code runs on in it
  nearby_caller calls it
  nearby_other calls it" 'a clone that is near' nearby
	trusted 'a clone whose callers are all replaced' cloned cloned_caller cloned_other
	has "$out" "checked      clones: 3 functions, 1 clone, 0 uncovered" '... which is told'
	trusted 'a near one' nearby nearby_caller nearby_other
	patch partly parted
	check partly
	refused 1 "clones: 'parted' ($(at copies.c 'int parted(' 2)) has a clone 'parted.part.0'" 'the rest of a split function'
	has "$err" "inlined: 'parted' ($(at copies.c 'int parted(' 2)) was also inlined into 1 function" '... and its head'
	trusted 'all that a split function went into' parted parted_caller
	patch right parted.part.0 parted parted_caller
	check right --allow prototypes
	is "$status:$(grep -c 'error: ' <<<"$err")" 0:0 'a clone itself, by name, whose arguments the author knows'
	trusted 'a function with a cold part' split_path gamma_use
}

headers()
{
	patch header header_step,1
	check header
	refused 1 "clones: 'header_step' ($(at header.h 'int header_step(')) is there once more, as 'header_step' at 0x" \
		'a header function in two units'
	has "$err" "doubt/twin.c has a copy of its own
  replace that one too, in a file of the patch that is tagged with doubt/twin.c" '... and what to do'
	patch header header_step,1 header_step,2
	check header
	refused 1 "inlined: 'header_step' ($(at header.h 'int header_step(')) was also inlined into 2 functions that the patch does \
not replace, where the old code runs on
  header_here at $(at copies.c 'header_step(x) +')
  header_there at $(at twin.c 'header_step(x) -')" 'it is looked for in all units'
	trusted 'all of a header function' header_step,1 header_step,2 header_here header_there
	has "$out" "checked      clones: 4 functions, 2 clones, 0 uncovered" '... which is told'
	trusted "another header's function of that name, in that line" header_step,3 header_elsewhere
	has "$out" "checked      clones: 2 functions, 0 clones, 0 uncovered" '... which has none of these copies'
	trusted 'one of two functions of a name' twice_step,1 twice_run_a
}

# Several processes look through many units; what goes wrong in one of them is not lost. This libdwarf
# finds no DIE twice in them: only they ask to be ended with their parent.
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
	LD_PRELOAD=$preload ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0 check wrong --allow=clones,inlined
	if (($(nproc) == 1)); then
		skip 'an error in a process that helps' 'there is one processor'
	else
		refused 1 'klpcheck: error: a process that helped has failed, for the reason above' 'an error in a process that helps'
	fi
	kernel=$scratch/doubtful
}

never_left()
{
	doubted noreturn "'never_left' ($(at threads.c 'never_left(' 2)) does not return: a task that is in it stays in the old \
code" 'a function that does not return' never_left
	doubted noreturn "'thread_loop' ($(at threads.c 'int thread_loop(')) is the main loop of a kernel thread, which \
thread_start() starts: the thread stays in the old code" 'the main loop of a thread' thread_loop
	trusted 'a thread that ends, a function that only asks, one that only starts' \
		thread_once thread_helper thread_start
	has "$out" "checked      noreturn: 3 functions, 0 never left" '... which is told'
}

system_calls()
{
	doubted compat "'__x64_sys_both' is the system call 'both' of native programs only: others get \
'__ia32_sys_both', which the patch does not replace" 'a system call, for native programs only' __x64_sys_both
	doubted compat "'__x64_sys_own' is the system call 'own' of native programs only: others get \
'__ia32_compat_sys_own', which the patch does not replace" 'a system call with a compat one' __x64_sys_own
	trusted 'both functions of a system call' __x64_sys_both __ia32_sys_both
	has "$out" "checked      compat: 1 system call, 1 function of other programs, 0 uncovered" '... which is told'
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
	trusted 'what is in none of them' __x64_sys_narrow
	kernel=$scratch/doubtful
}

# What klpsyms says where there is nothing to replace.
only_elsewhere()
{
	local template='int new_one(int x); int new_one(int x) { return x; }
		static struct klp_func funcs[] = {{.old_name = "%s", .new_func = new_one}, {}};
		static struct klp_object own[] = {{.funcs = funcs}, {}};
		static struct klp_patch second = {.mod = THIS_MODULE, .objs = own};
		int two(void); int two(void) { return klp_enable_patch(&second); }'
	k=$kernel
	fresh
	# shellcheck disable=SC2059 # a template is what it is
	printf "$template" header_inlined | template a.c doubt/copies.c
	resolve
	refused 1 "'header_inlined' is inlined everywhere in doubt/copies.c and has no code of its own: patch the \
functions that it went into; it is defined at $(at header.h 'int header_inlined(')
  header_here at $(at copies.c 'header_step(x) +')
  header_there at $(at twin.c 'header_step(x) -')" 'a function that is only there inlined: what it went into'
	fresh
	# shellcheck disable=SC2059
	printf "$template" sys_own | template a.c doubt/copies.c
	resolve
	refused 1 "system call 'own': what can be patched is each of its entries '__ia32_compat_sys_own', '__ia32_sys_own', '__x64_sys_own'" \
		'a system call by the name that people call it'
	fresh
	# shellcheck disable=SC2059
	printf "$template" copied | template a.c doubt/copies.c
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
	refused 2 "'in lined' is no name of a check" '... by name'
	k=$scratch/kernel
}

build_id()
{
	LC_ALL=C readelf -n "$1" | sed -n 's/ *Build ID: //p'
}

# What klplink lets the module say, and whether it is true.
record()
{
	MORE="MODULE_INFO(klpmake, \"0.0\"); MODULE_INFO(klpmake_kernel, \"$(build_id "$kernel/vmlinux")\");
		MODULE_INFO(klpmake_patched, \"vmlinux:single,0\"); MODULE_INFO(klpmake_allowed, \"clones\");" \
		trusted 'a module that says of itself what is so' single
	has "$out" "checked      record: klpmake 0.0, 1 function, waived: clones" '... is told'
	MORE="MODULE_INFO(klpmake, \"0.0\"); MODULE_INFO(klpmake_kernel, \"$(build_id "$k/vmlinux")\");
		MODULE_INFO(klpmake_patched, \"vmlinux:single,0\");" \
		doubted record 'it was made for another build of the kernel' 'a module for another build' single
	check wrong
	has "$out" '  not checked  layout: it was made for another build of the kernel' '... with which it is not compared further'
	MORE="MODULE_INFO(klpmake, \"0.0\"); MODULE_INFO(klpmake_kernel, \"$(build_id "$kernel/vmlinux")\");
		MODULE_INFO(klpmake_patched, \"vmlinux:single,1\"); MODULE_INFO(klpmake_patched, \"vmlinux:header_here,0\");" \
		patch wrong single header_here
	check wrong --allow=inlined
	refused 1 "record: it replaces 'vmlinux:single,0', which its modinfo does not say" 'a function more'
	has "$err" "record: its modinfo says that it replaces 'vmlinux:single,1', which it does not" '... and one less'
	MORE='MODULE_INFO(klpmake, "0.0"); MODULE_INFO(klpmake_patched, "vmlinux:single,0");' patch partly single
	check partly
	has "$out" "not checked  record: for which build it was made" 'a module that does not say for which kernel'
}

module_copies()
{
	(cd "$mini_src" && mini_module "$kernel" "$kernel/gizmo.ko" doubt/gizmo.c) || return
	OBJECT=gizmo doubted inlined "'gizmo_step' ($(at gizmo.c 'int gizmo_step(' 2)) was also inlined into 1 function that the patch \
does not replace, where the old code runs on
  gizmo_run at $(at gizmo.c 'sink(gizmo_step(x))')" 'an inlined copy in a module' gizmo_step gizmo_parted gizmo_parted_caller
	check wrong -v --allow=inlined
	has "$out" "    gizmo_step: init_module at $(at gizmo.c 'gizmo_step((int)')" '... one is in the init function'
	has "$out" ", in init memory" '... which cannot be patched, and runs once'
	OBJECT=gizmo patch wrong gizmo_parted
	check wrong
	refused 1 "clones: 'gizmo_parted' ($(at gizmo.c 'int gizmo_parted(' 2)) has a clone 'gizmo_parted.part.0', which the patch does \
not replace: the old code runs on in it
  gizmo_parted_caller calls it" 'a clone in a module'
	OBJECT=gizmo trusted 'all that it went into' gizmo_parted gizmo_parted_caller
	strip -g -o "$scratch/gizmo.ko" "$kernel/gizmo.ko"
	mkdir -p "$scratch/installed/kernel"
	mv "$scratch/gizmo.ko" "$scratch/installed/kernel/gizmo.ko"
	OBJECT=gizmo patch wrong gizmo_parted
	check wrong --modules "$scratch/installed"
	refused 1 "  gizmo_parted_caller calls it" '... its code and its debug information in two files'
	run "$bin/klpcheck" --vmlinux "$kernel/vmlinux" --modules "$scratch/installed" "$scratch/wrong.ko"
	is "$status" 0 'without debug information of the module'
	for check in inlined clones noreturn; do
		has "$out" "not checked  $check: 'gizmo_parted': there is no debug information of 'gizmo'" \
			"... that $check could not run is said"
	done
}

# Where files are optimised together, any of them may have a function of another one inlined.
link_time_optimisation()
{
	local name file objects=()
	kernel=$scratch/lto
	for name in copies cross; do
		(cd "$mini_src" && mini_cc "doubt/$name.c" "$kernel/$name.o" -flto) || return
		objects+=("$kernel/$name.o")
	done
	(cd "$mini_src" && "${CC:-gcc}" "${mini_cflags[@]}" -flto=2 -flto-partition=1to1 -r -nostdlib \
		-flinker-output=nolto-rel \
		-o "$kernel/both.o" "${objects[@]}") || return
	for file in "$scratch"/doubtful/doubt/*.o; do
		[[ $file == */copies.o ]] || objects+=("$file")
	done
	relink "$kernel" "$kernel/both.o" "${objects[@]:2}"
	doubted inlined "'copied' ($(at copies.c 'int copied(' 2)) was also inlined into 1 function that the patch \
does not replace, where the old code runs on
  copied_across at $(at cross.c 'sink(copied(x))')" 'inlined into a function of another file' \
		copied copied_once copied_twice
	trusted 'that is replaced, too' copied copied_once copied_twice copied_across
	kernel=$scratch/doubtful
}

# DWARF in other forms.
other_kernels()
{
	local flags
	for flags in -gdwarf-4 -gz=zlib; do
		kernel=$scratch/other$flags
		doubtful_kernel "$kernel" "$flags"
		patch wrong copied cloned header_step,1 never_left thread_loop
		check wrong
		is "$(sed -n 's/^klpcheck: error: [^ ]* \([a-z]*\): .*/\1/p' <<<"$err" | sort | uniq -c | xargs)" \
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
		refused 2 "'${name#inlined,}' is no check that can be waived; those are: record, inlined" \
			"usage: '$name' cannot be waived"
	done
	check wrong --json --allow=clones
	holds 'JSON says what each check did' perl -MJSON::PP -e 'my $d = decode_json(shift);
		my %p = map { $_->{name} => $_ } @{$d->{passes}};
		!$d->{ok} && $d->{errors}[0] =~ /: inlined: / && $d->{waived}[0] =~ /: clones: / &&
		$p{inlined}{findings} == 1 && !$p{inlined}{allowed} && $p{clones}{allowed} &&
		$p{clones}{waivable} && !$p{modinfo}{waivable} && $p{inlined}{checked} =~ /^2 functions, 4 copies/ or die' "$out"
	holds '... and every copy' perl -MJSON::PP -e 'my ($json, $call) = @ARGV;
		my @c = @{decode_json($json)->{copies}};
		@c == 5 && grep({ $_->{in} eq "copied_twice" && !$_->{covered} && $_->{call} eq $call } @c) == 1 &&
		grep({ $_->{in} eq "cloned.constprop.0" } @c) == 1 or die' "$out" "$(at copies.c 'copied(x + 1)')"
}

mini_vmlinux "$k" && doubtful_kernel "$kernel" && make_frame || exit
version=$("$bin/klpcheck" --version | cut -d' ' -f2)
names=$(nm "$kernel/vmlinux" | cut -d' ' -f3)
for name in cloned.constprop.0 nearby.constprop.0 parted.part.0 split_path.cold; do
	has "$names" "$name
" "the compiler has made '$name'"
done
framework
inlined_copies
clones
headers
helpers
never_left
system_calls
only_elsewhere
record
module_copies
link_time_optimisation
other_kernels
is "$right" 19 "as many patches that are right, no word against one"
done_testing
