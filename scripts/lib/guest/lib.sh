# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC3043
#
# What a scenario can do in the guest: busybox sh. A scenario is such a script; it is run in the
# directory of the --file files, and the first thing that goes wrong ends the try. 'run' prefers the
# --program program of a name, if there is one. A --run script or a --cmd command gets these without 'run'.
#
#   $modules               the modules to try, in the order of the command line
#   phase NAME             a new part begins; its name labels what is shown and what fails
#   try_modules [NAME]     the whole try of $modules, before, with and after them; NAME goes to the user's script
#   kernel_module NAME     load this module of the kernel (--modprobe) and what it depends on
#   load NAME [PARAM...]   load a module to try
#   refused NAME TEXT [PARAM...]
#                          loading it fails, insmod or the kernel says TEXT, and nothing of it stays
#   wait_patched NAME      wait until every task runs the patched code
#   wait_replaced NAME     wait until a cumulative livepatch has taken its place; it is still loaded
#   unload NAME            disable the livepatch, wait until no task runs it, remove the module
#   run COMMAND [ARG...]   show its output; fail when it does
#   run_shown WHAT COMMAND [ARG...]
#                          show its output and return its status; WHAT is its name when it does not end
#   script PHASE [NAME]    the user's --run script or --cmd command, if there is one
#   interact               a shell at the console, until it ends
#   complain               fail if the kernel has complained since the last look
#   allow PATTERN          in this phase livepatch may refuse something: PATTERN (of grep -E) matches what follows
#                          'livepatch: '. Every other complaint stays one
#   show TEXT              show a line
#   fail REASON            this try has failed

# From the host: $port $console $mark $limit $modules $kernel_modules
# shellcheck source=/dev/null
. /try/config

# How many lines of the kernel's log have been judged; those of its boot do not have to be. A file, because a part of a
# scenario may run in a shell of its own (each.sh).
dmesg -r | sed -n "/$mark/{=;q}" >/run/judged
: >/run/allowed

# tell TAG [TEXT]: sends one line to the host. stty, which sets a terminal, waits until all output has left it: what
# the kernel still keeps would be lost if it died a moment later.
tell()
{
	printf '%s\n' "$*" >&3
	stty -F "/dev/$port" -echo
}

show()
{
	tell out "$1"
}

show_file()
{
	local line
	while IFS= read -r line || [ -n "$line" ]; do
		show "$line"
	done <"$1"
}

# The first failure is the reason; later ones are not reported.
fail()
{
	if [ ! -e /run/failed ]; then
		: >/run/failed
		tell failed "$(cat /run/phase): $1"
	fi
	exit 1
}

# news: what the kernel has printed since the last judgement.
news()
{
	dmesg -r >/run/dmesg
	# each.sh writes lines that go on behind it.
	grep -q "$mark\$" /run/dmesg || fail "the kernel's log has lost its beginning"
	tail -n "+$(($(cat /run/judged) + 1))" /run/dmesg
}

# news_judged: those in /run/news have been.
news_judged()
{
	echo "$(($(cat /run/judged) + $(wc -l </run/news)))" >/run/judged
}

# complaint: the first line of its input that is a complaint of the kernel and not allowed.
complaint()
{
	grep -vE -f /run/allowed | grep -m 1 -E -f /try/complaints.txt | sed 's/^<[0-9]*>//; s/^\[[^]]*\] *//'
}

complain()
{
	local text
	news >/run/news
	text=$(complaint </run/news)
	[ -z "$text" ] || fail "kernel: $text"
	news_judged
}

allow()
{
	printf '^<[0-4]>\\[[^]]*\\] livepatch: (%s)$\n' "$1" >>/run/allowed
	# With a broken pattern grep would not find any complaint.
	echo | grep -qE -f /run/allowed
	[ $? -eq 1 ] || fail "'$1' is not a regular expression"
}

# What the kernel printed in one phase is judged before the next one begins, by the rules of its own phase.
phase()
{
	complain
	: >/run/allowed
	echo "$1" >/run/phase
	tell phase "$1"
}

module_name()
{
	basename "$1" .ko | tr - _
}

uptime_seconds()
{
	cut -d. -f1 /proc/uptime
}

# within COMMAND [ARG...]: repeat the command until it succeeds; returns 1 at the time limit.
within()
{
	local end
	end=$(($(uptime_seconds) + limit))
	until "$@"; do
		[ "$(uptime_seconds)" -lt "$end" ] || return 1
		sleep 0.1
	done
}

# insert NAME FILE [PARAM...]: the kernel's own words say more than insmod's.
insert()
{
	local name=$1 said text
	shift
	[ -e "$1" ] || fail "there is no module '$name' in the guest"
	if ! said=$(insmod "$@" 2>&1); then
		text=$(news | complaint)
		fail "cannot load '$name': ${text:-${said##*: }}"
	fi
	complain
}

kernel_module()
{
	local name
	[ -e "/try/kernel/$(module_name "$1")" ] || fail "'$1' was not given with --modprobe"
	while read -r name; do
		[ ! -d "/sys/module/${name#\?}" ] || continue
		case $name in
			\?*) insmod "/try/kernel/${name#?}.ko" 2>/dev/null || : ;;
			*) insert "$name" "/try/kernel/$name.ko" ;;
		esac
	done <"/try/kernel/$(module_name "$1")"
}

load()
{
	local name
	name=$(module_name "$1")
	shift
	insert "$name" "/try/modules/$name.ko" "$@"
}

# What the loader and livepatch print about a module that they refuse is not a complaint here.
refused()
{
	local name text=$2 other
	name=$(module_name "$1")
	shift 2
	[ -e "/try/modules/$name.ko" ] || fail "there is no module '$name' in the guest"
	[ ! -d "/sys/module/$name" ] || fail "'$name' is loaded already"
	complain
	! insmod "/try/modules/$name.ko" "$@" 2>/run/refusal || fail "'$name' was loaded, and should not have been"
	news >/run/news
	other=$(grep -vE "^<[0-9]*>\[[^]]*\] ($name|livepatch): " /run/news | complaint)
	[ -z "$other" ] || fail "kernel: $other"
	news_judged
	show_file /run/refusal
	cat /run/news >>/run/refusal
	grep -qF -- "$text" /run/refusal || fail "'$name' was refused, but nobody said '$text'"
	[ ! -d "/sys/module/$name" ] || fail "'$name' was refused, and is still there"
	gone "$name" || fail "'$name' was refused, and its livepatch is still there"
}

in_transition()
{
	[ "$(cat "/sys/kernel/livepatch/$1/transition" 2>/dev/null)" = 1 ]
}

settled()
{
	! in_transition "$1"
}

gone()
{
	[ ! -d "/sys/kernel/livepatch/$1" ]
}

# show_blockers NAME: the tasks that keep the transition from ending, and where they are.
show_blockers()
{
	local wanted state task
	wanted=$(cat "/sys/kernel/livepatch/$1/enabled")
	for state in /proc/[0-9]*/task/[0-9]*/patch_state; do
		[ "$(cat "$state" 2>/dev/null)" = $((1 - wanted)) ] || continue
		task=${state%/patch_state}
		show "waiting for '$(cat "$task/comm")' (${task##*/}):"
		cat "$task/stack" >/run/stack 2>/dev/null
		show_file /run/stack
	done
}

transition_stuck()
{
	show_blockers "$1"
	fail "the transition of '$1' did not end within $limit seconds"
}

wait_patched()
{
	local name
	name=$(module_name "$1")
	! gone "$name" || fail "'$name' is loaded but is not a livepatch, or not an enabled one"
	within settled "$name" || transition_stuck "$name"
	[ "$(cat "/sys/kernel/livepatch/$name/enabled")" = 1 ] || fail "'$name' is not enabled"
	complain
}

wait_replaced()
{
	local name
	name=$(module_name "$1")
	[ -d "/sys/module/$name" ] || fail "'$name' is not loaded"
	within gone "$name" || fail "'$name' was not replaced within $limit seconds"
	complain
}

remove()
{
	rmmod "$1" 2>/run/rmmod
}

# A patch that a cumulative one replaced is already disabled, and its livepatch is gone a moment later. The
# kernel drops its own reference to a patch a moment after that, so removing may need more than one attempt.
unload()
{
	local name
	name=$(module_name "$1")
	if [ "$(cat "/sys/kernel/livepatch/$name/enabled" 2>/dev/null)" = 1 ]; then
		echo 0 2>/dev/null >"/sys/kernel/livepatch/$name/enabled" || fail "cannot disable '$name'"
	fi
	within gone "$name" || transition_stuck "$name"
	within remove "$name" || fail "cannot remove '$name': $(sed 's/.*: //' /run/rmmod)"
	complain
}

# run_shown WHAT COMMAND [ARG...]: the output goes to a file first, because what stays running would hold a pipe open.
run_shown()
{
	local what=$1 command=$2 status
	shift 2
	# busybox's timeout prefers its own command of a name, whatever the PATH says.
	case $command in
	*/*) ;;
	*) [ ! -x "/try/programs/$command" ] || command=/try/programs/$command ;;
	esac
	timeout "$limit" env "PATH=/try/programs:$PATH" "$command" "$@" >/run/output 2>&1 3>&-
	status=$?
	show_file /run/output
	# busybox says 143 for a command that timeout(1) ended.
	[ $status -ne 143 ] || fail "$what did not end within $limit seconds"
	return $status
}

run()
{
	run_shown "'$*'" "$@" || fail "'$*' ended with status $?"
	complain
}

# interact: a shell with the console as its controlling terminal. Its exit status does not matter.
interact()
{
	show "a shell: 'exit' unloads the modules and ends the try, Ctrl-A X kills the guest"
	# shellcheck disable=SC2016 # for that shell
	ENV=/try/prefer PS1='guest # ' TERM=vt100 PATH=/try/programs:$PATH \
		setsid sh -c 'exec sh -i <"/dev/$0" >"/dev/$0" 2>&1' "$console" 3>&-
	complain
}

# script PHASE [NAME]: a script judges, so its status counts; a command only shows, and may well fail
# before or after the patch. NAME is the module's, with --each.
script()
{
	local status=0
	if [ -e /try/script ]; then
		run_shown 'the script' sh -c '. /try/prefer; . /try/script' /try/script "$@" || fail "the script ended with status $?"
	elif [ -e /try/command ]; then
		run_shown 'the command' sh -c '. /try/prefer; . /try/command' || status=$?
		[ $status -eq 0 ] || show "(status $status)"
	fi
	complain
}

# try_modules [NAME]: before, with and after $modules, each on top of the ones before it.
try_modules()
{
	local module loaded=
	phase before
	script before "$@"

	phase load
	for module in $modules; do
		load "$module"
		wait_patched "$module"
		loaded="$module $loaded"
	done

	phase with
	script with "$@"
	[ ! -e /try/shell ] || interact

	phase unload
	for module in $loaded; do
		unload "$module"
	done

	phase after
	script after "$@"
}

# needed_modules: those of the kernel that are to be loaded first.
needed_modules()
{
	local module
	for module in $kernel_modules; do
		kernel_module "$module"
	done
}
