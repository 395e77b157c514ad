#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Of kbuild's messages, klpmake shows those that are about the patch: tested with real logs of several kernels.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=scripts/lib/common.bash
. "$top/scripts/lib/common.bash"
# shellcheck source=scripts/lib/kbuild.bash
. "$top/scripts/lib/kbuild.bash"

work=$scratch/work
mkdir "$work"

# shown WANT NAME: what is left of the log on standard input.
shown()
{
	cat >"$scratch/log"
	is "$(kbuild_messages "$scratch/log" "$work" /kdir)" "$1" "$2"
}

shown '' 'Linux 6.1, where all is well' <<END
make: Entering directory '/usr/src/linux-headers-6.1.0-9-common'
warning: the compiler differs from the one used to build the kernel
  The kernel was built by: gcc-12 (Debian 12.2.0-14+deb12u2) 12.2.0
  You are using:           gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0
  CC [M]  $work/klp-x.o
  MODPOST $work/Module.symvers
WARNING: modpost: "saved_command_line" [$work/klp-x.ko] undefined!
  CC [M]  $work/klp-x.mod.o
  LD [M]  $work/klp-x.ko
make: Leaving directory '/usr/src/linux-headers-6.1.0-9-common'
END
shown '' 'Linux 7.2, which knows pahole and descriptions' <<END
warning: pahole version differs from the one used to build the kernel
  The kernel was built with: 132
  You are using:             0
  CC [M]  klp-x.o
  MODPOST Module.symvers
WARNING: modpost: missing MODULE_DESCRIPTION() in klp-x.o
WARNING: modpost: "saved_command_line" [klp-x.ko] undefined!
  CC [M]  klp-x.mod.o
  CC [M]  .module-common.o
  LD [M]  klp-x.ko
END
shown "klp-x.c:7:9: warning: unused variable 'x' [-Wunused-variable]
  'indented as the notes are'" 'what follows a note is shown' <<END
warning: pahole version differs from the one used to build the kernel
  The kernel was built with: 132
  You are using:             0
$work/klp-x.c:7:9: warning: unused variable 'x' [-Wunused-variable]
  'indented as the notes are'
END
shown "klp-x.c:3:1: error: expected ';'" 'with -k, of files of several directories' <<END
$work/klp-x.c:3:1: error: expected ';'
make[2]: *** [/usr/src/linux-headers-6.1.0-9-common/scripts/Makefile.build:255: $work/klp-x.o] Error 1
make[2]: Target 'klp-x.o' not remade because of errors.
make[1]: *** [/usr/src/linux-headers-6.1.0-9-common/Makefile:1881: klp-x.o] Error 2
make[1]: Target 'klp-x.o' not remade because of errors.
make: *** [recompile.mk:6: 1] Error 2
make: Target 'all' not remade because of errors.
END
shown 'Makefile:5: *** not for this kernel.  Stop.' "a Makefile's own refusal, without what make adds" <<END
Makefile:5: *** not for this kernel.  Stop.
make[2]: *** [/usr/src/linux-headers-7.2.1-common/Makefile:2019: .] Error 2
make[1]: *** [/usr/src/linux-headers-7.2.1-common/Makefile:248: __sub-make] Error 2
make: *** [Makefile:248: __sub-make] Error 2
END
shown "In file included from local.h:3,
                 from klp-x.c:2:
other.h:1:8: error: unknown type name 'in'
klp-x.c:57:9: error: 'b' undeclared
   57 |         return './klp-x.c';" "Linux 6.13 and later, which compiles in the module's directory" <<'END'
In file included from ./local.h:3,
                 from ./klp-x.c:2:
./other.h:1:8: error: unknown type name 'in'
./klp-x.c:57:9: error: 'b' undeclared
   57 |         return './klp-x.c';
make[2]: *** [klp-x.o] Error 1
END
shown "version.c:4: error: 'init_module' is defined a second time, first in klp-cmdline.c:44
  module_init() and every other initcall defines it: keep only the one for the function that calls klp_enable_patch()" \
	'... and links there' <<'END'
  LD [M]  klp-two.o
/usr/bin/x86_64-linux-gnu-ld.bfd: ./version.o: in function `proc_version_init':
././version.c:4: multiple definition of `init_module'; ./klp-cmdline.o:././klp-cmdline.c:44: first defined here
make[2]: *** [/usr/src/linux-headers-7.2.1-common/scripts/Makefile.build:514: klp-two.o] Error 1
END
done_testing
