# SPDX-License-Identifier: GPL-2.0-only
#
# Splits a patch into one file for each kernel file that it changes, so that GNU patch never has to choose which file to
# change: whoever runs it names the file. Hunks are counted line by line; what stands between them (a mail, a commit
# message, a signature) is left out.
#
#   awk -v parts=DIR -v number=N -f split.awk FIX.patch
#
# writes DIR/N.patch, DIR/N+1.patch... and prints, with tabs between words:
#
#   file NUMBER LINE KIND OLD NEW   KIND: change, new, delete, rename, binary, mode. OLD and NEW are as the patch has them
#   hunk NUMBER LINE                one for each, in order
#   error LINE TEXT

function finish()
{
	if (in_hunk) print "error\t" at "\tthis hunk is cut short: it ends before line " NR + ended
	if (open) {
		if (hunks) close(part)
		print "file\t" number "\t" begins "\t" (kind == "mode" && hunks ? "change" : kind) "\t" old "\t" new
		for (i = 1; i <= hunks; i++) print "hunk\t" number "\t" hunk_at[i]
		number++
	}
	open = in_hunk = hunks = 0
}

function start(what)
{
	finish()
	open = 1
	begins = NR
	kind = what
	old = new = "?"
	part = parts "/" number ".patch"
}

# A date may follow the name behind a tab.
function name(line)
{
	line = substr(line, 5)
	sub(/\t.*/, "", line)
	return line
}

# Some mails have CRs at the ends of all lines; the kernel's files never do.
{ sub(/\r$/, "") }

in_hunk {
	c = substr($0, 1, 1)
	# A mailer may have dropped the blank of an empty line.
	if ($0 == "") $0 = c = " "
	if (c == " ") { left--; right-- }
	else if (c == "-") left--
	else if (c == "+") right--
	else if (c != "\\") {
		print "error\t" NR "\tthis is not a line of a hunk: has a mail program broken it?"
		in_hunk = 0
		next
	}
	print >part
	if (left < 0 || right < 0) print "error\t" at "\tthis hunk has other numbers of lines than it says"
	in_hunk = left > 0 || right > 0
	next
}

/^\\ / && hunks { print >part; next }

/^diff --git / {
	start("mode")
	# Without a hunk these are the only names.
	if (split($0, words, " ") == 4) { old = words[3]; new = words[4] }
	next
}
open && !hunks && /^new file mode / { kind = "new"; next }
open && !hunks && /^deleted file mode / { kind = "delete"; next }
open && !hunks && /^(rename|copy) from / { kind = "rename"; next }
open && !hunks && /^(GIT binary patch|Binary files .* differ)$/ { kind = "binary"; next }

/^--- / {
	before = name($0)
	before_at = NR
	next
}
/^\+\+\+ / && before_at == NR - 1 {
	if (!open || hunks) { start("change"); begins = before_at }
	old = before
	new = name($0)
	if (old == "/dev/null") kind = "new"
	if (new == "/dev/null") kind = "delete"
	if (kind == "mode") kind = "change"
	named = NR
	next
}

/^@@ -[0-9]+(,[0-9]+)? \+[0-9]+(,[0-9]+)? @@/ {
	if (!open || (!hunks && named != NR - 1)) {
		print "error\t" NR "\tthis hunk does not say which file it is about"
		next
	}
	split($2, from, ",")
	split($3, to, ",")
	left = from[2] == "" ? 1 : from[2] + 0
	right = to[2] == "" ? 1 : to[2] + 0
	if (!hunks) print "--- a\n+++ b" >part
	print >part
	hunk_at[++hunks] = at = NR
	in_hunk = left > 0 || right > 0
}

END {
	ended = 1
	finish()
}
