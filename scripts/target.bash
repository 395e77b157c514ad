# SPDX-License-Identifier: GPL-2.0-only
#
# The kernel that a command is about: the options that name it, and the search for its parts.
# Source common.bash, kernel.bash and machines.bash first.

# tool NAME: one of the programs that 'make' builds. Where klpmake is installed the tree looks the
# same; KLPMAKE_BIN is for a build that lies elsewhere.
tool()
{
	local path=${KLPMAKE_BIN:-$home/build}/$1
	[[ -x $path ]] || die "'$path' is not there: run 'make' in '$home' first"
	printf '%s\n' "$path"
}

release='' vmlinux='' kdir='' symbols='' symvers='' build_id='' module_args=() extra_symvers=()

target_usage()
{
	cat <<'USAGE'
  -k, --kernel RELEASE  the target kernel, as 'uname -r' says it (default: the running one)
      --vmlinux FILE    its vmlinux with debug information (also: environment KLPMAKE_VMLINUX)
      --kdir DIR        its build directory (default: /lib/modules/RELEASE/build)
      --symbols FILE    its System.map or a copy of its /proc/kallsyms
USAGE
}

# target_option OPTION [VALUE]: takes one of the options above. Sets taken to the number of words,
# 0 when it is none of them.
# shellcheck disable=SC2034 # taken is for the caller
target_option()
{
	taken=2
	case $1 in
		-k | --kernel | --vmlinux | --kdir | --symbols)
			[[ -n ${2-} ]] || usage_error "option '$1' needs a value"
			;;
	esac
	case $1 in
		-k | --kernel) release=$2 ;;
		-k?*) release=${1#-k} taken=1 ;;
		--vmlinux) vmlinux=$2 ;;
		--kdir) kdir=$2 ;;
		--symbols) symbols=$2 ;;
		--kernel=* | --vmlinux=* | --kdir=* | --symbols=*)
			target_option "${1%%=*}" "${1#*=}"
			taken=1
			;;
		*) taken=0 ;;
	esac
}

module_usage()
{
	cat <<'USAGE'
      --module FILE     a module from outside the kernel's tree that a patch is about, with debug
                        information (repeatable)
USAGE
}

# module_option OPTION [VALUE]: takes the option above, as target_option does.
# shellcheck disable=SC2034 # taken is for the caller
module_option()
{
	taken=0
	[[ $1 == --module ]] || return 0
	[[ -n ${2-} ]] || usage_error "option '$1' needs a value"
	[[ -f $2 ]] || die "'$2': no such module"
	local file
	file=$(absolute "$2")
	module_args+=(--object "$file")
	# kbuild leaves what the module exports beside it.
	file=${file%/*}/Module.symvers
	[[ ! -s $file ]] || extra_symvers+=("$file")
	taken=2
}

# The release in words that a path can be made of: it comes from the command line or a file.
check_release()
{
	[[ $release =~ ^[A-Za-z0-9._+~-]+$ && $release != .* ]] ||
		die "'$release' is no kernel release, which looks like '$(uname -r)'"
}

# target_missing PART WHAT: says what is not there and the command that gets it.
target_missing()
{
	local fetched
	fetched=$(ls -m "$(klpmake_cache)/kernels" 2>/dev/null) || fetched=''
	die "no $2 of kernel '$release' found; get it with
  $(kernel_hint "$1" "$release")
or name another kernel with -k (fetched by '$home/scripts/fetch-kernel': ${fetched:-none yet})"
}

# kdir_release DIR: the release that a build directory is for. Distributions may have another word
# in include/config/kernel.release than the kernel that they build has.
kdir_release()
{
	local header=$1/include/generated/utsrelease.h
	if [[ -r $header ]]; then
		sed -n 's/^#define UTS_RELEASE "\(.*\)"/\1/p' "$header"
	elif [[ -r $1/include/config/kernel.release ]]; then
		cat "$1/include/config/kernel.release"
	else
		return 1
	fi
}

find_release()
{
	if [[ -z $release && -n $kdir ]]; then
		release=$(kdir_release "$kdir") ||
			die "'$kdir' is no kernel build directory: it does not say its release"
	fi
	release=${release:-$(uname -r)}
	check_release
}

# absolute PATH: some programs are run in the work directory.
absolute()
{
	[[ $1 == /* ]] || printf '%s/' "$PWD"
	printf '%s\n' "$1"
}

# Not through a pipe to grep -q: it ends early, and pipefail would take that for a no.
has_dwarf()
{
	[[ $(readelf -SW "$1" 2>/dev/null) == *' .debug_info '* ]]
}

find_vmlinux()
{
	vmlinux=${vmlinux:-${KLPMAKE_VMLINUX:-}}
	if [[ -n $vmlinux ]]; then
		[[ -f $vmlinux ]] || die "'$vmlinux': no such vmlinux"
		vmlinux=$(absolute "$vmlinux")
		return
	fi
	vmlinux=$(kernel_vmlinux "$release") || target_missing debug 'vmlinux with debug information'
	# Debian's headers ship one with BTF only: not what is looked for, but worth a better message.
	if [[ $vmlinux == */build/vmlinux ]] && ! has_dwarf "$vmlinux"; then
		target_missing debug "vmlinux with debug information (there is only '$vmlinux', which has none)"
	fi
}

# The target's architecture is vmlinux's; the programs say it when they do not know it.
# shellcheck disable=SC2034 # for kbuild.bash
find_machine()
{
	machine_row elf "$(elf_machine "$vmlinux")" || machine_name=$(uname -m)
}

find_kdir()
{
	if [[ -n $kdir ]]; then
		[[ -f $kdir/Makefile ]] || die "'$kdir' is no kernel build directory: it has no Makefile"
	else
		kdir=$(kernel_kdir "$release") || target_missing headers 'headers'
		[[ -f $kdir/Makefile ]] || target_missing headers 'headers'
	fi
	kdir=$(cd "$kdir" && pwd -P)
	check_kdir_release
}

# Headers of another build compile, and the structures of the module are then another kernel's.
check_kdir_release()
{
	local is
	is=$(kdir_release "$kdir") || return 0
	[[ $is == "$release" ]] ||
		die "'$kdir' is the build directory of kernel '$is', the target is '$release'"
}

# Another witness for the positions, best first: the running kernel itself, a System.map.
find_symbols()
{
	if [[ -n $symbols ]]; then
		[[ -r $symbols ]] || die "'$symbols': cannot be read"
		symbols=$(absolute "$symbols")
	elif is_running && grep -qm1 '^0*[1-9a-f][0-9a-f]* T _stext$' /proc/kallsyms 2>/dev/null; then
		symbols=/proc/kallsyms
	else
		symbols=$(kernel_symbols "$release") || symbols=''
	fi
	if is_running && [[ -r /sys/kernel/notes ]]; then
		build_id=/sys/kernel/notes
	fi
}

is_running()
{
	[[ $release == "$(uname -r)" && -z ${KLPMAKE_ROOT:-} ]]
}

# target_find kdir|no-kdir: fills in what the options left open; headers are needed, or welcome.
target_find()
{
	find_release
	if [[ $1 == no-kdir && -z $kdir ]]; then
		kdir=$(kernel_kdir "$release") || kdir=''
	else
		find_kdir
	fi
	find_vmlinux
	find_machine
	find_symbols
	[[ ! -f $kdir/Module.symvers ]] || symvers=$kdir/Module.symvers
	target_args=(--vmlinux "$vmlinux" --release "$release")
	[[ -z $symbols ]] || target_args+=(--symbols "$symbols")
	[[ -z $symvers ]] || target_args+=(--symvers "$symvers")
	[[ -z $build_id ]] || target_args+=(--build-id "$build_id")
}

# target_modules: adds where the target's modules lie to module_args, after target_find.
target_modules()
{
	local path
	for path in ${extra_symvers[@]+"${extra_symvers[@]}"}; do
		[[ -z $symvers ]] || module_args+=(--symvers "$path")
	done
	if path=$(kernel_modules "$release"); then
		module_args+=(--modules "$path")
	fi
	# Debug files beside, or modules that have their debug information with them.
	if path=$(kernel_find "$release" "usr/lib/debug/lib/modules/$release" "lib/modules/$release"); then
		module_args+=(--debug-modules "$path")
	fi
}
