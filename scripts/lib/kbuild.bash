# SPDX-License-Identifier: GPL-2.0-only
#
# Runs kbuild on a work directory, once, and repeats its messages in the user's terms.
# Source common.bash and machines.bash first.

kbuild_scripts=${BASH_SOURCE[0]%/*}

# kbuild_ask_modules KDIR WORK PLACE [SYMVERS...]: as kbuild_ask, for the modules of a work directory. Each
# SYMVERS lists what a module from outside the kernel's tree exports.
#   KBUILD_EXTRA_SYMBOLS       the SYMVERS, and those of the environment: versions and namespaces of these exports
#   -Wno-error                 a static that is declared and used but not defined is not an error here
#   -I                         <klpmake.h>
#   -ffile-prefix-map          the module is the same wherever <klpmake.h> and the work directory lie (in which kbuild
#                              compiles since Linux 6.13); the last one that fits counts
#   -DKLPMAKE_REGISTER_PATCH   kbuild_starter
# gcc has no option for the warning about a static that is only declared, so it cannot be silenced by name.
kbuild_ask_modules()
{
	# shellcheck disable=SC2154 # machines.bash sets it
	local cflags="$machine_cflags -ffile-prefix-map=$2=. -ffile-prefix-map=$2/= -I$3/include -ffile-prefix-map=$3/include/=" kdir=$1 work=$2
	shift 3
	[[ $* != *[!A-Za-z0-9_./+~@\ -]* ]] || die "kbuild cannot read one of these, whose path is not plain: $*"
	local path more
	read -r -d '' -a more <<<"${KBUILD_EXTRA_SYMBOLS-}" || true
	for path in ${more[@]+"${more[@]}"}; do
		# kbuild silently ignores a file that does not exist, and then a version is missing.
		[[ -r $path ]] || die "'$path', of KBUILD_EXTRA_SYMBOLS: no such file"
		absolute "$path"
		set -- "$REPLY" "$@"
	done
	local kbuild_env=(${1+KBUILD_EXTRA_SYMBOLS="$*"})
	kbuild_starter "$kdir"
	kbuild_ask "$cflags${REPLY:+ $REPLY}" -C "$kdir" M="$work" modules
}

# More variables that make gets in its environment.
kbuild_env=()

# kbuild_start LOG FLAGS MAKE-ARG...: runs make for kbuild with these flags for the compiler, besides kbuild's own and those
# of the environment; status of make.
kbuild_start()
{
	kbuild_ask "${@:2}"
	kbuild_make "$1" "${kbuild_args[@]}"
}

# kbuild_ask FLAGS MAKE-ARG...: sets kbuild_settings to the environment of such a make, and kbuild_args to its arguments.
#   KBUILD_MODPOST_WARN        undefined symbols are what klpsyms is for
#   KBUILD_NSDEPS              so are namespaces: without it modpost fails where one is not imported,
#                              also for what becomes a livepatch symbol (scripts/Makefile.modpost)
#   CONFIG_SECTION_MISMATCH_WARN_ONLY=y  klpcheck looks for what leads to init memory
#   CONFIG_DEBUG_INFO_BTF_MODULES=  .BTF would be dropped, and making it needs pahole
#   CC_FLAGS_LTO=              object files, and not clang's intermediate code, for those who read them; the kernel's
#                              functions are called the same way
kbuild_ask()
{
	local environment
	kbuild_environment
	kbuild_settings=("${environment[@]}" KCFLAGS="${KCFLAGS:-} -Wno-error $1" ${kbuild_env[@]+"${kbuild_env[@]}"})
	kbuild_args=("${@:2}" KBUILD_MODPOST_WARN=1 KBUILD_NSDEPS=1
		CONFIG_SECTION_MISMATCH_WARN_ONLY=y CONFIG_DEBUG_INFO_BTF_MODULES= CC_FLAGS_LTO=
		${kbuild_cross[@]+"${kbuild_cross[@]}"})
}

# kbuild_make LOG MAKE-ARG...: runs make with kbuild_settings; status of make.
#   --no-print-directory       without it kbuild runs make once more to set it
kbuild_make()
{
	local log=$1 status=0 REPLY
	shift
	kbuild_jobs
	local command=(env -i "${kbuild_settings[@]}" ${kbuild_jobserver[@]+"${kbuild_jobserver[@]}"}
		make --no-print-directory "$@" ${kbuild_j[@]+"${kbuild_j[@]}"})
	show_command "${command[@]}"
	# In the background, because bash does not run traps while it waits for a foreground command;
	# in its own process group (-m), so that all of it can be stopped. What it starts does not get the lock.
	kbuild_before=${!-}
	kbuild_begun=1
	set -m
	{
		[[ -z ${work_lock-} ]] || exec {work_lock}<&-
		exec "${command[@]}" >"$log" 2>&1 </dev/null
	} &
	kbuild_pid=$!
	kbuild_begun=''
	set +m
	kbuild_watch
	wait "$kbuild_pid" || status=$?
	kbuild_pid=''
	kbuild_unwatch
	return "$status"
}

# kbuild_jobs: how many compilers kbuild may run: with klpmake in a makefile ('+klpmake ...'), as many as the jobserver of that
# make lets, otherwise one for each processor. Sets kbuild_j to make's arguments and kbuild_jobserver to its environment.
kbuild_jobs()
{
	local form='(^| )--jobserver-(auth|fds)=(fifo:([^ ]+)|([0-9]+),([0-9]+))( |$)' fd=/proc/$BASHPID/fd
	kbuild_j=() kbuild_jobserver=()
	kbuild_processors
	# make closes the pipe for commands without '+': then the numbers may be those of other files.
	if [[ ${MAKEFLAGS-} =~ $form ]] && if [[ -n ${BASH_REMATCH[4]} ]]; then
		[[ -p ${BASH_REMATCH[4]} ]]
	else
		[[ -p $fd/${BASH_REMATCH[5]} && $fd/${BASH_REMATCH[5]} -ef $fd/${BASH_REMATCH[6]} ]]
	fi; then
		kbuild_jobserver=(MAKEFLAGS=" -j$REPLY --jobserver-${BASH_REMATCH[2]}=${BASH_REMATCH[3]}")
	else
		kbuild_j=(-j"$REPLY")
	fi
}

# kbuild_processors: sets REPLY to how many processors this process may use.
kbuild_processors()
{
	local range ranges n=0
	own_status Cpus_allowed_list || {
		REPLY=$(nproc)
		return
	}
	IFS=, read -r -a ranges <<<"$REPLY"
	for range in "${ranges[@]}"; do
		n=$((n + ${range#*-} - ${range%-*} + 1))
	done
	REPLY=$n
}

# kbuild_watch: starts a process that ends kbuild when klpmake is killed in a way that no trap can catch. It reads from a
# pipe whose other end only klpmake has, so its read ends when klpmake does. Until then it keeps the lock.
kbuild_watch()
{
	# One line: bash may run a trap between the lines of a substitution that it parses, and then cannot parse the trap.
	exec {kbuild_alive}> >(kbuild_guard "$kbuild_pid")
}

# kbuild_guard GROUP: that process.
kbuild_guard()
{
	trap '' INT TERM HUP
	exec >/dev/null 2>&1
	! read -r || exit
	kbuild_stop_group "$1"
}

# kbuild_unwatch: klpmake is alive, and kbuild has ended.
kbuild_unwatch()
{
	[[ -n ${kbuild_alive-} ]] || return 0
	# An interrupt may have ended the other process before it did not heed any.
	{ printf '\n' >&"$kbuild_alive"; } 2>/dev/null || true
	exec {kbuild_alive}>&-
	kbuild_alive=''
}

# kbuild_starter KDIR: sets REPLY to the macro that tells <klpmake.h> that the kernel takes livepatches only with
# klp_register_patch(). The kernel's configuration does not show that: openEuler's first kernels without ftrace
# have klp_enable_patch().
kbuild_starter()
{
	REPLY=''
	[[ -r $1/Module.symvers ]] || return 0
	# Nearly all kernels have this one, and finding it is faster than reading all.
	! grep -qF $'\tklp_enable_patch\t' "$1/Module.symvers" || return 0
	! grep -q $'^[^\t]*\tklp_register_patch\t' "$1/Module.symvers" || REPLY=-DKLPMAKE_REGISTER_PATCH
}

# kbuild_stop: for traps. Compilers end a little later than make, and write until then.
kbuild_stop()
{
	# A signal may come between the start of kbuild and the line that notes its process.
	[[ -z ${kbuild_begun-} || ${!-} == "$kbuild_before" ]] || kbuild_pid=$!
	[[ -n ${kbuild_pid:-} ]] || return 0
	kbuild_stop_group "$kbuild_pid"
	kbuild_unwatch
}

# kbuild_stop_group PID: asks the whole process group to end, and kills what does not. A compiler removes its temporary
# files before it ends, and on a busy machine it may be seconds until it gets the processor.
kbuild_stop_group()
{
	local signal i
	for signal in TERM KILL; do
		kill "-$signal" -- "-$1" 2>/dev/null || true
		for ((i = 0; i < 500; i++)); do
			kill -0 -- "-$1" 2>/dev/null || return 0
			sleep 0.02
		done
	done
}

# kbuild_messages LOG WORK KDIR: prints what a person should read of the log: the compiler's own messages with the
# user's file names, without make's commands and without warnings of what is right in a livepatch.
kbuild_messages()
{
	kbuild_plain "$1" "$2" >"$1.plain"
	# The usual case.
	[[ -s $1.plain ]] || return 0
	kbuild_twice "$3/" <"$1.plain" | awk -f "$kbuild_scripts/kbuild-context.awk"
}

# kbuild_plain LOG WORK: the log, line for line (kbuild-plain.awk). \001 stands before klpmake's own words.
kbuild_plain()
{
	awk -v work="$2/" -v quote="'" -f "$kbuild_scripts/kbuild-plain.awk" "$1"
}

# kbuild_twice KDIR/: a filter that makes one message of what compiler and linker print if a module sets its init or exit
# function twice (kbuild-twice.awk).
kbuild_twice()
{
	awk -v kdir="$1" -v quote="'" -f "$kbuild_scripts/kbuild-twice.awk"
}

# kbuild_modules WORK: sets modules to the names of those that were made, in kbuild's order.
kbuild_modules()
{
	local line names=()
	[[ -f $1/modules.order ]] || return 0
	while IFS= read -r line; do
		line=${line#"$1"/}
		line=${line#./}
		[[ $line != -* ]] || die "a module cannot be called '${line%.*}': programs would take its name for an option"
		[[ $line != */* ]] || die "'${line%.*}.ko' is made in a subdirectory: name modules in the top Makefile only (NAME-y := DIR/FILE.o)"
		names+=("${line%.*}")
	done <"$1/modules.order"
	# shellcheck disable=SC2034 # for klpmake
	modules=(${names[@]+"${names[@]}"})
}

# kbuild_objects WORK MODULE: sets objects to its object files relative to WORK. NAME.mod lists them in words or
# lines, with or without the directory or with "./", after the kernel's version.
kbuild_objects()
{
	local word words
	objects=()
	read -r -d '' -a words <"$1/$2.mod" || true
	for word in "${words[@]}"; do
		word=${word#"$1"/}
		word=${word#./}
		[[ $word != *.o ]] || objects+=("$word")
	done
}
