#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016,SC2154 # $ is make's; klpmake.bash and tap.bash set variables
#
# klpmake on a stock kernel, run again after a change: where only C files have changed, kbuild's commands run without
# kbuild, and make the same bytes; at any doubt kbuild runs. tests/replay-mini.t has single doubts.

# shellcheck source=tests/tap.bash
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# What users run: with sanitizers this takes three times as long.
unset KLPMAKE_BIN
bin=$top/build
# shellcheck source=tests/klpmake.bash
source "$top/tests/klpmake.bash"
[[ $scratch != *[[:space:]]* ]] || skip_all "kbuild works in no path with a blank, as TMPDIR has one"
kernels=${KLPMAKE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/klpmake}/kernels
klpmake=$top/klpmake

# run_again [OPTION...]: klpmake -v on $dir; sets how to what ran: replay, kbuild, or both.
run_again()
{
	run "$klpmake" -v -k "$release" "$@" "$dir"
	how=$(grep -oE "'-rRf'|'M=[^ ]*' 'modules'" <<<"$err" | sed "s/'-rRf'/replay/; s/'M=.*/kbuild/" | xargs)
}

# again HOW NAME [OPTION...]: klpmake makes $dir anew, in this way.
again()
{
	run_again "${@:3}"
	is "$status:$how" "0:$1" "$2"
}

# A make that does not run kbuild while a test only asks whether klpmake would.
mkdir "$scratch/make"
cat >"$scratch/make/make" <<-END
	#!/bin/sh
	case " \$* " in *" modules "*) [ ! -e "$scratch/no-kbuild" ] || exit 1 ;; esac
	exec $(type -P make) "\$@"
END
chmod 755 "$scratch/make/make"
PATH=$scratch/make:$PATH

# keep_state: after each doubt $dir is again as it is now, times included.
keep_state()
{
	rm -rf "$scratch/state"
	cp -a "$dir" "$scratch/state"
}

# doubt NAME [OPTION...]: kbuild would run, and nothing else does. klpmake knows its work directory, and a copy of it is none.
doubt()
{
	: >"$scratch/no-kbuild"
	run_again "${@:2}"
	rm "$scratch/no-kbuild"
	is "$status:$how" 1:kbuild "$1"
	find "$dir" -mindepth 1 ! -path "$dir/.klpmake" ! -path "$dir/.klpmake/$release" -delete
	cp -a "$scratch/state/." "$dir"
}

# made_of DIRECTORY: the modules that kbuild and klpmake have made there, with their hashes.
made_of()
{
	(cd "$1" && sha256sum -- *.ko _klpmake.syms .klpmake/"$release"/build/*.ko)
}

# as_kbuild [HOW]: the last run has made what kbuild makes from nothing.
as_kbuild()
{
	local made
	made=$(made_of "$dir")
	rm -r "$dir/.klpmake" "$dir"/*.ko
	run_again
	is "$how:$(made_of "$dir")" "${1-kbuild}:$made" "... to the same bytes as kbuild"
}

# edit FILE [TEXT]: adds a function to it that the module keeps.
edits=0
edit()
{
	edits=$((edits + 1))
	printf '%s\nint klp_edit_%d(int x);\nint klp_edit_%d(int x) { return x * %d; }\n' "${2-}" "$edits" "$edits" "$edits" >>"$dir/$1"
}

# an_example DIRECTORY FILE: an edit of one of its files.
an_example()
{
	local objects
	dir=$scratch/${1##*/}
	cp -r "$top/$1" "$dir"
	make_it -q "$dir"
	objects=$(cd "$dir/.klpmake/$release/build" && stat -c '%n %i %.Y' -- *.o | grep -v '^klp-')
	edit "$2"
	again replay "$1: '$2' is edited"
	is "$(cd "$dir/.klpmake/$release/build" && stat -c '%n %i %.Y' -- *.o | grep -v '^klp-' | comm -13 <(printf '%s\n' "$objects") - | cut -d ' ' -f 1 | xargs)" \
		"$3" "... nothing else is compiled"
	as_kbuild
}

examples()
{
	an_example example/netlink genetlink.c genetlink.o
	an_example example/vlan klp-vlan.c ''
	# A name that is two symbols is renamed in the object files, and the module linked once more.
	dir=$scratch/twins
	cp -r "$top/tests/modules/twin-statics" "$dir"
	again 'kbuild replay' "two symbols of one name"
	edit reboot.c
	again 'replay replay' "... and an edit"
	as_kbuild 'kbuild replay'
}

# A directory with a patch to the kernel's source and a file of the author's own.
a_fix()
{
	local source=$kernels/$release/source
	if [[ ! -f $source/fs/proc/cmdline.c ]]; then
		skip "a patch to the kernel's source" "scripts/fetch-kernel --source gets its source"
		return
	fi
	mkdir -p "$scratch/a/fs/proc" "$scratch/b/fs/proc"
	cat "$source/fs/proc/cmdline.c" >"$scratch/a/fs/proc/cmdline.c"
	sed 's/seq_putc(m, /&1 + /' "$scratch/a/fs/proc/cmdline.c" >"$scratch/b/fs/proc/cmdline.c"
	(cd "$scratch" && diff -u a/fs/proc/cmdline.c b/fs/proc/cmdline.c >fix.patch)
	dir=$scratch/fix
	run "$klpmake" new "$scratch/fix.patch" "$dir"
	again kbuild "a patch to the kernel's source"
	edit main.c
	again replay "... and an edit of main.c"
	as_kbuild
	sed -i 's/1 + /2 + /' "$dir/fix.patch"
	again kbuild "another patch"
}

# What the compiler says is shown, and a failure leaves nothing that a later run takes.
messages()
{
	local text
	patch
	make_it -q "$dir"
	edit klp-x.c 'static int klp_unused = 1;'
	make_it -q "$dir"
	text=$err
	has "$text" "klp-x.c:20:12: warning: 'klp_unused' defined but not used" "a warning"
	as_kbuild
	cp "$dir/klp-x.c" "$scratch/good.c"
	edit klp-x.c 'broken broken;'
	cp "$dir/klp-x.ko" "$scratch/good.ko"
	run_again
	is "$status:$how:$(grep -c 'error: unknown type name' "$dir/.klpmake/$release/messages")" "1:replay kbuild:1" "an error is kbuild's to report"
	holds "... the module is the last good one" cmp "$dir/klp-x.ko" "$scratch/good.ko"
	cp "$scratch/good.c" "$dir/klp-x.c"
	edit klp-x.c
	again kbuild "... after it kbuild runs"
	edit klp-x.c 'int klp_out(void); int klp_out(void) { return 0; } EXPORT_SYMBOL_GPL(klp_out);'
	again 'replay kbuild' "a symbol that is exported"
}

# Headers: a new one is known in the next run.
headers()
{
	local header=$scratch/outside/number.h
	mkdir "$scratch/outside"
	echo '#define NUMBER 1' >"$header"
	patch
	echo "ccflags-y := -I$scratch/outside" >>"$dir/Makefile"
	echo '#define OWN 3' >"$dir/own.h"
	echo '#define PART 6' >"$dir/part.c"
	edit klp-x.c $'#include "own.h"\n#include "part.c"\nint klp_part(void); int klp_part(void) { return OWN + PART; }'
	make_it -q "$dir"
	again replay "nothing has changed"
	edit klp-x.c $'#include "number.h"\nint klp_number(void); int klp_number(void) { return NUMBER; }'
	# Nothing comes between this run and the change of that header, which only this run could note.
	again replay "a new #include of a header outside"
	echo '#define NUMBER 2' >"$header"
	touch -d 2001-01-01 "$header"
	again kbuild "... then that header has changed, and is older"
	echo '#define PART 7' >"$dir/part.c"
	again replay "a C file that another one includes"
	as_kbuild
	keep_state
	echo '#define OWN 4' >"$dir/own.h"
	doubt "a header of the patch has changed"
	echo '#define NEW 1' >"$dir/new.h"
	doubt "... is new"
	: >"$dir/new.c"
	doubt "a new C file"
	rm "$dir/part.c"
	sed -i '/part.c/d; s/PART/8/' "$dir/klp-x.c"
	doubt "... that is gone"
	again replay "none of these"
	rm "$header"
	sed -i '/number.h/d; s/NUMBER/5/' "$dir/klp-x.c"
	doubt "a header outside is gone"
}

# The patch's Makefile, the environment, and what stands in the work directory.
makefiles()
{
	local place note
	patch
	place=$dir/.klpmake/$release
	make_it -q "$dir"
	keep_state
	XDG_CONFIG_HOME=$scratch doubt "a variable for the settings of a compiler's wrapper"
	CCACHE_X=1 doubt "another one for it"
	KCFLAGS=-DX doubt "KCFLAGS"
	echo 'ccflags-y += $(shell true)' >>"$dir/Makefile"
	doubt "a Makefile that asks the shell"
	mkdir "$scratch/beside"
	: >"$scratch/beside/x.h"
	edit klp-x.c '#include "../beside/x.h"'
	doubt "a file that reaches beside the patch"
	for note in klp-x.o klp-x.mod.o klp-x.ko Module.symvers; do
		sed -i '1s/ := .*/ := /' "$place/build/.$note.cmd"
		doubt "kbuild's note about $note is damaged"
	done
	sed -i '1s/$/;/' "$place/replay"
	doubt "klpmake's own note is damaged"
	rm "$place/replay"
	doubt "... is not there"
	rm "$place/build/klp-x.mod"
	doubt "kbuild's list of object files is not there"
	echo '# a comment' >>"$dir/Makefile"
	doubt "a changed Makefile"
	again replay "none of these"
	# What was doubted once is asked in each run.
	echo 'ccflags-y += $(shell true)' >>"$dir/Makefile"
	again kbuild "a Makefile that asks the shell, and kbuild runs"
	edit klp-x.c
	again kbuild "... and an edit"
	sed -i '$d' "$dir/Makefile"
	edit klp-x.c '#include "../beside/x.h"'
	CCACHE_X=1 again kbuild "... no more; a variable, and a file beside the patch"
	keep_state
	edit klp-x.c
	CCACHE_X=1 doubt "... and an edit"
	doubt "... without the variable"
	sed -i '/beside/d' "$dir/klp-x.c"
	again kbuild "... without both"
	edit klp-x.c
	again replay "... and an edit"
}

# A kernel's directory of which single files are written anew, each with the same contents.
kernel_files()
{
	local kdir=$scratch/kdir from file
	from=$(KLPMAKE_ROOT=$kernels/$release readlink -f "$kernels/$release/lib/modules/$release/build")
	mkdir "$kdir"
	cp -as "$from/." "$kdir"
	for file in scripts tools; do
		rm "$kdir/$file"
		cp -rsL "$(readlink -f "$from/$file")" "$kdir/$file"
	done
	# Debian's Makefile finds the rest of itself by its own place.
	sed "s|.(realpath .(dir .(realpath .(lastword .(MAKEFILE_LIST))))..)|${from%/*}|" "$from/Makefile" >"$scratch/Makefile"
	ln -sf "$scratch/Makefile" "$kdir"
	patch
	run_again --kdir "$kdir"
	again replay "another kernel directory" --kdir "$kdir"
	keep_state
	doubt "the kernel's own directory"
	for file in include/config/auto.conf Makefile scripts/Makefile.build tools/objtool/objtool include/generated/autoconf.h; do
		[[ -e $kdir/$file ]] || {
			diag "this kernel has no $file"
			continue
		}
		mv "$kdir/$file" "$scratch/file"
		cp -L --preserve=mode,timestamps "$scratch/file" "$kdir/$file"
		doubt "the kernel's $file is another file" --kdir "$kdir"
		rm "$kdir/$file"
		mv "$scratch/file" "$kdir/$file"
	done
	again replay "none of these" --kdir "$kdir"
}

# A compiler in front of the compiler, which stops where a test wants it to.
compilers()
{
	local gcc pid bin=$scratch/bin place
	mkdir "$bin"
	PATH=$bin:$PATH
	patch
	place=$dir/.klpmake/$release
	make_it -q "$dir"
	again replay "a compiler"
	gcc=$(grep -oE '^(saved)?cmd_.* := +[^ ]+' "$place/build/.klp-x.o.cmd" | sed 's/.* //')
	cat >"$scratch/gcc" <<-END
		#!/bin/sh
		if [ -e "$scratch/stop" ]; then
			case "\$*" in *klp-x.o*) echo half >"$place/build/klp-x.o"; : >"$scratch/stopped"; sleep 1000 ;; esac
		fi
		exec $(type -P "$gcc") "\$@"
	END
	chmod 755 "$scratch/gcc"
	cp "$scratch/gcc" "$bin/$gcc"
	again kbuild "one of that name before it in PATH"
	edit klp-x.c
	again replay "... and an edit"
	keep_state
	ln -s "$(type -P as)" "$bin/as"
	doubt "an assembler before it in PATH"
	rm "$bin/as"
	again replay "... which is gone"
	cp "$scratch/gcc" "$bin/new"
	mv "$bin/new" "$bin/$gcc"
	again kbuild "another file of the compiler's name"
	cp "$dir/klp-x.ko" "$scratch/last.ko"
	for signal in TERM KILL; do
		edit klp-x.c
		: >"$scratch/stop"
		rm -f "$scratch/stopped"
		set -m
		"$klpmake" -v -k "$release" "$dir" >/dev/null 2>"$scratch/interrupted" &
		pid=$!
		set +m
		until_holds test -e "$scratch/stopped"
		kill -"$signal" "$pid"
		wait "$pid" 2>/dev/null
		is "$?:$(grep -c -- "'-rRf'" "$scratch/interrupted")" "$((128 + $(kill -l "$signal"))):1" \
			"SIG$signal while a command runs"
		holds "... the module is the last good one" cmp "$dir/klp-x.ko" "$scratch/last.ko"
		rm "$scratch/stop"
		again kbuild "... then kbuild runs"
		cp "$dir/klp-x.ko" "$scratch/last.ko"
	done
}

another_klpmake()
{
	mkdir "$scratch/klpmake"
	cp -r "$top/klpmake" "$top/scripts" "$top/src" "$scratch/klpmake"
	klpmake=$scratch/klpmake/klpmake
	export KLPMAKE_BIN=$bin
	patch
	run_again
	again replay "another klpmake"
	keep_state
	touch "$scratch/klpmake/scripts/lib/kbuild.bash"
	doubt "... that has been installed anew"
}

examples
a_fix
messages
headers
makefiles
kernel_files
compilers
another_klpmake
done_testing
