#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# klpmake on a stock kernel, when another run is at work or a signal comes: what is left is whole, or nothing.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$top/tests/klpmake.bash"

two_at_once()
{
	local pid first=$scratch/first.err
	patch
	"$top/klpmake" -q -k "$release" "$dir" 2>"$first" &
	pid=$!
	until [[ -e $dir/.klpmake/$release/kbuild.log ]] || ! kill -0 "$pid" 2>/dev/null; do
		sleep 0.02
	done
	make_it -q "$dir"
	is "$status:$err" "0:klpmake: warning: another klpmake is at work in '$dir': waiting for it to end" \
		"a second run at the same time waits, and says so"
	wait "$pid"
	is "$?:$(<"$first")" "0:" "the first is not disturbed"
	holds "the result is the same" cmp "$dir/klp-x.ko" "$scratch/first.ko"

	# The first one fails and removes its directory while the second one waits for it.
	patch 'broken broken;'
	"$top/klpmake" -q -k "$release" "$dir" 2>"$first" &
	pid=$!
	until [[ -e $dir/.klpmake/$release/kbuild.log ]] || ! kill -0 "$pid" 2>/dev/null; do
		sleep 0.02
	done
	make_it -q "$dir"
	wait "$pid"
	is "$?$status:$(grep -c 'kbuild failed' <<<"$err$(<"$first")"):$(left)" "11:2:" \
		"two runs of what does not compile: both say so, nothing is left"
}

# interrupted SIGNAL NAME FILE [LINE]: klpmake gets the signal as soon as FILE is in its work directory, with one more
# LINE in the Makefile, and leaves nothing.
#
# On a busy machine the run may have ended successfully when the signal comes: then it is repeated.
interrupted()
{
	local attempt
	for ((attempt = 0; attempt < 5; attempt++)); do
		interrupt "$@"
		((status == 0)) || break
	done
	for ((attempt = 0; attempt < 500; attempt++)); do
		pgrep -f -- "$dir" >/dev/null || break
		sleep 0.01
	done
	is "$status:$(left):$(pgrep -f -- "$dir")" "$((128 + $(kill -l "$1")))::" \
		"SIG$1 $2: nothing is left, nothing runs on"
	is "$(ls -A "$TMPDIR")" "" "... nothing in TMPDIR"
}

# interrupt SIGNAL WHEN FILE [LINE]: one such run, and its status.
interrupt()
{
	local pid to
	patch
	printf '%s\n' "${4-}" >>"$dir/Makefile"
	# A script cannot catch a signal that its shell ignores, as SIGINT in the background.
	perl -e '$SIG{INT} = $SIG{HUP} = "DEFAULT"; setpgrp; exec @ARGV' \
		"$top/klpmake" -q -k "$release" "$dir" >/dev/null 2>&1 &
	pid=$!
	until compgen -G "$dir/.klpmake/$release/$3" >/dev/null || ! kill -0 "$pid" 2>/dev/null; do
		:
	done
	# ^C goes to the whole foreground group.
	to=$pid
	[[ $1 != INT ]] || to=-$pid
	kill "-$1" -- "$to"
	wait "$pid"
	status=$?
}

# second_run SIGNALS: runs another patch in the directory of an earlier one; klpmake and klpplace get the signals before
# and after the first result is renamed.
second_run()
{
	rm -rf "$dir" "$scratch/renamed"
	cp -r "$scratch/earlier" "$dir"
	sed -i 's/saved_command_line/linux_proc_banner/' "$dir/klp-x.c"
	ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0 LD_PRELOAD=rename.so LD_LIBRARY_PATH=$scratch \
		RENAMED=$scratch/renamed SIGNALS=$1 make_it -q "$dir"
	holds "(that was while it renamed)" test -e "$scratch/renamed"
	rm -rf "$dir/.klpmake"
}

# rename_shim: $scratch/rename.so, which sends the signals.
rename_shim()
{
	gcc -shared -fPIC -D_GNU_SOURCE -o "$scratch/rename.so" -x c - <<-'END'
		#include <dlfcn.h>
		#include <errno.h>
		#include <fcntl.h>
		#include <signal.h>
		#include <stdio.h>
		#include <stdlib.h>
		#include <string.h>
		#include <unistd.h>
		static void send(void)
		{
			char *list = strdup(getenv("SIGNALS"));
			for (char *s = strtok(list, " "); s; s = strtok(NULL, " ")) {
				kill(getppid(), atoi(s));
				kill(getpid(), atoi(s));
			}
			free(list);
		}
		int renameat(int a, const char *from, int b, const char *to)
		{
			int (*real)(int, const char *, int, const char *) = dlsym(RTLD_NEXT, "renameat");
			int first, status;
			if (strcmp(program_invocation_short_name, "klpplace"))
				return real(a, from, b, to);
			first = open(getenv("RENAMED"), O_CREAT | O_EXCL | O_WRONLY, 0666);
			if (first >= 0)
				send();
			status = real(a, from, b, to);
			if (first >= 0)
				send();
			return status;
		}
	END
}

# the_pair: the symbol that the module uses, and the one in the table.
the_pair()
{
	echo "$(strings "$dir/klp-x.ko" | sed -n 's/^\.klp\.sym\.vmlinux\.//p') $(awk '$1 == "symbol" { print $5 }' "$dir/_klpmake.syms")"
}

# A module of one run must not lie beside the table of another, whenever klpmake is stopped.
pairs()
{
	rename_shim
	patch
	make_it -q "$dir"
	is "$status:$(the_pair)" "0:saved_command_line,0 saved_command_line" "an earlier patch"
	rm -rf "$dir/.klpmake"
	cp -r "$dir" "$scratch/earlier"

	second_run "$(kill -l TERM) $(kill -l INT) $(kill -l HUP)"
	is "$status:$err:$(the_pair)" "0::linux_proc_banner,0 linux_proc_banner" \
		"signals that come between two renamings come too late"
	is "$(left)" "./_klpmake.syms ./klp-x.ko" "... and nothing else is left"
	second_run "$(kill -l KILL)"
	holds "not even SIGKILL leaves a table that is not of the module beside it" test ! -e "$dir/_klpmake.syms"
	rm -rf "$dir"
	cp -r "$scratch/earlier" "$dir"
	rm "$dir/klp-x.ko"
	mkdir "$dir/klp-x.ko"
	make_it -q "$dir"
	refused 1 "klpmake: error: '$dir/klp-x.ko' is a directory, but klpmake writes a file of that name" "a directory where the module belongs"
	is "$(left)" "./_klpmake.syms ./klp-x.ko" "... nothing else is there, nor has the table been touched"
}

first_module
two_at_once
pairs
interrupted TERM "at the start" mark
interrupted INT "while kbuild compiles" kbuild.log
interrupted TERM "while kbuild compiles" kbuild.log
interrupted TERM "while kbuild is busy with something long" kbuild.log "\$(info \$(shell sleep 300; echo >$scratch/slept))"
holds "... which did not come to its end" test ! -e "$scratch/slept"
interrupted TERM "while something in kbuild does not heed it" kbuild.log "\$(info \$(shell trap '' TERM; sleep 300; echo >$scratch/slept))"
holds "... which did not come to its end" test ! -e "$scratch/slept"
interrupted TERM "when the object is there" build/klp-x.o
interrupted INT "when modpost has run" build/klp-x.mod.c
interrupted TERM "when the symbols are known" _klpmake.syms
interrupted HUP "when the module is linked" out/klp-x.ko
done_testing
