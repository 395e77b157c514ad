#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What cannot be used in this place: of a module, because the kernel uses the place before it knows the module's symbols;
# of vmlinux, because the kernel would fault. It is refused with the line of the use, and with what to write instead.

# shellcheck source=tests/tap.bash
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# shellcheck source=tests/mini.bash
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
# shellcheck source=tests/klpsyms.bash
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"

alpha=fs/proc/alpha.c
switches=switches/switches.c

# What the macros of <linux/jump_label.h> and similar headers become.
make_headers()
{
	cat >"$scratch/switch.h" <<-'END'
		#define BRANCH(key) branch(&(key))
		static __always_inline bool branch(const void *key)
		{
			asm goto("1: nop\n.pushsection __jump_table, \"aw\"\n"
				 ".long 1b - ., %l[yes] - .\n.quad %c0 - .\n.popsection"
				 : : "i"(key) : : yes);
			return false;
		yes:
			return true;
		}
		#define CALL(name) asm("1: call __SCT__" #name "\n.pushsection .static_call_sites, \"aw\"\n" \
				       ".long 1b - ., __SCK__" #name " - .\n.popsection" : : : "memory")
		extern int __tracepoint_shown;
		static __always_inline void trace_shown(void)
		{
			if (BRANCH(__tracepoint_shown))
				CALL(tp_func_shown);
		}
		/* Another kind of section with something in it. */
		#define IN(section, name) \
			asm(".pushsection " section ", \"aw\"\n.quad " #name "\n.popsection")
	END
}

# A module that has all of these.
make_switches()
{
	mkdir "$scratch/switches"
	cat >"$scratch/$switches" <<-'END'
		#include "mini.h"
		static int loud = 1;
		static int state = 2;
		int polite = 3, __SCK__word, __SCK__tp_func_shown, __tracepoint_shown;
		void __SCT__word(void), __SCT__tp_func_shown(void);
		void __SCT__word(void) { loud++; }
		void __SCT__tp_func_shown(void) { state++; }
		MODULE_LICENSE("GPL");
	END
	mini_module "$k" "$scratch/switches/switches.ko" "$scratch/$switches"
}

# line FILE PATTERN
line()
{
	printf '%s:%s\n' "$1" "$(grep -n -m1 -F -- "$2" "$dir/$1" | cut -d: -f1)"
}

# uses TAG: klpsyms on a.c, with that tag and the text on standard input.
uses()
{
	fresh
	{
		printf '#include "%s"\n' "$scratch/switch.h"
		cat
	} | c_file a.c "$1"
	resolve --object "$scratch/switches/switches.ko"
}

before='the kernel looks for such uses when it loads the patch, before it knows the symbols of a module; write'

one_of_each()
{
	uses $switches <<-'END'
		extern int loud, polite;
		void use(void);
		static __always_inline bool is_polite(void)
		{
			return BRANCH(polite);
		}
		void use(void)
		{
			sink(1);
			if (BRANCH(loud))
				sink(1);
			sink(1);
			CALL(word);
			if (is_polite())
				sink(1);
			trace_shown();
			CALL(word);
		}
	END
	refused 1 "klpsyms: error: $(line a.c 'BRANCH(loud)'): static key 'loud' of 'switches': $before KLP_STATIC_BRANCH_LIKELY(&loud) or KLP_STATIC_BRANCH_UNLIKELY(&loud) of <klpmake.h> for the branch" \
		"a static key: the line is that of its use, not of its declaration"
	has "$err" "error: $(line a.c 'BRANCH(polite)'): static key 'polite' of 'switches'" \
		"a static key in a function that is inlined"
	has "$err" "error: $(line a.c 'CALL(word)'): static call 'word' of 'switches': $before KLP_STATIC_CALL(word) of <klpmake.h> for static_call(word)" \
		"a static call"
	is "$(grep -c "static call 'word'" <<<"$err")" 2 "... on each line that has it"
	has "$err" "error: $(line a.c 'trace_shown()'): tracepoint 'shown' of 'switches': $before KLP_TRACE(shown, ...) of <klpmake.h> for trace_shown(...)" \
		"a tracepoint, in a header"
	is "$(grep -c "tracepoint 'shown'" <<<"$err")" 1 "... whose key and call are one"
	is "$(grep -c 'error: ' <<<"$err")" 5 "nothing else is refused"
	holds "no table" test ! -e "$dir/syms"
}

# The trampoline takes the place of the key where the key cannot be reached (static_call_mod()).
# A tracepoint in a function of a header: what to write instead of trace_shown() there, and that it works.
in_a_header()
{
	mkdir -p "$scratch/include/net"
	printf 'static __always_inline void shows(void)\n{\n\ttrace_shown();\n}\n' >"$scratch/include/net/shows.h"
	uses $switches <<-END
		#include "$scratch/include/net/shows.h"
		void use(void);
		void use(void) { shows(); }
	END
	refused 1 "error: $(line a.c 'shows(); }'): tracepoint 'shown' of 'switches': $before KLP_TRACE(shown, ...) of <klpmake.h> for trace_shown(...)
  a function of <net/shows.h> calls it: behind the #include of <$scratch/switch.h>, and before that of <net/shows.h>, write
  #define trace_shown(...) KLP_TRACE(shown, ##__VA_ARGS__)" "a tracepoint in a function of a header"
	uses $switches <<-END
		#define KLP_TRACE(name, ...) (void)__tracepoint_##name
		#define trace_shown(...) KLP_TRACE(shown, ##__VA_ARGS__)
		#include "$scratch/include/net/shows.h"
		void use(void);
		void use(void) { shows(); }
	END
	is "$status:$err" "0:" "... which is no more there with that"
}

trampoline()
{
	uses $switches <<-'END'
		void use(void);
		void use(void)
		{
			asm("1: call __SCT__word\n.pushsection .static_call_sites, \"aw\"\n"
			    ".long 1b - ., __SCT__word - .\n.popsection");
		}
	END
	refused 1 "error: $(line a.c 'asm('): static call 'word' of 'switches'" "a static call by its trampoline"
}

# Alternatives: code that the kernel puts in place of other code has no line of its own.
alternatives()
{
	local alternative='asm("1: nop\n.pushsection .altinstructions, \"a\"\n.long 1b - ., 2f - .\n.byte 0,0,1,5\n.popsection\n"
	".pushsection .altinstr_replacement, \"ax\"\n2: call __SCT__word\n.popsection"); '
	uses $switches <<-END
		void use(void);
		void use(void)
		{
			sink(1);
			/* one */ $alternative
			sink(2);
			/* two */ $alternative
		}
	END
	refused 1 "error: $(line a.c '/* one */'): '__SCT__word' of 'switches' is used in the section '.altinstr_replacement', which the kernel reads when it loads the patch" \
		"an alternative"
	has "$err" "error: $(line a.c '/* two */'): '__SCT__word'" "... and another"
}

# replaced TABLE CODE ENTRY: a function with code between two labels, which that entry of the table describes.
replaced()
{
	uses "${TAG-$switches}" <<-END
		extern int loud, state;
		void use(void);
		void use(void)
		{
			sink(1);
			/* code */ asm("$2\n.pushsection $1, \"a\"\n$3\n.popsection");
			sink(2);
		}
	END
}

# Code that the kernel replaces, in any section.
replaced_code()
{
	local entry='.long 1b - ., 3f - ., 0\n.byte 2b - 1b, 4f - 3f\n.popsection\n.pushsection .altinstr_replacement, \"ax\"\n3: nop\n4:'
	local code='1: call __SCT__word\n2:' site='.quad 1b\n.byte 0, 2b - 1b\n.zero 6'
	local why="the kernel may replace when it loads the patch (%s), before it knows the symbols of a module"
	replaced .altinstructions "$code" "$entry"
	# shellcheck disable=SC2059 # it is a format
	refused 1 "error: $(line a.c '/* code */'): '__SCT__word' of 'switches' is used in code that $(printf "$why" .altinstructions)" \
		"code that an alternative replaces"
	replaced .altinstructions '1: movl loud(%rip), %eax\n2:' "$entry"
	refused 1 "error: $(line a.c '/* code */'): 'loud' of 'switches' is used in code that" "... not only a call"
	replaced .altinstructions "call __SCT__word\n1: nop\n2: call __SCT__word" "$entry"
	exits 0 "... not what stands right before it, or behind"
	TAG=$alpha replaced .altinstructions '1: movl state(%rip), %eax\n2:' "$entry"
	exits 0 "... not a symbol of vmlinux"
	replaced .parainstructions "$code" "$site"
	# shellcheck disable=SC2059
	refused 1 "error: $(line a.c '/* code */'): '__SCT__word' of 'switches' is used in code that $(printf "$why" .parainstructions)" \
		"a call that paravirt replaces"
	replaced .parainstructions "call __SCT__word\n1: nop\n2: call __SCT__word" "$site"
	exits 0 "... not its neighbours"
}

# Code that runs before the module is loaded: the message has the line of the code itself.
init_and_exit()
{
	local it="which runs whether 'switches' is there or not: use it in a function that replaces one of 'switches', or in a callback of its struct klp_object"
	uses $switches <<-'END'
		extern int loud, polite;
		int __init at_first(void); void __exit at_last(void);
		int __init at_first(void)
		{
			return loud + 1;
		}
		void __exit at_last(void)
		{
			polite = 2;
		}
	END
	refused 1 "error: $(line a.c 'loud + 1'): 'loud' of 'switches' is used in '.init.text', $it" "init code"
	has "$err" "error: $(line a.c 'polite = 2'): 'polite' of 'switches' is used in '.exit.text', $it" "exit code"
	uses $switches <<<'extern int loud; int *const where __initdata = &loud;'
	refused 1 "error: $(line a.c 'extern int loud'): 'loud' of 'switches' is used in '.init.data', $it" "init data"
}

# Everything that livepatch's documentation and the module loader mention.
every_section()
{
	local section
	for section in "${mini_early[@]}"; do
		uses $switches <<<"IN(\"$section\", polite);"
		if [[ $section == __jump_table ]]; then
			refused 1 "error: a.c:4: static key 'polite' of 'switches'" "$section"
		else
			refused 1 "error: a.c:4: 'polite' of 'switches' is used in the section '$section', which the kernel reads when it loads the patch, before it knows the symbols of a module" "$section"
		fi
	done
	uses $alpha <<<"extern int state; $(printf 'IN("%s", state);' "${mini_early[@]}" .init.text .init.rodata .exit.data)"
	exits 0 "all of them may have symbols of vmlinux"
	is "$(symbol state | cut -d' ' -f1,2)" 'vmlinux state' "... which is one"
	for section in .text .rodata .data "${mini_late[@]}"; do
		uses $switches <<<"IN(\"$section\", polite);"
		exits 0 "$section is not too early for a module's"
	done
}

# One name for two symbols: what it means is clear after the renaming.
two_meanings()
{
	local object old new
	fresh
	c_file a.c $alpha <<-END
		#include "$scratch/switch.h"
		extern int state; int use_a(void); int use_a(void) { return BRANCH(state); }
	END
	c_file b.c $switches <<-END
		#include "$scratch/switch.h"
		extern int state; int use_b(void); int use_b(void) { return state; }
	END
	resolve --object "$scratch/switches/switches.ko"
	exits 0 "a key of vmlinux, a variable of a module, one name"
	c_file b.c $switches <<-END
		#include "$scratch/switch.h"
		extern int state; int use_b(void);
		int use_b(void) { return BRANCH(state); }
	END
	rm "$dir/b.o"
	resolve --object "$scratch/switches/switches.ko"
	while read -r object old new; do
		objcopy --redefine-sym "$old=$new" "$dir/$object"
	done <"$dir/renames"
	resolve --object "$scratch/switches/switches.ko"
	refused 1 "error: b.c:5: static key 'state' of 'switches'" "a key of both: the module's"
	is "$(grep -c 'error: ' <<<"$err")" 1 "... only that"
}

# A read-only key, in a kernel that would write to it.
sealed()
{
	local name="static key 'sealed' is __ro_after_init, and this kernel faults when it loads a module with a branch on such a key (it has no jump_label_init_ro())"
	cat >"$scratch/sealed.c" <<-'END'
		asm(".section .data.sealed, \"aw\"\n.globl __start_ro_after_init, sealed, __end_ro_after_init, open\n"
		    "__start_ro_after_init:\n.type sealed, @object\nsealed: .quad 1\n"
		    "__end_ro_after_init:\n.type open, @object\nopen: .quad 1\n");
	END
	printf 'void jump_label_init_ro(void); void jump_label_init_ro(void) {}\n' >"$scratch/remedy.c"
	mini_cc "$scratch/sealed.c" "$scratch/sealed.o" && mini_cc "$scratch/remedy.c" "$scratch/remedy.o" &&
		relink "$scratch/older" "$scratch/sealed.o" &&
		relink "$scratch/newer" "$scratch/sealed.o" "$scratch/remedy.o" || return
	k=$scratch/older uses '' <<-'END'
		extern int sealed, open;
		int use(void);
		int use(void)
		{
			if (BRANCH(open))
				return sealed;
			return BRANCH(sealed);
		}
	END
	refused 1 "error: $(line a.c 'BRANCH(sealed)'): $name; write KLP_STATIC_BRANCH_LIKELY(&sealed) or KLP_STATIC_BRANCH_UNLIKELY(&sealed) of <klpmake.h> for the branch" \
		"a branch on a key that is __ro_after_init"
	is "$(grep -c 'error: ' <<<"$err")" 1 "... not on one behind it"
	k=$scratch/newer run_klpsyms --object "$scratch/switches/switches.ko"
	exits 0 "... is none of a newer kernel's troubles"
	k=$scratch/older uses '' <<<'extern int sealed; int use(void); int use(void) { return sealed; }'
	exits 0 "... and can be read"
}

# Files of one name; and what is known without debug information.
which_file()
{
	local file
	fresh
	mkdir "$dir/sub"
	for file in a sub/a; do
		c_file $file.c $switches <<-END
			#include "$scratch/switch.h"
			extern int loud; int use_${file/\//_}(void);
			$([[ $file == a ]] || echo)
			int use_${file/\//_}(void) { return BRANCH(loud); }
		END
		mini_cc "$dir/$file.c" "$dir/$file.o"
	done
	objects=(a.o sub/a.o)
	(cd "$dir" && ld -r -o klp-x.ko "${objects[@]}" "$scratch/frame.o" "$scratch/mod.o")
	run_klpsyms --object "$scratch/switches/switches.ko"
	refused 1 "error: $(line a.c BRANCH): static key" "the file"
	has "$err" "error: $(line sub/a.c BRANCH): static key" "... and its namesake in a directory"
	objcopy --strip-debug "$dir/klp-x.ko"
	run_klpsyms --object "$scratch/switches/switches.ko"
	refused 1 "error: $(line a.c 'extern int loud'): static key 'loud' of 'switches'" \
		"without debug information: where the name stands first"
}

# A kernel whose debug information describes its tables.
make_kernel()
{
	mini_vmlinux "$k" &&
		(cd "$mini_src" && mini_cc same/apply.c "$scratch/apply.o" -I.) && relink "$k" "$scratch/apply.o"
}

make_headers && make_kernel && make_frame && make_switches || exit 1
one_of_each
in_a_header
trampoline
alternatives
replaced_code
init_and_exit
every_section
two_meanings
sealed
which_file
done_testing
