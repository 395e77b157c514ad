# SPDX-License-Identifier: GPL-2.0-only
#
# The kernel that a command is about: the options that name it, and the search for its parts.
# Source common.bash, kernel.bash and machines.bash first.

# shellcheck source=scripts/lib/debuginfod.bash
. "$home/scripts/lib/debuginfod.bash"

# tool_find NAME: sets tool to one of the programs that 'make' builds. An installed tree looks the same; KLPMAKE_BIN is
# for a build that lies elsewhere.
tool_find()
{
	tool=${KLPMAKE_BIN:-$home/build}/$1
	[[ -x $tool ]] || die "'$tool' is not there: run 'make' in '$home' first"
}

# tool NAME: prints the same.
tool()
{
	local tool
	tool_find "$1"
	printf '%s\n' "$tool"
}

release='' vmlinux='' kdir='' symbols='' symvers='' build_id='' module_args=() extra_symvers=()
outside_modules=() running=''

# shellcheck disable=SC2034 # for the help of who takes these options
IFS= read -r -d '' target_usage <<'USAGE' || true
  -k, --kernel RELEASE  the target kernel, as 'uname -r' prints it (default: the
                        running one)
      --vmlinux FILE    its vmlinux with debug information (also: environment
                        KLPMAKE_VMLINUX)
      --kdir DIR        its build directory (default:
                        /lib/modules/RELEASE/build)
      --symbols FILE    its System.map or a copy of its /proc/kallsyms
USAGE

# target_option OPTION VALUE: takes one of the options above; 1 if it is not one of them.
target_option()
{
	case $1 in
		--kernel) release=$2 ;;
		--vmlinux) vmlinux=$2 ;;
		--kdir) kdir=$2 ;;
		--symbols) symbols=$2 ;;
		*) return 1 ;;
	esac
}

# shellcheck disable=SC2034 # for the help of who takes these options
IFS= read -r -d '' module_usage <<'USAGE' || true
      --module FILE     a module from outside the kernel's tree that a patch is
                        about, with debug information (repeatable)
USAGE

# module_option OPTION VALUE: takes the option above, as target_option does.
module_option()
{
	[[ $1 == --module ]] || return
	outside_modules+=("$2")
}

# add_outside_modules: looks at what --module named, after the JSON report has begun to record errors.
add_outside_modules()
{
	local file
	for file in ${outside_modules[@]+"${outside_modules[@]}"}; do
		[[ -f $file ]] || die "'$file': no such module"
		absolute "$file"
		file=$REPLY
		module_args+=(--object "$file")
		# kbuild leaves what the module exports beside it.
		file=${file%/*}/Module.symvers
		[[ ! -s $file ]] || extra_symvers+=("$file")
	done
}

# Dies unless the release can be part of a path: it comes from the command line or a file.
check_release()
{
	[[ $release =~ ^[A-Za-z0-9._+~-]+$ && $release != .* ]] ||
		die "'$release' is not a kernel release, which looks like '$(uname -r)'"
}

# fetched_kernels [PREFIX]: prints the releases in the cache that begin with PREFIX in one line, or nothing.
fetched_kernels()
{
	(cd "$(klpmake_cache)/kernels" 2>/dev/null && compgen -G "${1:-[0-9]}*" | sort -V | paste -sd ' ') || :
}

# refuse_series: a release never consists of two numbers only.
refuse_series()
{
	local fetched
	[[ $release =~ ^[0-9]+\.[0-9]+$ ]] || return 0
	fetched=$(fetched_kernels "${release}[.-]")
	die "'$release' is a series of kernels: -k takes a release, which looks like '$(uname -r)'
  fetched of it: ${fetched:-none yet}
  '$home/scripts/fetch-kernel $release' fetches its newest, '$home/scripts/fetch-kernel --available' lists what can be fetched"
}

# target_missing PART WHAT: says what is missing and which command gets it.
target_missing()
{
	local fetched note=''
	# shellcheck disable=SC2154 # kernel.bash's
	[[ -n $kernel_cache_is_safe ]] ||
		note="
  what is in '$(klpmake_cache)/kernels' is not used: others than root can write there, and root would run the programs of a build directory"
	refuse_series
	fetched=$(fetched_kernels)
	die "no $2 of kernel '$release' found; get it with
  $(kernel_hint "$1" "$release")
  or name another kernel with -k; '$home/scripts/fetch-kernel' fetches one
  fetched: ${fetched:-none yet}$note$debuginfod_said"
}

# kdir_release DIR: sets REPLY to the release that a build directory is for; 1 if it does not say. In some distributions
# include/config/kernel.release differs from the release of the kernel.
kdir_release()
{
	local header=$1/include/generated/utsrelease.h line
	REPLY=''
	if [[ -r $header ]]; then
		while read -r line || [[ -n $line ]]; do
			[[ $line != '#define UTS_RELEASE "'*'"' ]] || REPLY=${line:21:-1}
		done <"$header"
	elif [[ -r $1/include/config/kernel.release ]]; then
		read -r REPLY <"$1/include/config/kernel.release" || true
	else
		return 1
	fi
}

find_release()
{
	if [[ -z $release && -n $kdir ]]; then
		kdir_release "$kdir" || die "'$kdir' is not a kernel build directory: it does not say its release"
		release=$REPLY
	fi
	if [[ -z $release ]]; then
		find_running
		release=$running
	fi
	check_release
}

# This does not use a pipe to grep -q, which ends early: pipefail would take that for a "no".
has_dwarf()
{
	[[ $(readelf -SW "$1" 2>/dev/null) == *' .debug_info '* ]]
}

find_vmlinux()
{
	vmlinux=${vmlinux:-${KLPMAKE_VMLINUX:-}}
	if [[ -n $vmlinux ]]; then
		[[ -f $vmlinux ]] || die "'$vmlinux': no such vmlinux"
		absolute "$vmlinux"
		vmlinux=$REPLY
		return
	fi
	kernel_part vmlinux "$release" || vmlinux_from_server '' || target_missing debug 'vmlinux with debug information'
	vmlinux=$REPLY
	# Debian's headers ship one that has only BTF: it is of no use but for its build-id, and deserves a better message.
	if [[ $vmlinux == */build/vmlinux ]] && ! has_dwarf "$vmlinux"; then
		vmlinux_from_server "$vmlinux" ||
			target_missing debug "vmlinux with debug information (there is only '$vmlinux', which has none)"
		vmlinux=$REPLY
	fi
}

# vmlinux_from_server FILE: sets REPLY to the vmlinux that a server of debug information has of the kernel that runs, or of
# which FILE is the vmlinux without any.
vmlinux_from_server()
{
	local id=''
	[[ -n ${DEBUGINFOD_URLS-} ]] || return 1
	if is_running; then
		id=$("$(tool klpinfo)" --notes /sys/kernel/notes 2>/dev/null) || true
	fi
	[[ -n $id || -z $1 ]] || id=$(elf_build_id "$1")
	if [[ -z $id ]]; then
		debuginfod_said="
  DEBUGINFOD_URLS is set, but nothing here says the build-id to ask for: kernel '$release' does not run"
		return 1
	fi
	debuginfod_find "$id"
}

# The target's architecture is vmlinux's; the programs complain if they do not know it.
# shellcheck disable=SC2034 # for kbuild.bash
find_machine()
{
	# cross_compiler() asks for the others.
	elf_machine_find "$vmlinux" ${kdir:+"$kdir/scripts/mod/modpost" "$BASH"} || true
	# shellcheck disable=SC2154 # machines.bash sets it
	machine_row elf "$elf_machine" || machine_name=$(uname -m)
}

find_kdir()
{
	if [[ -n $kdir ]]; then
		[[ -f $kdir/Makefile ]] || die "'$kdir' is not a kernel build directory: it has no Makefile"
	else
		kernel_part kdir "$release" || target_missing headers 'headers'
		kdir=$REPLY
		[[ -f $kdir/Makefile ]] || target_missing headers 'headers'
	fi
	real_directory "$kdir"
	kdir=$REPLY
	check_kdir_release
}

# With headers of another build the patch compiles, but its structures are those of another kernel.
check_kdir_release()
{
	kdir_release "$kdir" || return 0
	[[ $REPLY == "$release" ]] ||
		die "'$kdir' is the build directory of kernel '$REPLY', the target is '$release'"
}

# Finds a witness for the positions, best first: what --symbols names, the running kernel itself, a System.map.
find_symbols()
{
	if [[ -n $symbols ]]; then
		[[ -r $symbols ]] || die "'$symbols': cannot be read"
		absolute "$symbols"
		symbols=$REPLY
	elif is_running && grep -qm1 '^0*[1-9a-f][0-9a-f]* T _stext$' /proc/kallsyms 2>/dev/null; then
		symbols=/proc/kallsyms
	else
		kernel_part symbols "$release" || true
		symbols=$REPLY
	fi
	if is_running && [[ -r /sys/kernel/notes ]]; then
		build_id=/sys/kernel/notes
	fi
}

is_running()
{
	[[ -z ${KLPMAKE_ROOT:-} ]] || return
	find_running
	[[ $release == "$running" ]]
}

# find_running: sets running to what 'uname -r' prints.
find_running()
{
	[[ -n $running ]] || { read -r running </proc/sys/kernel/osrelease; } 2>/dev/null || running=$(uname -r)
}

# target_find kdir|no-kdir: fills in what the options left open; with kdir, missing headers are an error.
target_find()
{
	find_release
	if [[ $1 == no-kdir && -z $kdir ]]; then
		kernel_part kdir "$release" || true
		kdir=$REPLY
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

# target_modules: adds the directories of the target's modules to module_args, after target_find.
target_modules()
{
	local path
	add_outside_modules
	for path in ${extra_symvers[@]+"${extra_symvers[@]}"}; do
		[[ -z $symvers ]] || module_args+=(--symvers "$path")
	done
	! kernel_part modules "$release" || module_args+=(--modules "$REPLY")
	! kernel_part debug-modules "$release" || module_args+=(--debug-modules "$REPLY")
}

# target_cache: sets cache_args to where programs keep what they have found out about vmlinux. Only if the directory exists
# already: klpmake makes nothing outside of the patch directory.
# shellcheck disable=SC2034 # for those who run programs
target_cache()
{
	local cache
	cache_args=()
	cache_find
	[[ ! -d $cache/kernels || ! -O $cache/kernels || ! -w $cache/kernels ]] ||
		cache_args=(--cache "$cache/kernels/.units-$release")
}
