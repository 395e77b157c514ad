#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# klpmake's kbuild sees of a patch what plain kbuild would see, also outside of its directory, and nothing is written
# there.

# shellcheck source=tests/tap.bash
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# shellcheck source=tests/mini.bash
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
# shellcheck source=tests/kdir.bash
source "$(dirname "${BASH_SOURCE[0]}")/kdir.bash"
kdir_setup

# build: kbuild's directory.
build()
{
	find "$dir/.klpmake" -name klp-x.o -printf '%h\n'
}

# Files that lie beside the patch.
beside()
{
	local project=$scratch/project
	mkdir -p "$project/common/deep" "$project/lib" "$project/patches"
	echo '#include "../lib/value.h"' >"$project/common/x.h"
	echo '#define NUMBER VALUE' >>"$project/common/x.h"
	echo '#define VALUE 1101' >"$project/lib/value.h"
	patch
	mv "$dir" "$project/fix"
	dir=$project/fix
	sed -i 's/1000/NUMBER/; 2i #include "../common/x.h"\n#if !__has_include(<klpmake.h>)\n#error no klpmake.h\n#endif' "$dir/klp-x.c"
	made 1101 '#include "../common/x.h", which includes another'
	echo '#define VALUE 1102' >"$project/lib/value.h"
	touch -d 2001-01-01 "$project/lib/value.h"
	made 1102 "... and an older one of that"

	echo 'ccflags-y += -DFROM_MK=1103' >"$project/common/c.mk"
	# shellcheck disable=SC2016 # make's
	echo 'include $(src)/../common/c.mk' >>"$dir/Makefile"
	sed -i '/common/d; s/NUMBER/FROM_MK/' "$dir/klp-x.c"
	made 1103 "include \$(src)/../common/c.mk"
	# shellcheck disable=SC2016 # make's
	printf 'COMMON := $(src)/..\ninclude $(COMMON)/common/c.mk\nobj-m := klp-x.o\n' >"$dir/Makefile"
	made 1103 "... by way of a variable"

	mv "$dir" "$project/patches/fix"
	dir=$project/patches/fix
	sed -i 's/FROM_MK/NUMBER/; 2i #include "../../common/x.h"' "$dir/klp-x.c"
	echo 'obj-m := klp-x.o' >"$dir/Makefile"
	made 1102 "two directories up"
	mkdir "$dir/sub"
	echo '#include "../../../common/x.h"' >"$dir/sub/x.h"
	sed -i 's|../../common/x.h|sub/x.h|' "$dir/klp-x.c"
	made 1102 "... from a directory within"
	is "$(find "$project" -newer "$dir/klp-x.c" ! -path "*/.klpmake*" ! -path "$dir*")" "" "nothing is written beside the patch"

	# A link from inside to the patch itself does not lead outside.
	sed -i '1c #include "../in.h"' "$dir/sub/x.h"
	echo '#define NUMBER 1104' >"$dir/in.h"
	made 1104 "up to the patch itself"
	is "$(build)" "$dir/.klpmake/$mini_release/build" "... which leads nowhere else"
	echo '// ... and so on ..., x..y, .../...' >>"$dir/klp-x.c"
	echo '[another](../another)' >"$dir/README.md"
	made 1104 "dots that are no directory, or in a text"
	is "$(build)" "$dir/.klpmake/$mini_release/build" "... which lead nowhere"

	echo 'int one;' >"$project/patches/one.c"
	printf 'klp-x-y := main.o ../one.o\nobj-m := klp-x.o\n' >"$dir/Makefile"
	mv "$dir/klp-x.c" "$dir/main.c"
	make_it -q "$dir"
	refused 1 "'$dir' names an object file by '..', and kbuild would write outside of the patch: put '#include \"../FILE.c\"' into a file of the patch instead" \
		"an object file beside the patch"
	is "$(ls "$project/patches")" "$(printf 'fix\none.c')" "... of which nothing is there"
	mv "$dir/main.c" "$dir/klp-x.c"
	echo 'obj-m := klp-x.o' >"$dir/Makefile"

	echo '#include "../one.c"' >>"$dir/klp-x.c"
	(cd "$project/patches" && touch entry{1..1001})
	make_it -q "$dir"
	refused 1 "lead by '..' to '$project/patches', which has more than 1000 entries: give the patch and what it shares with others a directory of their own" \
		"a directory of too many files beside the patch"
	rm "$project"/patches/entry*

	mv "$project" "$scratch/a project"
	dir="$scratch/a project/patches/fix"
	rm -rf "$dir/.klpmake"
	made 1104 "all that in a path with blanks"
	is "$(ls -A "$TMPDIR")" "" "... of which nothing stays"
}

# Links to directories in the patch.
linked()
{
	local tree=$scratch/tree i
	mkdir -p "$tree/include" "$tree/sub"
	echo '#define NUMBER 1201' >"$tree/include/number.h"
	for i in {1..60}; do
		mkdir "$tree/sub/$i"
		(cd "$tree/sub/$i" && touch {1..10}.c)
	done
	patch
	ln -s "$tree" "$dir/linux"
	sed -i 's/1000/NUMBER/; 2i #include "linux/include/number.h"' "$dir/klp-x.c"
	made 1201 "a link to a tree of many files"
	is "$(find "$dir/.klpmake/$mini_release/build" -type l -printf '%P\n' | LC_ALL=C sort | paste -sd ' ')" 'Makefile klp-x.c linux' "... is one link"
	echo '#define NUMBER 1202' >"$tree/include/number.h"
	touch -d 2001-01-01 "$tree/include/number.h"
	made 1202 "... in which an older header is seen"
	echo 'int one;' >"$tree/one.c"
	mv "$dir/klp-x.c" "$dir/main.c"
	printf 'klp-x-y := main.o linux/one.o\nobj-m := klp-x.o\n' >"$dir/Makefile"
	make_it -q "$dir"
	refused 1 "'$dir/linux' leads to a directory of more than 500 files, and kbuild would write among them: put '#include \"linux/FILE.c\"' into a file of the patch instead" \
		"... in which nothing can be made"
	is "$(cd "$tree" && ls)" "$(printf 'include\none.c\nsub')" "... nor was"
	rm -r "$tree/sub"
	make_it -q "$dir"
	is "$status:$err:$(adds):$(cd "$tree" && ls)" "0::1202:$(printf 'include\none.c')" "in one of a few files something can, without writing there"
	ln -s . "$tree/again"
	make_it -q "$dir"
	is "$status:$err" "0:" "a link that leads to where it is"

	patch
	mkdir "$dir/many"
	(cd "$dir/many" && touch {1..5001}.c)
	make_it -q "$dir"
	refused 1 "'$dir' has more than 5000 files: give the patch a directory of its own, with its C files, their headers and a Makefile" \
		"a patch of too many files"
	is "$(rm -r "$dir/many" && left)" "" "... nothing is left"
}

# Compressed modules.
packed()
{
	local how
	patch
	make_it -q "$dir"
	for how in xz zstd gzip; do
		if ! type "$how" >/dev/null 2>&1; then
			skip "a module packed by $how" "it is not installed"
			continue
		fi
		rm -f "$dir"/klp-x.ko.*
		"$how" -q -k "$dir/klp-x.ko"
		run env XZ_OPT=-l "$top/klpmake" check --kdir "$k" --vmlinux "$k/vmlinux" "$dir"/klp-x.ko.*
		is "$status:$err:$(head -n 1 <<<"$out")" "0::$(echo "$dir"/klp-x.ko.*): fine" "klpmake check: a module packed by $how"
		run "$top/klpmake" check --vmlinux "$k/vmlinux" "$dir"/klp-x.ko.*
		is "$status:$err" "0:" "... tells its kernel"
		run "$top/klpmake" try "$dir"/klp-x.ko.*
		refused 1 "there is no image of kernel '$mini_release'" "klpmake try unpacks it"
	done
	head -c 4M /dev/zero | xz -0 >"$scratch/zeros.xz"
	# What lies one behind the other is unpacked so: 80 MB.
	for how in {1..20}; do cat "$scratch/zeros.xz"; done >"$dir/bomb.ko.xz"
	run "$top/klpmake" check --kdir "$k" --vmlinux "$k/vmlinux" "$dir/bomb.ko.xz"
	refused 1 "'$dir/bomb.ko.xz' unpacks to more than 64 times its size and 64 MB: that is not a" "what unpacks to very much"
	run "$top/klpmake" check --vmlinux "$k/vmlinux" "$dir/bomb.ko.xz"
	refused 1 "'$dir/bomb.ko.xz' unpacks to more than 64 times its size and 64 MB: that is not a" "... also where its kernel is to be told"
	head -c 500 "$dir/klp-x.ko.gz" >"$dir/cut.ko.gz"
	run "$top/klpmake" check --vmlinux "$k/vmlinux" "$dir/cut.ko.gz"
	refused 1 "'$dir/cut.ko.gz': 'gzip' could not unpack it" "one that is cut off"
	run "$top/klpmake" try "$dir/cut.ko.gz"
	refused 1 "'$dir/cut.ko.gz': 'gzip' could not unpack it" "... which is not tried"
	is "$(ls -A "$TMPDIR")" "" "nothing stays in TMPDIR"
}

beside
linked
packed
done_testing
