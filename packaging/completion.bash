# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Completion of klpmake and kallsympos for bash. It takes the options from --help, so that this
# file cannot become wrong. 'make install' puts it where bash-completion looks for it;
# without that: . packaging/completion.bash

# _klpmake_options WORD...: the options that this command's help lists.
_klpmake_options()
{
	"$@" --help 2>/dev/null | sed -nE '/^ +-/ { s/^ +//; s/  .*//; p }' | grep -oE -- '(^|[ ,])--?[A-Za-z][A-Za-z-]*' | tr -d ' ,'
}

# _klpmake_releases: of the kernels that are installed or were fetched.
_klpmake_releases()
{
	local path
	for path in {/lib/modules,"${KLPMAKE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/klpmake}/kernels"}/[0-9]*; do
		[[ ! -d $path ]] || printf '%s\n' "${path##*/}"
	done
}

# _klpmake_checks: what --allow takes.
_klpmake_checks()
{
	"$1" check --help 2>/dev/null | sed -n '/^Checks that/,$s/^  \([a-z-]*\) .*/\1/p'
}

# _klpmake_templates PROGRAM: those that lie beside it.
_klpmake_templates()
{
	local program
	program=$(readlink -f -- "$(type -P -- "$1")")
	(cd -- "${program%/*}/templates" 2>/dev/null && printf '%s\n' *)
}

# _klpmake_patches COMMAND: the livepatches that are loaded; for 'keep' those that are on trial.
_klpmake_patches()
{
	local path
	if [[ $1 == keep ]]; then
		for path in /run/klpmake/*.trial.*; do
			path=${path##*/}
			[[ $path == '*'* ]] || printf '%s\n' "${path%%.*}"
		done
	else
		for path in /sys/kernel/livepatch/*/; do
			path=${path%/}
			[[ $path == *'/*' ]] || printf '%s\n' "${path##*/}"
		done
	fi
}

# _klpmake_files PATTERN: files whose names match, and directories on the way to one.
_klpmake_files()
{
	local path
	while IFS= read -r path; do
		# shellcheck disable=SC2053 # a pattern
		[[ ! -d $path && $path != $1 ]] || COMPREPLY+=("$path")
	done < <(compgen -f -- "$cur")
	compopt -o filenames 2>/dev/null || true
}

# _klpmake_value OPTION PROGRAM: completes the value of an option; 1 when it has none.
_klpmake_value()
{
	case $1 in
		-k | --kernel | --from) mapfile -t COMPREPLY < <(compgen -W "$(_klpmake_releases)" -- "$cur") ;;
		--allow) mapfile -t COMPREPLY < <(compgen -W "$(_klpmake_checks "$2")" -- "$cur") ;;
		--template) mapfile -t COMPREPLY < <(compgen -W "$(_klpmake_templates "$2")" -- "$cur") ;;
		--program) mapfile -t COMPREPLY < <(compgen -c -- "$cur") ;;
		--module) _klpmake_files '*.ko*' ;;
		-o | --output | --vmlinux | --kdir | --symbols | --source | --baseline | --run | --scenario | --file | --image | --modules | --log | --target | --debug | --library-dir)
			_klpmake_files '*'
			;;
		--add | --with | --files | --cmd | --modprobe | --timeout | --trial | --memory | --cpus | --append) ;;
		*) return 1 ;;
	esac
}

_klpmake()
{
	local commands='boot check diff info install keep list load new sign signal try uninstall unload update user why'
	local program=$1 cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command=''
	COMPREPLY=()
	# bash parts words at '=' as well.
	if [[ $cur == = ]]; then
		cur=''
	elif [[ $prev == = ]] && ((COMP_CWORD > 2)); then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	! _klpmake_value "$prev" "$program" || return 0
	if [[ ${program##*/} == klpmake ]] && ((COMP_CWORD > 1)); then
		case ${COMP_WORDS[1]} in
			help) command=help ;;
			*) [[ " $commands " != *" ${COMP_WORDS[1]} "* ]] || command=${COMP_WORDS[1]} ;;
		esac
	fi
	if [[ $command == help ]]; then
		((COMP_CWORD > 2)) || mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$cur")
	elif [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_klpmake_options "$program" ${command:+"$command"})" -- "$cur")
	elif [[ $command == diff || $command == new ]]; then
		_klpmake_files '*.@(patch|diff)'
	elif [[ $command == keep || $command == unload ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_klpmake_patches "$command")" -- "$cur")
	elif [[ $command == uninstall ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(cat "/var/lib/klpmake/$(uname -r)/order" 2>/dev/null)" -- "$cur")
	elif [[ $command == boot || $command == list || $command == signal || $command == why ]]; then
		:
	elif [[ $command == user ]]; then
		if ((COMP_CWORD == 2)); then
			mapfile -t COMPREPLY < <(compgen -W 'apply check list make revert try watch' -- "$cur")
		fi
		_klpmake_files '*.klpu'
	elif [[ $command == update ]]; then
		_klpmake_files '*/'
	elif [[ -n $command ]]; then
		_klpmake_files '*.ko*'
	elif [[ ${program##*/} == klpmake ]]; then
		mapfile -t COMPREPLY < <(
			((COMP_CWORD > 1)) || compgen -W "$commands help" -- "$cur"
		)
		_klpmake_files '*.@(patch|diff)'
		compopt -o filenames 2>/dev/null
	fi
	return 0
}

complete -F _klpmake klpmake kallsympos
