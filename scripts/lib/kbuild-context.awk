# SPDX-License-Identifier: GPL-2.0-only
#
# Prints "In file included from" and "In function" only before a message, unless that is one of klpmake's own (\001).

/: (In function|At top level)/ || /^In file included from/ || /^ +from / || /: in function `.*:$/ {
	held = held $0 "\n"
	next
}
!sub(/^\001/, "") { printf "%s", held }
{ held = ""; print }
