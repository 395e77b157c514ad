# SPDX-License-Identifier: GPL-2.0-only
#
# Running kbuild on a work directory, once, and telling what it said in the user's terms.
# Source common.bash and machines.bash first.

# kbuild_run KDIR WORK LOG: status of make.
#   --no-print-directory       or kbuild runs make once more to set it
#   KBUILD_MODPOST_WARN        undefined symbols are what klpsyms is for
#   CONFIG_DEBUG_INFO_BTF_MODULES=  .BTF would be dropped, and making it needs pahole
#   -Wno-error                 a static that is declared and used but not defined is no error here
#   -I                         <klpmake.h>
#   -ffile-prefix-map          the same module wherever the work directory lies
# A static that is only declared cannot be silenced by name: gcc has no option for that warning.
kbuild_run()
{
	local kdir=$1 work=$2 log=$3 status=0
	local command=(make --no-print-directory -C "$kdir" M="$work" -j"$(nproc)" KBUILD_MODPOST_WARN=1
		CONFIG_DEBUG_INFO_BTF_MODULES= ${kbuild_cross[@]+"${kbuild_cross[@]}"} modules)
	local -x KCFLAGS="${KCFLAGS:-} $machine_cflags -Wno-error -ffile-prefix-map=$work/= -I${work%/*}/include"
	unset MAKEFLAGS MFLAGS MAKELEVEL
	show_command env KCFLAGS="$KCFLAGS" "${command[@]}"
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

# kbuild_messages LOG WORK: what a person should read of it: the compiler's own messages with the
# user's file names; not make's commands and not what is as it should be in a livepatch.
kbuild_messages()
{
	awk -v work="$2/" '
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
		/^ERROR: modpost: module name is too long/ {
			print $0 "\n  the kernel takes 55 characters at most: give it a shorter name in the Makefile"
			next
		}
		/^ERROR: modpost: GPL-incompatible module/ {
			print $0 "\n  only a module with MODULE_LICENSE(\"GPL\") can be a livepatch"
			next
		}
		/^WARNING: modpost: suppressed [0-9]+ unresolved symbol warnings/ { next }
		# The two lines below such a warning show the source.
		/: warning: .* (used but never defined|declared .static. but never defined)/ { quiet = 2; next }
		quiet > 0 && /^ +[0-9]* *\|/ { quiet--; next }
		{ quiet = 0; note = 0; print }
	' "$1" | awk '
		# "In file included from", "In function": only with what follows them.
		/: (In function|At top level)/ || /^In file included from/ || /^ +from / { held = held $0 "\n"; next }
		{ printf "%s", held; held = ""; print }
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
