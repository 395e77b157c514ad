# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2034 # make_it's status, out and err are tap.bash's
#
# Whole runs of klpmake on the miniature kernel: a build directory that does for a patch what kbuild does, as far
# as klpmake can see, in the time that a compiler takes. Source tap.bash and mini.bash first, then call
# kdir_setup.

k=$scratch/kernel
count=0

# kdir_setup: makes the kernel and its build directory, $k. What klpmake keeps goes where a test can look.
kdir_setup()
{
	[[ -x $bin/klpplace ]] || skip_all "klpmake is not built"
	mkdir -p "$k/include/config"
	[[ $scratch != *[[:space:]]* ]] || skip_all "kbuild works in no path with a blank, as TMPDIR has one"
	mini_vmlinux "$k" || exit 1
	# Quoted for make, which splits words at blanks: the path of the checkout may have some.
	printf '. %q\n' "$top/tests/mini.bash" >"$k/mini.bash"
	cp "$mini_src/module.lds" "$k"
	# The miniature kernel has one header; a patch may include it by the kernel's names.
	mkdir "$k/include/linux"
	printf '#include "mini.h"\n' | tee "$k/include/linux/"{kernel,livepatch,module}.h >/dev/null
	echo "$mini_release" >"$k/include/config/kernel.release"
	kdir_makefile >"$k/Makefile"
	export TMPDIR=$scratch/tmp KLPMAKE_CACHE=$scratch/cache
	mkdir "$TMPDIR"
}

# make compiles sources again when they, a header or the flags have changed. .NAME.o.cmd lists what was read, in
# fixdep's format.
kdir_makefile()
{
	cat <<-END
		export CFLAGS := $(printf '%q ' "${mini_cflags[@]}") -I$k/include
		mini := $k/mini.bash
		kernel := $k
	END
	cat <<-'END'
		.RECIPEPREFIX := >
		.SILENT:
		obj := $(M)
		src := $(M)
		CC := gcc
		include $(or $(wildcard $(M)/Kbuild),$(M)/Makefile)
		modules := $(patsubst %.o,$(M)/%.ko,$(obj-m))
		objects = $(addprefix $(M)/,$(or $($*-y),$*.o))
		flags = $(LINUXINCLUDE) $(CFLAGS) $(if $(obj-m),-DMODULE) $(ccflags-y) $(KCPPFLAGS) $(KCFLAGS)

		modules: $(modules)
		>printf '%s\n' $(modules:.ko=.o) >$(M)/modules.order

		$(M)/%.o: $(M)/%.c $(M)/.flags
		>$(CC) $(flags) -MD -MP -MF $@.d -c -o $@ $<
		>@{ printf 'savedcmd_%s := gcc %s\n\nsource_%s := %s\n\ndeps_%s := \\\n' $@ '$(flags)' $@ $< $@; \
			awk '{ sub(/^[^ ]*: */, ""); for (i = 1; i <= NF; i++) if ($$i != "\\") print "  " $$i " \\" }' $@.d; } >$(@D)/.$(@F).cmd

		$(M)/.flags: FORCE
		>@echo '$(flags)' | cmp -s - $@ || echo '$(flags)' >$@

		.SECONDARY:
		.SECONDEXPANSION:
		$(M)/%.ko: $$(addprefix $(M)/,$$(or $$($$*-y),$$*.o))
		>printf '%s\n' $^ >$(M)/$*.mod
		>ld -r -o $(M)/$*.all $^
		>bash -c '. $(mini); mini_mod $(kernel) $(M)/$* $(M)/$*.all 2>/dev/null && \
			ld -r --build-id -T $(kernel)/module.lds -o $@ $(M)/$*.all "$$REPLY"'

		# One of the kernel's own files, as a single target.
		%.o: $(M)/%.o ;

		-include $(wildcard $(M)/*.o.d)
		FORCE:
	END
}

# kdir_source: $tree, a source tree of the miniature kernel for klpmake's --source.
kdir_source()
{
	local directory
	tree=$scratch/source
	cp -r "$mini_src" "$tree"
	while IFS= read -r directory; do
		: >"$directory/Makefile"
	done < <(find "$tree" -type d)
}

# patch: $dir, a fresh patch directory.
patch()
{
	count=$((count + 1))
	dir=$scratch/patch$count
	mkdir -p "$dir"
	echo 'obj-m := klp-x.o' >"$dir/Makefile"
	source_of klp-x.c
}

# source_of FILE [NUMBER]: a source of the patch, which adds NUMBER: by that number modules can be told apart.
source_of()
{
	cat >"$dir/$1" <<-END
		//KLPMAKE fs/proc/alpha.c
		#include "mini.h"
		extern int state;
		int new_show(int x);
		int new_show(int x) { return x + state + ${2-1000}; }
		static struct klp_func funcs[] = {{.old_name = "alpha_show", .new_func = new_show}, {}};
		static struct klp_object objs[] = {{.funcs = funcs}, {}};
		static struct klp_patch patch = {.mod = THIS_MODULE, .objs = objs};
		static int __init klp_init(void) { return klp_enable_patch(&patch); }
		static void __exit klp_exit(void) {}
		module_init(klp_init);
		module_exit(klp_exit);
		MODULE_LICENSE("GPL");
		MODULE_INFO(livepatch, "Y");
	END
}

# make_it [OPTION...] DIRECTORY
make_it()
{
	run timeout 120 "$top/klpmake" -k "$mini_release" --kdir "$k" --vmlinux "$k/vmlinux" --symbols "$k/System.map" "$@"
}

# adds: the number that new_show() of the module adds.
adds()
{
	objdump -dr --no-show-raw-insn "$dir/klp-x.ko" | grep -oP '(?<=0x)[0-9a-f]{3,}(?=\(%)' | head -n 1 | xargs -I{} printf '%d' 0x{}
}

# made NUMBER NAME: klpmake makes the module from the current sources, with that number.
made()
{
	make_it -q "$dir"
	is "$status:$err:$(adds)" "0::$1" "$2"
}

# left: what is in $dir besides the files of the patch.
left()
{
	(cd "$dir" && find . -mindepth 1 ! -name '*.c' ! -name '*.h' ! -name Makefile | LC_ALL=C sort | xargs)
}
