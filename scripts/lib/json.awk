# SPDX-License-Identifier: GPL-2.0-only
#
# Text to JSON, for json.bash. It works on bytes: run it with LC_ALL=C.
#   what=string     the input is one string
#   what=lines      each line is a string; they are printed as members of an array
#   what=messages   the input is what klpmake, its programs and kbuild printed for people; it becomes
#                   members of an array, one object for each message
#   what=object     the input is one JSON object, which is printed as it is; of anything else becomes null
#
# A message continues in lines that begin with a blank. From the compiler, "In file included from" and "In
# function" belong to the message behind them, and a note belongs to the message before it.

BEGIN {
	for (i = 1; i < 32; i++) escaped[sprintf("%c", i)] = sprintf("\\u%04x", i)
	escaped["\177"] = "\\u007f"
	escaped["\""] = "\\\""
	escaped["\\"] = "\\\\"
	escaped["\n"] = "\\n"
	escaped["\t"] = "\\t"
}

# utf8_length TEXT: the length of the character of several bytes at its beginning; 0 if there is none (RFC 3629).
function utf8_length(s) {
	if (s ~ /^[\302-\337][\200-\277]/) return 2
	if (s ~ /^(\340[\240-\277]|[\341-\354\356\357][\200-\277]|\355[\200-\237])[\200-\277]/) return 3
	if (s ~ /^(\360[\220-\277]|[\361-\363][\200-\277]|\364[\200-\217])[\200-\277][\200-\277]/) return 4
	return 0
}

# As src/base/json.c: what is not UTF-8 becomes U+FFFD.
function string(s,    i, c, n, out) {
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		if (c in escaped) {
			out = out escaped[c]
		} else if (c < "\200") {
			out = out c
		} else if ((n = utf8_length(substr(s, i, 4)))) {
			out = out substr(s, i, n)
			i += n - 1
		} else {
			out = out "\\ufffd"
		}
	}
	return "\"" out "\""
}

# is_object TEXT: is it one (RFC 8259)? Strings become \001, other values \002, and so does what consists of these, until
# nothing is left but one of them.
function is_object(s,    i, c, n) {
	if (s ~ /[\001-\010\013\014\016-\037]/ || s !~ /^[ \t\r\n]*[{]/) return 0
	gsub(/[\360-\364][\200-\277][\200-\277][\200-\277]|[\340-\357][\200-\277][\200-\277]|[\302-\337][\200-\277]/, "u", s)
	gsub(/"([^"\\\t\r\n\200-\377]|\\(["\\\/bfnrt]|u[0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f]))*"/, "\001", s)
	gsub(/true|false|null|-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/, "\002", s)
	for (i = 1; i <= 6; i++) {
		c = substr("[]{},:", i, 1)
		gsub("[ \t\r\n]*[" c "][ \t\r\n]*", c, s)
	}
	do {
		n = gsub(/[[]([\001\002](,[\001\002])*)?[]]/, "\002", s)
		n += gsub(/[{](\001:[\001\002](,\001:[\001\002])*)?[}]/, "\002", s)
	} while (n)
	return s == "\002"
}

function member(s) {
	printf "%s%s", comma, s
	comma = ", "
}

function tell() {
	if (!speaking) return
	member(sprintf("{\"severity\": \"%s\", \"file\": %s, \"line\": %s, \"check\": null, \"text\": ", severity,
		file == "" ? "null" : string(file), line == "" ? "null" : line) string(text) "}")
	speaking = 0
}

# take_place TEXT: returns it without "FILE:LINE: " or "FILE:LINE:COLUMN: " at its beginning, and sets file and line.
function take_place(s,    part) {
	if (!match(s, /^[^:' ]+:[0-9]+:([0-9]+:)? /)) return s
	split(s, part, ":")
	file = part[1]
	line = part[2] + 0
	return substr(s, RLENGTH + 1)
}

# take_severity TEXT: returns it without the word for the severity at its beginning, and sets severity.
function take_severity(s) {
	if (!match(s, /^(fatal error|error|warning|waived|note): /)) return s
	severity = substr(s, 1, RLENGTH - 2)
	if (severity == "fatal error") severity = "error"
	return substr(s, RLENGTH + 1)
}

# other_severity TEXT: the severity of a message that begins with neither a severity nor a place.
function other_severity(s) {
	if (s ~ /^ERROR: / || s ~ /: error: / || s ~ /^make(\[[0-9]+\])?: \*\*\*/) return "error"
	if (s ~ /^WARNING: / || s ~ /: warning: /) return "warning"
	return "note"
}

function begin(s,    rest) {
	tell()
	speaking = 1
	severity = file = line = ""
	rest = s
	# "klpmake check: error: " and the like.
	if (match(s, /^[a-z-]+( [a-z]+)?: (error|warning|waived|note): /))
		rest = substr(s, index(s, ": ") + 2)
	# The compiler prints the place first, klpmake the severity.
	rest = take_severity(take_place(rest))
	if (severity != "" && file == "") rest = take_place(rest)
	if (severity == "") {
		severity = other_severity(s)
		rest = s
	}
	text = rest held
	held = ""
}

what == "object" { text = NR == 1 ? $0 : text " " $0; next }
what == "string" { text = NR == 1 ? $0 : text "\n" $0; next }
what == "lines" { member(string($0)); next }
/^$/ { next }
/^[ \t]/ && held != "" { held = held "\n" $0; next }
/^[ \t]/ && speaking { text = text "\n" $0; next }
/^In file included from / || /: (In function|At top level)/ || /: in function `.*:$/ {
	held = held "\n" $0
	next
}
/^[^:' ]+:[0-9]+:([0-9]+:)? note: / && speaking {
	text = text held "\n" $0
	held = ""
	next
}
{ begin($0) }
END {
	if (what == "object") printf "%s", is_object(text) ? text : "null"
	if (what == "string") printf "%s", string(text)
	if (held != "") begin("")
	tell()
}
