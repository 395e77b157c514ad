# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
#
# The scenario of 'klpmake try' without --scenario: before, with and after the patch.

needed_modules
try_modules
