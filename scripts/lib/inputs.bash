# SPDX-License-Identifier: GPL-2.0-only
#
# What a module is made of, so that nothing stale goes into it. make compiles a source again if it is newer
# than its object file. An older source that 'cp -p', tar, rsync or git put in place is not newer, but different;
# so are older headers, and an older compiler that a package manager puts back.
#
#   PLACE/inputs    the patch's files with their contents' hashes, the flags, and a hash of what klpmake has made of the
#                   .patch files: written before kbuild runs
#   PLACE/reached   all other files that went in (headers, compilers, the kernel's configuration), by inode, size
#                   and times (nobody can set the time of the last change): written after kbuild has run
#   PLACE/replay    how kbuild was run and which programs it found (replay.bash): written after it has succeeded
#
# If these say that something has changed that make would not notice, kbuild starts with an empty directory.
# Source common.bash and mirror.bash first.

# For larger files (such as an archive beside the sources) klpmake compares times, not contents.
inputs_large=$((4 << 20))

fix_identity='' # fix/make.bash sets it
inputs_small=() # those of the patch that are compared by contents, each with './' before it
inputs_other=() # the rest

inputs_changed=() # those whose contents are not those of the last run
inputs_start=''   # when the last look at them began
inputs_replay=''  # what PLACE/replay said, if make can tell what has to be compiled

# inputs_are_known PATCH PLACE: whether make can tell what has to be compiled. Sets inputs to what there is now,
# for PLACE/inputs, inputs_changed and inputs_replay.
inputs_are_known()
{
	local patch=$1 place=$2 unknown=0
	inputs_start=$EPOCHREALTIME
	inputs_sort "$patch"
	inputs=$(inputs_list "$patch") || true
	inputs_changed=() inputs_replay=''
	if ! inputs_have_not_aged "$patch" "$place" || ! inputs_reached_are_same "$place"; then
		unknown=1
	fi
	inputs_forget "$place" "$unknown"
	return "$unknown"
}

# inputs_forget PLACE UNKNOWN: until kbuild has run, nothing is known about its results: something may stop it.
inputs_forget()
{
	(($2)) || [[ ! -f $1/replay ]] || inputs_replay=$(<"$1/replay")
	rm -f "$1/reached" "$1/replay"
}

# inputs_relinked PLACE: all that has changed since kbuild ran are its object files, in ways that make can tell.
inputs_relinked()
{
	inputs_changed=()
	inputs_forget "$1" 0
}

# inputs_sort PATCH: sets inputs_small and inputs_other.
inputs_sort()
{
	local name size
	inputs_small=() inputs_other=()
	for name in "${!mirror_files[@]}"; do
		size=${mirror_sizes[$name]-}
		if [[ -n $size ]] && ((size <= inputs_large)); then
			inputs_small+=("./$name")
		else
			inputs_other+=("./$name")
		fi
	done
	# Most patches have neither links nor large files.
	((${#inputs_other[@]})) || return 0
	mapfile -d '' -t -O "${#inputs_small[@]}" inputs_small < <(cd "$1" &&
		exec find -L "${inputs_other[@]}" -maxdepth 0 -type f -size "-$((inputs_large + 1))c" -print0)
}

# inputs_list PATCH: prints the flags in the first line, then a line for each of its files. It is for $(...).
inputs_list()
{
	local name small=()
	printf 'above=%s fix=%s' "$mirror_above" "$fix_identity"
	for name in kdir machine_cflags ARCH CROSS_COMPILE LLVM LLVM_IAS KCFLAGS KCPPFLAGS KAFLAGS SOURCE_DATE_EPOCH \
		KBUILD_EXTRA_SYMBOLS; do
		printf ' %s=%q' "$name" "${!name-}"
	done
	printf '\n'
	cd "$1" || return
	((!${#inputs_other[@]})) ||
		find -L "${inputs_other[@]}" -maxdepth 0 \( -type d -printf 'directory  %p\n' -o -size "+${inputs_large}c" \
			-printf '%i:%s:%T@:%C@  %p\n' \)
	for name in "${inputs_small[@]}"; do
		# What was a file may be a pipe now.
		[[ ! -f $name ]] || small+=("$name")
	done
	exec sha256sum -- ${small[@]+"${small[@]}"} 2>/dev/null </dev/null
}

# inputs_have_not_aged PATCH PLACE: whether the flags and the names are those of the last run, and what has changed is
# newer than all that was made then.
inputs_have_not_aged()
{
	local patch=$1 place=$2 line old now
	local -A was=() had=()
	[[ -f $place/inputs && -f $place/reached ]] || return
	mapfile -t old <"$place/inputs"
	mapfile -t now <<<"$inputs"
	[[ ${old[0]} == "${now[0]}" && ${#old[@]} == "${#now[@]}" ]] || return
	for line in "${old[@]:1}"; do
		was[$line]=1
		had[${line#*  }]=1
	done
	for line in "${now[@]:1}"; do
		[[ -z ${was[$line]-} ]] || continue
		line=${line#*  }
		[[ -n ${had[$line]-} && $patch/$line -nt $place/reached ]] || return
		inputs_changed+=("$line")
	done
}

# inputs_reached_are_same PLACE: whether headers, compilers and the kernel are those of the last run.
inputs_reached_are_same()
{
	[[ $(inputs_state < <(cut -d ' ' -f 1 "$1/reached")) == "$(<"$1/reached")" ]]
}

# inputs_state: a filter from names of files to a line for each file that exists: name, inode, size, and the times of
# the last change of its contents and of anything.
inputs_state()
{
	xargs -r -d '\n' stat -L -c '%n %i %s %.9Y %.9Z' -- 2>/dev/null || true
}

inputs_settling='' # the process that lists what went in, until it has been waited for

# inputs_settle PATCH PLACE WORK STATUS: runs after kbuild, which ended with STATUS, beside what follows; inputs_settled
# waits for it.
inputs_settle()
{
	inputs_record "$@" &
	inputs_settling=$!
}

# inputs_settled: whether the patch is as it was when kbuild began. A change that was made while kbuild worked may be in
# the module or not.
inputs_settled()
{
	local process=$inputs_settling
	inputs_settling=''
	[[ -z $process ]] || wait "$process"
}

# inputs_record PATCH PLACE WORK STATUS: writes PLACE/reached and PLACE/replay, unless the patch was changed.
inputs_record()
{
	local patch=$1 place=$2 work=$3 status=$4 now programs
	now=$(inputs_list "$patch") || true
	[[ $now == "$inputs" ]] || return
	# A header that has changed since it was looked at is not recorded as it is now: the next run begins anew.
	inputs_reach "$place" "$work" | inputs_state |
		awk -v start="$inputs_start" '$5 >= start { $5 = "?" } { print }' >"$place/reached" || return 0
	((status)) || {
		mapfile -t programs < <(sed -n 's/^program \([^/]*\)$/\1/p' "$place/commands")
		# The compiler runs the assembler.
		replay_state as ${programs[@]+"${programs[@]}"} >"$place/replay"
	}
}

# inputs_reach PLACE WORK: lists the files that went in besides the patch's own.
inputs_reach()
{
	local extra commands
	read -r -a extra <<<"${KBUILD_EXTRA_SYMBOLS-}"
	# kbuild's fixdep leaves out autoconf.h, in which all files read the configuration. Another klpmake may run kbuild in
	# another way.
	# shellcheck disable=SC2154 # kdir and extra_symvers are target.bash's
	printf '%s\n' "$kdir"/{.config,Makefile,Module.symvers,include/config/auto.conf,include/generated/autoconf.h} \
		"$kdir"/scripts/{module.lds,mod/modpost,basic/fixdep} \
		"$kbuild_scripts"/{kbuild,replay}.bash \
		${extra_symvers[@]+"${extra_symvers[@]}"} ${extra[@]+"${extra[@]}"}
	mapfile -d '' -t commands < <(find "$2" \( -name '.*.o.cmd' -o -name '.*.ko.cmd' -o -name .Module.symvers.cmd \) -print0)
	inputs_of_commands "$2" ${commands[@]+"${commands[@]}"} >"$1/commands"
	inputs_outside "$1" "$2" <"$1/commands"
	inputs_programs <"$1/commands"
	inputs_makefiles <"$1/commands"
}

# inputs_of_commands WORK FILE...: prints 'file PATH' and 'program NAME' for what kbuild's .NAME.cmd files name, once each;
# they have a line '  PATH \' for each file that the compiler read besides the source. A path may be relative to the
# directory of kbuild: that of the kernel or (since Linux 6.13) of the module.
inputs_of_commands()
{
	awk -v kdir="$kdir/" -v work="$1/" '
		function file(path) {
			path = path ~ /^\// ? path : from path
			if (!seen[path]++) print "file " path
		}
		/^(saved)?cmd_/ {
			sub(/^[^=]*= */, "")
			from = kdir
			calls = 1
			for (i = 1; i <= NF; i++) {
				if ($i ~ /^-/) calls = 0
				if (calls && $i !~ /^[;|]$/ && index($i, work) != 1 && !called[$i]++) print "program " $i
				if ($i ~ /[;|]$/) calls = 1
				if ($i == "-T") file($(i + 1))
			}
		}
		/^source_/ {
			if ($3 !~ /^\//) from = work
			file($3)
		}
		/^  / && $1 !~ /^\$/ { file($1) }' "${@:2}" /dev/null
}

# inputs_outside PLACE WORK: of what inputs_of_commands prints, the files that are not the patch's and were not made in
# WORK. What a link to a directory leads to is neither.
inputs_outside()
{
	awk -v work="$2/" '
		FNR == NR { if ($1 == "directory") linked[work substr($2, 3) "/"]; next }
		$1 == "file" {
			inside = index($2, work) == 1 && !index($2, "/../")
			for (place in linked)
				if (index($2, place) == 1) inside = 0
			if (!inside) print $2
		}' "$1/inputs" -
}

# inputs_programs: of the same, the files of the programs.
inputs_programs()
{
	local program programs
	mapfile -t programs < <(sed -n 's/^program //p')
	for program in ${programs[@]+"${programs[@]}"}; do
		if [[ $program == */* ]]; then
			[[ $program == /* ]] || program=$kdir/$program
			printf '%s\n' "$program"
		else
			type -P "$program" || continue
		fi
		# What is called gcc may be ccache, and is a small program in any case.
		[[ $program != *gcc* ]] || inputs_of_gcc "$program"
	done
}

# inputs_of_gcc GCC: the files of the programs that it runs.
inputs_of_gcc()
{
	local part
	for part in cc1 as; do
		part=$("$1" -print-prog-name="$part" 2>/dev/null </dev/null) && type -P "$part"
	done
}

# inputs_makefiles: of the same, what kbuild itself is made of, in the directory of the build and that of the source.
inputs_makefiles()
{
	local roots
	mapfile -t roots < <(printf '%s\n' "$kdir" && sed -n 's|^file \(.*\)/include/linux/kconfig\.h$|\1|p')
	find -L "${roots[@]}" -maxdepth 1 -type f \( -name 'Makefile*' -o -name Kbuild -o -name .kernelvariables \) -print 2>/dev/null
	find -L "${roots[@]/%//scripts}" -maxdepth 1 -type f -print 2>/dev/null
	find -L "${roots[@]/%//arch}" -maxdepth 2 -type f -name 'Makefile*' -print 2>/dev/null
}
