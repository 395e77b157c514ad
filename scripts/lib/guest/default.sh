# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154
#
# The scenario of 'klpmake try' without --scenario: before, with and after the patch.

for module in $kernel_modules; do
	kernel_module "$module"
done

phase before
script before

phase load
loaded=
for module in $modules; do
	load "$module"
	wait_patched "$module"
	loaded="$module $loaded"
done

phase with
script with
[ ! -e /try/shell ] || interact

phase unload
for module in $loaded; do
	unload "$module"
done

phase after
script after
