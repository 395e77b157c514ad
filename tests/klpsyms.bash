# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2034,SC2154
#
# Small patches to the miniature kernel, through klpsyms. Source tap.bash and mini.bash first.
#
#   fresh                   $dir: an empty patch directory
#   c_file FILE [TAG]       a C file of it from standard input: line 1 is the tag, line 2 an
#                           #include, the text begins in line 3
#   resolve [OPTION...]     compiles what is not compiled yet, links, runs klpsyms: $status, $err,
#                           and its results in $dir/syms and $dir/renames
#   c_patch, resolve_patch  a patch that replaces functions
#   symbol LINK_NAME        the table's line of that name, from the fourth word on

k=$scratch/kernel
dirs=0

fresh()
{
	dirs=$((dirs + 1))
	dir=$scratch/patch$dirs
	mkdir "$dir"
}

c_file()
{
	{
		[[ -z ${2-} ]] && echo || printf '//KLPMAKE %s\n' "$2"
		printf '#include "mini.h"\n'
		cat
	} >"$dir/$1"
}

# make_frame: $scratch/frame.o and mod.o, and what they are made of, which every patch needs. All tests of one 'make check' share them.
make_frame()
{
	local key made
	if [[ -z ${KLPMAKE_MINI-} ]]; then
		build_frame "$scratch"
		return
	fi
	key=$(printf '%s\n' "${CC-}" "${mini_cflags[@]}" | cksum)
	made=$KLPMAKE_MINI/frame-${key%% *}
	[[ -d $made ]] || mini_share "$made" build_frame || return
	cp "$made"/* "$scratch"
}

# build_frame DIR
build_frame()
{
	cat >"$1/frame.c" <<-'END'
		#include "mini.h"
		static struct klp_func none[] = {{}};
		static struct klp_object objects[] = {{.funcs = none}, {}};
		static struct klp_patch patch = {.mod = THIS_MODULE, .objs = objects, .replace = true};
		static int __init frame_init(void)
		{
			return klp_enable_patch(&patch);
		}
		module_init(frame_init);
		MODULE_LICENSE("GPL");
	END
	cat >"$1/mod.c" <<-'END'
		#include "mini.h"
		__attribute__((section(".gnu.linkonce.this_module"))) struct module __this_module;
	END
	mini_cc "$1/frame.c" "$1/frame.o" && mini_cc "$1/mod.c" "$1/mod.o"
}

# compile: warnings are not errors, as in klpmake's own builds.
compile()
{
	local source
	objects=()
	for source in "$dir"/*.[cS]; do
		[[ ${source%.*}.o -nt $source ]] || mini_cc "$source" "${source%.*}.o" -w
		source=${source##*/}
		objects+=("${source%.*}.o")
	done
}

# shellcheck disable=SC2120 # not every test has options for it
resolve()
{
	compile
	(cd "$dir" && "${mini_cross}ld" -r -o klp-x.ko "${objects[@]}" "$scratch/frame.o" "$scratch/mod.o")
	run_klpsyms "$@"
}

# c_patch FILE TAG FUNCS [TEXT]: a file with a struct klp_patch of these functions.
c_patch()
{
	c_file "$1" "$2" <<-END
		$4
		static struct klp_func funcs[] = {$3 {}};
		static struct klp_object objects[] = {{.funcs = funcs}, {}};
		static struct klp_patch patch = {.mod = THIS_MODULE, .objs = objects};
		static int __init patch_init(void) { return klp_enable_patch(&patch); }
		module_init(patch_init);
		MODULE_LICENSE("GPL");
	END
}

more=() # objects in other directories

# resolve_patch: like resolve, without the frame, which has a patch of its own.
resolve_patch()
{
	compile
	objects+=("${more[@]}")
	more=()
	(cd "$dir" && ld -r -o klp-x.ko "${objects[@]}" "$scratch/mod.o")
	cd "$dir" || exit
	run "$bin/klpsyms" --vmlinux "$k/vmlinux" --symvers "$k/Module.symvers" -o syms \
		--renames renames --module klp-x.ko "${objects[@]}"
	cd "$OLDPWD" || exit
}

# run_klpsyms [OPTION...]: on the files in $dir, without compiling or linking.
run_klpsyms()
{
	rm -f "$dir/syms" "$dir/renames"
	cd "$dir" || exit
	run "$bin/klpsyms" --vmlinux "$k/vmlinux" --symvers "$k/Module.symvers" \
		--symbols "$k/System.map" --renames renames -o syms "$@" \
		--module klp-x.ko "${objects[@]}" "$scratch/frame.o"
	cd "$OLDPWD" || exit
}

symbol()
{
	awk -v name="$1" '$1 == "symbol" && $3 == name {
		sub(/^[^ ]* [^ ]* [^ ]* /, "")
		print
	}' "$dir/syms"
}

# address NAME [FILE]: the address of the global symbol, or of FILE's static one. klpsyms finds it by debug
# information; here it comes from the symbol table, where the static symbols of a file follow the file's own entry.
address()
{
	LC_ALL=C readelf -sW "$k/vmlinux" | awk -v name="$1" -v file="${2-}" '
		{ sub(/ \[<localentry>: [0-9]+\]/, "") }
		$4 == "FILE" { current = $8 }
		$8 == name && $7 != "ABS" && $7 != "UND" &&
		(file == "" ? $5 != "LOCAL" : $5 == "LOCAL" && current == file) { print $2; exit }'
}

# position NAME ADDRESS: the symbol's rank in System.map, which nm has sorted; 0 when it is the only one.
position()
{
	awk -v name="$1" -v addr="$2" '
		$3 == name { n++; if ($1 == addr) at = n }
		END { print n == 1 ? 0 : at }' "$k/System.map"
}

# place SOURCE PATTERN: "fs/proc/alpha.c:12", the first line with PATTERN in a file of the miniature kernel.
place()
{
	printf '%s:%s\n' "$1" "$(grep -n -m1 -F -- "$2" "$mini_src/$1" | cut -d: -f1)"
}

# becomes LINK_NAME TYPE ADDRESS PLACE TEST_NAME [NAME]: the table says that LINK_NAME is the symbol NAME with that
# type, address and place.
becomes()
{
	local name=${6-$1}
	is "$(symbol "$1")" "vmlinux $name $(position "$name" "$3") $3 $2 $4" "$5"
}

# relink OUT_DIR OBJECT...: links the miniature kernel with more object files, as OUT_DIR/vmlinux.
relink()
{
	local out=$1 objects=()
	shift
	mkdir -p "$out"
	mapfile -t objects < <(find "$k/obj" -name '*.o' | LC_ALL=C sort)
	"${mini_cross-}ld" -nostdlib -static --build-id -z noexecstack -z max-page-size=4096 --no-warn-rwx-segments \
		-T "$k/obj/vmlinux.lds" -o "$out/vmlinux" "${objects[@]}" "$@" || return
	mini_system_map "$out/vmlinux" >"$out/System.map"
	mini_symvers "$out/vmlinux" vmlinux >"$out/Module.symvers"
}
