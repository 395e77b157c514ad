# SPDX-License-Identifier: GPL-2.0-only
#
# Which variables of the environment count. A variable that somebody exported for another purpose must not silently
# change the module. klpmake(1) lists those that count.
#
# Scripts that source this begin with '#!/bin/bash -p': then bash ignores BASH_ENV, SHELLOPTS,
# BASHOPTS and functions from the environment, which would take effect before the first line of a script.

# Of the rest, POSIXLY_CORRECT changes bash and most tools, CDPATH changes where 'cd' leads, and GLOBIGNORE what
# patterns match; the others add options to programs that klpmake runs, or change how these print.
set +o posix
unset -v CDPATH GLOBIGNORE POSIXLY_CORRECT BASH_ENV ENV \
	GREP_OPTIONS GREP_COLOR GREP_COLORS TAR_OPTIONS TAPE GZIP XZ_OPT XZ_DEFAULTS ZSTD_CLEVEL ZSTD_NBTHREADS \
	AWKPATH AWKLIBPATH TIME_STYLE QUOTING_STYLE BLOCK_SIZE BLOCKSIZE DF_BLOCK_SIZE DU_BLOCK_SIZE LS_BLOCK_SIZE \
	LS_COLORS COLUMNS SIMPLE_BACKUP_SUFFIX VERSION_CONTROL PERL5OPT PERL5LIB

# Scripts read what tools print, and sort and count letters: these must be the same everywhere.
export LC_ALL=C

# For kbuild there is a list of the variables that it may have, because make treats each variable of the environment as
# one of a Makefile (ccflags-y, CONFIG_KASAN, VPATH, MAKEFILES...), gcc reads a dozen (CPATH, C_INCLUDE_PATH,
# COMPILER_PATH, GCC_EXEC_PREFIX, DEPENDENCIES_OUTPUT...), and kbuild a few dozen.
#   PATH, HOME, TMPDIR, LD_*               what programs need to run at all
#   ARCH, CROSS_COMPILE, LLVM, LLVM_IAS    which compiler, as kbuild documents them
#   KCFLAGS, KCPPFLAGS, KAFLAGS            more flags, as kbuild documents them
#   SOURCE_DATE_EPOCH                      for those who build packages
#   MAKEFLAGS                              the jobserver that is in it, and nothing else (kbuild.bash)
#   CCACHE_*, DISTCC_*, XDG_*_HOME         compiler wrappers, and where these look for their settings

# kbuild_environment: sets environment to the list of what kbuild gets, as NAME=VALUE.
kbuild_environment()
{
	local name
	environment=(LC_ALL=C)
	for name in PATH HOME TMPDIR "${!LD_@}" ARCH CROSS_COMPILE LLVM LLVM_IAS KCFLAGS KCPPFLAGS KAFLAGS \
		SOURCE_DATE_EPOCH "${!CCACHE_@}" "${!DISTCC_@}" "${!XDG_@}"; do
		[[ $name != XDG_* || $name == XDG_*_HOME ]] || continue
		# Variables that are not exported are the script's own.
		[[ ! -v $name || ${!name@a} != *x* ]] || environment+=("$name=${!name}")
	done
}
