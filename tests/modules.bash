# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Shared by the tests of patches to modules: installed modules, and how patches to them are made.

source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"
alpha=fs/proc/alpha.c
gadget=drivers/gadget/gadget.c
common=drivers/gadget/common.c
widget=drivers/widget/widget.c
made=$scratch/made/klp-x.ko
modules=()

# Modules as a distribution has them: installed without debug information, which is in files of its own.
make_modules()
{
	local name at
	mkdir "$scratch/gizmo"
	cat >"$scratch/gizmo/gizmo.c" <<-'END'
		/* It needs gadget by way of widget, and has two names of vmlinux's, the other way about. */
		#include "mini.h"
		int alpha_show(int x);
		int alpha_show(int x) { return x; }
		int alpha_again(int x);
		int alpha_again(int x) { return x; }
		EXPORT_SYMBOL_GPL(alpha_again);
		int widget_export(int x);
		int gizmo_export(int x);
		int gizmo_export(int x) { return widget_export(x); }
		EXPORT_SYMBOL_GPL(gizmo_export);
		MODULE_LICENSE("GPL");
	END
	(cd "$scratch" && mini_module "$k" "$k/gizmo.ko" gizmo/gizmo.c) || return
	mini_symvers "$k/gizmo.o" drivers/gizmo/gizmo >>"$k/Module.symvers"
	for name in gadget widget gizmo; do
		at=kernel/drivers/$name
		mkdir -p "$k/installed/$at" "$k/debug/$at"
		cp "$k/$name.ko" "$k/debug/$at"
		objcopy --strip-debug "$k/$name.ko" "$k/installed/$at/$name.ko" || return
	done
	modules=(--modules "$k/installed" --debug-modules "$k/debug")
}

# frame OBJECTS: the struct klp_patch, in a file without a tag. OBJECTS is C. Each argument 'NEW:OLD' that follows
# makes an array funcs_NEW, which replaces OLD by NEW().
frame()
{
	local described=$1 pair
	shift
	c_file frame.c <<-END
		$(for pair; do
			printf 'int %s(int); static struct klp_func funcs_%s[] = {{.old_name = "%s", .new_func = %s}, {}};\n' \
				"${pair%:*}" "${pair%:*}" "${pair#*:}" "${pair%:*}"
		done)
		static struct klp_func none[] = {{}};
		static struct klp_object objects[] = {$described, {.funcs = none}, {}};
		static struct klp_patch patch = {.mod = THIS_MODULE, .objs = objects};
		static int __init frame_init(void) { return klp_enable_patch(&patch); }
		module_init(frame_init);
		MODULE_LICENSE("GPL");
	END
}

no_functions='{.name = "gadget", .funcs = none}'

# decide [OPTION...]: klpsyms on the files in $dir, with the depends= that modpost would have written.
decide()
{
	compile
	(cd "$dir" && ld -r -o klp-x.ko "${objects[@]}" "$scratch/depends.o")
	rm -f "$dir/syms" "$dir/renames"
	cd "$dir" || exit
	run env "PATH=${klpsyms_path-$PATH}" "$bin/klpsyms" --vmlinux "$k/vmlinux" \
		--symvers "$k/Module.symvers" --symbols "$k/System.map" --renames renames -o syms "$@" \
		--module klp-x.ko "${objects[@]}"
	cd "$OLDPWD" || exit
}

# of_module MODULE NAME [FILE]: "POSITION ADDRESS" of its global symbol, or of FILE's static one, counted in the
# order of the symbol table. (It reads the file with debug information: strip has removed the names of files.)
of_module()
{
	LC_ALL=C readelf -sW "$k/$1.ko" | awk -v name="$2" -v file="${3-}" '
		$4 == "FILE" { current = $8 }
		$8 == name && $7 != "UND" {
			n++
			if (file == "" ? $5 != "LOCAL" : $5 == "LOCAL" && current == file) {
				at = n
				value = $2
			}
		}
		END { print n == 1 ? 0 : at, value }'
}

depends()
{
	objcopy -O binary --only-section=.modinfo --set-section-flags .modinfo=alloc "$made" "$scratch/modinfo"
	tr '\0' '\n' <"$scratch/modinfo" | grep '^depends='
}

# refuses TAG NAME MESSAGE TEST_NAME: a file with that tag that uses a function NAME is refused.
refuses()
{
	fresh
	frame "$no_functions"
	c_file a.c "$1" <<<"int $2(int), use(int x); int use(int x) { return $2(x); }"
	decide "${modules[@]}"
	refused 1 "klpsyms: error: a.c:3: $3" "$4"
	holds "... and there is no table" test ! -e "$dir/syms"
}

# replaced NAME OBJECT OLD: makes a patch whose new function, in a file with the tag $gadget, replaces OLD.
replaced()
{
	fresh
	frame "{$1 .funcs = funcs_new_a}" "new_a:$2"
	c_file a.c "$gadget" <<<'int new_a(int x); int new_a(int x) { return x; }'
	decide "${modules[@]}" "${@:3}"
}

mini_vmlinux "$k" && mini_gadget "$k" && mini_widget "$k" && make_modules || exit
mkdir "$scratch/made"
cat >"$scratch/depends.c" <<'END'
#include "mini.h"
MODULE_INFO(depends, "gadget,widget");
__attribute__((section(".gnu.linkonce.this_module"))) struct module __this_module;
END
mini_cc "$scratch/depends.c" "$scratch/depends.o" || exit
