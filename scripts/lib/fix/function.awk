# SPDX-License-Identifier: GPL-2.0-only
#
# Prints the text of the function 'name' in a C file in the kernel's style, in which a definition begins at the left
# margin and ends with a brace there. A system call has the name that its macro gives it.

BEGIN {
	call = name
	sub(/^__(do|se|x64|ia32|arm64|riscv|s390x|s390)_(compat_)?sys_/, "", call)
	pattern = "(^|[^A-Za-z0-9_])" name "[ \t]*\\("
	if (call != name)
		pattern = pattern "|^(COMPAT_)?SYSCALL_DEFINE[0-6]\\(" call "[,)]"
}

!inside && /^[A-Za-z_]/ && $0 ~ pattern {
	# The type may have a line of its own.
	text = before ~ /^[A-Za-z_][^;(){}]*$/ ? before "\n" : ""
	inside = 1
}
inside == 1 {
	text = text $0 "\n"
	if (/^\{/ || /\{[ \t]*$/)
		inside = 2
	else if (/;[ \t]*$/ || /^[ \t]*$/)
		inside = 0
	before = $0
	next
}
inside == 2 {
	text = text $0 "\n"
	if (/^\}/) {
		printf "%s", text
		exit
	}
}
{ before = $0 }
