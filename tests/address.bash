# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Shared by the tests of addresses of new functions.

source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"
export LC_ALL=C

# frame OBJECTS: the end of a C file of the patch. OBJECTS are its struct klp_object.
frame()
{
	cat <<-END
		static struct klp_object objects[] = {$1, {}};
		static struct klp_patch patch = {.mod = THIS_MODULE, .objs = objects};
		static int __init patch_init(void) { return klp_enable_patch(&patch); }
		module_init(patch_init);
		MODULE_LICENSE("GPL");
		MODULE_INFO(livepatch, "Y");
	END
}

# decide [FLAG...]: compiles and links what is in $dir, and runs klpsyms.
decide()
{
	local sources=("$dir"/*.c) objects
	objects=("${sources[@]##*/}")
	objects=("${objects[@]/%.c/.o}")
	rm -f "$dir/syms"
	status=none
	MINI_CFLAGS="-w $*" mini_module "$k" "$dir/klp-x.ko" "${sources[@]}" || return
	cd "$dir" || exit
	run "$bin/klpsyms" --vmlinux "$k/vmlinux" --symvers "$k/Module.symvers" \
		--debug-modules "$k/debug" -o syms --module klp-x.ko "${objects[@]}"
	cd "$OLDPWD" || exit
	# mini_module has left a source here that does not belong to the patch.
	rm -f "$dir/klp-x.mod.c"
}

carry_out()
{
	mkdir -p "$dir/out"
	run "$bin/klplink" --table "$dir/syms" -o "$dir/out/klp-x.ko" "$dir/klp-x.ko"
}

# doubt [MODULE]: klpcheck on the module.
# shellcheck disable=SC2120 # tests/address-refused.t has modules of its own
doubt()
{
	run "$bin/klpcheck" --vmlinux "$k/vmlinux" --symvers "$k/Module.symvers" \
		--debug-modules "$k/debug" "${1-$dir/out/klp-x.ko}"
}

# made NAME [FLAG...]: decides, links and checks: none of the three programs says anything.
made()
{
	local name=$1 said
	shift
	decide "$@"
	said=$status:$err
	carry_out
	said+=$status:$err
	doubt
	is "$said$status:$err" "0:0:0:" "$name"
}

# where MODULE SYMBOL: "SECTION VALUE SIZE", hex and decimal.
where()
{
	local value size index
	read -r value size index < <(readelf -sW "$1" | awk -v name="$2" \
		'$8 == name && $7 ~ /^[0-9]+$/ { print $2, $3, $7; exit }')
	printf '%s %s %s\n' "$(readelf -SW "$1" | sed -n "s/^  \[ *$index\] \([^ ]*\).*/\1/p")" "$value" "$size"
}

# relocations: "SECTION OFFSET TABLE TYPE SYMBOL ADDEND" of the finished module's loaded sections; TABLE is
# plain, or the object that a livepatch relocation waits for.
relocations()
{
	readelf -rW "$dir/out/klp-x.ko" | awk '
		/^Relocation section/ {
			match($0, /\047[^\047]*\047/)
			section = substr($0, RSTART + 1, RLENGTH - 2)
			table = "plain"
			if (sub(/^\.klp\.rela\./, "", section)) {
				table = section
				sub(/\..*/, "", table)
				sub(/^[^.]*\./, "", section)
			} else
				sub(/^\.rela/, "", section)
		}
		/^[0-9a-f]/ && section !~ /^\.debug/ { print section, $1, table, $3, $5, $6 $7 }'
}

# within SYMBOL [OFFSET SIZE]: what a function or variable of the finished module, or a part of it,
# refers to, as "TABLE TYPE SYMBOL ADDEND", in order, with | between them.
within()
{
	local section value size place rest
	read -r section value size < <(where "$dir/out/klp-x.ko" "$1")
	value=$((0x$value + ${2-0}))
	size=${3-$size}
	relocations | awk -v section="$section" '$1 == section && $5 != "__fentry__"' | sort -k2,2 |
		while read -r _ place rest; do
			((0x$place < value || 0x$place >= value + size)) || printf '%s\n' "$rest"
		done | paste -sd'|'
}

# code NAME,POSITION, data NAME,POSITION: what within() prints for the address of a function of vmlinux.
code()
{
	printf 'vmlinux R_X86_64_32S .klp.sym.vmlinux.%s +0' "$1"
}

data()
{
	printf 'vmlinux R_X86_64_64 .klp.sym.vmlinux.%s +0' "$1"
}

make_elfedit &&
	mini_vmlinux "$k" && mini_gadget "$k" && mini_widget "$k" && mkdir "$k/debug" &&
	mv "$k/gadget.ko" "$k/widget.ko" "$k/debug" || exit
