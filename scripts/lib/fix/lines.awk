# SPDX-License-Identifier: GPL-2.0-only
#
# Gives the lines of a patched C file the numbers that they have in the original: __LINE__ is in the code of many macros
# (lockdep, might_sleep(), warnings), and every function behind a hunk that adds a line would differ. A '#line' goes
# behind each hunk that changes the number of lines.
#
#   diff ORIGINAL PATCHED | awk -f lines.awk - PATCHED
#
# A '#line' cannot be behind a line that ends in a backslash, nor within a comment or parentheses (the arguments of a
# macro): it goes to the next line that can have one. Where the preprocessor leaves lines out, it also leaves out their
# '#line': another one follows after each #else, #elif and #endif up to the end of the outermost condition.

# The output of diff: only the places of changes count ("5,7c5,9", "8a10", "3,4d2").
FNR == NR {
	if ($0 !~ /^[0-9]/) next
	match($0, /[acd]/)
	what = substr($0, RSTART, 1)
	split(substr($0, 1, RSTART - 1), from, ",")
	split(substr($0, RSTART + 1), to, ",")
	removed = what == "a" ? 0 : (from[2] == "" ? from[1] : from[2]) - from[1] + 1
	added = what == "d" ? 0 : (to[2] == "" ? to[1] : to[2]) - to[1] + 1
	first = to[1] + (what == "d")
	changes++
	begins[changes] = first
	ends[changes] = first + added
	shift[changes] = (changes > 1 ? shift[changes - 1] : 0) + added - removed
	next
}

FNR == 1 { c = 1 }

{
	# Past the changes that end here or before.
	while (c <= changes && FNR >= ends[c]) {
		if (shift[c] != (c > 1 ? shift[c - 1] : 0)) due = 1
		c++
	}
	inside = c <= changes && FNR >= begins[c]
	if (due && !inside && !comment && !continued && depth <= 0 && $0 !~ /^[ \t]*\(/) {
		printf "#line %d\n", FNR - shift[c - 1]
		due = 0
		again = conditions > 0
	}
	print
	scan($0)
}

# scan(LINE): keeps comment, continued, depth (of parentheses) and conditions (how many are open).
function scan(line,    i, n, ch, two, word, quote)
{
	word = ""
	if (!comment && !continued) {
		directive = line ~ /^[ \t]*#/
		if (directive) {
			word = line
			sub(/^[ \t]*#[ \t]*/, "", word)
			sub(/[^a-z].*/, "", word)
		}
		# In these any apostrophe may stand.
		prose = word == "error" || word == "warning"
		if (!directive && line ~ /^[{}]/) depth = 0
	}
	condition(word)
	n = prose ? 0 : length(line)
	# A literal does not go on in the next line, unless a backslash says so.
	quote = continued ? literal : ""
	for (i = 1; i <= n; i++) {
		ch = substr(line, i, 1)
		two = substr(line, i, 2)
		if (comment) {
			if (two == "*/") { comment = 0; i++ }
		} else if (quote != "") {
			if (ch == "\\") i++
			else if (ch == quote) quote = ""
		} else if (two == "/*") { comment = 1; i++ }
		else if (two == "//") break
		else if (ch == "\"" || ch == "'") quote = ch
		else if (!directive && ch == "(") depth++
		else if (!directive && ch == ")" && depth > 0) depth--
	}
	continued = line ~ /\\$/
	literal = quote
}

# condition(WORD): each branch of a condition begins with the parentheses that were open before it, and the first one says
# how many are open behind it: the others may be prose, and do not count if they are code, which is balanced alike.
function condition(word)
{
	if (word ~ /^if/) {
		conditions++
		opened[conditions] = depth
		behind[conditions] = -1
	} else if (word ~ /^el/ && conditions > 0) {
		if (behind[conditions] < 0) behind[conditions] = depth
		depth = opened[conditions]
		if (again) due = 1
	} else if (word == "endif" && conditions > 0) {
		if (behind[conditions] >= 0) depth = behind[conditions]
		conditions--
		if (again) due = 1
		if (!conditions) again = 0
	}
}
