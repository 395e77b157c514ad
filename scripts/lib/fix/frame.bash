# SPDX-License-Identifier: GPL-2.0-only
#
# What the module of a fix is made of besides the author's files: a stub with a tag for each file that something was cut
# out of, and the header that describes the patch. kbuild compiles the stubs, and compiler.sh puts what was cut out in
# their place. Source fix/diff.bash first.

# fix_frame PLACE: PLACE/frame gets these files. If they are those of the last run, they keep their times, so that make
# does not compile again.
fix_frame()
{
	local place=$1 frame=$1/frame.new base names=()
	rm -rf "$frame"
	mkdir -p "$frame"
	for base in "$place"/cut/*.o; do
		base=${base##*/}
		base=${base%.o}
		names+=("$base.o")
		fix_stub <"$place/cut/$base.list" >"$frame/$base.c"
		cp "$place/cut/$base.o" "$frame/$base.cut"
	done
	fix_header "$place/cut" >"$frame/klpmake_objects.h"
	# A link, because the path of klpmake itself may have blanks.
	ln -sfn "$fix_scripts/compiler.sh" "$place/compiler.sh"
	cat >"$frame/Kbuild" <<-MAKE
		KLPMAKE_CUT := ${names[*]}
		CC := sh $place/compiler.sh \$(CC)
		include \$(src)/Makefile
	MAKE
	! diff -qr "$frame" "$place/frame" >/dev/null 2>&1 || return 0
	rm -rf "$place/frame"
	mv "$frame" "$place/frame"
}

# fix_objtool CUT: a filter for messages: where the branch of a tracepoint stays a jump, there may be no other way to the code
# behind it, and objtool says so (src/diff/tracepoint.h).
fix_objtool()
{
	if grep -q '^note tracepoint' "$1"/*.list; then
		grep -v ' objtool: .*: unreachable instruction$' || true
	else
		cat
	fi
}

# fix_stub: prints the stub for the list on standard input. A module is named in the tag: it may not be the only object with
# that file.
fix_stub()
{
	cat <<-END
		// SPDX-License-Identifier: GPL-2.0
		//KLPMAKE $(awk '$1 == "path" { path = $2 } $1 == "object" { print path ($2 == "vmlinux" ? "" : " [" $2 "]") }')
		/* In place of what this is compiled to, the module gets what changes in that file. */
	END
}

# fix_header CUT: prints the description of the patch, for all objects of the kernel in it.
fix_header()
{

	cat "$1"/*.list | awk '
		function identifier(name) { gsub(/[^A-Za-z0-9_]/, "_", name); return name }
		$1 == "object" {
			object = $2
			if (!(object in known)) { known[object] = ++objects; name[objects] = object }
		}
		$1 == "replace" {
			declared = declared "void " $3 "(void);\n"
			landed = landed "asm(\".pushsection .discard.noendbr\\n\t.quad " $3 "\\n\t.popsection\");\n"
			funcs[object] = funcs[object] "\t{ .old_name = \"" $2 "\", .new_func = " $3 " },\n"
		}
		END {
			print "/* SPDX-License-Identifier: GPL-2.0 */"
			print "/*\n * klpmake has made this: klpmake_objects[] is the .objs of the struct klp_patch. Before it is included, these"
			print " * may be defined:\n *"
			print " *   KLPMAKE_CALLBACKS_vmlinux   .callbacks = { .pre_patch = ... }, of that object; a module has its name here"
			print " *   KLPMAKE_FUNCS_vmlinux       { .old_name = ..., .new_func = ... }, for more functions, a comma behind each"
			print " *   KLPMAKE_OBJECTS             { .name = ..., .funcs = ... }, for more objects, likewise\n */"
			print "#ifndef KLPMAKE_OBJECTS_H\n#define KLPMAKE_OBJECTS_H\n"
			print "#include <linux/livepatch.h>\n"
			printf "%s\n", declared
			print "/* ftrace goes to a new function by a return: objtool need not ask for a place to land on. */"
			print "#if defined(CONFIG_X86_KERNEL_IBT) && !defined(ANNOTYPE_NOENDBR)"
			printf "%s#endif\n\n", landed
			for (i = 1; i <= objects; i++) {
				object = name[i]
				id = identifier(object)
				if (!(object in funcs)) continue
				print "#ifndef KLPMAKE_CALLBACKS_" id "\n#define KLPMAKE_CALLBACKS_" id "\n#endif"
				print "#ifndef KLPMAKE_FUNCS_" id "\n#define KLPMAKE_FUNCS_" id "\n#endif\n"
				print "static struct klp_func klpmake_funcs_" id "[] = {\n" funcs[object] "\tKLPMAKE_FUNCS_" id "\n\t{ }\n};\n"
				list = list "\t{ " (object == "vmlinux" ? "" : ".name = \"" object "\", ") \
					".funcs = klpmake_funcs_" id ", KLPMAKE_CALLBACKS_" id " },\n"
			}
			print "#ifndef KLPMAKE_OBJECTS\n#define KLPMAKE_OBJECTS\n#endif\n"
			print "static struct klp_object klpmake_objects[] = {\n" list "\tKLPMAKE_OBJECTS\n\t{ }\n};\n"
			print "#endif"
		}'
}
