#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# klpmake on a stock kernel: what a run makes, shows and leaves, and what a second run makes anew.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$top/tests/klpmake.bash"

a_good_run()
{
	local first
	patch
	# A home directory of its own: other tests and programs write into the user's.
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

# Changes in a patch directory that has been built.
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
twins
done_testing
