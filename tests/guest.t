#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The guest runner, tested with modules from plain kbuild: good ones pass on every fetched kernel, and wrong arguments or
# scenarios are reported. tests/guest-failures.t has modules that fail.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/guest.bash
. "$top/tests/guest.bash"

arguments()
{
	try --help
	exits 0 '--help'
	has "$out" 'Usage: klpmake try X.ko' '--help goes to standard output'
	program='klpmake try' try
	refused 2 'klpmake try: error: which module? give X.ko' 'no module'
	try a.ko --frobnicate
	refused 2 "unknown option '--frobnicate'" 'an unknown option'
	try a.ko --run
	refused 2 "option '--run' needs a value" 'an option without its argument'
	try a.ko --memory much
	refused 2 "'--memory' needs a size such as 512 or 2G, not 'much'" 'a size of memory that is not a number'
	try a.ko --cpus 0
	refused 2 "'--cpus' needs a number, not '0'" 'no CPU'
	try a.ko --append $'a\nb'
	refused 2 "'--append' needs words in one line" 'two lines for the kernel'
	try a.ko --shell --scenario x
	refused 2 "'--shell' and '--scenario' exclude each other" 'a shell in a scenario'
	try a.ko --shell --json
	refused 2 "'--shell' and '--json' exclude each other" 'a shell in JSON'
	try a.ko --run x --cmd y
	refused 2 "'--run', '--cmd' and '--scenario' exclude each other" 'two ways at once'
	try a.ko --timeout=soon
	refused 2 "'--timeout' needs a number of seconds, not 'soon'" 'a time limit that is not a number'
	try "$scratch/a.ko" --json
	is "$status:$(json_messages "$out")" "1:error|-|-|-|there is no file '$scratch/a.ko'" 'no such module, in JSON'
	is "$(ls -A "$TMPDIR")" '' '... which leaves nothing'
	try "$scratch/a.ko"
	refused 1 "there is no file '$scratch/a.ko'" 'no such module'
	try "$0"
	refused 1 "'$0' is not an ELF file" 'a file that is not a module'
}

# complains WANT LINE: is this line of the kernel's log a complaint?
complains()
{
	local is=no
	! grep -qE -f "$top/scripts/lib/guest/complaints.txt" <<<"$2" || is=yes
	is "$is" "$1" "$1: $2"
}

complaints()
{
	local line
	while IFS= read -r line; do
		complains yes "$line"
	done <<-'END'
		<4>[    5.1] WARNING: CPU: 0 PID: 199 at kernel/livepatch/core.c:7 f+0x19/0x40 [klp_warn]
		<1>[    5.1] BUG: kernel NULL pointer dereference, address: 0000000000000008
		<0>[    5.1] Oops: 0002 [#1] PREEMPT SMP NOPTI
		<4>[    5.1] Call Trace:
		<4>[    5.1] general protection fault, probably for non-canonical address
		<0>[    5.1] Kernel panic - not syncing: Fatal exception
		<4>[    5.1] klp_a: Unknown symbol no_such_function (err -2)
		<4>[    5.1] klp_a: disagrees about version of symbol single_open
		<3>[    5.1] klp_a: version magic '6.1.0 SMP' should be '6.2.0 SMP'
		<3>[    5.1] x86/modules: Invalid relocation target, existing value is nonzero for type 1
		<3>[    5.1] overflow in relocation type 10 val ffffffffc0000000
		<3>[    5.1] livepatch: symbol 'cmdline_show' not found in symbol table
		<4>[    5.1] livepatch: failed to initialize patch 'klp_a' (-22)
	END
	while IFS= read -r line; do
		complains no "$line"
	done <<-'END'
		<4>[    5.1] klp_a: loading out-of-tree module taints kernel.
		<5>[    5.1] klp_a: tainting kernel with TAINT_LIVEPATCH
		<4>[    5.1] klp_a: module verification failed: signature and/or required key missing - tainting kernel
		<5>[    5.1] livepatch: enabling patch 'klp_a'
		<6>[    5.1] livepatch: 'klp_a': starting patching transition
		<5>[    5.1] livepatch: signaling remaining tasks
		<6>[    5.1] livepatch: 'klp_a': unpatching complete
	END
}

# without TOOL: a PATH with every command but this one.
without()
{
	rm -rf "${scratch:?}/bin"
	mkdir "$scratch/bin"
	find /bin/ /usr/bin/ -maxdepth 1 ! -type d -exec ln -sf -t "$scratch/bin" {} +
	rm "$scratch/bin/$1"
}

missing_parts()
{
	local good=$1 tool
	for tool in qemu-system-x86_64 busybox; do
		without "$tool"
		PATH=$scratch/bin try "$good"
		refused 1 "scripts/setup try' installs it" "no $tool"
		has "$err" "$tool" "no $tool: it is named"
	done
	printf 'ID=debian\n' >"$scratch/os-release"
	KLPMAKE_OS_RELEASE=$scratch/os-release try "$good" -k 9.9.9-none
	refused 1 "there is no image of kernel '9.9.9-none'" 'no image'
	has "$err" "scripts/fetch-kernel 9.9.9-none' gets one, or: sudo apt-get install linux-image-9.9.9-none" \
		'no image: what gets one'
	try "$good" --program no-such-program
	refused 1 "error: there is no program 'no-such-program'" 'no such program'
	is "${err%%:*}" "klpmake try" '... said by whom'
	try "$good" --log "$good/log"
	refused 1 "error: cannot write the console's log to '$good': name another file with --log" 'no place for the log'
	try "$good" --log "$scratch"
	refused 1 "error: '$scratch' is a directory: the console's log needs a file of that name" 'a log that is a directory'
	TMPDIR=$scratch/none try "$good"
	is "$status:$err" "1:klpmake try: error: cannot write to '$scratch/none': set TMPDIR to a directory for temporary files" \
		'no place for temporary files'
	try "$good" --modprobe no-such-module
	refused 1 "the kernel has no module 'no_such_module' in" 'no such kernel module'
	try "$good" --image "$good" --timeout 20
	refused 1 'qemu-system-x86_64 ended with status 1: qemu' 'a file that is not a kernel image'
	nothing_left 'what could not begin leaves nothing'
}

# soft NAME: the module that a soft dependency of that name means.
soft()
{
	local REPLY
	# shellcheck source=scripts/lib/guest/initramfs.bash
	(. "$top/scripts/lib/guest/initramfs.bash" && declare -A kernel_index=([crc32c_intel]=x [crc32c_generic]=x [md5]=x) &&
		soft_module "$1" && echo "$REPLY")
}

soft_dependencies()
{
	is "$(soft md5) $(soft crypto-md5) $(soft crc32c) $(soft crypto-crc32c)" 'md5 md5 crc32c_generic crc32c_generic' \
		'modules that others ask for by the name of an algorithm'
	is "$(soft aead2)" '' '... which need not be there'
}

# good_modules RELEASE DIR
good_modules()
{
	cp "$2/klp-good.ko" "$scratch/a good one.ko"
	cat >"$scratch/a script" <<-'END'
		[ -e './a file' ] || exit 1
		bash -c 'printf "  %s\n" "${BASH_VERSION:+bash $1}"' - "$1"
		echo "  now $1: $(cat /proc/cmdline)"
		[ ! -d /sys/module/nf_log_syslog ] || echo "  with nf_log_syslog"
		echo "  $(nproc), $(ip -V | head -n 1), $(run-parts x)"
		[ "$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)" -lt 307200 ] && echo '  300'
	END
	printf '#!/bin/sh\necho "not busybox, $*"\n' >"$scratch/ip"
	cp "$scratch/ip" "$scratch/run-parts"
	chmod +x "$scratch/ip" "$scratch/run-parts"
	: >"$scratch/a file"
	try "$scratch/a good one.ko" "$2/klp-second.ko" --run "$scratch/a script" --file "$scratch/a file" \
		--program bash --program "$scratch/ip" --program "$scratch/run-parts" --modprobe vsock-loopback --modprobe xt_LOG \
		--memory 300 --cpus 1 --append 'one=1 two=2' --append=three=3
	exits 0 "$1: a good livepatch, and another on top"
	has "$out" 'before |   bash before' "$1: a program that needs libraries"
	has "$out" 'before |   now before: console=' "$1: before"
	has "$out" 'with   |   now with: patched' "$1: with"
	has "$out" 'after  |   now after: console=' "$1: after"
	has "$out" 'before |   1, not busybox, -V, not busybox, x' \
		"$1: --cpus; a script runs --program programs and not busybox's of that name"
	has "$out" 'before |   300' "$1: --memory"
	has "$out" ' one=1 two=2 three=3' "$1: --append"
	has "$out" $'\nok: loaded, every task patched, unloaded again; the kernel did not complain (' "$1: the verdict says what was seen"
	holds "$1: the console is kept" grep -q "livepatch: enabling patch 'klp_second'" "$log"
	holds "$1: a module of the kernel is loaded first, with what it needs" grep -q PF_VSOCK "$log"
	has "$out" 'before |   with nf_log_syslog' "$1: ... and with what it asks for when it is loaded"

	try "$2/klp-good.ko" --json --cmd 'printf "\377\n"; grep patched /proc/cmdline'
	is "$status:$err" '0:' "$1: a command's status fails nothing"
	# shellcheck disable=SC2016 # Perl's
	holds "$1: --json: what was seen, and nothing else on standard output" perl -MJSON::PP -e '
		my ($d, $release, $module) = (decode_json(shift), @ARGV);
		$d->{schema} == 1 && $d->{ok} && $d->{kernel} eq $release && !@{$d->{messages}} &&
		"@{$d->{modules}}" eq $module &&
		join(" ", map { "$_->{name}:" . join("|", @{$_->{output}}) } @{$d->{phases}}) eq
		"before:\x{fffd}|(status 1) load: with:\x{fffd}|patched unload: after:\x{fffd}|(status 1)" or die' \
		"$out" "$1" "$2/klp-good.ko"
}

scenarios()
{
	cat >"$scratch/scenario" <<-'END'
		echo 'WARNING: this is on the console, but not from the kernel'
		phase crash
		show "about to"
		echo c >/proc/sysrq-trigger
		sleep 100
	END
	try "$1/klp-good.ko" --scenario "$scratch/scenario"
	refused 1 "error: the guest died in phase 'crash'; kernel: " 'a kernel that dies'
	has "$out" 'crash  | about to' 'a scenario shows what it wants'

	printf 'phase one\nload klp-good.ko\nwait_patched klp_good\nrun grep -x patched /proc/cmdline\nfalse\n' \
		>"$scratch/scenario"
	try "$1/klp-good.ko" --scenario "$scratch/scenario" -q
	refused 1 'error: one: the scenario ended with status 1' 'a scenario that ends with a failure'
	is "$out" '' 'quiet: nothing but the reason'
	printf 'phase one\nrun sh -c "echo no >&2; exit 7"\n' >"$scratch/scenario"
	try "$1/klp-good.ko" --scenario "$scratch/scenario"
	refused 1 "error: one: 'sh -c echo no >&2; exit 7' ended with status 7" 'a command that fails in a scenario'
	# shellcheck disable=SC2016
	printf '#!/bin/sh\necho "my own: $*"\n' >"$scratch/stat"
	chmod +x "$scratch/stat"
	printf 'phase one\nrun stat /\nload no-such\n' >"$scratch/scenario"
	try "$1/klp-good.ko" --scenario "$scratch/scenario" --program "$scratch/stat"
	refused 1 "error: one: there is no module 'no_such' in the guest" 'a module that was not given'
	has "$out" 'one    | my own: /' 'what is run finds a program before the one of busybox'

	# A refusal that the scenario expects is not a complaint, and a complaint after it still counts.
	cat >"$scratch/scenario" <<-'END'
		phase refused
		refused klp-stranger.ko 'Unknown symbol no_such_function'
		refused klp_stranger 'unknown symbol in module'
		load klp-good
		wait_patched klp-good
		unload klp-good
		phase complaint
		load klp-warn
		cat /proc/cmdline
	END
	try "$1/klp-good.ko" "$1/klp-stranger.ko" "$1/klp-warn.ko" --scenario "$scratch/scenario"
	refused 1 'error: complaint: kernel: WARNING: ' 'a module that should be refused, and then a warning'
	has "$out" "refused | insmod: can't insert '/try/modules/klp_stranger.ko': unknown symbol" 'what insmod says is shown'

	printf 'phase one\nshow ready\nsleep 100\n' >"$scratch/scenario"
	"$top/klpmake" try "$1/klp-good.ko" --log "$log" --scenario "$scratch/scenario" >"$scratch/shown" 2>&1 &
	local runner=$! tries=0
	until grep -q ready "$scratch/shown" || ((++tries > 600)); do sleep 0.1; done
	kill -TERM "$runner"
	wait "$runner"
	is $? 143 'a try that is interrupted'
	nothing_left 'leaves nothing, and nothing running'
}

# shell MODULE: commands that are typed are run by the patched kernel; those from a pipe have the time limit.
shell()
{
	local char shown='' asked=0 to
	local answers=('cat /proc/cmdline; ip' 'tty; exit 3')
	coproc "$top/klpmake" try "$1" --log "$log" --shell --program "$scratch/ip" 2>&1
	exec {to}>&"${COPROC[1]}"
	while IFS= read -r -d '' -n 1 -u "${COPROC[0]}" char; do
		shown+=$char
		[[ $shown == *'guest # ' && $asked -lt 2 ]] || continue
		shown+=$'\n'
		printf '%s\n' "${answers[asked]}" >&"$to"
		asked=$((asked + 1))
	done
	exec {to}>&-
	has "$shown" $'\npatched\r\nnot busybox, \r\n' 'a shell in the guest, when it is patched, with the --program programs'
	has "$shown" '/dev/ttyS0' '... at a terminal'
	has "$shown" $'\nok: loaded, every task patched, unloaded again; ' '... and the try goes on, whatever its status'
	holds '... its console is kept' grep -q '^patched$' "$log"
}

# allowing DIR: livepatch may refuse what the scenario says, in that phase; nothing else may be refused.
allowing()
{
	cat >"$scratch/refuse" <<-'END'
		refuse() {
			phase "$1"
			[ "$1" = other ] || {
				allow "failed to (register ftrace handler for function 'cmdline_proc_show' \(-16\)|enable patch 'klp_good')"
				allow "failed to patch object 'vmlinux'"
			}
			run_shown insmod insmod /try/modules/klp_good.ko && fail "it was loaded"
			complain
		}
		echo 0 >/proc/sys/kernel/ftrace_enabled
	END
	cat "$scratch/refuse" - >"$scratch/scenario" <<<$'refuse one\nrefuse two\nshow fine\nrefuse other'
	try "$1/klp-good.ko" --scenario "$scratch/scenario"
	has "$out" 'two    | fine' 'livepatch may refuse what a scenario says'
	refused 1 'error: other: kernel: livepatch: failed to register ftrace handler' 'in the phase where it says so'
	cat "$scratch/refuse" - >"$scratch/scenario" <<<$'phase one\nallow "failed.*"\nload klp-good'
	try "$1/klp-good.ko" --scenario "$scratch/scenario"
	refused 1 "error: one: cannot load 'klp_good': Device or resource busy" 'what is allowed is no success'
	printf "phase one\nallow '.*'\nload klp-warn\nrun cat /proc/cmdline\n" >"$scratch/scenario"
	try "$1/klp-warn.ko" --scenario "$scratch/scenario"
	refused 1 'error: one: kernel: WARNING: ' 'a warning is never allowed'
	printf "phase one\nallow '('\n" >"$scratch/scenario"
	try "$1/klp-good.ko" --scenario "$scratch/scenario"
	refused 1 "error: one: '(' is not a regular expression" 'nor is anything by a broken pattern'
}

main()
{
	local releases=() release dir
	arguments
	complaints
	soft_dependencies
	need_guests
	for release in "${releases[@]}"; do
		dir=$(modules_for "$release")
		good_modules "$release" "$dir"
	done
	missing_parts "$dir/klp-good.ko"
	scenarios "$dir"
	shell "$dir/klp-good.ko"
	allowing "$dir"
	done_testing
}

main
