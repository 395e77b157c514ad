#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# klpcheck compares what a patch declares with what the kernel has: functions, variables, structures. Other words for the
# same thing pass. Each difference that machine code would notice is refused, and can be waived by name.

# shellcheck source=tests/types.bash
source "$(dirname "${BASH_SOURCE[0]}")/types.bash"

what_is_right()
{
	fine "what the kernel has" kinds_use=new_use kinds_add=new_add <<-END
		$kinds
		extern struct kinds_item *kinds_head;
		extern struct kinds_pair kinds_pair;
		extern const int kinds_limits[3];
		extern char kinds_buffer[64];
		extern u8 kinds_byte;
		extern long kinds_long;
		extern enum kinds_state kinds_now;
		extern kinds_count kinds_total;
		extern int kinds_grid[2][3];
		extern int (*kinds_hook)(int, long);
		extern int kinds_global;
		static int kinds_add(int a, long b);
		static long kinds_name(struct kinds_item *item, const char *name, u32 len);
		static void kinds_quiet(enum kinds_state state);
		static bool kinds_test(bool wanted);
		static int kinds_call(int (*fn)(int, long), void *data);
		static int kinds_value(kinds_count count, struct kinds_pair pair);
		static int kinds_print(const char *fmt, ...);
		static int kinds_swap(struct kinds_item *item, struct record *record);
		int new_use(int x)
		{
			kinds_quiet(kinds_now);
			return kinds_add(x, KINDS_LARGE) + kinds_name(kinds_head, kinds_buffer, kinds_byte) +
			       kinds_test(x) + kinds_call(kinds_hook, &kinds_global) +
			       kinds_value(kinds_total, kinds_pair) + kinds_print("%d", kinds_limits[x]) +
			       kinds_swap(kinds_head, NULL) + kinds_long + kinds_grid[1][2];
		}
		static int new_add(int a, long b)
		{
			return a;
		}
	END
	is "$(checked prototypes)" "8 declared and 2 replaced functions; 1 exported as the kernel's headers declare them" \
		"... all functions were compared"
	is "$(checked data)" "11 variables; 0 exported as the kernel's headers declare them" "... all variables"
	is "$(checked layout)" "5 types of 1 file of the patch with 1 of the kernel" "... all types"
	lacks "$out" "not checked" "... and all is said to be checked"
}

# Other words for the same types, and only the members of a structure that are used.
what_means_the_same()
{
	fine "the same in other words" kinds_use=new_use kinds_add=new_add kinds_quiet=new_quiet kinds_test=new_test <<-'END'
		typedef signed int s32;
		typedef unsigned char byte;
		struct kinds_item {
			s32 id;
			unsigned low : 3, high : 5;
			union { void *pointer; unsigned long number; };
			struct { int x, y; } point;
			signed char name[16];
		};
		/* Alone in its unit, and too large for a signed byte: the compiler writes it otherwise. */
		enum { KINDS_LARGE = 200 };
		struct my_pair { int first, second; };
		struct kinds_count { unsigned counter; };
		extern struct kinds_item *volatile kinds_head;
		extern struct my_pair kinds_pair;
		extern const unsigned kinds_limits[];
		extern unsigned char kinds_buffer[0];
		extern byte kinds_byte;
		extern unsigned kinds_now;
		extern struct kinds_count kinds_total;
		extern int kinds_grid[][3];
		extern int (*kinds_hook)(s32, unsigned long);
		extern u32 kinds_global;
		extern char kinds_long[];
		int kinds_add(int, long);
		long kinds_name(void *item, void *name, int len);
		void kinds_quiet(const int state);
		_Bool kinds_test(const bool wanted);
		extern int kinds_call();
		int kinds_value(struct kinds_count count, struct my_pair pair);
		void kinds_print(char *fmt, ...);
		int kinds_swap(const struct kinds_item *item, void *);
		int new_use(int x)
		{
			kinds_quiet(kinds_now);
			kinds_print("%d", kinds_limits[x]);
			return kinds_add(x, KINDS_LARGE) + kinds_name(kinds_head, kinds_buffer, kinds_byte) + kinds_test(x) +
			       kinds_call(kinds_hook, &kinds_global) + kinds_value(kinds_total, kinds_pair) +
			       kinds_swap(kinds_head, NULL) + kinds_long[0] + kinds_grid[1][2];
		}
		static unsigned new_add(const u32 a, volatile unsigned long b)
		{
			return a;
		}
		/* Nobody looks at what it returns. */
		static int new_quiet(unsigned state)
		{
			return state;
		}
		/* It looks at no argument. */
		static bool new_test(void)
		{
			return true;
		}
	END
	is "$(checked prototypes)" "8 declared and 4 replaced functions; 1 exported as the kernel's headers declare them" \
		"... all functions were compared"
	is "$(checked data)" "11 variables; 0 exported as the kernel's headers declare them" "... all variables"
	is "$(checked layout)" "1 type of 1 file of the patch with 1 of the kernel; without their end: struct kinds_item" \
		"... and a structure without its end is said to be so"

	fine "a static local, a per-CPU variable, the assembler's, the linker script's" kinds_use=new_use <<-'END'
		#include <klpmake.h>
		extern int counted KLP_STATIC_LOCAL(kinds_add, calls);
		extern int as_clang_does KLP_STATIC_LOCAL(kinds_add, others);
		int asm_entry(int x);
		extern int kinds_percpu;
		int new_use(int x)
		{
			int own;
			long there = x;
			asm("movl %%gs:%1, %0" : "=r"(own) : "m"(kinds_percpu));
			asm("addq $kinds_percpu, %0" : "+a"(there));
			own += *(int *)there;
			return counted + as_clang_does + asm_entry(x) + _end[0] + own + *(int *)((long)&kinds_percpu + x);
		}
	END
	is "$(checked data)" "3 variables; 0 exported as the kernel's headers declare them" "... those with types are compared"
	has "$out" "not checked  data: no debug information in the patch or the kernel of 1 variable: _end" \
		"... variables without are listed"
	has "$out" "not checked  prototypes: no debug information in the patch or the kernel of 1 function: asm_entry" \
		"... and functions"
	fine "a variable of another file, of which nothing else is used" kinds_use=new_use <<-'END'
		#include <klpmake.h>
		extern int other KLP_SYMBOL_OF(vmlinux, "kernel/gamma.c", gamma_private);
		extern int again KLP_SYMBOL_OF(vmlinux, "kernel/gamma.c", gamma_private);
		int new_use(int x) { return other + again; }
	END
	is "$(checked data)" "2 variables; 0 exported as the kernel's headers declare them" "... is found, under two names"
	fine "what only the assembler speaks of" kinds_use=new_use <<-'END'
		int new_use(int x) { asm volatile("call kinds_quiet\n\tmovl kinds_byte(%%rip), %%eax" ::: "rax"); return x; }
	END
	has "$out" "not checked  prototypes: no debug information in the patch or the kernel of 1 function: kinds_quiet" \
		"... is not declared, and listed"
	has "$out" "not checked  data: no debug information in the patch or the kernel of 1 variable: kinds_byte" "... a variable as well"
	TAG=drivers/gadget/gadget.c OBJECT='"gadget"' fine "a patch to a module" gadget_export=new_export <<-'END'
		extern int gadget_private;
		static int gadget_step(int x);
		static int new_export(int x) { return gadget_step(x) + gadget_private; }
	END
	is "$(checked prototypes)" "1 declared and 1 replaced function; 1 exported as the kernel's headers declare them" \
		"... is compared with the module's debug file"
}

what_calls_wrongly()
{
	wrong prototypes "x.c:3: 'kinds_add' is not declared as the kernel has it: it has 1 argument, the kernel's 2
  declared int kinds_add(int)
  kernel   int kinds_add(int a, long int b) (kernel/kinds.c:47)
  declare it as the kernel does
  to accept this, pass --allow=prototypes" "an argument too few" kinds_use=new_use <<-'END'
		static int kinds_add(int); int new_use(int x) { return kinds_add(x); }
	END
	wrong prototypes "x.c:3: 'kinds_add' is not declared as the kernel has it: it has 3 arguments, the kernel's 2" \
		"one too many" kinds_use=new_use <<-'END'
			static int kinds_add(int, long, int); int new_use(int x) { return kinds_add(x, x, x); }
		END
	wrong prototypes "x.c:3: 'kinds_add' is not declared as the kernel has it: argument 2 is 'int', the kernel's 'long int'" \
		"a shorter integer" kinds_use=new_use <<-'END'
			static int kinds_add(int, int); int new_use(int x) { return kinds_add(x, x); }
		END
	wrong prototypes "x.c:3: 'kinds_swap' is not declared as the kernel has it: argument 1 is 'struct record *', the kernel's 'struct kinds_item *'" \
		"two pointers in the wrong order" kinds_use=new_use <<-'END'
			struct kinds_item; static int kinds_swap(struct record *, struct kinds_item *); int new_use(int x) { return kinds_swap(0, 0); }
		END
	wrong prototypes "x.c:3: 'kinds_quiet' is not declared as the kernel has it: it returns 'int', the kernel's 'void'" \
		"a result that there is not" kinds_use=new_use <<-'END'
			static int kinds_quiet(int); int new_use(int x) { return kinds_quiet(x); }
		END
	wrong prototypes "x.c:3: 'kinds_test' is not declared as the kernel has it: it returns 'int', the kernel's 'bool'" \
		"a result of which only a byte is set" kinds_use=new_use <<-'END'
			static int kinds_test(bool); int new_use(int x) { return kinds_test(x); }
		END
	wrong prototypes "x.c:3: 'kinds_print' is not declared as the kernel has it: it takes these arguments only, the kernel's any number" \
		"variable arguments" kinds_use=new_use <<-'END'
			static int kinds_print(const char *); int new_use(int x) { return kinds_print("x"); }
		END
	wrong prototypes "x.c:3: 'kinds_call' is not declared as the kernel has it: argument 1 is 'int (*)(int)', the kernel's 'int (*)(int, long int)'" \
		"a callback with another argument" kinds_use=new_use <<-'END'
			static int kinds_call(int (*)(int), void *); int new_use(int x) { return kinds_call(new_use, 0); }
		END
	wrong prototypes "x.c:3: 'kinds_value' is not declared as the kernel has it: argument 1 is 'int', the kernel's 'kinds_count'" \
		"an integer for a structure" kinds_use=new_use <<-'END'
			struct kinds_pair { int first, second; }; static int kinds_value(int, struct kinds_pair);
			int new_use(int x) { struct kinds_pair p = {}; return kinds_value(x, p); }
		END
	wrong prototypes "x.c:3: 'kinds_byte' is not declared as the kernel has it: it is a function, the kernel's a variable" \
		"a function that is a variable" kinds_use=new_use <<-'END'
			int kinds_byte(int); int new_use(int x) { return kinds_byte(x); }
		END
	wrong prototypes "x.c:3: 'sink' is not declared as the kernel has it: it has 2 arguments, the kernel's 1" \
		"an exported function that is declared by hand" kinds_use=new_use <<-'END'
			long shared_sum(long, long) asm("sink"); int new_use(int x) { return shared_sum(x, x); }
		END
	wrong prototypes "x.c:4: 'alpha_scalar.isra.0' is a copy of a function that the compiler has changed: which arguments it takes cannot be told
  copy the function into the patch" "a clone that is called" kinds_use=new_use <<-'END'
		#include <klpmake.h>
		int alpha_scalar(const struct record *) KLP_SYMBOL(vmlinux, alpha_scalar.isra.0, 0); int new_use(int x) { return alpha_scalar(0); }
	END
}

what_is_called_wrongly()
{
	wrong prototypes "x.c:3: 'new_add' cannot be called instead of 'kinds_add': it has 1 argument, the kernel's 2
  new      int new_add(int a)
  old      int kinds_add(int a, long int b) (kernel/kinds.c:47)
  define it with the arguments and the result of the old one
  to accept this, pass --allow=prototypes" "a new function with fewer arguments" kinds_add=new_add <<-'END'
		static int new_add(int a) { return a; }
	END
	wrong prototypes "x.c:3: 'new_add' cannot be called instead of 'kinds_add': it returns 'void', the kernel's 'int'" \
		"... without a result" kinds_add=new_add <<-'END'
			static void new_add(int a, long b) { }
		END
	wrong prototypes "x.c:3: 'new_name' cannot be called instead of 'kinds_name': argument 1 is 'const char *', the kernel's 'struct kinds_item *'" \
		"... with arguments in another order" kinds_name=new_name <<-'END'
			struct kinds_item; static long new_name(const char *name, struct kinds_item *item, u32 len) { return len; }
		END
	wrong prototypes "'alpha_scalar.isra.0' is a copy of a function that the compiler has changed: which arguments 'new_scalar' is called with cannot be told
  patch the callers of that function instead
  alpha_show calls it
  alpha_again calls it
  to accept this, pass --allow=prototypes" "a clone that is replaced" alpha_scalar.isra.0=new_scalar <<-'END'
		static int new_scalar(const struct record *r) { return 0; }
	END
}

what_reads_wrongly()
{
	wrong data "x.c:3: 'kinds_long' is not declared as the kernel has it: it is 'int', the kernel's 'long int'
  declared int kinds_long
  kernel   long int kinds_long (kernel/kinds.c:39)
  declare it as the kernel does
  to accept this, pass --allow=data" "a variable of another size" kinds_use=new_use <<-'END'
		extern int kinds_long; int new_use(int x) { return kinds_long; }
	END
	wrong data "x.c:3: 'kinds_buffer' is not declared as the kernel has it: it is 'char [32]', the kernel's 'char [64]'" \
		"an array of another length" kinds_use=new_use <<-'END'
			extern char kinds_buffer[32]; int new_use(int x) { return kinds_buffer[x]; }
		END
	wrong data "x.c:3: 'kinds_grid' is not declared as the kernel has it: it is 'int [][2]', the kernel's 'int [2][3]'" \
		"... with other rows" kinds_use=new_use <<-'END'
			extern int kinds_grid[][2]; int new_use(int x) { return kinds_grid[x][1]; }
		END
	wrong data "x.c:3: 'kinds_buffer' is not declared as the kernel has it: it is 'char *', the kernel's 'char [64]'" \
		"a pointer for an array" kinds_use=new_use <<-'END'
			extern char *kinds_buffer; int new_use(int x) { return kinds_buffer[x]; }
		END
	wrong data "x.c:3: 'kinds_head' is not declared as the kernel has it: it is 'char []', the kernel's 'struct kinds_item *'" \
		"bytes for a pointer" kinds_use=new_use <<-'END'
			extern char kinds_head[]; int new_use(int x) { return kinds_head[x]; }
		END
	wrong data "x.c:4: 'kinds_total' is not declared as the kernel has it: it is 'int', the kernel's 'struct {...}'" \
		"another type under the same name" kinds_use=new_use <<-'END'
			typedef int kinds_count;
			extern kinds_count kinds_total; int new_use(int x) { return kinds_total; }
		END
	wrong data "x.c:4: 'kinds_pair' is not declared as the kernel has it: it is 'struct my_pair', the kernel's 'struct kinds_pair'" \
		"a structure under another name with other members" kinds_use=new_use <<-'END'
			struct my_pair { int second, first; };
			extern struct my_pair kinds_pair; int new_use(int x) { return kinds_pair.first; }
		END
	wrong data "x.c:3: 'kinds_add' is not declared as the kernel has it: it is 'int', the kernel's 'int (int a, long int b)'" \
		"a variable that is a function" kinds_use=new_use <<-'END'
			extern int kinds_add; int new_use(int x) { return kinds_add; }
		END
	wrong data "x.c:3: 'kinds_long' is not declared as the kernel has it: it is const, the kernel's is not
  declared const long int kinds_long
  kernel   long int kinds_long (kernel/kinds.c:39)
  leave 'const' out" "const for what changes" kinds_use=new_use <<-'END'
		extern const long kinds_long; int new_use(int x) { return kinds_long; }
	END
	wrong data "x.c:3: 'kinds_byte' is not declared as the kernel has it: it is aligned to 4096 bytes, the kernel's is at 0x" \
		"an alignment that it has not" kinds_use=new_use <<-'END'
			extern u8 kinds_byte __attribute__((aligned(4096))); int new_use(int x) { return kinds_byte; }
		END
	wrong data "x.c:3: 'kinds_percpu' is a per-CPU variable of the kernel, and is used as an ordinary one at '.text' + 0x" \
		"a per-CPU variable as an ordinary one" kinds_use=new_use <<-'END'
			extern int kinds_percpu; int new_use(int x) { return kinds_percpu; }
		END
	wrong data "x.c:3: 'kinds_global' is an ordinary variable of the kernel, and is used as a per-CPU one at '.text' + 0x" \
		"an ordinary variable as a per-CPU one" kinds_use=new_use <<-'END'
			extern int kinds_global;
			int new_use(int x)
			{
				asm("movl %%gs:%1, %0" : "=r"(x) : "m"(kinds_global));
				return x;
			}
		END
	fine "a byte of another instruction that looks like that" kinds_use=new_use <<-'END'
		extern int kinds_global;
		int new_use(int x)
		{
			asm("cmpb $0x65, %%al\n\tmovl %1, %0" : "=r"(x) : "m"(kinds_global) : "cc");
			return x;
		}
	END
	try_it kinds_use=new_use <<-'END'
		extern int kinds_limits[3]; int new_use(int x) { return kinds_limits[x]; }
	END
	exits 0 "a const variable without const passes"
	has "$err" "warning: '$dir/out/klp-x.ko': x.c:3: 'kinds_limits' is not declared as the kernel has it: it is not const, the kernel's is: writing to it is a fault" \
		"... with a warning"
}

what_lies_elsewhere()
{
	wrong layout "x.c:3: 'struct kinds_item' is not that of kernel/kinds.c: member 'point' is at byte 8, the kernel's at byte 16
  the kernel's is in kernel/kinds.c:12: copy it from there, or use the headers of this kernel
  to accept this, pass --allow=layout" "a member too few" kinds_use=new_use <<-END
		struct kinds_item { int id; unsigned low : 3, high : 5; struct { int x, y; } point; }; $item
	END
	wrong layout "x.c:3: 'struct kinds_item' is not that of kernel/kinds.c: the kernel's has no member 'flags'" \
		"a member too many" kinds_use=new_use <<-END
			struct kinds_item { int id; unsigned low : 3, high : 5; int flags; void *pointer; }; $item
		END
	wrong layout "x.c:3: 'struct kinds_item' is not that of kernel/kinds.c: member 'low' is 4 bits at byte 4, bit 0, the kernel's 3 bits at byte 4, bit 0" \
		"another bit-field" kinds_use=new_use <<-END
			struct kinds_item { int id; unsigned low : 4, high : 4; }; $item
		END
	wrong layout "x.c:3: 'struct kinds_item' is not that of kernel/kinds.c: member 'point': member 'y' is at byte 0, the kernel's at byte 4" \
		"two members of an inner structure in the wrong order" kinds_use=new_use <<-END
			struct kinds_item { int id; unsigned low : 3, high : 5; long number; struct { int y, x; } point; }; $item
		END
	wrong layout "x.c:3: 'struct kinds_item' is not that of kernel/kinds.c: member 'name' is 'char [8]', the kernel's 'char [16]'" \
		"a shorter array" kinds_use=new_use <<-END
			struct kinds_item { int id; unsigned low : 3, high : 5; long number; struct { int x, y; } point; char name[8]; }; $item
		END
	wrong layout "x.c:3: 'struct kinds_item' is not that of kernel/kinds.c: member 'op' is 'int (*)(int)', the kernel's 'int (*)(int, long int)'" \
		"a function pointer to something else" kinds_use=new_use <<-END
			struct kinds_item { int id; unsigned low : 3, high : 5; long number; struct { int x, y; } point; char name[16]; int (*op)(int); }; $item
		END
	wrong layout "x.c:3: 'struct kinds_item' is not that of kernel/kinds.c: it has 4 bytes of 72, and is not only pointed to" \
		"a structure without its end on the stack" kinds_use=new_use <<-'END'
			struct kinds_item { int id; }; static void kinds_swap(struct kinds_item *item, struct record *record);
			int new_use(int x) { struct kinds_item item = {x}; kinds_swap(&item, NULL); return 0; }
		END
	wrong layout "x.c:3: 'struct kinds_pair' is not that of kernel/kinds.c: it has 16 bytes, the kernel's 8" \
		"a larger one" kinds_use=new_use <<-'END'
			struct kinds_pair { int first, second; } __attribute__((aligned(16)));
			int new_use(int x) { struct kinds_pair pair = {x}; return sink((long)&pair); }
		END
	wrong layout "x.c:3: 'enum kinds_state' is not that of kernel/kinds.c: 'KINDS_BROKEN' is 2, the kernel's 7" \
		"another enumerator" kinds_use=new_use <<-'END'
			enum kinds_state { KINDS_OFF, KINDS_ON, KINDS_BROKEN };
			extern enum kinds_state kinds_now; int new_use(int x) { return kinds_now == KINDS_BROKEN; }
		END
	wrong layout "x.c: 'enumerator KINDS_LARGE' is not that of kernel/kinds.c: it is 30, the kernel's 200" \
		"... without a type" kinds_use=new_use <<-'END'
			enum { KINDS_LARGE = 30 }; int new_use(int x) { return x + KINDS_LARGE; }
		END
	wrong layout "x.c:3: 'typedef kinds_count' is not that of kernel/kinds.c: member 'counter' is 'long int', the kernel's 'int'" \
		"a structure that has only a typedef's name" kinds_use=new_use <<-'END'
			typedef struct { long counter; } kinds_count;
			int new_use(int x) { kinds_count count = {x}; return sink((long)&count); }
		END
	# beta_total() belongs to a file that the patch is not about, but it reads what the patch passes.
	MINI_CFLAGS='-Drecord=first_record -Dbeta_total=first_total' TAG=lib/strings.c \
		wrong layout "x.c:5: 'struct record' is not that of fs/proc/beta.c: member 'weight' is at byte 0, the kernel's at byte 4" \
		"a structure that is passed to a function of another file" registered=new_registered <<-'END'
			#undef record
			#undef beta_total
			struct record { int weight, id; long spare[6]; };
			int beta_total(const struct record *r);
			static int new_registered(int x) { struct record r = {x}; return beta_total(&r); }
		END
}

# Without Module.symvers every name is looked for in vmlinux, but not what the module itself defines: modpost's
# __this_module, which each patch refers to, for one.
what_is_its_own()
{
	attempt kinds_use=new_use <<-'END'
		int new_use(int x) { return x; }
	END
	run "$bin/klpcheck" --vmlinux "$k/vmlinux" "$dir/out/klp-x.ko"
	is "$status:$err" 0: "the module's own symbols are not the kernel's"
}

what_is_right
what_means_the_same
what_is_its_own
what_calls_wrongly
what_is_called_wrongly
what_reads_wrongly
what_lies_elsewhere
done_testing
