#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154
# A program whose debug information is in one of the forms that compilers and tools give it: 'klpmake user' makes the patch that
# it makes without, or says the one true reason why it does not.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpuser.bash"

# user_program [FLAG...]: $scratch/server and its debug file. Its callers rely on the code of pairs().
user_program()
{
	printf 'struct pair { long a, b; };\n' >"$scratch/pair.h"
	program server "$@" <<-'END'
		#include "pair.h"
		static long count;
		static struct pair last;
		__attribute__((noinline)) static struct pair pairs(long x) { return (struct pair){x, x + 2 * count}; }
		__attribute__((noinline)) static long work(long x) { static long calls; count++; last.a = x; return x * count + calls++ + last.b; }
		long answer(long x) { struct pair p = pairs(x); if (x == 77) puts((char *)&last); return work(x) + p.a + p.b; }
	END
}

# user_patch: klpmake user of a patch of work() that uses count.
user_patch()
{
	patch fix server work new_work <<-END
		//KLPMAKE server.c
		#include <klpmake-user.h>
		#include "$scratch/pair.h"
		extern long count;
		extern struct pair last;
		static long new_work(long x) { return x + ++count + last.b; }
	END
	make_patch --allow ipa
}

# guarded: klpmake user of a patch of pairs(), which needs a guard.
guarded()
{
	patch fix server pairs new_pairs <<-END
		//KLPMAKE server.c
		#include <klpmake-user.h>
		#include "$scratch/pair.h"
		static struct pair new_pairs(long x) { return (struct pair){x, x + 3}; }
	END
	make_patch --allow ipa
}

user_reads()
{
	local form
	for form in none zlib zstd dwz types dwz-m zlib-gnu reduced -g1 -gsplit-dwarf clang; do
		case $form in
		types) user_program -fdebug-types-section ;;
		reduced) user_program -femit-struct-debug-baseonly ;;
		-g*) user_program "$form" ;;
		clang)
			type clang >/dev/null 2>&1 || {
				skip '.debug_names: klpuser' 'clang is not installed'
				continue
			}
			CC=clang user_program -gdwarf-5 -gpubnames
			;;
		*) user_program ;;
		esac
		case $form in
		zlib | zlib-gnu) objcopy "--compress-debug-sections=$form" "$scratch/server.debug" ;;
		zstd) objcopy "--compress-debug-sections=zstd" "$scratch/server.debug" 2>/dev/null || continue ;;
		dwz*)
			type dwz >/dev/null 2>&1 || continue
			cp "$scratch/server.debug" "$scratch/more"
			if [[ $form == dwz ]]; then dwz "$scratch/server.debug"; else dwz -m "$scratch/common" "$scratch/server.debug" "$scratch/more"; fi 2>/dev/null
			;;
		esac
		user_patch
		user_is_right "$form"
	done
}

# user_is_right FORM: what klpmake user has said of that form.
user_is_right()
{
	local file="'$scratch/server.debug'" result
	case $1 in
	none | zlib | dwz | types | reduced | clang)
		exits 0 "$1: klpuser"
		has "$(<"$dir/_klpmake.syms")" "symbol count object server $(symbol_of count) 0 count - data server.c:5" '... knows whose name it is'
		lacks "$err" types: '... finds nothing wrong with types'
		sed -i 's/new_work(long/new_work(int/' "$dir/fix.c"
		make_patch --allow ipa
		refused 1 "types: fix.c:6: the new function of 'work' is not as the target has it (server.c:8): argument 1 is 'int', the target's 'long" \
			'... but for another prototype'
		;;
	zstd)
		[[ $status == 0 ]] || refused 1 'is compressed (zstd)' "$1: klpuser"
		;;
	dwz-m) refused 1 "$file: part of its debug information is in another file, '$scratch/common'" "$1: klpuser" ;;
	zlib-gnu) refused 1 "$file: its debug information is compressed in the old way of GNU" "$1: klpuser" ;;
	-g1) refused 1 "the debug information of server.c has no types and no variables in $file (-g1)" "$1: klpuser" ;;
	-gsplit-dwarf) refused 1 "the debug information of server.c is in 'server.dwo', not in $file (-gsplit-dwarf)" "$1: klpuser" ;;
	esac
	case $1 in
	none | zlib | dwz)
		guarded
		exits 0 '... makes a guard'
		result=$(objdump -d --no-show-raw-insn "$klpu" | grep -cE 'mov +-0x1[08]\(%rbp\),%r[ad]x')
		is "$result" 0 '... which leaves the result alone'
		;;
	types | reduced)
		guarded
		refused 1 "cannot be kept from changing them: the types of its arguments and its result are not in its debug information" \
			'... does not make a guard for a result that it does not know'
		;;
	esac
}

# symbol_of NAME: its address in the program.
symbol_of()
{
	nm "$scratch/server.debug" | sed -n "s/^0*\([0-9a-f]*\) . $1\$/\1/p"
}

# other_unit [FLAG...]: $scratch/server with a unit that is compiled with these flags and has 'other' inlined, and a patch of
# that without a tag.
other_unit()
{
	cat >"$scratch/other.c" <<-'END'
		long other(long x), other2(long x), also_other(long x);
		static long hidden;
		long other(long x) { return x * 3 + hidden++; }
		long other2(long x) { return other(x) + x; }
		extern __typeof(other) also_other __attribute__((alias("other")));
	END
	(cd "$scratch" && "${CC:-gcc}" -O2 -g "$@" -c other.c)
	program server "$scratch/other.o" <<-'END'
		long other(long), other2(long), also_other(long);
		long answer(long x) { return other(x) + other2(x) + also_other(x); }
	END
}

# patch_other NAME [OPTION...]: klpmake user of a patch of it.
patch_other()
{
	patch fix server "$1" new_other <<-'END'

		#include <klpmake-user.h>
		static long new_other(long x) { return x; }
	END
	make_patch --allow ipa "${@:2}"
}

# Where debug information says nothing of a function, nobody knows where it was inlined.
copies_are_known()
{
	local inlined="inlined: 'other' was also inlined into 1 function that the patch does not replace" unknown
	unknown="inlined: whether 'other' was also inlined, and what its callers rely on, is not known: the debug information of its code"
	other_unit
	patch_other other
	refused 1 "$inlined" 'a function that was inlined'
	patch_other also_other
	refused 1 "${inlined/other/also_other}" '... by its other name'
	other_unit -g1
	patch_other other
	refused 1 "$inlined" '-g1: ... is known'
	other_unit -gsplit-dwarf
	patch_other other
	refused 1 "$unknown is in 'other.dwo', not in '$scratch/server.debug' (-gsplit-dwarf)" '-gsplit-dwarf: ... is not'
	patch_other other --allow inlined
	exits 0 '... which can be waived'
	if type dwp >/dev/null 2>&1; then
		(cd "$scratch" && dwp -o server.dwp other.dwo)
		patch_other other --debug "$scratch/server.dwp"
		refused 1 "$unknown is in 'other.dwo'" '... also with a .dwp'
	fi
	other_unit -g0
	patch_other other
	refused 1 "$unknown is not there (-g0)" '-g0: ... is not'
}

[[ $(uname -m) == x86_64 ]] || skip_all 'klpmake user makes patches for x86_64 only'
export KLPMAKE_BIN=$bin LC_ALL=C
user_reads
copies_are_known
done_testing
