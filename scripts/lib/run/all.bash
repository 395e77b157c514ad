# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154 # klpmake sets home
#
# What all commands of the running machine need.

# shellcheck source=scripts/lib/json.bash
. "$home/scripts/lib/json.bash"
# shellcheck source=scripts/lib/run/system.bash
. "$home/scripts/lib/run/system.bash"
# shellcheck source=scripts/lib/run/patches.bash
. "$home/scripts/lib/run/patches.bash"
# shellcheck source=scripts/lib/run/tasks.bash
. "$home/scripts/lib/run/tasks.bash"
# shellcheck source=scripts/lib/run/transition.bash
. "$home/scripts/lib/run/transition.bash"
# shellcheck source=scripts/lib/run/trial.bash
. "$home/scripts/lib/run/trial.bash"
# shellcheck source=scripts/lib/run/built.bash
. "$home/scripts/lib/run/built.bash"
# shellcheck source=scripts/lib/run/report.bash
. "$home/scripts/lib/run/report.bash"
