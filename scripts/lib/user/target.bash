# SPDX-License-Identifier: GPL-2.0-only
#
# What the commands about patches for programs share: the target, its debug information, waived checks. Source
# common.bash, options.bash and target.bash first.

# shellcheck disable=SC2034,SC2154 # klpmake sets home, and others use what is set here

user_patch=''      # the patch directory
user_target=''     # the program or library
user_place=''      # where things are made
user_target_args=() # for klpuser
user_allow_args=()

IFS= read -r -d '' user_target_usage <<'USAGE' || true
      --target FILE     the program or library to patch, instead of the
                        Makefile's
      --debug FILE      debug information of it, or of a library that it needs
                        (repeatable)
      --library-dir DIR where to look for its libraries first (repeatable)
USAGE
IFS= read -r -d '' user_allow_usage <<'USAGE' || true
      --allow CHECK     accept what this check finds (repeatable, a list with
                        commas; 'klpmake user check --help' lists them)
USAGE

# user_target_option OPTION VALUE: takes the options above, as target_option does.
user_target_option()
{
	case $1 in
		--target) user_target=$2 ;;
		--debug | --library-dir)
			absolute "$2"
			user_target_args+=("$1" "$REPLY")
			;;
		*) return 1 ;;
	esac
}

# user_checks: prints the checks that can be waived, and what each doubts.
user_checks()
{
	local tool
	tool_find klpuser
	"$tool" --help | sed -n '/^Checks that/,$p'
}

user_allow_option()
{
	local names name known list
	[[ $1 == --allow ]] || return
	mapfile -t known < <(user_checks | sed -nE 's/^  ([a-z-]+) .*/\1/p')
	printf -v list ', %s' "${known[@]}"
	IFS=, read -r -a names <<<"$2,"
	((${#names[@]})) || names=('')
	for name in "${names[@]}"; do
		[[ " ${known[*]} " == *" $name "* && -n $name ]] ||
			usage_error "'$name' is not a check that can be waived; those are: ${list:2}"
		user_allow_args+=(--allow "$name")
	done
}

# user_make_command: sets user_make to the command that does with the Makefile of the patch directory what user.mk says.
user_make_command()
{
	user_make=(make --no-print-directory -s -C "$user_patch" -f "$home/scripts/lib/user/user.mk" KLP_OUT="$user_place" KLP_HOME="$home")
}

# user_clean STATUS: at the end.
user_clean()
{
	[[ -z $user_place ]] || rm -rf "$user_place"
	exit "$1"
}

# user_find_target: makes user_target a path. The Makefile may name a program as a shell would, or a library by SONAME: the
# first that is there.
user_find_target()
{
	local named=$user_target path machine
	if [[ -z $named ]]; then
		named=$(<"$user_place/target")
		[[ -n $named ]] ||
			die "'$user_patch/Makefile' does not say what is patched: add 'target := PROGRAM', or give --target"
		if [[ $named != /* && ($named == */* || -e $user_patch/$named) ]]; then
			named=$user_patch/$named
		elif [[ $named != /* ]]; then
			machine=$(uname -m)
			for path in {/usr/local,/usr,}/{sbin,bin}/"$named" {/usr,}/{"lib/$machine-linux-gnu",lib64,lib}/"$named"; do
				if [[ -f $path ]]; then
					named=$path
					break
				fi
			done
		fi
	fi
	absolute "$named"
	user_target=$REPLY
	[[ -f $user_target ]] || die "'$named': no such program or library: write its path into the Makefile, or give --target"
	user_target_args+=(--target "$user_target")
	user_debug_from_server
}

# user_debug_from_server: gets the target's debug information if it is not here and a server may have it. klpuser says what is
# missing otherwise.
user_debug_from_server()
{
	local tool id
	[[ -n ${DEBUGINFOD_URLS-} ]] || return 0
	tool_find klpuser
	id=$("$tool" debug "${user_target_args[@]}") || exit 1
	[[ -n $id ]] || return 0
	if debuginfod_find "$id"; then
		user_target_args+=(--debug "$REPLY")
	else
		warn "no debug information of '$user_target' is here$debuginfod_said"
	fi
}
