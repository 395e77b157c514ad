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

[[ $(uname -m) == x86_64 ]] || skip_all 'klpmake user makes patches for x86_64 only'
export KLPMAKE_BIN=$bin LC_ALL=C
user_reads
done_testing
