#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The driver on a stock kernel: what it leaves, what it shows, and how it ends whatever happens.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"

export LC_ALL=C
release=$("$top/scripts/fetch-kernel" --list | sort -V | tail -n 1)
[[ -n $release ]] || skip_all "no stock kernel here: scripts/fetch-kernel gets one"
[[ -x $bin/klpsyms ]] || skip_all "klpmake is not built"
# What klpmake keeps for itself goes where this test can look.
export TMPDIR=$scratch/tmp
mkdir "$TMPDIR"
count=0

# patch [TEXT]: $dir, a fresh patch directory, with TEXT (C) in its klp-x.c before the frame.
patch()
{
	count=$((count + 1))
	dir=$scratch/patch$count
	mkdir "$dir"
	echo 'obj-m := klp-x.o' >"$dir/Makefile"
	source_of klp-x.c "${1-}"
}

# source_of FILE [TEXT]
source_of()
{
	cat >"$dir/$1" <<-END
		//KLPMAKE fs/proc/cmdline.c
		#include <linux/livepatch.h>
		#include <linux/module.h>
		#include <linux/seq_file.h>
		${2-}
		static int new_show(struct seq_file *m, void *v)
		{
			seq_puts(m, saved_command_line);
			return 0;
		}
		static struct klp_func funcs[] = {{.old_name = "cmdline_proc_show", .new_func = new_show}, {}};
		static struct klp_object objs[] = {{.funcs = funcs}, {}};
		static struct klp_patch patch = {.mod = THIS_MODULE, .objs = objs};
		static int __init klp_init(void) { return klp_enable_patch(&patch); }
		static void __exit klp_exit(void) {}
		module_init(klp_init);
		module_exit(klp_exit);
		MODULE_LICENSE("GPL");
		MODULE_INFO(livepatch, "Y");
	END
}

make_it()
{
	run "$top/klpmake" -k "$release" "$@"
}

# left [DIR]: what is in a directory that was not there when it was a patch directory only.
left()
{
	(cd "${1-$dir}" && find . -mindepth 1 ! -name '*.c' ! -name '*.h' ! -name Makefile | sort | xargs)
}

# valid: the last run's stdout is one JSON object; its members in $ok, $messages and $stages.
# shellcheck disable=SC2317 # 'holds' calls it
valid()
{
	printf '%s' "$out" | perl -MJSON::PP -e '
		local $/;
		my $r = decode_json(<STDIN>);
		print $r->{ok} ? "true" : "false", "\n", join(" ", map { $_->{name} } @{$r->{stages}}), "\n",
			scalar(@{$r->{modules}}), "\n", join("|", map { $_->{text} =~ s/\n/ /gr } @{$r->{messages}}), "\n"' >"$scratch/json" || return
	{ read -r ok; read -r stages; read -r modules; read -r messages; } <"$scratch/json"
}

a_good_run()
{
	local first
	patch
	# A home of its own: other tests and other programs write into this user's.
	mkdir "$scratch/home"
	run env KLPMAKE_CACHE="${KLPMAKE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/klpmake}" "HOME=$scratch/home" \
		"$top/klpmake" -k "$release" "$dir"
	exits 0 "a patch is made"
	is "$(left | tr ' ' '\n' | grep -v '^\./\.klpmake' | xargs)" "./_klpmake.syms ./klp-x.ko" \
		"the module and its symbols appear, and a directory for klpmake"
	is "${out%%$'\n'*}" "klp-x.ko for $release" "the heading names the module, and the kernel"
	for stage in compile resolve link check; do
		has "$out" "  $stage " "the stage '$stage' is shown"
	done
	has "$out" "  checked    tables, record, inlined, clones, " "so are the checks that were made"
	lacks "$out" "not checked" "... all of them"
	has "$out" "saved_command_line vmlinux 0" "so is the table of symbols"
	is "$err" "" "and nothing on stderr"
	is "$(ls -A "$TMPDIR")" "" "nothing stays in TMPDIR"
	is "$(ls -A "$scratch/home")" "" "nothing appears in the home directory"

	cp "$dir/klp-x.ko" "$scratch/first.ko"
	first=$(stat -c %Y.%i "$dir/.klpmake/$release/build/klp-x.o")
	make_it -q "$dir"
	is "$status:$out:$err" "0::" "-q shows nothing"
	holds "a second run makes the same bytes" cmp "$scratch/first.ko" "$dir/klp-x.ko"
	is "$(stat -c %Y.%i "$dir/.klpmake/$release/build/klp-x.o")" "$first" "... and compiles nothing"
	good=$dir
}

# A patch directory that has been built, changed.
changes()
{
	dir=$good
	echo '#define TEXT "from the header"' >"$dir/text.h"
	source_of klp-x.c $'#include "text.h"\nstatic const char text[] __used = TEXT;'
	make_it -q "$dir"
	has "$(strings "$dir/klp-x.ko")" "from the header" "a changed source is compiled"
	echo '#define TEXT "another text"' >"$dir/text.h"
	make_it -q "$dir"
	has "$(strings "$dir/klp-x.ko")" "another text" "so is one whose header has changed"
	make_it --json "$dir"
	holds "--json: one object" valid
	is "$status:$ok:$stages:$modules:$messages:$err" "0:true:compile resolve link check:1::" \
		"--json: what happened"
	make_it -v "$dir"
	has "$err" "+ '$bin/klpsyms' '--vmlinux'" "-v shows the commands"
	has "$err" "'make' '--no-print-directory' '-C'" "-v shows make as it is run"
	has "$out" "  checked      inlined: 1 function, 0 copies in 1 unit" "-v shows how much each check looked at"

	printf 'klp-y-y := klp-x.o extra.o\nobj-m := klp-y.o\n' >"$dir/Makefile"
	mkdir "$dir/sub"
	echo 'int extra(void); int extra(void) { return 1; }' >"$dir/sub/extra.c"
	sed -i 's|extra.o|sub/extra.o|' "$dir/Makefile"
	make_it -q "$dir"
	is "$status:$err:$(nm "$dir/klp-y.ko" | grep -c ' T extra$')" "0::1" "a file in a subdirectory"
	rm "$dir/sub/extra.c"
	make_it -q "$dir"
	refused 1 $'error: the Makefile names \'sub/extra.o\', and there is no \'sub/extra.c\' to make it from\n  sources here: klp-x.c' \
		"a source that is gone"
	lacks "$err" "Error 2" "... without make's echoes of it"
	sed -i 's| sub/extra.o||' "$dir/Makefile"
	make_it -q "$dir"
	is "$status:$err:$(nm "$dir/klp-y.ko" | grep -c ' T extra$')" "0::0" "... and from the Makefile as well"
}

compile_errors()
{
	patch $'static int nothing(void);\nint unused_label(int);\nint unused_label(int x) { int spare; return nothing(); }\nint broken = nonsense;'
	make_it "$dir"
	is "$status" 1 "a compile error: exit 1"
	is "$(grep -c 'klp-x.c:8.*error:' <<<"$err"):$(grep -c '^klp-x.c:8:14: error: ' <<<"$err")" 1:1 \
		"it is shown once, with the user's name of the file"
	is "$(grep -E '^make|Error [12]|\.klpmake|^  CC ' <<<"$err")" "" "without the noise of make"
	has "$err" "klpmake: error: kbuild failed: nothing was made" "... and klpmake says what that means"
	has "$err" "klp-x.c:7:31: warning: unused variable" "the compiler's warnings are shown"
	has "$err" "  it is not in fs/proc/cmdline.c, nor elsewhere in this kernel's debug" \
		"... and below it what klpmake knows of the name"
	is "$(left)" "" "nothing is left in the directory"
	is "$(ls -A "$TMPDIR")" "" "nor in TMPDIR"
	make_it --json "$dir"
	holds "--json: one object also then" valid
	is "$status:$ok:$stages:$modules" "1:false::0" "--json: what happened"
	is "$(json_messages "$out" | cut -d'|' -f1-3)" $'warning|klp-x.c|7\nerror|klp-x.c|8\nerror|-|-' \
		"--json: one object for each message"

	patch $'int used(void);\nint used(void) { return cmdline_proc_show(0, 0) + kstrtoint("1", 0, 0) + !saved_command_line; }'
	make_it "$dir"
	has "$err" $'\n  declare it: static int cmdline_proc_show(struct seq_file *m, void *v);\n' \
		"a static that is not declared: what to write"
	is "$(left)" "" "... nothing is left"

	patch $'static int saved_command_lines(int);\nint used(int);\nint used(int x) { return saved_command_lines(x); }'
	KCFLAGS=-Werror make_it "$dir"
	refused 1 "klp-x.c:5: 'saved_command_lines' is neither in fs/proc/cmdline.c nor a global symbol of this kernel" \
		"a name that is nowhere, also where warnings are errors"
	lacks "$err" "used but never defined" "a static that is used and not defined is no matter for warnings"
	is "$(left)" "" "... nothing is left"
}

modules_that_are_none()
{
	local long
	long=klp-$(printf 'x%.0s' {1..52})
	patch
	sed -i '/klp_enable_patch/d; /module_init/d' "$dir/klp-x.c"
	make_it "$dir"
	refused 1 "'klp-x.ko' never calls klp_enable_patch(): it is not a livepatch module" "without klp_enable_patch()"
	is "$(left)" "" "... nothing is left"
	patch
	sed -i 's/MODULE_LICENSE.*/MODULE_LICENSE("Proprietary");/' "$dir/klp-x.c"
	make_it "$dir"
	refused 1 "GPL-incompatible module klp-x.ko uses GPL-only symbol 'klp_enable_patch'"$'\n  only a module with MODULE_LICENSE("GPL") can be a livepatch' \
		"without the GPL"
	patch
	sed -i 's/klp_enable_patch/klp_register_patch/' "$dir/klp-x.c"
	make_it "$dir"
	refused 1 $'implicit-function-declaration]\n  KLP_START() and KLP_STOP() of <klpmake.h> work on every kernel' "for another kernel"
	patch
	mv "$dir/klp-x.c" "$dir/$long.c"
	echo "obj-m := $long.o" >"$dir/Makefile"
	make_it "$dir"
	refused 1 "module name is too long [$long.ko]"$'\n  the kernel takes 55 characters at most: give it a shorter name in the Makefile' \
		"a name of 56 characters"
	is "$(left)" "" "... nothing is left"
	patch
	echo 'obj-y := klp-x.o' >"$dir/Makefile"
	make_it "$dir"
	refused 1 "'$dir' makes no module: its Makefile needs a line like 'obj-m := klp-fix.o'" "a Makefile without a module"
	rm "$dir/Makefile"
	make_it "$dir"
	refused 1 "'$dir' has no Makefile: write one with a line like 'obj-m := klp-fix.o'" "no Makefile"
	make_it --json "$dir"
	holds "--json: one object also before anything was run" valid
	is "$ok:$messages" "false:'$dir' has no Makefile: write one with a line like 'obj-m := klp-fix.o'" \
		"--json: why"
	make_it "$scratch/nowhere"
	refused 1 "'$scratch/nowhere' is not a directory" "no directory"
}

places()
{
	local outside=$scratch/outside
	patch
	mv "$dir" "$scratch/with a blank & more"
	dir="$scratch/with a blank & more"
	make_it -q "$dir"
	is "$status:$err:$(left)" "0::./_klpmake.syms ./klp-x.ko" "a directory with blanks in its name"
	is "$(ls -A "$TMPDIR")" "" "... nothing stays in TMPDIR"
	holds "the module does not tell where it was made" cmp "$dir/klp-x.ko" "$scratch/first.ko"

	patch
	printf 'obj-m := klp-x.o klp-z.o\n' >"$dir/Makefile"
	source_of klp-z.c
	mkdir "$outside"
	chmod 555 "$dir"
	chmod 777 "$outside" "$scratch" "$TMPDIR"
	as_nobody "$top/klpmake" -k "$release" -o "$outside" "$dir"
	is "$status:$err:$(left)" "0::" "two modules, by an ordinary user, in a directory that is not writable"
	is "${out%%$'\n'*}" "klp-x.ko, klp-z.ko for $release" "... both in the heading"
	is "$(left "$outside")" "./_klpmake.syms ./klp-x.ko ./klp-z.ko" "... both where --output says"
	is "$(ls -A "$TMPDIR")" "" "... nothing stays in TMPDIR"
	as_nobody "$top/klpmake" -q -k "$release" "$dir"
	refused 1 "'$dir' cannot be written to: name another place with --output" "... without --output"
	make_it -q -o "$outside/one.ko" "$dir"
	refused 1 "makes 2 modules: give --output a directory" "... with a module as --output"
	make_it -q -o "$scratch/nowhere/one.ko" "$dir"
	refused 1 "'$scratch/nowhere' is not a directory to put the results into" "... in a directory that is not there"
	chmod 755 "$dir"
}

# as_nobody COMMAND...: an ordinary user, who yet may read the kernels in root's cache. (access(2), by which
# newer makes find programs, knows of that only with the securebit.)
as_nobody()
{
	if ((EUID)); then
		run "$@"
		return
	fi
	run setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all,+dac_read_search \
		--ambient-caps=-all,+dac_read_search --bounding-set=-all,+dac_read_search \
		--securebits=+no_setuid_fixup "$@"
}

usage_and_target()
{
	patch
	make_it --nonsense "$dir"
	refused 2 "unknown option '--nonsense'" "an unknown option"
	has "$err" "  try 'klpmake --help'" "... says where help is"
	make_it "$dir" --output
	refused 2 "option '--output' needs a value" "an option without its value"
	make_it "$dir" "$dir"
	refused 2 "klpmake takes one directory at a time" "two directories"
	mkdir -p "$scratch/root/etc"
	echo 'ID=debian' >"$scratch/root/etc/os-release"
	KLPMAKE_CACHE=$scratch/none KLPMAKE_ROOT=$scratch/root make_it "$dir"
	refused 1 "no headers of kernel '$release' found; get it with" "no headers"
	has "$err" "sudo apt-get install linux-headers-$release" "... with the command that gets them"
	mkdir -p "$scratch/root/lib/modules/$release/build"
	touch "$scratch/root/lib/modules/$release/build/Makefile"
	KLPMAKE_CACHE=$scratch/none KLPMAKE_ROOT=$scratch/root make_it "$dir"
	refused 1 "no vmlinux with debug information of kernel '$release' found; get it with" "no debug vmlinux"
	has "$err" "sudo apt-get install linux-image-$release-dbg" "... with the command that gets it"
	KLPMAKE_VMLINUX=$scratch/none make_it "$dir"
	refused 1 "'$scratch/none': no such vmlinux" "KLPMAKE_VMLINUX is taken"
	make_it --vmlinux "$bin/klplink" "$dir"
	refused 1 "$bin/klplink'" "a vmlinux that is none"
	make_it --kdir "$scratch" "$dir"
	refused 1 "'$scratch' is not a kernel build directory" "a --kdir that is none"
	is "$(left)" "" "nothing is left of all that"
}

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

	# The first one fails and takes its directory away, the second one is waiting for it.
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

# interrupted SIGNAL NAME FILE [LINE]: klpmake gets the signal as soon as FILE is in its work
# directory, with one more LINE in the Makefile.
#
# On a busy machine the run may be over when the signal comes, and then it has done what it was asked for: once
# more.
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

# interrupt SIGNAL WHEN FILE [LINE]: one run, and its status.
interrupt()
{
	local pid to
	patch
	printf '%s\n' "${4-}" >>"$dir/Makefile"
	# A script cannot catch what its shell has told it to ignore, as SIGINT in the background.
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

# second_run SIGNALS: another patch in the directory of an earlier one; klpmake and klpplace get the signals
# before and after the first result is renamed.
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

# the_pair: which symbol the module uses, and which one the table has.
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

# Whatever the user calls his files, whatever he does to them between two runs.
users_own_files()
{
	patch
	sed -i '1a #include "value.h"' "$dir/klp-x.c"
	echo '/* one */' >"$dir/value.h"
	for name in kbuild.log klp-x.check renames out messages; do
		echo "$name of mine" >"$dir/$name"
	done
	make_it -q "$dir"
	is "$status:$err" "0:" "files of the user that are called like klpmake's own"
	for name in kbuild.log klp-x.check renames out messages; do
		is "$(<"$dir/$name")" "$name of mine" "... '$name' is left alone"
	done

	cp -a "$dir" "$scratch/copied"
	rm "$dir/value.h"
	make_it -q "$dir"
	refused 1 "value.h: No such file" "a header that has gone leaves no object that was made with it"
	echo '#error the copy has its own' >"$scratch/copied/value.h"
	make_it -q "$scratch/copied"
	refused 1 "the copy has its own" "a copied patch directory is made of its own files"

	mkdir "$scratch/common"
	echo 'int common_value(void); int common_value(void) { return 1; }' >"$scratch/common/common.c"
	patch
	ln -s "$scratch/common" "$dir/common"
	printf 'klp-two-y := klp-x.o common/common.o\nobj-m := klp-two.o\n' >"$dir/Makefile"
	make_it -q "$dir"
	is "$status:$(ls -A "$scratch/common")" "0:common.c" "nothing is written through a linked directory"
}

twins()
{
	local first
	if [[ ! -d $top/tests/modules/twin-statics ]]; then
		skip "same-named statics of several files" "tests/modules/twin-statics is not there"
		return
	fi
	dir=$scratch/twins
	cp -r "$top/tests/modules/twin-statics" "$dir"
	make_it -q "$dir"
	is "$status:$err" "0:" "same-named statics of several files"
	is "$(readelf -sW "$dir/klp-twins.ko" | grep -o '\.klp\.sym\.vmlinux\.\(type_show\|poweroff_work\),[1-9].*' | sort -u | wc -l)" 4 \
		"... become different symbols"
	cp "$dir/klp-twins.ko" "$scratch/twins.ko"
	first=$(stat -c %Y.%i "$dir/.klpmake/$release/build"/*.o | xargs)
	make_it -q "$dir"
	is "$status:$err" "0:" "a second run with nothing changed"
	is "$(stat -c %Y.%i "$dir/.klpmake/$release/build"/*.o | xargs)" "$first" "... compiles and links nothing"
	holds "... makes the same bytes" cmp "$scratch/twins.ko" "$dir/klp-twins.ko"
	touch "$dir/reboot.c"
	make_it -q "$dir"
	is "$status:$err" "0:" "a run with one of them touched"
	holds "... makes the same bytes" cmp "$scratch/twins.ko" "$dir/klp-twins.ko"
}

a_good_run
changes
compile_errors
modules_that_are_none
places
usage_and_target
two_at_once
users_own_files
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
twins
done_testing
