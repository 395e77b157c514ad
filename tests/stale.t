#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A module is made from the files that are there now, whatever their times say.

# shellcheck source=tests/tap.bash
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# shellcheck source=tests/mini.bash
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
# shellcheck source=tests/kdir.bash
source "$(dirname "${BASH_SOURCE[0]}")/kdir.bash"
kdir_setup

# object: identifies the object file.
object()
{
	stat -c '%i %.Y' "$dir/.klpmake/$mini_release/build/klp-x.o"
}

patch
touch -d '2001-01-01' "$scratch/old-times"
source_of klp-x.c 1001
cp -p "$dir/klp-x.c" "$scratch/first.c"
touch -d '2001-01-01' "$scratch/first.c"
source_of klp-x.c 1002
made 1002 "a source"
was=$(object)
make_it -q "$dir"
is "$status:$err:$(object)" "0::$was" "... nothing has changed, nothing is compiled"
cp -p "$scratch/first.c" "$dir/klp-x.c"
made 1001 "an older source that 'cp -p' put in its place"
made 1001 "... once more"
source_of klp-x.c 1003
made 1003 "a newer one"
source_of klp-x.c 1004
touch -d '2001-01-01' "$dir/klp-x.c"
made 1004 "one of no newer time"
touch -d '2001-01-02' "$dir/klp-x.c"
was=$(object)
made 1004 "the same with another old time"
is "$(object)" "$was" "... is not compiled again"

echo '#define NUMBER 1010' >"$dir/number.h"
sed -i 's/1004/NUMBER/; 2i #include "number.h"' "$dir/klp-x.c"
made 1010 "a header"
echo '#define NUMBER 1011' >"$dir/number.h"
touch -r "$scratch/old-times" "$dir/number.h"
made 1011 "an older header in its place"
mkdir "$scratch/elsewhere"
mv "$dir/number.h" "$scratch/elsewhere"
ln -s "$scratch/elsewhere/number.h" "$dir/number.h"
made 1011 "a header that is a link"
echo '#define NUMBER 1012' >"$scratch/elsewhere/number.h"
touch -r "$scratch/old-times" "$scratch/elsewhere/number.h"
made 1012 "... to an older one now"
rm "$dir/number.h"
echo "ccflags-y := -I$scratch/elsewhere" >>"$dir/Makefile"
made 1012 "a header outside of the patch"
echo '#define NUMBER 1013' >"$scratch/elsewhere/number.h"
touch -r "$scratch/old-times" "$scratch/elsewhere/number.h"
made 1013 "... an older one in its place"
echo "ccflags-y += -DNUMBER=1014 -include /dev/null" >>"$dir/Makefile"
echo '#ifndef NUMBER' >"$scratch/elsewhere/number.h"
echo '#endif' >>"$scratch/elsewhere/number.h"
touch -r "$scratch/old-times" "$dir/Makefile"
made 1014 "an older Makefile with other flags"
KCFLAGS='-UNUMBER -DNUMBER=1015' made 1015 "other flags in KCFLAGS"
made 1014 "... no more"

# A file that a rule of the Makefile makes from one that no compiler reads.
patch
sed -i 's/1000/NUMBER/; 2i #include "made.h"' "$dir/klp-x.c"
cat >>"$dir/Makefile" <<-'END'
	.RECIPEPREFIX := >
	$(obj)/klp-x.o: $(obj)/made.h
	$(obj)/made.h: $(src)/number
	> echo "#define NUMBER $$(cat $<)" >$@
	ccflags-y := -I$(obj)
END
echo 1020 >"$dir/number"
made 1020 "a header that is made of a file"
echo 1021 >"$dir/number"
touch -r "$scratch/old-times" "$dir/number"
made 1021 "... of an older one now"

# The compiler.
mkdir "$scratch/bin"
patch
printf '#!/bin/sh\nexec %s "$@"\n' "$(type -P gcc)" >"$scratch/bin/gcc"
chmod 755 "$scratch/bin/gcc"
path=$PATH
PATH=$scratch/bin:$PATH
made 1000 "a compiler"
sed -i 's/return x + state/&\n#ifdef ANOTHER\n+ 7\n#endif\n/' "$dir/klp-x.c"
made 1000 "... and a source"
printf '#!/bin/sh\nexec %s "$@" -DANOTHER\n' "$(PATH=$path type -P gcc)" >"$scratch/bin/gcc"
touch -r "$scratch/old-times" "$scratch/bin/gcc"
made 1007 "another compiler of that name, which is older"
PATH=$path

# A file that changes while it is compiled.
patch
cat >>"$dir/Makefile" <<-END
	\$(shell [ -e $scratch/changed ] || { sed -i s/1000/1030/ $dir/klp-x.c; touch $scratch/changed; })
END
make_it -q "$dir"
refused 1 "klpmake: error: '$dir' was changed while its files were compiled: run klpmake again" "a source that changes under way"
is "$(find "$dir" -name '*.ko' -o -name '*.syms')" "" "... of which nothing is made"
made 1030 "... then it is"
done_testing
