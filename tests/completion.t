#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Completion for bash: commands, options as --help has them, kernels, checks, files.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"

[[ -x $bin/klpcheck ]] || skip_all 'klpmake is not built'
export KLPMAKE_CACHE=$scratch/cache
mkdir -p "$scratch/cache/kernels/6.1.0-99-test" "$scratch/here/a directory"
cd "$scratch/here" || exit
touch klp-x.ko klp-y.ko.xz klp-x.c fix.patch more.diff
# On a machine with two livepatches, of which one is on trial.
mkdir -p "$scratch"/livepatch/klp_{one,two} "$scratch/run"
touch "$scratch/run/klp_two.trial.abcdef"
sed "s,/sys/kernel/livepatch,$scratch/livepatch,; s,/run/klpmake,$scratch/run," "$top/packaging/completion.bash" >"$scratch/completion"
# shellcheck source=packaging/completion.bash
source "$scratch/completion"

# completed WORD... WANT: the candidates for the last word, separated by '|'; the command is given by its name.
completed()
{
	local want=${!#}
	COMP_WORDS=("${@:1:$#-1}")
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	COMP_WORDS[0]=$top/${COMP_WORDS[0]}
	_klpmake "${COMP_WORDS[0]}" 2>"$scratch/.err"
	is "$(printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort | paste -sd '|')" "$want" "${*:1:$#-1}"
}

completed klpmake c check
completed klpmake '' 'a directory|boot|check|diff|fix.patch|help|info|install|keep|list|load|more.diff|new|sign|signal|try|uninstall|unload|update|user|why'
completed klpmake help '' 'boot|check|diff|info|install|keep|list|load|new|sign|signal|try|uninstall|unload|update|user|why'
completed klpmake diff '' 'a directory|fix.patch|more.diff'
completed klpmake new f fix.patch
completed klpmake diff --ad --add
completed klpmake diff --add '' ''
completed klpmake help check '' ''
completed klpmake --js --json
completed klpmake --base ''
completed klpmake check --base --baseline
completed klpmake try --mod '--modprobe|--modules'
completed klpmake load --tr --trial
completed klpmake load --trial '' ''
completed klpmake load klp- 'klp-x.ko|klp-y.ko.xz'
completed klpmake unload --a --all
completed klpmake unload klp 'klp_one|klp_two'
completed klpmake keep klp klp_two
completed klpmake sign --key klp-x 'klp-x.c|klp-x.ko'
completed klpmake sign --cert = klp-x 'klp-x.c|klp-x.ko'
completed klpmake sign klp- 'klp-x.ko|klp-y.ko.xz'
completed klpmake why '' ''
completed klpmake update '' 'a directory'
completed klpmake check klp- 'klp-x.ko|klp-y.ko.xz'
completed klpmake try '' 'a directory|klp-x.ko|klp-y.ko.xz'
completed klpmake -k 6.1.0-99 6.1.0-99-test
completed klpmake --kernel = 6.1.0-99 6.1.0-99-test
completed klpmake --kernel = 6.1.0-99-test
completed klpmake check --allow inl inlined
completed klpmake new --template s 'shadow|states|syscall'
completed klpmake try --scenario klp- 'klp-x.c|klp-x.ko|klp-y.ko.xz'
completed klpmake try --timeout '' ''
completed kallsympos --vm --vmlinux
completed kallsympos some ''

# Every option that takes a value has to be known: otherwise its value would be completed as a module.
for command in klpmake 'klpmake '{boot,check,diff,info,install,keep,list,load,new,sign,signal,try,uninstall,unload,update,why} kallsympos; do
	read -r -a words <<<"$command"
	while read -r option; do
		cur='' COMPREPLY=()
		holds "$command $option: its value" _klpmake_value "$option" "$top/klpmake"
	done < <("$top/${words[0]}" "${words[@]:1}" --help | sed -nE 's/^ +(-[a-z], )?(--[a-z-]+) [A-Z]+ .*/\2/p')
done
done_testing
