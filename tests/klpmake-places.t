#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# klpmake on a stock kernel: patch directories, outputs and files of every kind.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$top/tests/klpmake.bash"

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

# as_nobody COMMAND...: an ordinary user who may still read the kernels in root's cache. (access(2), by which newer makes
# find programs, needs the securebit for that.)
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

# However users name their files, and whatever they change between two runs.
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

first_module
places
users_own_files
done_testing
