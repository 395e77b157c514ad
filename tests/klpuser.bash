# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2034,SC2154
#
# Small programs and patches for them. Source tap.bash first.
#
#   program NAME [FLAG...]        compiles C from standard input as $scratch/NAME, as a distribution ships it: stripped,
#                                 with its debug information in NAME.debug
#   library NAME [FLAG...]        the same for lib NAME.so.1
#   patch NAME TARGET OLD NEW [LIBRARY]   $dir: a patch directory of that name, with one file, of which standard input has
#                                 all but the tables: NEW replaces OLD
#   make_patch [OPTION...]        klpmake user: $status, $out, $err, and $klpu
#   start NAME [ARG...]           runs it; ask LINE: sets REPLY to what it answers; stop: ends it
#   apply, revert                 $klpu to what runs

# The loop of a program that answers each line of its input with what answer() makes of it.
user_headers='#include <stdio.h>
#include <stdlib.h>
#include <string.h>
'
user_main='
long answer(long x);
int main(void)
{
	char line[100];

	setvbuf(stdout, NULL, _IOLBF, 0);
	while (fgets(line, sizeof(line), stdin))
		printf("%ld\n", answer(atol(line)));
	return 0;
}
'

# strip_binary FILE: its debug information goes into FILE.debug.
strip_binary()
{
	objcopy --only-keep-debug "$1" "$1.debug" && objcopy --strip-all --add-gnu-debuglink="$1.debug" "$1"
}

program()
{
	local name=$1
	shift
	{ printf '%s' "$user_headers" && cat && printf '%s' "$user_main"; } >"$scratch/$name.c"
	(cd "$scratch" && "${CC:-gcc}" -O2 -g -Wl,--build-id "$name.c" -o "$name" "$@" && strip_binary "$name")
}

library()
{
	local name=$1
	shift
	cat >"$scratch/$name.c"
	(
		cd "$scratch" && "${CC:-gcc}" -O2 -g -fPIC -shared -Wl,--build-id,-soname,"lib$name.so.1" "$name.c" -o "lib$name.so.1" "$@" &&
			ln -sf "lib$name.so.1" "lib$name.so" && strip_binary "lib$name.so.1"
	)
}

patch()
{
	dir=$scratch/patch-$1
	klpu=$dir/$1.klpu
	rm -rf "$dir"
	mkdir "$dir"
	printf 'target := ../%s\nobj-u := %s.o\n' "$2" "$1" >"$dir/Makefile"
	{ cat && replaces "${@:3}"; } >"$dir/$1.c"
}

# replaces OLD NEW [LIBRARY]: the tables of a patch with one function.
replaces()
{
	printf 'static struct klp_func funcs[] = {{.old_name = "%s", .new_func = %s}, {}};\n' "$1" "$2"
	printf 'static struct klp_object objs[] = {{%s.funcs = funcs}, {}};\n' "${3:+.name = \"$3\", }"
	printf 'static struct klp_patch patch = {.objs = objs};\nKLP_PATCH(patch);\n'
}

make_patch()
{
	run "$top/klpmake" user "$@" "$dir"
}

start()
{
	local name=$1
	shift
	mkfifo "$scratch/in" "$scratch/out"
	LD_LIBRARY_PATH=$scratch "$scratch/$name" "$@" <"$scratch/in" >"$scratch/out" &
	pid=$!
	exec {to}>"$scratch/in" {from}<"$scratch/out"
	rm "$scratch/in" "$scratch/out"
}

ask()
{
	REPLY=
	printf '%s\n' "$1" >&"$to"
	read -r -t 20 -u "$from"
}

stop()
{
	exec {to}>&- {from}<&-
	wait "$pid"
}

apply()
{
	run "$bin/klpapply" apply "$klpu" -p "$pid"
}

revert()
{
	run "$bin/klpapply" revert "$klpu" -p "$pid"
}

# changes NAME LINE BEFORE WITH: what the program answers before the patch, with it, and when it is reverted.
changes()
{
	local answers=
	ask "$2"
	answers=$REPLY
	apply
	[[ $status == 0 ]] || diag "$err"
	ask "$2"
	answers+=" $REPLY"
	revert
	[[ $status == 0 ]] || diag "$err"
	ask "$2"
	is "$answers $REPLY" "$3 $4 $3" "$1"
}
