# SPDX-License-Identifier: GPL-2.0-only
#
# The command line of every command. Its help is the table: a line of it that begins with
#   -k, --kernel RELEASE
# is an option with a value, a line that begins with '      --json' is one without. So what the help says and what the
# command accepts cannot differ, and each command takes options in all the usual ways: -k X, -kX, --kernel X, --kernel=X,
# -qv for -q -v, in any order, before and behind other words; '--' ends them. Source common.bash first.

operands=() # the words that are not options

# options_parse HANDLER [WORD...]: calls HANDLER with each option's long name, and its value if it has one, in the
# order of the line. The command's usage() sets usage to its help, which --help prints, and what usage_end() prints, if
# it has one.
options_parse()
{
	local handler=$1 usage
	local -A options_long=() options_valued=()
	shift
	usage
	options_read "$usage"
	operands=()
	while (($#)); do
		case $1 in
			--)
				operands+=("${@:2}")
				return
				;;
			--*=*) options_take "${1%%=*}" "${1%%=*}" "${1#*=}" ;;
			--*)
				if [[ -n ${options_valued[$1]-} ]]; then
					options_take "$1" "$1" "${2-}"
					shift $(($# > 1))
				else
					options_take "$1" "$1"
				fi
				;;
			-?*)
				options_letters "$@"
				shift "$letters_took"
				;;
			*) operands+=("$1") ;;
		esac
		shift
	done
}

# options_read USAGE: sets options_long, by what is written, and options_valued, by long name.
options_read()
{
	local line form='^ +((-[A-Za-z]), )?(--[a-z-]+)( [A-Z]+)?([ .]|$)'
	while IFS= read -r line; do
		[[ $line =~ $form ]] || continue
		options_long[${BASH_REMATCH[3]}]=${BASH_REMATCH[3]}
		[[ -z ${BASH_REMATCH[2]} ]] || options_long[${BASH_REMATCH[2]}]=${BASH_REMATCH[3]}
		options_valued[${BASH_REMATCH[3]}]=${BASH_REMATCH[4]}
	done <<<"$1"
}

# options_letters WORD [NEXT]: takes letters without a value; only the last letter may have a value, here or in the next
# word. Sets letters_took to the number of words after this one that it took.
options_letters()
{
	local letters=${1#-} written long
	letters_took=0
	while [[ -n $letters ]]; do
		written=-${letters:0:1} letters=${letters:1}
		long=${options_long[$written]-}
		if [[ -z $long || -z ${options_valued[$long]} ]]; then
			options_take "$written" "$long"
		elif [[ -n $letters ]]; then
			options_take "$written" "$long" "${letters#=}"
			return
		else
			options_take "$written" "$long" "${2-}"
			letters_took=$(($# > 1))
		fi
	done
}

# options_take WRITTEN LONG [VALUE]
options_take()
{
	[[ -n $2 && -n ${options_long[$2]-} ]] || usage_error "unknown option '$1'"
	if [[ -n ${options_valued[$2]} ]]; then
		[[ -n ${3-} ]] || usage_error "option '$1' needs a value"
	else
		(($# == 2)) || usage_error "option '$1' takes no value"
	fi
	if [[ $2 == --help ]]; then
		printf '%s' "$usage"
		! declare -F usage_end >/dev/null || usage_end
		exit 0
	fi
	"$handler" "${@:2}"
}

# no_operands: for a command that does not take any.
no_operands()
{
	((!${#operands[@]})) || usage_error "unknown argument '${operands[0]}'"
}
