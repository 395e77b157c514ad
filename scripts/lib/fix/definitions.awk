# SPDX-License-Identifier: GPL-2.0-only
#
# Cuts a header into its definitions and declarations, a line for each:
#
#   KIND TAB NAME... TAB TEXT
#
# KIND is 'macro', 'name' (a function or variable), 'type', or 'other', where it cannot tell what is defined: a macro
# that is called outside of functions may define anything. NAMEs are separated by blanks; of an enumeration without a name
# they are its values. TEXT has no comments, one blank for any space, and first the conditions (#if) around it, so that two
# versions of a header define something differently if, and only if, the lines differ. #include defines nothing.

BEGIN {
	not_names = "^(__attribute__|__printf|__scanf|__aligned|__section|__acquires|__releases|__must_hold|__alloc_size|" \
		"__counted_by|__malloc|typeof|__typeof__|int|void|char|long|unsigned|bool|short|[us](8|16|32|64)|size_t|ssize_t)$"
}

# A line as the compiler sees it ends where no backslash is.
/\\\r?$/ {
	sub(/\\\r?$/, "")
	spliced = spliced $0
	next
}

{
	line = uncomment(spliced $0)
	spliced = ""
	if (!in_comment && line ~ /^[ \t]*#/) directive(line)
	else code(line)
}

END { if (chunk ~ /[^ \t]/) finish() }

# uncomment(TEXT): without comments; in_comment says whether one goes on.
function uncomment(text,    out, i, n, ch, two, quote)
{
	n = length(text)
	for (i = 1; i <= n; i++) {
		ch = substr(text, i, 1)
		two = substr(text, i, 2)
		if (in_comment) {
			if (two == "*/") { in_comment = 0; i++ }
		} else if (quote != "") {
			out = out ch
			if (ch == "\\") out = out substr(text, ++i, 1)
			else if (ch == quote) quote = ""
		} else if (two == "/*") {
			in_comment = 1
			out = out " "
			i++
		} else if (two == "//") {
			break
		} else {
			if (ch == "\"" || ch == "'") quote = ch
			out = out ch
		}
	}
	# What stands before a comment that goes on is a line of its own.
	if (in_comment && out ~ /^[ \t]*#/) { directive(out); out = "" }
	return out
}

function directive(text,    word, name)
{
	sub(/^[ \t]*#[ \t]*/, "", text)
	gsub(/[ \t\r]+/, " ", text)
	sub(/ $/, "", text)
	word = text
	sub(/[^a-z].*/, "", word)
	name = text
	sub(/^[a-z]+ */, "", name)
	sub(/[^A-Za-z0-9_].*/, "", name)
	if (word == "define" || word == "undef") {
		say("macro", name, text, stack())
		return
	}
	if (word ~ /^if/) condition[++open] = text
	else if (word ~ /^el/ && open) condition[open] = condition[open] " " text
	else if (word == "endif" && open) open--
	else if (word == "pragma") { say("other", "", text, stack()); return }
	# Within a definition it is a part of that.
	if (chunk ~ /[^ \t]/) chunk = chunk " #" text " "
}

function stack(    i, s)
{
	for (i = 1; i <= open; i++) s = s "#" condition[i] " "
	return s
}

function code(text,    i, n, ch)
{
	n = length(text)
	for (i = 1; i <= n; i++) {
		ch = substr(text, i, 1)
		if (chunk !~ /[^ \t]/ && ch ~ /[^ \t\r]/) around = stack()
		if (ch == "(" && !depth && !body) called()
		chunk = chunk ch
		if (ch == "\"" || ch == "'") {
			for (i++; i <= n; i++) {
				chunk = chunk substr(text, i, 1)
				if (substr(text, i, 1) == "\\") chunk = chunk substr(text, ++i, 1)
				else if (substr(text, i, 1) == ch) break
			}
		} else if (ch ~ /[({[]/) {
			if (ch == "{" && !depth && !body) body = length(chunk)
			if (!depth++ && !body) plain = plain (ch == "(" ? "()" : "")
		} else if (ch ~ /[)}\]]/) {
			if (depth) depth--
			if (ch == "}" && !depth && is_function()) finish()
		} else if (ch == ";" && !depth) {
			finish()
		} else if (!depth && !body) {
			plain = plain ch
		}
	}
	chunk = chunk " "
	if (!depth && !body) plain = plain " "
}

# called(): takes the name before a parenthesis.
function called(    name)
{
	if (!match(plain, /[A-Za-z_][A-Za-z0-9_]*[ \t]*$/)) return
	name = substr(plain, RSTART)
	sub(/[ \t]*$/, "", name)
	if (name !~ not_names) names = names (names == "" ? "" : " ") name
}

# A function's head ends with its parentheses; there may be attributes behind.
function is_function()
{
	return body && plain ~ /\)[^=]*$/ && plain !~ /=|^[ \t]*typedef/ && names != ""
}

# finish(): a definition ends here.
function finish(    kind, n)
{
	n = split(names, unused, / /)
	# A pointer to functions, or their type, has its name in parentheses.
	if (!n && !body && match(chunk, /\([ \t]*\*?[ \t]*[A-Za-z_][A-Za-z0-9_]*[ \t]*(\[[^\]]*\])?\)[ \t]*\(/)) {
		names = substr(chunk, RSTART + 1, RLENGTH - 1)
		gsub(/[^A-Za-z0-9_].*$/, "", names)
		sub(/^[ \t]*\*?[ \t]*/, "", names)
	}
	if (plain ~ /^[ \t]*typedef/) {
		kind = "type"
		if (n || names == "") names = last_name(chunk)
	} else if (is_function() || (!body && n && plain !~ /=/)) {
		# DECLARE_THIS(), DEFINE_THAT(): who knows what these make.
		kind = n == 1 && (is_function() || names ~ /[a-z]/) ? "name" : "other"
	} else if (body && plain ~ /^[ \t]*(struct|union|enum)[^=]*$/) {
		kind = "type"
		names = plain
		gsub(/[A-Za-z_0-9]+[ \t]*\(\)|__packed|__aligned|^[ \t]*(struct|union|enum)/, " ", names)
		gsub(/[ \t]+/, "", names)
		if (names == "" && plain ~ /enum/) names = values()
	} else if (chunk ~ /[^ \t;]/ && (body || plain !~ /^[ \t]*(struct|union|enum)[ \t]+[A-Za-z0-9_]+[ \t]*$/)) {
		kind = "name"
		sub(/=.*/, "", plain)
		names = last_name(plain)
	}
	if (kind != "") say(names == "" ? "other" : kind, names, chunk, around)
	chunk = plain = names = ""
	body = depth = 0
}

# last_name(TEXT): behind it there may be attributes.
function last_name(text)
{
	sub(/[ \t;]*$/, "", text)
	while (sub(/(\[[^\]]*\]|[ \t]__[a-z_]+(\([^()]*(\([^()]*\))*[^()]*\))?)[ \t]*$/, "", text)) {
	}
	sub(/.*[^A-Za-z0-9_]/, "", text)
	return text
}

# values(): of an enumeration.
function values(    text, parts, n, i, s)
{
	text = substr(chunk, body + 1)
	n = split(text, parts, /,/)
	for (i = 1; i <= n; i++) {
		sub(/^[ \t]*/, "", parts[i])
		gsub(/#[a-z]+ [^ ]* /, "", parts[i])
		if (match(parts[i], /^[A-Za-z_][A-Za-z0-9_]*/)) s = s (s == "" ? "" : " ") substr(parts[i], 1, RLENGTH)
	}
	return s
}

function say(kind, names, text, conditions)
{
	gsub(/[ \t\r]+/, " ", text)
	sub(/^ /, "", text)
	sub(/ $/, "", text)
	print kind "\t" names "\t" conditions text
}
