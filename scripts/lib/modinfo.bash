# SPDX-License-Identifier: GPL-2.0-only
#
# What a module says of itself.

# modinfo_fields MODULE KEY: prints each of them, from the section itself, because modinfo(8) may not be installed.
modinfo_fields()
{
	LC_ALL=C readelf -W -p .modinfo -- "$1" 2>/dev/null | sed -n "s/^ *\[ *[0-9a-f]*\]  $2=//p"
}

# modinfo_field MODULE KEY: prints the first.
modinfo_field()
{
	modinfo_fields "$@" | head -n 1
}

# module_name FILE: what the kernel calls it.
module_name()
{
	local name
	name=$(basename "$1")
	name=${name%%.ko*}
	printf '%s\n' "${name//-/_}"
}
