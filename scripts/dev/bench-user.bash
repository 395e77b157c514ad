# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154 # scripts/dev/bench, which sources it, sets scratch, turns, a and b
#
# The part of the benchmark that is about running programs: how long 'klpmake user apply' stops a process against gdb's
# attach and detach of the same process, how long it takes to make a patch, and how much later a program starts that
# 'klpmake user watch' looks at. No kernel is needed for it.

bench_user()
{
	type gdb >/dev/null 2>&1 || die 'there is no gdb to compare with: scripts/setup bench'
	((EUID == 0)) || die 'only root can trace processes'
	user_prepare
	user_stops 3
	user_stops 100
	user_stops 1000
	user_making
	user_starts
}

# The process, and $klpu.
user_prepare()
{
	local dir=$scratch/user-patch
	mkdir "$dir"
	gcc -O2 -g -pthread -Wl,--build-id -o "$scratch/stopped" "$home/tests/user/stopped.c"
	printf 'target := ../stopped\nobj-u := fix.o\n' >"$dir/Makefile"
	cat >"$dir/fix.c" <<'END'
//KLPMAKE stopped.c
#include <klpmake-user.h>
static long new_work(long x)
{
	return x + 100;
}
static struct klp_func funcs[] = {{.old_name = "work", .new_func = new_work}, {}};
static struct klp_object objs[] = {{.funcs = funcs}, {}};
static struct klp_patch patch = {.objs = objs};
KLP_PATCH(patch);
END
	"$home/klpmake" user -q "$dir" || die 'the patch to measure with cannot be made'
	klpu=$dir/fix.klpu
}

user_ask()
{
	local line
	printf '%s\n' "$1" >&"${process[1]}"
	read -r -t 60 -u "${process[0]}" line || die 'the process that is measured is gone'
	REPLY=$line
}

# user_stopped COMMAND...: sets $stopped to how long the process was stopped at a time, by its own clock.
user_stopped()
{
	user_ask start
	"$@" >"$scratch/out" 2>&1 || die "'$*' failed: $(<"$scratch/out")"
	user_ask end
	stopped=$REPLY
}

# user_stops THREADS: the image is there since the first turn, which does not count.
user_stops()
{
	local i klpapply=() gdb=() process pid stopped tool
	tool_find klpapply
	coproc process { exec "$scratch/stopped" "$1"; }
	# shellcheck disable=SC2154 # coproc sets it
	pid=$process_PID
	read -r -t 60 -u "${process[0]}" REPLY
	for ((i = 0; i <= turns; i++)); do
		user_stopped "$tool" apply "$klpu" -p "$pid" --max-stop 2000
		((i == 0)) || klpapply+=("$stopped")
		user_ask work
		[[ $REPLY == 101 ]] || die "it answered '$REPLY' with the patch"
		user_stopped gdb -nx -batch -p "$pid" -ex detach
		((i == 0)) || gdb+=("$stopped")
		"$tool" revert "$klpu" -p "$pid" --max-stop 2000 >/dev/null
	done
	kill "$pid"
	wait "$pid" 2>/dev/null || true
	a=$(median "${klpapply[@]}")
	b=$(median "${gdb[@]}")
	row "stopped by klpmake user apply / by gdb's attach and detach, $1 threads ($(fine "$a") / $(fine "$b"))" \
		"$(ratio "$a" "$b")" 0.2
}

fine()
{
	awk "BEGIN { printf \"%.1f ms\", $1 / 1000 }"
}

user_make_patch()
{
	"$home/klpmake" user -q --target "$scratch/tickets" --library-dir "$scratch" -o "$scratch" "$home/example/user-tickets"
}

user_plain()
{
	(cd "$home/example/user-tickets" &&
		gcc -O2 -g -fPIC -shared -I"$home/src/include" -o "$scratch/plain.so" sell.c price.c)
}

user_making()
{
	make -s -C "$home/example/user-tickets/program" DIR="$scratch" all
	versus user_make_patch user_plain
	row "klpmake user / gcc -shared of the same files, example/user-tickets ($(millis "$a") / $(millis "$b"))" \
		"$(ratio "$a" "$b")" 4
	row 'klpmake user, from tagged files to a checked patch: seconds' "$(ratio "$a" 1000000)" 1
}

user_start_watched()
{
	"$scratch/watched/stopped" </dev/null
}

user_start_plain()
{
	"$scratch/stopped" </dev/null
}

# A copy of the program is watched, and the patch is applied at each of its starts.
user_starts()
{
	local watch line tool count delay
	tool_find klpapply
	mkdir "$scratch/watched"
	cp "$scratch/stopped" "$scratch/watched"
	coproc watch { exec "$tool" watch "$scratch/user-patch" --file "$scratch/watched/stopped" 2>&1; }
	# shellcheck disable=SC2154 # coproc sets it
	watcher=$watch_PID
	trap 'kill "$watcher"; rm -rf "$scratch"' EXIT
	until [[ ${line-} == 'applied '* ]]; do
		read -r -t 60 -u "${watch[0]}" line || die 'klpapply watch has ended'
	done
	versus user_start_watched user_start_plain
	trap 'rm -rf "$scratch"' EXIT
	kill "$watcher"
	count=$(grep -c 'applied at its start' <&"${watch[0]}") || true
	wait "$watcher" 2>/dev/null || true
	((count == turns + 1)) || die "$count of $((turns + 1)) programs were patched at their start"
	delay=$(awk "BEGIN { printf \"%.2f\", ($a - $b) / 1000 }")
	row "start delayed by klpmake user watch: ms (from $(fine "$b") to $(fine "$a"))" "$delay" 10
}
