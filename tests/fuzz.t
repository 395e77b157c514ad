#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Damaged files, a few hundred with a fixed seed, to klpdiff, klpsyms, klplink, klpcheck and klpinfo with
# sanitizers:
# whatever stands in them, each ends by itself, in time, with 0 or 1.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"
source "$(dirname "${BASH_SOURCE[0]}")/fuzz.bash"

seed=${KLPMAKE_FUZZ_SEED:-1}
rounds=${KLPMAKE_FUZZ_ROUNDS:-120}
export ASAN_OPTIONS=allocator_may_return_null=1:exitcode=99
export UBSAN_OPTIONS=halt_on_error=1:exitcode=99

# Sanitizers end with 99; programs that were given to this test are taken as they are.
build_sanitized()
{
	[[ -z ${KLPMAKE_BIN-} ]] || return 0
	bin=$top/build/sanitized
	make -s -C "$top" sanitized >"$scratch/make.log" 2>&1
}

make_damage()
{
	cat >"$scratch/damage.c" <<-'END'
		/* damage SEED IN OUT: cuts the file, or changes some of its bits, bytes or words. */
		#include <stdio.h>
		#include <stdlib.h>
		#include <string.h>
		static unsigned long state;
		static unsigned long draw(unsigned long n)
		{
			state = state * 6364136223846793005ul + 1442695040888963407ul;
			return (state >> 33) % n;
		}
		int main(int argc, char **argv)
		{
			static const unsigned long odd[] = {0, 1, 0x7fffffff, 0xffffffff, ~0ul, 1ul << 63, 0xff20, 24};
			static unsigned char b[4 << 20];
			FILE *in = fopen(argv[2], "r"), *out = fopen(argv[3], "w");
			unsigned long n = fread(b, 1, sizeof(b), in), i, times;
			(void)argc;
			state = strtoul(argv[1], NULL, 10);
			for (i = 0; i < 8; i++)
				draw(2);
			/* Headers are a small part of a file and decide most. */
			unsigned long headers = *(unsigned long *)(b + 40), kind = draw(5);
			times = 1 + draw(6);
			if (kind == 0)
				n = draw(n);
			for (i = 0; kind && i < times; i++) {
				unsigned long at = kind < 3 && headers < n ? headers + draw(n - headers) : draw(n);
				unsigned long word = odd[draw(8)];
				if (draw(2))
					b[at] ^= 1 << draw(8);
				else
					memcpy(b + (at & ~7ul), &word, 4 + 4 * draw(2));
			}
			fwrite(b, 1, n, out);
			return fclose(out);
		}
	END
	gcc -O1 -w -o "$scratch/damage" "$scratch/damage.c"
}

# fuzz NAME FILE ROUNDS COMMAND...: runs COMMAND on damaged copies of FILE, where it says DAMAGED.
fuzz()
{
	local name=$1 file=$2 n=$3 i bad=0 accepted=0 status damaged=$scratch/damaged
	local changed=$damaged/${file##*/}
	shift 3
	# Of fewer it may be that none is bad enough.
	((n >= 10)) || n=10
	mkdir -p "$damaged"
	run env -C "$dir" "${@//DAMAGED/$file}"
	exits 0 "$name: the undamaged one"
	cp "$dir"/*.c "$damaged" # the tags
	for ((i = 0; i < n; i++)); do
		"$scratch/damage" "$((seed * 1000 + i))" "$file" "$changed"
		(cd "$dir" && exec timeout -k 1 10 "${@//DAMAGED/$changed}") >"$scratch/log" 2>&1 </dev/null
		status=$?
		accepted=$((accepted + (status == 0)))
		((status > 1)) || continue
		bad=$((bad + 1))
		diag "seed $((seed * 1000 + i)): exit status $status: $(grep -m3 -E 'ERROR|runtime error|#[0-4] ' "$scratch/log")"
	done
	is "$bad" 0 "$name: $n damaged ones, $accepted of them good enough"
	((accepted < n)) || fail "$name: some of them are refused"
}

# What an earlier run of this test found, made on purpose.
known()
{
	local damaged=$scratch/damaged size entry at
	make_elfedit || return
	cd "$dir" || return
	"$scratch/elfedit" klp-x.ko "$damaged/klp-x.ko" set-flags .rela.text 0x840
	run "$bin/klplink" --table good.syms -o out/klp-x.ko "$damaged/klp-x.ko"
	refused 1 "'$damaged/klp-x.ko': section '.rela.text' cannot be read as relocations" \
		"relocations that are said to be compressed"
	run "${syms[@]}" --vmlinux "$k/vmlinux" --module "$damaged/klp-x.ko" alpha.o
	refused 1 "'$damaged/klp-x.ko': section '.rela.text' cannot be read as relocations" "... by klpsyms too"
	"$scratch/elfedit" "$k/vmlinux" "$damaged/vmlinux" poke .debug_rnglists 4 77
	c_file gamma.c kernel/gamma.c <<<'int split_path(int); int use(int x) { return split_path(x); }'
	mini_cc "$dir/gamma.c" "$dir/gamma.o" -w
	run "${syms[@]}" --vmlinux "$damaged/vmlinux" --module klp-x.ko gamma.o
	refused 1 "'$damaged/vmlinux': damaged debug information: section '.debug_rnglists'" \
		"range lists of another version, which libdwarf 20210528 frees twice"
	# In memory of its own, behind which reading is noticed: one that was compressed.
	size=$(readelf -SW "$k/vmlinux" | sed -n 's/.* \.debug_info *PROGBITS *[0-9a-f]* [0-9a-f]* \([0-9a-f]*\) .*/\1/p')
	"$scratch/elfedit" "$k/vmlinux" "$damaged/vmlinux" poke .debug_info $((0x$size - 3)) 00a1ff
	objcopy --add-section .debug_addr=alpha.c --compress-debug-sections=zlib "$damaged/vmlinux"
	run "$bin/kallsympos" --vmlinux "$damaged/vmlinux" gamma_private
	is "$status:$err" 0: "an expression of no bytes at the end of the debug information"
	# Sums of a symbol's place and an addend, beyond what 64 bits hold.
	"$scratch/elfedit" linked/klp-x.ko "$damaged/klp-x.ko" poke .rela.text 16 ffffffffffffff7f
	run "$bin/klpcheck" --vmlinux "$k/vmlinux" --symvers "$k/Module.symvers" "$damaged/klp-x.ko"
	refused 1 "'$damaged/klp-x.ko': " 'an addend that leads out of all memory'
	"$scratch/elfedit" new.o "$damaged/new.o" set-reloc-addend .rela.text.alpha_first 1 0x7ffffffffffffffc
	run "$bin/klpdiff" --vmlinux "$k/vmlinux" --path fs/proc/alpha.c --list damaged.list -o damaged.o was.o "$damaged/new.o"
	refused 1 "'$damaged/new.o': section '.text.alpha_first' refers at 0x" "... by klpdiff, to which the rest of the instruction is added"
	# The first entry that says where its sibling is: it is that itself (libdwarf finds out what is before it).
	read -r entry at < <(readelf --debug-dump=info "$k/vmlinux" 2>/dev/null |
		sed -nE 's/^ *<[0-9a-f]+><([0-9a-f]+)>: .*/\1/; T next; h; b; :next; s/^ *<([0-9a-f]+)> *DW_AT_sibling .*/\1/; T; H; g; s/\n/ /p; q')
	"$scratch/elfedit" "$k/vmlinux" "$damaged/vmlinux" poke .debug_info $((0x$at)) \
		"$(printf '%08x' $((0x$entry)) | sed -E 's/(..)(..)(..)(..)/\4\3\2\1/')"
	run timeout 20 "${syms[@]}" --vmlinux "$damaged/vmlinux" --module klp-x.ko alpha.o
	# libdwarf finds out, too, since 0.11.
	err=${err/DW_DLE_SIBLING_OFFSET_WRONG*/"an entry's sibling stands before it"}
	refused 1 "'$damaged/vmlinux': damaged debug information: an entry's sibling stands before it" 'entries that follow themselves'
	cd "$OLDPWD" || return
}

# Work that grows with the product of what is in the file comes to an end, and is no crash.
endless()
{
	local hostile=$scratch/endless pid
	mkdir "$hostile"
	{
		cat "$mini_src/foreign.c"
		printf "int many%d = 1;\n" {1..20000}
		printf 'static int __initdata gone[20000] __attribute__((used)) = {1};\n'
		printf 'asm(".pushsection .data.lead, \\"aw\\"; .rept 20000; .quad .init.data; .endr; .popsection");\n'
	} >"$hostile/x.c"
	MINI_CFLAGS=-g0 mini_module "$k" "$hostile/klp-x.ko" "$hostile/x.c"
	run bash -c 'ulimit -St 1; exec "$@"' - "$bin/klpcheck" --vmlinux "$k/vmlinux" "$hostile/klp-x.ko"
	refused 1 "klpcheck: error: '$hostile/klp-x.ko': reading it takes more than 1 seconds" 'klpcheck within the time that it is given'
	has "$err" "  if you trust it, set another limit: 'ulimit -t SECONDS'" '... says how it is given more'
	mkfifo "$hostile/table"
	"$bin/klplink" --table "$hostile/table" -o "$hostile/out/klp-x.ko" "$hostile/klp-x.ko" 2>"$hostile/err" &
	pid=$!
	exec {hold}>"$hostile/table" # it has begun to read now
	is "$(awk '/^Max cpu time/ { print $4, $5 }' "/proc/$pid/limits")" '600 unlimited' 'klplink takes ten minutes at the most'
	kill -XCPU "$pid"
	wait "$pid"
	is "$?:$(head -n 1 "$hostile/err")" "1:klplink: error: '$hostile/klp-x.ko': reading it takes more than 600 seconds, as that of no sane module does" \
		'... and refuses then'
	exec {hold}>&-
}

mini_vmlinux "$k" && mini_gadget "$k" && make_frame && make_damage || exit
if build_sanitized; then
	pass "klpsyms and klplink with sanitizers"
else
	fail "klpsyms and klplink with sanitizers"
	diag "$(tail -n 5 "$scratch/make.log")"
fi
fuzz_patch
syms=("$bin/klpsyms" --symvers "$k/Module.symvers" --renames renames -o syms)
module=(--module klp-x.ko alpha.o)
fuzz vmlinux "$k/vmlinux" "$rounds" "${syms[@]}" --vmlinux DAMAGED --debug-modules "$k" "${module[@]}"
fuzz "an object file" "$dir/alpha.o" "$((rounds / 2))" "${syms[@]}" --vmlinux "$k/vmlinux" \
	--module klp-x.ko DAMAGED
fuzz "a module, resolved" "$dir/klp-x.ko" "$rounds" "${syms[@]}" --vmlinux "$k/vmlinux" --module DAMAGED alpha.o
fuzz "a module, linked" "$dir/klp-x.ko" "$rounds" "$bin/klplink" --table good.syms -o out/klp-x.ko DAMAGED
fuzz "a module, checked" "$dir/linked/klp-x.ko" "$rounds" "$bin/klpcheck" --vmlinux "$k/vmlinux" --symvers "$k/Module.symvers" DAMAGED
fuzz "a module, described" "$dir/linked/klp-x.ko" "$rounds" "$bin/klpinfo" --json DAMAGED
fuzz "a symbol table" "$dir/good.syms" "$((rounds / 2))" "$bin/klplink" --table DAMAGED -o out/klp-x.ko "$dir/klp-x.ko"
fuzz "System.map" "$k/System.map" "$((rounds / 2))" "${syms[@]}" --vmlinux "$k/vmlinux" --symbols DAMAGED "${module[@]}"
fuzz "Module.symvers" "$k/Module.symvers" "$((rounds / 4))" "$bin/klpsyms" -o syms --renames renames \
	--vmlinux "$k/vmlinux" --symvers DAMAGED "${module[@]}"
cut=("$bin/klpdiff" --vmlinux "$k/vmlinux" --path fs/proc/alpha.c --list "$dir/damaged.list")
fuzz "a kernel file's object" "$dir/was.o" "$((rounds / 8))" "${cut[@]}" -o damaged.o DAMAGED new.o
fuzz "... patched" "$dir/new.o" "$((rounds / 8))" "${cut[@]}" -o damaged.o was.o DAMAGED
fuzz "what is cut out" "$dir/cut.o" "$((rounds / 8))" "${cut[@]}" --verify DAMAGED was.o new.o
known
endless
done_testing
