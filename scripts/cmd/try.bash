# SPDX-License-Identifier: GPL-2.0-only
#
# 'klpmake try X.ko': boots the very kernel that a livepatch is for in QEMU and loads the livepatch there, because a
# wrong livepatch should crash a guest, not a machine. The tests reach kernels only in this way, too.

# shellcheck disable=SC2034,SC2154 # klpmake sets home, and what it sources uses what is set here

# shellcheck source=scripts/lib/kernel.bash
. "$home/scripts/lib/kernel.bash"
# shellcheck source=scripts/lib/modinfo.bash
. "$home/scripts/lib/modinfo.bash"
# shellcheck source=scripts/lib/packed.bash
. "$home/scripts/lib/packed.bash"
# shellcheck source=scripts/lib/machines.bash
. "$home/scripts/lib/machines.bash"
# shellcheck source=scripts/lib/guest/machine.bash
. "$home/scripts/lib/guest/machine.bash"
# shellcheck source=scripts/lib/guest/initramfs.bash
. "$home/scripts/lib/guest/initramfs.bash"
# shellcheck source=scripts/lib/json.bash
. "$home/scripts/lib/json.bash"
# shellcheck source=scripts/lib/guest/report.bash
. "$home/scripts/lib/guest/report.bash"
# shellcheck source=scripts/lib/guest/each.bash
. "$home/scripts/lib/guest/each.bash"

# The line in the kernel's log that separates its boot from the try.
mark='klpmake: the try begins'

modules=() names=() files=() programs=() wanted=() script='' command='' scenario='' release='' image='' modules_dir=''
limit='' log='' work='' qemu_pid='' qemu_status=0 shell='' each=''
# The machine that machine.bash makes.
memory=512 cpus=2 append=''
verdict='' reason=''
default_limit=120
# Seconds that the whole try may take: $limit, with --each for each module.
whole=''
# Seconds after which a guest that runs natively has printed something.
kvm_silence=20

usage()
{
	local cache
	cache_find
	IFS= read -r -d '' usage <<USAGE || true
Usage: $program X.ko [X2.ko...] [OPTION]...
Boot the kernel that X.ko was built for in QEMU, load the modules in the order
given, wait until every task is patched, unload them, and fail when the kernel
complains. Neither root nor KVM is needed.

      --run SCRIPT      run this busybox sh script with the argument 'before',
                        'with' and 'after' (the patch); a status other than 0
                        fails the try
      --cmd COMMAND     show what this shell command prints in the same three
                        phases; its status is shown, and does not fail the try
      --scenario FILE   run this busybox sh script instead of that; it can use
                        the functions of scripts/lib/guest/lib.sh in
                        $home
      --each            try each module by itself, one after the other in one
                        guest, with a result for each; a script's second
                        argument is the module's name
      --file FILE       put this file into the guest, in the directory where
                        scripts run (repeatable)
      --program NAME    put this program of this machine into the guest, with
                        the libraries that it needs (repeatable)
      --modprobe NAME   load this module of the kernel, and what it needs, first
                        (repeatable)
      --shell           run a shell in the guest when every task is patched; its
                        'exit' ends the try
      --memory SIZE     the guest's memory, in MiB or with the letter G (default
                        $memory)
      --cpus NUMBER     how many CPUs it has (default $cpus)
      --append WORDS    put these words on the kernel's command line
                        (repeatable)
  -k, --kernel RELEASE  another kernel than the one that X.ko was built for
      --image FILE      the kernel image
      --modules DIR     the kernel's modules (lib/modules/RELEASE)
      --timeout SECONDS the time limit of the whole try (default $default_limit,
                        none for a shell at a terminal; with --each, as
                        often as there are modules); a transition or a
                        script may take half of it
      --log FILE        where to keep the guest's console
                        (default: $cache/logs/X-RELEASE.log)
  -v, --verbose         show the command that starts QEMU, and the console at
                        the end
  -q, --quiet           print nothing except the reason of a failure
      --json            report as one JSON object on standard output
  -h, --help            this text

Exit status: 0 all went well, 1 something did not, 2 wrong usage.
USAGE
}

option()
{
	case $1 in
		--run) script=$2 ;;
		--cmd) command=$2 ;;
		--scenario) scenario=$2 ;;
		--each) each=1 ;;
		--file) files+=("$2") ;;
		--program) programs+=("$2") ;;
		--modprobe) wanted+=("$2") ;;
		--memory) memory=$2 ;;
		--cpus) cpus=$2 ;;
		--append) append+=" $2" ;;
		--kernel) release=$2 ;;
		--image) image=$2 ;;
		--modules) modules_dir=$2 ;;
		--timeout) limit=$2 ;;
		--log) log=$2 ;;
		--shell) shell=1 ;;
		--json) json=1 ;;
		--verbose) verbosity=2 ;;
		--quiet) verbosity=0 ;;
	esac
}

check_arguments()
{
	local ways=0
	((${#modules[@]})) || usage_error 'which module? give X.ko'
	[[ -z $limit || $limit =~ ^[1-9][0-9]{0,5}$ ]] || usage_error "'--timeout' needs a number of seconds, not '$limit'"
	[[ $memory =~ ^[1-9][0-9]{0,6}[MG]?$ ]] || usage_error "'--memory' needs a size such as 512 or 2G, not '$memory'"
	[[ $cpus =~ ^[1-9][0-9]{0,2}$ ]] || usage_error "'--cpus' needs a number, not '$cpus'"
	[[ $append != *[[:cntrl:]]* ]] || usage_error "'--append' needs words in one line"
	[[ -z $shell || -z $scenario ]] || usage_error "'--shell' and '--scenario' exclude each other"
	[[ -z $each || -z $scenario ]] || usage_error "'--each' and '--scenario' exclude each other"
	[[ -z $each || -z $shell ]] || usage_error "'--each' and '--shell' exclude each other"
	[[ -z $shell || -z $json ]] || usage_error "'--shell' and '--json' exclude each other"
	[[ -z $script ]] || ways=$((ways + 1))
	[[ -z $command ]] || ways=$((ways + 1))
	[[ -z $scenario ]] || ways=$((ways + 1))
	((ways < 2)) || usage_error "'--run', '--cmd' and '--scenario' exclude each other"
}

check_files()
{
	local file
	for file in "${modules[@]}" "${files[@]}" ${script:+"$script"} ${scenario:+"$scenario"} ${image:+"$image"}; do
		[[ ! -d $file ]] || die "'$file' is a directory and not a file"
		[[ -f $file ]] || die "there is no file '$file'"
		[[ -r $file ]] || die "cannot read '$file'"
	done
}

# unpack_modules: unpacks those that are compressed into $work.
unpack_modules()
{
	local i to
	for i in "${!modules[@]}"; do
		[[ -n $(packed_program "${modules[i]}") ]] || continue
		to=${modules[i]##*/}
		to=$work/unpacked$i/${to%.*}
		mkdir "${to%/*}"
		unpacked "${modules[i]}" "$to"
		modules[i]=$to
	done
}

# find_kernel: which kernel, and where it is.
find_kernel()
{
	if [[ -z $release ]]; then
		release=$(modinfo_field "${modules[0]}" vermagic)
		release=${release%% *}
		[[ -n $release ]] || die "'${modules[0]}' is not a kernel module: it does not say which kernel it is for"
	fi
	if [[ -z $image ]]; then
		image=$(kernel_image "$release") ||
			die "there is no image of kernel '$release'; '$(kernel_fetcher "$release")' gets one, or: $(kernel_hint image "$release")"
		[[ -r $image ]] || die "cannot read '$image'; make it readable, or give a copy as --image"
	fi
	image=$(readlink -f "$image")
}

fill_kernel_modules()
{
	local name
	((${#wanted[@]})) || return 0
	[[ -n $modules_dir ]] || modules_dir=$(kernel_modules "$release") ||
		die "there are no modules of kernel '$release'; $(kernel_hint image "$release"), or give --modules"
	index_modules "$modules_dir/"
	for name in "${wanted[@]}"; do
		name=${name//-/_}
		: >"$1/$name"
		add_kernel_module "$modules_dir" "$name" "$1" "$1/$name"
	done
}

fill_initramfs()
{
	local root=$1 file name order=default
	[[ -z $each ]] || order=each
	lay_out "$root"
	for file in "${modules[@]}"; do
		name=$(modinfo_field "$file" name)
		name=${name:-$(module_name "$file")}
		is_module_name "$name" || die "'$file' calls itself '$name', which is no name of a module"
		[[ ! -e $root/try/modules/$name.ko ]] || die "two modules are called '$name'"
		cp -- "$file" "$root/try/modules/$name.ko"
		names+=("$name")
	done
	for file in "${files[@]}"; do
		[[ ! -e $root/try/files/$(basename "$file") ]] || die "two files are called '$(basename "$file")'"
		cp -- "$file" "$root/try/files"
	done
	for file in "${programs[@]}"; do
		add_program "$root" "$file"
	done
	prefer_programs "$root"
	fill_kernel_modules "$root/try/kernel"
	cp -- "${scenario:-$home/scripts/lib/guest/$order.sh}" "$root/try/scenario"
	[[ -z $script ]] || cp -- "$script" "$root/try/script"
	[[ -z $command ]] || printf '%s\n' "$command" >"$root/try/command"
	[[ -z $shell ]] || : >"$root/try/shell"
	# A step gets half the time, so that time is left to say which step took too long.
	printf "%s='%s'\n" port "$machine_port" console "$machine_console" mark "$mark" limit "$(((limit + 1) / 2))" \
		modules "${names[*]}" kernel_modules "${wanted[*]//-/_}" >"$root/try/config"
}

# check_log: a log that cannot be written is an error now, not when the try is over.
check_log()
{
	local dir
	log=${log:-$(klpmake_cache)/logs/$(basename "${modules[0]}" .ko)-$release.log}
	[[ ! -d $log ]] || die "'$log' is a directory: the console's log needs a file of that name"
	dir=$(dirname "$log")
	{ mkdir -p "$dir" 2>/dev/null && [[ -w $dir ]]; } ||
		die "cannot write the console's log to '$dir': name another file with --log"
}

# The log is renamed into place: another try of the same module may be writing its own.
keep_log()
{
	local dir
	[[ -s $work/console ]] || return 0
	tr -d '\r' <"$work/console" >"$work/log"
	dir=$(dirname -- "$log")
	# The cache may be another user's, under sudo: no link there is followed.
	(umask 022 && "${KLPMAKE_BIN:-$home/build}/klpplace" "$dir" "$work/log" "$(basename -- "$log")")
}

stop_qemu()
{
	[[ -n $qemu_pid ]] || return 0
	kill "$qemu_pid" 2>/dev/null || true
	wait "$qemu_pid" || qemu_status=$?
	qemu_pid=
}

cleanup()
{
	local status=$1
	stop_qemu
	[[ -z $work ]] || {
		keep_log || true
		rm -rf -- "$work"
	}
	if [[ -n $json ]]; then
		report_deaf
		report_try "$status"
		rm -f "$report_messages"
	fi
	exit "$status"
}

# start_qemu ACCEL
start_qemu()
{
	local time=("$whole")
	accel=$1
	guest_command "$accel" "$image" initramfs
	say "${modules[*]##*/} on $release ($machine_qemu, $accel)"
	((verbosity < 2)) || printf '+ %s\n' "${guest_argv[*]@Q}"
	: >"$work/verdict"
	: >"$work/qemu-said"
	: >"$work/console"
	# timeout(1) ends the guest even when nobody is left to do it.
	if [[ -n $shell ]]; then
		# A user at a terminal has no time limit, and the guest is in the foreground there.
		time=(--foreground "$whole")
		[[ ! -t 0 ]] || time=(--foreground 0)
		(cd "$work" && exec timeout --kill-after=5 "${time[@]}" "${guest_argv[@]}" <&"$guest_stdin" 2>qemu-said) &
	else
		(cd "$work" && exec timeout --kill-after=5 "${time[@]}" "${guest_argv[@]}" </dev/null >/dev/null 2>qemu-said) &
	fi
	qemu_pid=$!
	[[ $accel != kvm ]] || watch_kvm &
}

# watch_kvm: ends a guest that is silent, or that kvm has given up (QEMU prints that and does not end).
watch_kvm()
{
	local gave_up='^KVM internal error' status=0
	timeout "$kvm_silence" grep -q -e 'Linux version' -e "$gave_up" \
		< <(exec tail -q -s 0.2 -n +1 -f --pid="$qemu_pid" -- "$work/console" "$work/qemu-said") || status=$?
	if ((status == 124)) ||
		grep -q "$gave_up" < <(exec tail -s 0.2 -n +1 -f --pid="$qemu_pid" -- "$work/qemu-said"); then
		kvm_fails
		: >"$work/kvm-fails"
		kill "$qemu_pid"
	fi
} >/dev/null 2>&1

# attempt ACCEL: a guest from its start to its verdict or its end.
attempt()
{
	report_forget
	each_forget
	verdict='' qemu_status=0
	start_qemu "$1"
	follow
	[[ -z $verdict ]] || return 0
	wait "$qemu_pid" || qemu_status=$?
	qemu_pid=
}

# follow: shows what the guest sends until it has sent its verdict, which goes into $verdict, or is dead.
follow()
{
	local line text
	while IFS= read -r line; do
		text=${line#* }
		case $line in
			'phase '*) report_phase "$text" ;;
			'out '*) report_output "$text" ;;
			'module '*) each_begins ;;
			passed) each_ends ok ;;
			stays) each_stays=1 ;;
			ok | 'failed '*)
				! each_is_on || {
					each_ends failed "$text"
					continue
				}
				verdict=${line%% *} reason=$text
				break
				;;
		esac
	done < <(exec tail -s 0.2 -n +1 -f --pid="$qemu_pid" -- "$work/verdict")
}

# why_no_verdict: after qemu ended by itself.
why_no_verdict()
{
	local where='while the kernel booted' said begin=$mark
	((${#phases[@]} == 0)) || where="in phase '${phases[-1]}'"
	! each_is_on || begin=$(each_mark)
	# A complaint of the kernel during its boot is the reason only if it did not get any further.
	said=$(
		if grep -qaF "$begin" "$work/console"; then
			sed "1,/$begin/d" "$work/console"
		else
			cat -- "$work/console"
		fi 2>/dev/null | grep -m 1 -aE -f "$home/scripts/lib/guest/complaints.txt" | sed 's/^\[[^]]*\] *//' | tr -d '\r'
	) || true
	if ((qemu_status == 124 || qemu_status == 137)); then
		reason="no verdict within $whole seconds, $where"
	elif ((qemu_status != 0)); then
		reason="$machine_qemu ended with status $qemu_status: $(head -n 1 "$work/qemu-said")"
	else
		reason="the guest died $where"
	fi
	[[ -z $said ]] || reason+="; kernel: $said"
}

main_try()
{
	program='klpmake try'
	options_parse option "$@"
	modules=(${operands[@]+"${operands[@]}"})
	check_arguments
	at_exit cleanup
	heed_interrupts
	limit=${limit:-$default_limit}
	whole=$limit
	[[ -z $each ]] || whole=$((limit * ${#modules[@]}))
	if [[ -n $json ]]; then
		verbosity=0
		report_listen
	fi
	[[ -z $shell ]] || exec {guest_stdin}<&0
	check_files
	work=$(temporary -d) || exit 1
	unpack_modules
	guest_machine "${modules[0]}"
	find_kernel
	check_log

	fill_initramfs "$work/root"
	pack "$work/root" "$work/initramfs"

	SECONDS=0
	attempt "$(guest_accel)"
	# In some virtual machines kvm starts a kernel and then meets an instruction that it cannot run.
	if [[ -z $verdict && -e $work/kvm-fails ]]; then
		say "kvm cannot run this kernel here: trying again, emulated"
		attempt tcg
	fi
	[[ -n $verdict ]] || why_no_verdict
	stop_qemu
	keep_log
	((verbosity < 2)) || cat -- "$log"
	[[ -z $each ]] || each_conclude
	[[ $verdict == ok ]] || die "$reason; console log: '$log'"
	say "$(report_verdict)"
	say "console log: '$log'"
}
