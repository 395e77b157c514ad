# SPDX-License-Identifier: GPL-2.0-only
#
# Turns what kbuild prints, line for line, into the terms of its user: without make's commands, without warnings of what
# is right in a livepatch, and with klpmake's own words (\001 before them) where it knows what kbuild means.
# Variables: work, the work directory with a slash; quote, a single quote.

# place_of EXPORTED: the place in the patch that exports the name.
function place_of(name,    command, line) {
	if (name !~ /^[A-Za-z0-9_]+$/) return ""
	command = "cd " work " && grep -RnE --include=*.[ch] \"EXPORT_SYMBOL[A-Z_]*[(][[:space:]]*" name "[[:space:],)]\" ."
	if ((command | getline line) > 0 && match(line, /^\.\/[^:]*:[0-9]+/))
		return substr(line, 3, RLENGTH - 2) ": "
	return ""
}
# no_rule LINE: says what the Makefile names and no rule makes, if the name shows why.
function no_rule(line,    word, name, from, sources) {
	split(line, word, quote)
	name = word[2]
	if (name !~ /\.o$/) {
		if (name ~ /[.\/]/) return 0
		print "\001klpmake: error: the Makefile names " quote name quote ": obj-m and NAME-y list object files, such as " name ".o"
		return 1
	}
	from = substr(name, 1, length(name) - 1)
	print "\001klpmake: error: the Makefile names " quote name quote ", and there is no " quote from "c" quote " to make it from"
	sources = sources_here()
	if (sources != "") print "  sources here: " sources
	return 1
}
# sources_here: the C files of the patch, or some of them if there are many.
function sources_here(    command, path, list, n) {
	command = "cd " work " && find . -name \"*.c\" ! -name \"*.mod.c\" | sed \"s,^[.]/,,\" | LC_ALL=C sort"
	while ((command | getline path) > 0) {
		if (++n == 9) path = "..."
		if (n > 9) break
		list = list (n > 1 ? ", " : "") path
	}
	close(command)
	return list
}
{
	while ((at = index($0, work)) > 0)
		$0 = substr($0, 1, at - 1) substr($0, at + length(work))
	# Since Linux 6.13 kbuild compiles in the directory of the module, and links there.
	while (match($0, /(^|[ `:])\.\/[^ :]+\.[chSo][:,]/)) {
		at = RSTART + (substr($0, RSTART, 1) != ".")
		$0 = substr($0, 1, at - 1) substr($0, at + 2)
	}
}
/^make(\[[0-9]+\])?: \*\*\* No rule to make target .*, needed by / && no_rule($0) { next }
/^Error: not ELF$/ { print $0 "\n  obj-m lists object files, klp-fix.o, and not their sources"; next }
/^make(\[[0-9]+\])?: (Entering|Leaving) directory/ { next }
/^make(\[[0-9]+\])?: \*\*\* .* Error [0-9]+$/ { next }
# With -k.
/^make(\[[0-9]+\])?: Target .* not remade because of errors\.$/ { next }
/^make(\[[0-9]+\])?: \*\*\* .*(Waiting for unfinished jobs|Deleting file)/ { next }
/^  [A-Z][A-Z0-9_]* +(\[M\] +)?[^ ]+$/ { next }
/^warning: (the compiler|pahole version) differs from the one used to build the kernel/ { note = 2; next }
note > 0 && /^  / { note--; next }
/^(WARNING|ERROR): modpost: ".*" \[.*\] undefined!$/ { next }
/^(WARNING|ERROR): modpost: module .* uses symbol .* from namespace .*, but does not import it\.$/ { next }
/^WARNING: modpost: .*: section mismatch in reference: .* \(section: \.(text|data)[^)]*\) -> .* \(section: \.init\./ { next }
/: error: implicit declaration of function .*klp_(un)?(enable|register)_patch/ {
	print $0 "\n  KLP_START() and KLP_STOP() of <klpmake.h> work on every kernel"
	next
}
/^ERROR: modpost: module name is too long/ {
	print $0 "\n  the kernel takes 55 characters at most: give it a shorter name in the Makefile"
	next
}
/^ERROR: modpost: GPL-incompatible module/ {
	print $0 "\n  only a module with MODULE_LICENSE(\"GPL\") can be a livepatch"
	next
}
/^ERROR: modpost: .* exported twice\. Previous export was in / {
	split($0, word, quote)
	print "\001" place_of(word[2]) "error: " quote word[2] quote " is exported by " $NF " already: the kernel would refuse the module"
	print "  remove EXPORT_SYMBOL() from the files of a patch"
	next
}
# A livepatch does not need MODULE_DESCRIPTION(): nobody chooses it by that.
/^WARNING: modpost: missing MODULE_DESCRIPTION\(\) in / { next }
/^WARNING: modpost: suppressed [0-9]+ unresolved symbol warnings/ { next }
# The two lines below such a warning show the source.
/: warning: .* (used but never defined|declared .static. but never defined)/ { quiet = 2; next }
quiet > 0 && /^ +[0-9]* *\|/ { quiet--; next }
{ quiet = 0; note = 0; print }
