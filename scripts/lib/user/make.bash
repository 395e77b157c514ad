# SPDX-License-Identifier: GPL-2.0-only
#
# 'klpmake user [DIR]' makes a patch for running programs: compile (user.mk), decide (klpuser syms), link (ld, klpuser
# link). All of it happens in a directory of its own; the user's gets the finished files at once. Source what
# scripts/cmd/user.bash does first.

# shellcheck disable=SC2034,SC2154 # klpmake sets home, and options.bash uses usage

# shellcheck source=scripts/lib/workdir.bash
. "$home/scripts/lib/workdir.bash"

# shellcheck source=scripts/lib/user/target.bash
. "$home/scripts/lib/user/target.bash"

user_output='' user_name='' user_job='' user_make=()

usage()
{
	IFS= read -r -d '' usage <<USAGE || true
Usage: klpmake user [make] [OPTION...] [DIR]
       klpmake user check|try|apply|list|revert|watch ...   ('klpmake user WORD --help')
Make a patch for running programs (NAME.klpu) of the tagged C files in DIR (default: here). Its Makefile says
'target := PROGRAM' and 'obj-u := NAME.o'.

$user_target_usage  -o, --output DIR      where the patch and its table of symbols go (default: DIR of the source)
$user_allow_usage  -v, --verbose         show the commands that are run
  -q, --quiet           show nothing but errors and the compiler's warnings
  -h, --help            this help
USAGE
}

user_option()
{
	user_target_option "$@" || user_allow_option "$@" || case $1 in
		--output) user_output=$2 ;;
		--verbose) verbosity=2 ;;
		--quiet) verbosity=0 ;;
	esac
}

user_make()
{
	program='klpmake user'
	options_parse user_option "$@"
	((${#operands[@]} < 2)) || usage_error "'${operands[0]}' is not a word of klpmake user ($user_words), and it takes one directory at a time"
	user_directory "${operands[0]-.}"
	user_output_directory
	at_exit user_finish
	trap 'exit 141' PIPE
	heed_interrupts
	user_place=$(temporary -d) || exit 1
	is_plain "$user_place" || die "make cannot work in '$user_place': set TMPDIR to a plain path"
	user_build
	user_publish
}

# user_finish STATUS: cleans up.
user_finish()
{
	[[ -z $user_job ]] || kill "$user_job" 2>/dev/null || true
	user_clean "$1"
}

# user_directory DIR
user_directory()
{
	[[ -e $1 ]] || die "'$1' is not a directory"
	[[ -d $1 ]] || die "'$1' is a file: name the directory that it and its Makefile are in"
	real_directory "$1"
	user_patch=$REPLY
	is_plain "$user_patch" || die "make cannot work in '$user_patch': its path has characters that make takes for something else"
	[[ -f $user_patch/Makefile ]] || die "'$user_patch' has no Makefile: it says 'target := PROGRAM' and 'obj-u := NAME.o'"
}

# user_output_directory: makes user_output a path.
user_output_directory()
{
	[[ -n $user_output ]] || user_output=$user_patch
	[[ -d $user_output ]] || die "'$user_output' is not a directory"
	real_directory "$user_output"
	user_output=$REPLY
}

# user_run COMMAND...: a command that may take long; shown with -v. Its failure is klpmake's.
user_run()
{
	local status=0
	((verbosity < 2)) || printf '%s\n' "${*@Q}" >&2
	"$@" &
	user_job=$!
	wait "$user_job" || status=$?
	user_job=''
	((status == 0)) || exit 1
}

# user_objects ARRAY: the object files, by names relative to user_place; beside each a link to its source.
user_objects()
{
	local -n list=$1
	local object source
	read -r -a list <"$user_place/objects"
	((${#list[@]})) || die "'$user_patch/Makefile' makes no patch: add 'obj-u := NAME.o'"
	for object in "${list[@]}"; do
		source=${object%.o}.c
		[[ $object == *.o && $object != */* ]] || die "'$user_patch/Makefile': '$object' is not an object file of this directory"
		[[ -f $user_patch/$source ]] || die "'$user_patch/$source': no such file, and the Makefile names '$object'"
		ln -s "$user_patch/$source" "$user_place/$source"
	done
}

# user_decide OBJECT...: klpuser says what each name means. Where one name means two things it says what to rename, and
# is asked again.
user_decide()
{
	local object old new again
	for again in 1 ''; do
		user_run "${user_ld[@]}" -r -o "$user_name.partial" "$@"
		user_run "$klpuser" syms "${user_target_args[@]}" ${user_allow_args[@]+"${user_allow_args[@]}"} --patch "$user_name.partial" \
			--renames renames --visible visible --guards guards.s -o _klpmake.syms "$@"
		[[ -n $again && -s renames ]] || return 0
		while read -r object old new; do
			user_run "${user_objcopy[@]}" --redefine-sym "$old=$new" "$object"
		done <renames
	done
}

# user_link OBJECT...
user_link()
{
	local object name body section offset id parts=("$@")
	while read -r object name body section offset; do
		user_run "${user_objcopy[@]}" --globalize-symbol="$name" \
			${body:+--add-symbol="$body=$section:$offset,function,global"} "$object"
	done <visible
	if [[ -s guards.s ]]; then
		user_run "${user_cc[@]}" -c -o klpmake-guards.o guards.s
		parts+=(klpmake-guards.o)
	fi
	# Of all that it is made of: the same input, the same bytes.
	id=$(cat "${parts[@]}" _klpmake.syms | sha1sum)
	user_run "${user_ld[@]}" -shared -nostdlib -z norelro -z noexecstack -z separate-code -z max-page-size=4096 --eh-frame-hdr \
		--hash-style=sysv --gc-sections --build-id="0x${id%% *}" -o "$user_name.so" "${parts[@]}"
	user_run "$klpuser" link --table _klpmake.syms -o "$user_name.klpu" "$user_name.so"
	user_run "$klpuser" check "${user_target_args[@]}" "$user_name.klpu"
}

user_build()
{
	local tool klpuser object objects=() user_cc user_ld user_objcopy
	tool_find klpuser
	klpuser=$tool
	user_make_command
	user_run "${user_make[@]}" lists
	user_find_target
	user_objects objects
	user_name=$(<"$user_place/name")
	read -r -a user_cc <"$user_place/cc"
	read -r -a user_ld <"$user_place/ld"
	read -r -a user_objcopy <"$user_place/objcopy"
	cd "$user_place" || exit
	for object in "${objects[@]}"; do
		user_run "$klpuser" flags "${user_target_args[@]}" "${object%.o}.c" >"${object%.o}.flags"
	done
	user_run "${user_make[@]}" -j "$(nproc)" objects
	user_warn_compiler "${objects[@]}"
	user_run "$klpuser" show "${objects[@]}"
	user_decide "${objects[@]}"
	user_link "${objects[@]}"
}

# user_warn_compiler OBJECT...: where another compiler made the target.
user_warn_compiler()
{
	local object line own=''
	for object in "$@"; do
		{ read -r line && read -r line; } <"${object%.o}.flags" || continue
		[[ $line == 'GNU C '* ]] || continue
		[[ -n $own ]] || own=$("${user_cc[@]}" -dumpfullversion 2>/dev/null) || own=another
		[[ $own == "${line#GNU C }" ]] || {
			warn "the target was made by gcc ${line#GNU C }, and this is $own: structures may differ, and what callers rely on"
			return
		}
	done
}

# user_publish: only whole files appear in the user's directory, all at once.
user_publish()
{
	local tool
	tool_find klpplace
	trap : INT TERM HUP USR1
	"$tool" "$user_output" "$user_place/$user_name.klpu" "$user_name.klpu" "$user_place/_klpmake.syms" _klpmake.syms || exit
	heed_signals
	say "$user_output/$user_name.klpu"
}
