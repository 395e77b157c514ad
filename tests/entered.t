#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Since Linux 6.13 kbuild works in the module's directory: sources are "./klp-x.c" there, objects "./klp-x.o", and
# DW_AT_comp_dir is that directory. klpmake says and makes the same as with older kernels.

# shellcheck source=tests/tap.bash
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# shellcheck source=tests/mini.bash
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
# shellcheck source=tests/kdir.bash
source "$(dirname "${BASH_SOURCE[0]}")/kdir.bash"
kdir_setup
# shellcheck disable=SC2016 # make's
sed -i -e 's,^>$(CC) .*-c -o $@ $<$,>cd $(M) \&\& $(CC) $(flags) -MD -MP -MF $@.d -c -o $(notdir $@) ./$(notdir $<),' \
	-e "s,^>printf .*>\$(M)/\$\*\.mod\$,>printf '%s\\\\n' \$(patsubst \$(M)/%\,./%\,\$^) >\$(M)/\$*.mod," "$k/Makefile"
# shellcheck disable=SC2016
is "$(grep -c 'cd $(M) &&\|,./%,' "$k/Makefile")" 2 'a kbuild that enters the directory'

patch
make_it -q "$dir"
is "$status:$err" '0:' 'a patch'
cp "$dir/klp-x.ko" "$scratch/first.ko"
# kbuild's own klp-x.mod.c is compiled by another rule than the kernel's, so only the object file is compared.
object=.klpmake/$mini_release/build/klp-x.o
first=$dir/$object
patch
sed -i '2i #include <klpmake.h>' "$dir/klp-x.c" "${first%/*}/../../../klp-x.c"
make_it -q "${first%/.klpmake/*}"
make_it -q "$dir"
holds '... is compiled to the same object in another directory' cmp "$dir/$object" "$first"
lacks "$(strings "$dir/$object")" "$scratch" '... which has nothing of where it was made'

patch
sed -i 's/extern int state;/extern int state, no_such_thing;/; s/return x + state/return x + no_such_thing + state/' "$dir/klp-x.c"
make_it -q "$dir"
refused 1 "klpsyms: error: klp-x.c:3: 'no_such_thing' is neither in fs/proc/alpha.c nor a global symbol" 'a name that is not there'
patch
sed -i 's/return x + state/return y + state/' "$dir/klp-x.c"
make_it -q "$dir"
refused 1 "klp-x.c:5:" 'what does not compile'
lacks "$err" ./klp-x.c '... in the file as its author calls it'
patch
sed -i 's/extern int state;/extern long state;/' "$dir/klp-x.c"
make_it -q "$dir"
refused 1 "data: klp-x.c:3: 'state' is not declared as the kernel has it" 'a type that is wrong'
done_testing
