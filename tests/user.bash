# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the tests of klpapply share: the programs of tests/user, patches for them, and conversations
# with them. A program answers each line with a line, so nothing here waits for a time to pass.

user_needs()
{
	[[ $(uname -m) == x86_64 ]] || skip_all 'klpapply applies on x86_64 only'
	((EUID == 0)) || skip_all 'needs root: it traces processes'
	[[ -x $bin/klpapply ]] || skip_all 'klpapply was not built'
	# Not by stopping a process: a container may allow ptrace of one's own children alone.
	"$bin/klpapply" list -p $$ >/dev/null 2>&1 || skip_all 'processes may not be looked at here'
	user=$top/tests/user
	cc=${CC:-gcc}
}

# user_compile OUT [OPTION...]
user_compile()
{
	local to=$1
	shift
	"$cc" -O2 -g -w -D_GNU_SOURCE -pthread -o "$scratch/$to" "$@" || {
		fail "cannot compile $to"
		done_testing
	}
}

# user_server OUT [OPTION...]: tests/user/server.c with its library.
user_server()
{
	local to=$1
	shift
	[[ -e $scratch/libserver.so ]] ||
		user_compile libserver.so -shared -fPIC -Wl,-soname,libserver.so "$user/lib.c"
	user_compile "$to" "$@" "$user/server.c" "$scratch/libserver.so" -Wl,-rpath,"$scratch"
}

# user_patch NAME SOURCE VERSION WAIVED ARG...: $scratch/NAME.klpu; ARG as tests/userpatch.c has them.
user_patch()
{
	local name=$1 source=$2 version=$3 waived=$4 flags=
	shift 4
	[[ -x $scratch/userpatch ]] || user_compile userpatch "$top/tests/userpatch.c"
	[[ $name != *-ie ]] || flags=-ftls-model=initial-exec
	# shellcheck disable=SC2086
	if "$cc" -O2 -fPIC $flags -c -o "$scratch/$name.o" "$source" &&
		ld -shared -nostdlib -z norelro --build-id --eh-frame-hdr -T "$top/tests/userpatch.ld" \
			-z max-page-size=4096 -o "$scratch/$name.so" "$scratch/$name.o" &&
		"$scratch/userpatch" "$scratch/$name.so" "$scratch/$name.klpu" "${name%%-*}" "$version" "$waived" "$@"; then
		return
	fi
	fail "cannot make the patch $name"
	done_testing
}

declare -A user_pid user_in user_out
user_count=0

# begin NAME COMMAND [ARG...]: starts it and waits for its first line.
begin()
{
	local name=$1 in out
	shift
	user_count=$((user_count + 1))
	mkfifo "$scratch/$user_count.in" "$scratch/$user_count.out"
	"$@" <"$scratch/$user_count.in" >"$scratch/$user_count.out" 2>"$scratch/$user_count.err" &
	user_pid[$name]=$!
	exec {in}>"$scratch/$user_count.in" {out}<"$scratch/$user_count.out"
	user_in[$name]=$in
	user_out[$name]=$out
	hear "$name"
}

# hear NAME: sets REPLY to its next line; empty where none comes.
hear()
{
	IFS= read -r -t 20 -u "${user_out[$1]}" REPLY || REPLY=
}

# tell NAME LINE: without an answer.
tell()
{
	printf '%s\n' "$2" >&"${user_in[$1]}"
}

# ask NAME LINE: sets REPLY.
ask()
{
	tell "$1" "$2"
	hear "$1"
}

# answers NAME LINE WANTED TEXT
answers()
{
	ask "$1" "$2"
	is "$REPLY" "$3" "$4"
}

# killed NAME: ends it, whatever it does.
killed()
{
	kill -KILL "${user_pid[$1]}" 2>/dev/null
	wait "${user_pid[$1]}" 2>/dev/null
}

# finish NAME: the same, and no more is asked.
finish()
{
	killed "$1"
	exec {user_in["$1"]}>&- {user_out["$1"]}<&-
}

finish_all()
{
	local name
	for name in "${!user_pid[@]}"; do
		kill -KILL "${user_pid[$name]}" 2>/dev/null
	done
	tap_end
}
trap finish_all EXIT
# A program that has died is a failure of the test, not its end.
trap '' PIPE

apply()
{
	run "$bin/klpapply" "$@"
}

# until_true COMMAND [ARG...]: what has no event to wait for.
until_true()
{
	local tries
	for ((tries = 0; tries < 2000; tries++)); do
		! "$@" || return 0
		sleep 0.01
	done
	return 1
}

# state_is PID LETTER
state_is()
{
	local text
	read -r text <"/proc/$1/stat" 2>/dev/null || return
	text=${text##*) }
	[[ ${text%% *} == "$2" ]]
}
