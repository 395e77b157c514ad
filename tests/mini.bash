# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2034
#
# The miniature kernel: vmlinux, System.map, Module.symvers and modules in a second, for every
# test that needs no real kernel. Sources are in tests/mini; what each is for is said there.
#
#   mini_vmlinux DIR [FLAG...]           DIR/vmlinux DIR/System.map DIR/Module.symvers DIR/kallsyms
#   mini_module DIR OUT.ko SOURCE...     a module for that kernel; objects and OUT.mod.c beside it
#   mini_gadget DIR                      DIR/gadget.ko, a target module, in Module.symvers
#   mini_widget DIR                      DIR/widget.ko, which depends on gadget, in Module.symvers
#   mini_machine NAME                    all of that for another machine than x86_64, from here on
#
# FLAGs are gcc's (-gdwarf-4, -gz=zlib, -O1, -DX..., -fcf-protection=branch for one with IBT), or:
#   --absolute        compile units are named by absolute path
#   --no-aranges      vmlinux without .debug_aranges
#   --no-mcount-loc   vmlinux without a table of traced functions

mini_src=$(cd "${BASH_SOURCE[0]%/*}/mini" && pwd)
mini_release=9.9.0-mini
mini_vermagic="$mini_release SMP preempt mod_unload modversions "
mini_every_cflags=(
	-std=gnu11 -O2 -g -Wall -Werror -ffreestanding -fno-common -fno-stack-protector
	-fno-asynchronous-unwind-tables -fno-strict-aliasing "-I$mini_src/include"
)
# What is x86_64's: the compiler, its flags, the file in assembler.
mini_cross=''
mini_cflags=("${mini_every_cflags[@]}" -fno-pic -fno-pie -pg -mfentry -mrecord-mcount -mcmodel=kernel
	-fcf-protection=none -mno-sse -mno-80387)
mini_assembly=lib/delta.S

# mini_machine NAME: with the flags of that architecture's Makefile. A module of riscv64 gets klpmake's own.
mini_machine()
{
	mini_cflags=("${mini_every_cflags[@]}")
	mini_assembly=lib/delta_foreign.c
	case $1 in
	riscv64)
		mini_cross=riscv64-linux-gnu-
		mini_cflags+=(-mabi=lp64 -march=rv64imac -mcmodel=medany -mno-relax -fPIE -fno-unwind-tables
			-fpatchable-function-entry=4)
		;;
	arm64)
		mini_cross=aarch64-linux-gnu-
		mini_cflags+=(-fno-pic -fno-pie -mgeneral-regs-only -mno-outline-atomics -fpatchable-function-entry=2)
		;;
	ppc64le)
		mini_cross=powerpc64le-linux-gnu-
		mini_cflags+=(-fno-pic -fno-pie -mcmodel=medium -msoft-float -mno-pcrel -fpatchable-function-entry=2)
		;;
	s390x)
		mini_cross=s390x-linux-gnu-
		mini_cflags+=(-fPIC -msoft-float -pg -mfentry -mrecord-mcount -mnop-mcount)
		;;
	*) return 1 ;;
	esac
}

# What of a module the kernel is through with before it applies the relocations of another module, on
# x86_64, but for code and data of its init and exit functions.
mini_early=(__jump_table .static_call_sites .altinstructions .altinstr_replacement .parainstructions
	.retpoline_sites .return_sites .call_sites .cfi_sites .ibt_endbr_seal .smp_locks .orc_unwind
	.orc_unwind_ip __ex_table __bug_table __mcount_loc __patchable_function_entries __tracepoints_ptrs
	_ftrace_events _ftrace_eval_map __trace_printk_fmt ___srcu_struct_ptrs _kprobe_blacklist
	_error_injection_whitelist __param .ctors .init_array __ksymtab __ksymtab_gpl __kcrctab __kcrctab_gpl
	__dyndbg __dyndbg_classes __versions __version_ext_crcs .modinfo .data..percpu)
# What it is not.
mini_late=(.text.unlikely .noinstr.text .static_call.text .data..ro_after_init .data..read_mostly)

# mini_strip IN OUT: a livepatch without debug information. False where all that this machine has is a GNU
# strip that destroys livepatch relocations, as that of binutils 2.47 does.
mini_strip()
{
	"$(command -v eu-strip || command -v strip)" -g -o "$2" "$1" && ! LC_ALL=C readelf -SW "$2" | grep -q '\.klp\.rela.* LOOS'
}

# mini_nm ARG...: it does not look for a compiler's plugin that might read the file as well, which takes long.
mini_nm()
{
	"${mini_cross}nm" --target=default "$@"
}

# mini_cc SOURCE OBJECT [FLAG...]
mini_cc()
{
	local source=$1 object=$2
	shift 2
	[[ $object != */* || -d ${object%/*} ]] || mkdir -p "${object%/*}"
	"${CC:-${mini_cross}gcc}" "${mini_cflags[@]}" "$@" -c "$source" -o "$object"
}

# mini_vmlinux DIR [FLAG...]: where KLPMAKE_MINI names a directory, as for all tests of one 'make check', what one test
# has built is copied by the others.
mini_vmlinux()
{
	local dir=$1 key made
	shift
	if [[ -z ${KLPMAKE_MINI-} ]]; then
		mini_build "$dir" "$@"
		return
	fi
	key=$(printf '%s\n' "${CC-}" "$mini_cross" "$*" | cksum)
	made=$KLPMAKE_MINI/${key// /-}
	[[ -d $made ]] || mini_share "$made" mini_build "$@" || return
	mkdir -p "$dir" && cp -r "$made/." "$dir"
}

# mini_share MADE FUNCTION [ARG...]: has 'FUNCTION DIR ARG...' fill the directory MADE, which appears whole; another test
# may be faster.
mini_share()
{
	local made=$1 function=$2 dir
	shift 2
	dir=$(mktemp -d "$KLPMAKE_MINI/tmp.XXXXXX") || return
	"$function" "$dir" "$@" && mv -T "$dir" "$made" 2>/dev/null
	rm -rf "$dir"
	[[ -d $made ]]
}

# mini_target DIR FUNCTION: makes a module of the kernel in DIR with 'FUNCTION DIR', which adds what it exports to
# Module.symvers, or copies what another test has made so.
mini_target()
{
	local dir=$1 function=$2 key made
	if [[ -z ${KLPMAKE_MINI-} ]]; then
		"$function" "$dir"
		return
	fi
	key=$({
		printf '%s\n' "$function" "${CC-}" "${mini_cflags[*]}" "${MINI_CFLAGS-}" "${mini_flags[*]-}" \
			"${MINI_DEPENDS-}" "${MINI_NOVERSIONS-}" "${MINI_EXTENDED-}"
		cat "$dir/Module.symvers"
	} | cksum)
	made=$KLPMAKE_MINI/${key// /-}
	[[ -d $made ]] || mini_share "$made" mini_target_build "$function" "$dir/Module.symvers" || return
	cp -r "$made/." "$dir"
}

# mini_target_build DIR FUNCTION SYMVERS: the same in a new directory.
mini_target_build()
{
	cp "$3" "$1/Module.symvers" && "$2" "$1"
}

# mini_build DIR [FLAG...]
mini_build()
{
	local dir=$1 flag prefix="" source job
	local flags=() ldflags=() drop=() jobs=() objects=()
	shift
	for flag; do
		case $flag in
		--absolute) prefix=$mini_src/ ;;
		--no-aranges) drop+=(--remove-section=.debug_aranges) ;;
		--no-mcount-loc) drop+=(-N __start_mcount_loc -N __stop_mcount_loc) ;;
		-gz=*)
			flags+=("$flag")
			ldflags+=("--compress-debug-sections=${flag#-gz=}")
			;;
		*) flags+=("$flag") ;;
		esac
	done
	(
		cd "$mini_src" || exit
		for source in fs/proc/alpha.c fs/proc/beta.c kernel/gamma.c kernel/kinds.c kernel/module/main.c \
			kernel/livepatch/core.c init/version.c lib/strings.c lib/weak.c "$mini_assembly"; do
			mini_cc "$prefix$source" "$dir/obj/${source%.*}.o" "${flags[@]}" &
			jobs+=($!)
			objects+=("$dir/obj/${source%.*}.o")
		done
		mini_cc "${prefix}mm/twice.c" "$dir/obj/mm/twice_a.o" -DTWICE=a "${flags[@]}" &
		jobs+=($!)
		mini_cc "${prefix}mm/twice.c" "$dir/obj/mm/twice_b.o" -DTWICE=b -DTWICE_EXTRA \
			"${flags[@]}" &
		jobs+=($!)
		mkdir -p "$dir/obj" || exit
		"${CC:-${mini_cross}gcc}" -E -P -x c vmlinux.lds -o "$dir/obj/vmlinux.lds" || exit
		for job in "${jobs[@]}"; do
			wait "$job" || exit
		done
		"${mini_cross}ld" -nostdlib -static --build-id -z noexecstack -z max-page-size=4096 \
			--no-warn-rwx-segments "${ldflags[@]}" -T "$dir/obj/vmlinux.lds" -o "$dir/vmlinux" \
			"${objects[@]}" "$dir/obj/mm/twice_a.o" "$dir/obj/mm/twice_b.o"
	) || return
	mini_symvers "$dir/vmlinux" vmlinux >"$dir/Module.symvers"
	[[ ${#drop[@]} == 0 ]] || "${mini_cross}objcopy" "${drop[@]}" "$dir/vmlinux" || return
	mini_system_map "$dir/vmlinux" >"$dir/System.map"
	mini_kallsyms "$dir" >"$dir/kallsyms"
}

# mini_symvers FILE OWNER: Module.symvers lines for what FILE exports, with made-up CRCs.
mini_symvers()
{
	local name type ns
	"${mini_cross}objcopy" --dump-section ".mini_exports=$1.exports" "$1" "$1.copy" 2>/dev/null || return
	[[ -e $1.exports ]] || : >"$1.exports"
	while IFS=$'\t' read -r name type ns; do
		printf '0x%08x\t%s\t%s\t%s\t%s\n' "$(mini_crc "$name")" "$name" "$2" "$type" "$ns"
	done <"$1.exports"
	rm -f "$1.copy" "$1.exports"
}

mini_crc()
{
	local sum
	sum=$(cksum <<<"$1")
	printf '%s' "${sum%% *}"
}

# As scripts/mksysmap: no absolute, debug, undefined or weak-undefined symbols.
mini_system_map()
{
	mini_nm -n "$1" | grep -v ' [aNUw] \| \.L'
}

# As /proc/kallsyms shows it to root, moved by KASLR, with a module at the end.
mini_kallsyms()
{
	local addr type name
	while read -r addr type name; do
		if [[ $addr == ffffffff* ]]; then
			printf '%016x %s %s\n' $((0x$addr + 0x1c000000)) "$type" "$name"
		else
			printf '%s %s %s\n' "$addr" "$type" "$name"
		fi
	done <"$1/System.map"
	printf 'ffffffffc0201000 t state\t[gadget]\n'
}

# mini_module DIR OUT.ko SOURCE...: compiles and links what kbuild would make of the sources.
# mini_flags: more flags, which may have blanks in them, as paths.
# Environment: MINI_CFLAGS, more flags; MINI_DEPENDS, the value of depends=; MINI_NOVERSIONS,
# when set, makes a module without symbol versions; MINI_EXTENDED, when set, adds extended ones.
mini_module()
{
	local kernel=$1 out=$2 source object objects=() REPLY
	shift 2
	[[ $out == */* ]] || out=./$out
	local base=${out%.ko} flags=()
	read -ra flags <<<"${MINI_CFLAGS-}"
	flags+=(${mini_flags[@]+"${mini_flags[@]}"})
	for source; do
		object=${source##*/}
		object=${out%/*}/${object%.*}.o
		mini_cc "$source" "$object" -DMODULE "${flags[@]}" || return
		objects+=("$object")
	done
	"${mini_cross}ld" -r -o "$base.o.all" "${objects[@]}" || return
	mini_mod "$kernel" "$base" "$base.o.all" || return
	"${mini_cross}ld" -r --build-id -T "$mini_src/module.lds" -o "$out" "$base.o.all" "$REPLY"
}

# mini_mod KERNEL BASE OBJECT: writes BASE.mod.c for the module of OBJECT, and sets REPLY to what it compiles to. Most
# modules of a test have the same, which is compiled once.
mini_mod()
{
	mini_modpost "$1" "${2##*/}" "$3" >"$2.mod.c" || return
	REPLY=$(cksum <"$2.mod.c")
	REPLY=$1/mods/${REPLY// /-}.o
	[[ -f $REPLY ]] || { mini_cc "$2.mod.c" "$REPLY.$BASHPID" && mv "$REPLY.$BASHPID" "$REPLY"; }
}

# What scripts/mod/modpost writes into NAME.mod.c: modinfo, struct module and symbol versions.
mini_modpost()
{
	local kernel=$1 name=$2 object=$3 crc symbol type third defined=' ' undefined=()
	while read -r type symbol third; do
		# Only what is defined has an address.
		if [[ -n $third ]]; then
			defined+="$third "
		else
			undefined+=("$symbol")
		fi
	done < <(mini_nm "$object")
	printf '// %s\n' "${CC-} ${mini_cflags[*]}"
	printf '#include "mini.h"\n'
	printf 'MODULE_INFO(vermagic, "%s");\n' "$mini_vermagic"
	printf 'MODULE_INFO(name, "%s");\n' "${name//-/_}"
	printf 'MODULE_INFO(depends, "%s");\n' "${MINI_DEPENDS-}"
	printf '__attribute__((section(".gnu.linkonce.this_module")))\n'
	printf 'struct module __this_module = {\n\t.name = "%s",\n' "${name//-/_}"
	[[ $defined != *" init_module "* ]] || printf '\t.init = init_module,\n'
	[[ $defined != *" cleanup_module "* ]] || printf '\t.exit = cleanup_module,\n'
	printf '};\n'
	[[ -z ${MINI_NOVERSIONS-} ]] || return 0
	local crcs='' names='' versions=''
	local -A exported=()
	while IFS=$'\t' read -r crc symbol _; do
		exported[$symbol]=$crc
	done <"$kernel/Module.symvers"
	for symbol in module_layout ${undefined[@]+"${undefined[@]}"}; do
		crc=${exported[$symbol]-}
		[[ -n $crc ]] || continue
		crcs+=" $crc,"
		names+=" \"$symbol\\0\""
		# Longer names have room in the extended ones only.
		((${#symbol} > 55)) || versions+=" { $crc, \"$symbol\" },"
	done
	printf 'static const struct { unsigned long crc; char name[56]; } ____versions[]\n'
	printf '__attribute__((used, section("__versions"))) = {%s };\n' "$versions"
	[[ -n ${MINI_EXTENDED-} ]] || return 0
	printf 'static const u32 ____version_ext_crcs[]\n'
	printf '__attribute__((used, section("__version_ext_crcs"))) = {%s };\n' "$crcs"
	printf 'static const char ____version_ext_names[]\n'
	printf '__attribute__((used, section("__version_ext_names"))) =%s;\n' "$names"
}

# mini_gadget DIR: the target module; its export joins DIR/Module.symvers. As kbuild does it, its
# files are named from the root of the tree.
mini_gadget()
{
	mini_target "$1" mini_gadget_build
}

mini_gadget_build()
{
	(
		cd "$mini_src" || exit
		mini_module "$1" "$1/gadget.ko" drivers/gadget/gadget.c drivers/gadget/common.c
	) || return
	mini_symvers "$1/common.o" drivers/gadget/gadget >>"$1/Module.symvers"
	mini_symvers "$1/gadget.o" drivers/gadget/gadget >>"$1/Module.symvers"
}

# mini_widget DIR: a second one; it needs what gadget exports.
mini_widget()
{
	mini_target "$1" mini_widget_build
}

mini_widget_build()
{
	(
		cd "$mini_src" || exit
		MINI_DEPENDS=gadget mini_module "$1" "$1/widget.ko" drivers/widget/widget.c
	) || return
	mini_symvers "$1/widget.o" drivers/widget/widget >>"$1/Module.symvers"
}
