# SPDX-License-Identifier: GPL-2.0-only
#
# The part of klpmake's help that is about running machines: it is also the help of a klpmake that has only these commands.

# shellcheck disable=SC2034 # for the help of both
IFS= read -r -d '' run_usage <<'USAGE' || true
       klpmake info X.ko                     say what a module would patch
       klpmake sign --key K --cert C X.ko    sign it
       klpmake load [--trial TIME] X.ko      load it into the running kernel
       klpmake keep|unload NAME              end its trial; take it back
       klpmake list                          show what is loaded
       klpmake why [TASK], signal            what keeps a transition; wake that
       klpmake install X.ko...               load it whenever its kernel starts
       klpmake uninstall NAME, boot          no longer; load what is installed
       klpmake help [COMMAND]                how to use one of these commands
USAGE
