# SPDX-License-Identifier: GPL-2.0-only
#
# What a module says of itself, from klpinfo. Source common.bash, packed.bash and system.bash first.

declare -gA facts=()
facts_objects=() facts_functions=() # "OBJECT FUNCTION,POSITION", as sysfs will call them
facts_copy='' facts_unknown=''

# klpinfo ARG...
klpinfo()
{
	local path=${KLPMAKE_BIN:-$home/build}/klpinfo
	# On a machine that got this over ssh (hosts.bash).
	[[ ! -f $path.bash ]] || {
		"$BASH" -p "$path.bash" "$@"
		return
	}
	[[ -x $path ]] || die "'$path' is missing: run 'make' in '$home'"
	"$path" "$@"
}

# facts_take FILE WORK: copies the module into the directory WORK, unpacked, because what is looked at must be what is
# loaded, and sets facts_copy to that.
facts_take()
{
	local name=${1##*/}
	[[ ! -d $1 ]] || die "'$1' is a directory: name the module in it, as '${1%/}/klp-fix.ko'"
	[[ -f $1 ]] || die "'$1': no such file"
	[[ -r $1 ]] || die "cannot read '$1'"
	[[ $name == *.ko || $name == *.ko.* ]] || die "'$1' is not a module's file: its name does not end in .ko, .ko.xz, .ko.zst or .ko.gz"
	facts_copy=$2/${name%%.ko*}.ko
	if [[ -n $(packed_program "$name") ]]; then
		unpacked "$1" "$facts_copy"
	else
		cp -- "$1" "$facts_copy" || die "cannot copy '$1' to '$2'"
	fi
}

# facts_read FILE: sets facts, by klpinfo's word, and facts_*. Dies if the file is damaged.
facts_read()
{
	local text word rest object name position
	facts=() facts_objects=() facts_functions=() facts_unknown=''
	text=$(klpinfo "$1") || exit
	while read -r word rest; do
		case $word in
			object) facts_objects+=("$rest") ;;
			function)
				read -r object name position <<<"$rest"
				[[ $position =~ ^[0-9]+$ ]] || die "'$1' has a function without a name"
				facts_functions+=("$object $name,$((position ? position : 1))")
				;;
			replace)
				# Of several patches in a module, one is enough.
				[[ ${facts[replace]-} == yes ]] || facts[replace]=$rest
				;;
			*) facts[$word]=$rest ;;
		esac
	done <<<"$text"
	[[ -z ${facts[lists]-} || ${#facts_functions[@]} -gt 0 ]] || facts_unknown=1
}
