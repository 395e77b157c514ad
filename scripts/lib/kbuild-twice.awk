# SPDX-License-Identifier: GPL-2.0-only
#
# If a module sets its init or exit function twice, compiler and linker print a dozen lines about macros and hidden
# names. This makes one message of them. Variables: kdir, the kernel's build directory with a slash; quote, a single quote.

function take(    at) {
	raw = raw $0 "\n"
	if (match($0, /^[^\/ :][^ :]*:[0-9]+:/))
		place[++places] = substr($0, 1, RLENGTH - 1)
}
function tell() {
	if (places < 2)
		printf "%s", raw
	else if (!told[name]++) {
		print "\001" place[1] ": error: " quote name quote " is defined a second time, first in " place[2]
		print (name == "init_module") ? \
			"  module_init() and every other initcall defines it: keep only the one for the function that calls klp_enable_patch()" : \
			"  module_exit() defines it: keep only the patch's own"
	}
	name = raw = ""
	places = 0
}
name != "" && !/: error: / && (/^ / || /: note: /) { take(); next }
name != "" { tell() }
/error: redefinition of [^A-Za-z_]+(__inittest|init_module|__exittest|cleanup_module)[^A-Za-z_]/ {
	name = /inittest|init_module/ ? "init_module" : "cleanup_module"
	take()
	next
}
/: multiple definition of / {
	while ((at = index($0, kdir)) > 0)
		$0 = substr($0, 1, at - 1) substr($0, at + length(kdir))
}
/: multiple definition of .(init|cleanup)_module.; .*: first defined here$/ {
	raw = $0 "\n"
	name = /init_module/ ? "init_module" : "cleanup_module"
	place[1] = place[2] = $0
	sub(/: multiple definition of .*/, "", place[1])
	sub(/.*; [^:]*:/, "", place[2])
	sub(/: first defined here$/, "", place[2])
	places = 2
	tell()
	next
}
{ print }
END { if (name != "") tell() }
