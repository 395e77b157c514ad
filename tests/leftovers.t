#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What an author may leave in a copied file by mistake, with the headers of stock kernels: each is refused with its line,
# its name, the reason and the way out.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/example.bash
. "$(dirname "$0")/example.bash"

# patch [SED]: a fresh copy of example/cmdline without its tests, as $dir, with standard input inserted before the first
# function, then changed by SED. The text begins in line $first.
patch()
{
	dir=$copies/patch
	rm -rf "$dir"
	mkdir "$dir"
	cp "$top"/example/cmdline/{Makefile,klp-cmdline.c} "$dir"
	cat >"$scratch/text"
	first=$(grep -n '^static int' "$dir/klp-cmdline.c" | head -n 1 | cut -d: -f1)
	sed -i "$((first - 1))r $scratch/text" "$dir/klp-cmdline.c"
	[[ -z ${1-} ]] || sed -i "$1" "$dir/klp-cmdline.c"
}

# line PATTERN [FILE]: the number of the line with PATTERN.
line()
{
	grep -n "$1" "$dir/${2-klp-cmdline.c}" | tail -n 1 | cut -d: -f1
}

# says MESSAGE NAME: klpmake refuses it with this message, says nothing else, and leaves nothing.
says()
{
	run "$top/klpmake" -q -k "$release" "$dir"
	is "$status:$err" "1:$1" "$release: $2"
	is "$(cd "$dir" && find . -name '*.ko' -o -name '*.syms')" '' "$release: ... and nothing is made"
}

whole_run()
{
	local nothing=$'\nklpmake: error: kbuild failed: nothing was made'
	local one_init="  module_init() and every other initcall defines it: keep only the one for the function that calls klp_enable_patch()"
	local stays='the kernel frees that as soon as the patch is loaded'

	patch <<-'END'
		#define CREATE_TRACE_POINTS
		#include <trace/events/oom.h>
	END
	run "$top/klpmake" -q -k "$release" "$dir"
	refused 1 "klpsyms: error: klp-cmdline.c:$first: CREATE_TRACE_POINTS defines " "$release: CREATE_TRACE_POINTS"
	has "$err" " of the kernel's tracepoints once more, 'compact_retry' for one: whoever traces them sees nothing of what the patch does
  remove the #define: with the header alone, trace_compact_retry() is the kernel's" "$release: ... and why"
	is "$(wc -l <<<"$err")" 2 "$release: ... which is all that is said"
	sed -i 's|^//KLPMAKE.*|//KLPMAKE mm/oom_kill.c|' "$dir/klp-cmdline.c"
	run "$top/klpmake" -q -k "$release" "$dir"
	is "$status:$(wc -l <<<"$err")" 1:2 "$release: ... also with the tag of the file that has it"

	patch <<-'END'
		#include <linux/syscalls.h>
		SYSCALL_DEFINE1(umask, int, mask)
		{
			return mask;
		}
	END
	says "klpsyms: error: klp-cmdline.c:$(line SYSCALL_DEFINE1): SYSCALL_DEFINE() of 'umask' makes trace events of it, too: the kernel sets these up with code that it has freed after boot, and crashes
  write __SYSCALL_DEFINEx() instead, which makes the functions only: example/uname shows how" "SYSCALL_DEFINE()"

	patch <<-'END'
		#include <linux/fs.h>
		char *file_path(struct file *filp, char *buf, int buflen)
		{
			return buf;
		}
		EXPORT_SYMBOL(file_path);
	END
	says "klp-cmdline.c:$(line EXPORT_SYMBOL): error: 'file_path' is exported by vmlinux already: the kernel would refuse the module
  remove EXPORT_SYMBOL() from the files of a patch$nothing" "EXPORT_SYMBOL() of what vmlinux exports"
	patch <<-'END'
		struct garp_port;
		void garp_uninit_applicant(void *dev, void *appl);
		void garp_uninit_applicant(void *dev, void *appl) { }
		EXPORT_SYMBOL_GPL(garp_uninit_applicant);
	END
	says "klpcheck: error: 'klp-cmdline.ko': klp-cmdline.c:$((first + 2)): 'garp_uninit_applicant' is exported, as 'net/802/garp' does already: verify_exported_symbols() refuses the module
  remove EXPORT_SYMBOL() from its files" "EXPORT_SYMBOL() of what a module exports"

	patch <<-'END'
		static int __init proc_cmdline_init(void)
		{
			return 0;
		}
		fs_initcall(proc_cmdline_init);
	END
	says "klp-cmdline.c:$(line '^module_init'): error: 'init_module' is defined a second time, first in klp-cmdline.c:$(line fs_initcall)
$one_init$nothing" "an initcall beside module_init()"
	patch <<-'END'
		static int __init proc_cmdline_init(void)
		{
			return 0;
		}
		module_init(proc_cmdline_init);
	END
	says "klp-cmdline.c:$(line '^module_init'): error: 'init_module' is defined a second time, first in klp-cmdline.c:$((first + 4))
$one_init$nothing" "two of module_init()"
	patch <<-'END'
		static void __exit proc_cmdline_exit(void)
		{
		}
		module_exit(proc_cmdline_exit);
	END
	says "klp-cmdline.c:$(line '^module_exit'): error: 'cleanup_module' is defined a second time, first in klp-cmdline.c:$((first + 3))
  module_exit() defines it: keep only the patch's own$nothing" "two of module_exit()"

	patch </dev/null
	cat >"$dir/version.c" <<-'END'
		//KLPMAKE fs/proc/version.c
		#include <linux/module.h>
		static int __init proc_version_init(void)
		{
			return 0;
		}
		late_initcall(proc_version_init);
	END
	printf 'obj-m := klp-two.o\nklp-two-y := klp-cmdline.o version.o\n' >"$dir/Makefile"
	# The linker names the functions, by the lines of their first instructions.
	says "version.c:$(($(line __init version.c) + 1)): error: 'init_module' is defined a second time, first in klp-cmdline.c:$(($(line '_init(void)') + 1))
$one_init$nothing" "an initcall in another file than module_init()"

	patch 's/^static int \(livepatch_cmdline_proc_show\)/static int __init \1/' <<-'END'
		static noinline int __init proc_cmdline_setup(int x)
		{
			return x + jiffies;
		}
		int cmdline_again(int x);
		int cmdline_again(int x)
		{
			return proc_cmdline_setup(x);
		}
	END
	says "klpcheck: error: 'klp-cmdline.ko': klp-cmdline.c:$((first + 5)): 'cmdline_again' uses 'proc_cmdline_setup', which lies in '.init.text': $stays
  remove __init or __initdata from 'proc_cmdline_setup'
klpcheck: error: 'klp-cmdline.ko': klp-cmdline.c:$(line '^static struct klp_func'): 'funcs' uses 'livepatch_cmdline_proc_show', which lies in '.init.text': $stays
  remove __init or __initdata from 'livepatch_cmdline_proc_show'" "__init on a new function, and on one that another calls"

	patch <<-'END'
		#include <linux/pci.h>
		static const struct pci_device_id ids[] = { { PCI_DEVICE(0x1234, 0x5678) }, { } };
		MODULE_DEVICE_TABLE(pci, ids);
	END
	run "$top/klpmake" -q -k "$release" "$dir"
	is "$status:$err" "0:klpcheck: warning: 'klp-cmdline.ko': modinfo has the alias 'pci:v00001234d00005678sv*sd*bc*sc*i*': whoever looks for a driver by it gets the patch; remove MODULE_DEVICE_TABLE() and MODULE_ALIAS() from its files" \
		"$release: MODULE_DEVICE_TABLE() is warned of"
}

on_every_kernel
done_testing
