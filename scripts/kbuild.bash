# SPDX-License-Identifier: GPL-2.0-only
#
# Running kbuild on a work directory, once, and telling what it said in the user's terms.
# Source common.bash and machines.bash first.

# kbuild_run KDIR WORK LOG [SYMVERS...]: makes the modules of a work directory; status of make. Each
# SYMVERS lists what a module from outside the kernel's tree exports.
#   KBUILD_EXTRA_SYMBOLS       the SYMVERS: versions and namespaces of these exports
#   -Wno-error                 a static that is declared and used but not defined is no error here
#   -I                         <klpmake.h>
#   -ffile-prefix-map          the same module wherever the work directory lies
#   -DKLPMAKE_REGISTER_PATCH   kbuild_starter
# A static that is only declared cannot be silenced by name: gcc has no option for that warning.
kbuild_run()
{
	# shellcheck disable=SC2154 # machines.bash sets it
	local cflags="$machine_cflags -ffile-prefix-map=$2/= -I${2%/*}/include" kdir=$1 work=$2 log=$3 starter
	shift 3
	[[ $* != *[!A-Za-z0-9_./+~@\ -]* ]] || die "kbuild cannot read one of these, whose path is not plain: $*"
	local kbuild_env=(${1+KBUILD_EXTRA_SYMBOLS="${KBUILD_EXTRA_SYMBOLS:-} $*"})
	starter=$(kbuild_starter "$kdir")
	kbuild_make "$kdir" "$work" "$log" "$cflags${starter:+ $starter}" modules
}

# What make gets in its environment besides.
kbuild_env=()

# kbuild_make KDIR WORK LOG FLAGS TARGET...: with these flags for the compiler, besides kbuild's and
# those of the environment.
#   --no-print-directory       or kbuild runs make once more to set it
#   KBUILD_MODPOST_WARN        undefined symbols are what klpsyms is for
#   KBUILD_NSDEPS              so are namespaces: without it modpost fails where one is not imported,
#                              also for what becomes a livepatch symbol (scripts/Makefile.modpost)
#   CONFIG_SECTION_MISMATCH_WARN_ONLY=y  klpcheck looks for what leads to init memory
#   CONFIG_DEBUG_INFO_BTF_MODULES=  .BTF would be dropped, and making it needs pahole
kbuild_make()
{
	local kdir=$1 work=$2 log=$3 cflags=$4 status=0
	shift 4
	local command=(env KCFLAGS="${KCFLAGS:-} -Wno-error $cflags" ${kbuild_env[@]+"${kbuild_env[@]}"}
		make --no-print-directory -C "$kdir" M="$work" -j"$(nproc)" KBUILD_MODPOST_WARN=1 KBUILD_NSDEPS=1
		CONFIG_SECTION_MISMATCH_WARN_ONLY=y CONFIG_DEBUG_INFO_BTF_MODULES= ${kbuild_cross[@]+"${kbuild_cross[@]}"} "$@")
	unset MAKEFLAGS MFLAGS MAKELEVEL
	show_command "${command[@]}"
	# In the background, because bash lets no trap run while it waits for a foreground command;
	# in a process group of its own (-m), so that all of it can be stopped.
	set -m
	"${command[@]}" >"$log" 2>&1 </dev/null &
	kbuild_pid=$!
	set +m
	wait "$kbuild_pid" || status=$?
	kbuild_pid=''
	return "$status"
}

# kbuild_starter KDIR: the macro that tells <klpmake.h> of a kernel that takes livepatches with
# klp_register_patch() alone. Its configuration does not tell: openEuler's first kernels without ftrace
# have klp_enable_patch().
kbuild_starter()
{
	[[ ! -r $1/Module.symvers ]] || awk -F '\t' '
		$2 == "klp_enable_patch" { enable = 1 }
		$2 == "klp_register_patch" { register = 1 }
		END { if (register && !enable) print "-DKLPMAKE_REGISTER_PATCH" }' "$1/Module.symvers"
}

# kbuild_stop: for traps. Compilers end a little later than make does, and write until then.
kbuild_stop()
{
	local signal i
	[[ -n ${kbuild_pid:-} ]] || return 0
	for signal in TERM KILL; do
		kill "-$signal" -- "-$kbuild_pid" 2>/dev/null || true
		wait "$kbuild_pid" 2>/dev/null || true
		for ((i = 0; i < 100; i++)); do
			kill -0 -- "-$kbuild_pid" 2>/dev/null || return 0
			sleep 0.02
		done
	done
}

# kbuild_messages LOG WORK KDIR: what a person should read of it: the compiler's own messages with the
# user's file names; not make's commands and not what is as it should be in a livepatch.
kbuild_messages()
{
	kbuild_plain "$1" "$2" | kbuild_twice "$3/" | awk '
		# "In file included from", "In function": only with what follows them, unless klpmake says that.
		/: (In function|At top level)/ || /^In file included from/ || /^ +from / || /: in function `.*:$/ {
			held = held $0 "\n"
			next
		}
		!sub(/^\001/, "") { printf "%s", held }
		{ held = ""; print }
	'
}

# kbuild_plain LOG WORK: line for line. In what is left, \001 stands before klpmake's own words.
kbuild_plain()
{
	awk -v work="$2/" -v quote="'" '
		# place_of EXPORTED: where that stands in the patch.
		function place_of(name,    command, line) {
			if (name !~ /^[A-Za-z0-9_]+$/) return ""
			command = "cd " work " && grep -RnE --include=*.[ch] \"EXPORT_SYMBOL[A-Z_]*[(][[:space:]]*" name "[[:space:],)]\" ."
			if ((command | getline line) > 0 && match(line, /^\.\/[^:]*:[0-9]+/))
				return substr(line, 3, RLENGTH - 2) ": "
			return ""
		}
		{
			while ((at = index($0, work)) > 0)
				$0 = substr($0, 1, at - 1) substr($0, at + length(work))
		}
		/^make(\[[0-9]+\])?: (Entering|Leaving) directory/ { next }
		/^make(\[[0-9]+\])?: \*\*\* .* Error [0-9]+$/ { next }
		/^make(\[[0-9]+\])?: \*\*\* .*(Waiting for unfinished jobs|Deleting file)/ { next }
		/^  [A-Z][A-Z0-9_]* +(\[M\] +)?[^ ]+$/ { next }
		/^warning: the compiler differs from the one used to build the kernel/ { note = 2; next }
		note > 0 && /^  / { note--; next }
		/^(WARNING|ERROR): modpost: ".*" \[.*\] undefined!$/ { next }
		/^(WARNING|ERROR): modpost: module .* uses symbol .* from namespace .*, but does not import it\.$/ { next }
		/^WARNING: modpost: .*: section mismatch in reference: .* \(section: \.(text|data)[^)]*\) -> .* \(section: \.init\./ { next }
		/: error: implicit declaration of function .*klp_(un)?(enable|register)_patch/ {
			print $0 "\n  KLP_START() and KLP_STOP() of <klpmake.h> are for every kernel"
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
		/^WARNING: modpost: suppressed [0-9]+ unresolved symbol warnings/ { next }
		# The two lines below such a warning show the source.
		/: warning: .* (used but never defined|declared .static. but never defined)/ { quiet = 2; next }
		quiet > 0 && /^ +[0-9]* *\|/ { quiet--; next }
		{ quiet = 0; note = 0; print }
	' "$1"
}

# kbuild_twice KDIR/: a filter. Where a module sets its init or exit function twice, compiler and linker
# say a dozen lines of macros and hidden names.
kbuild_twice()
{
	awk -v kdir="$1" -v quote="'" '
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
					"  module_init() and every other initcall defines it: leave the one for the function that calls klp_enable_patch()" : \
					"  module_exit() defines it: leave that of the patch"
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
	'
}

# kbuild_modules WORK: the modules that were made, by name, one a line, in kbuild's order.
kbuild_modules()
{
	local line
	[[ -f $1/modules.order ]] || return 0
	while IFS= read -r line; do
		line=${line#"$1"/}
		[[ $line != */* ]] || die "'${line%.*}.ko' is made in a subdirectory: name modules in the top Makefile only (NAME-y := DIR/FILE.o)"
		printf '%s\n' "${line%.*}"
	done <"$1/modules.order"
}

# kbuild_objects WORK MODULE: its object files relative to WORK. NAME.mod lists them in words or
# lines, with or without the directory, after the kernel's version.
kbuild_objects()
{
	local word words
	read -r -d '' -a words <"$1/$2.mod" || true
	for word in "${words[@]}"; do
		word=${word#"$1"/}
		[[ $word != *.o ]] || printf '%s\n' "$word"
	done
}
