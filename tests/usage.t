#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Wrong usage of the commands is reported with status 2; help goes to standard output; without the kernel, the message has
# the command that fetches it.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"

export KLPMAKE_ROOT=$scratch/root KLPMAKE_CACHE=$scratch/cache KLPMAKE_OS_RELEASE=$scratch/os-release
export TMPDIR=$scratch/tmp
mkdir -p "$scratch/root" "$scratch/patch" "$TMPDIR"
printf 'ID=debian\n' >"$scratch/os-release"
printf 'obj-m := klp-x.o\n' >"$scratch/patch/Makefile"
printf 'no module\n' >"$scratch/text"
cd "$scratch" || exit

# wrong COMMAND ARGUMENTS MESSAGE: status 2, and where to read more.
wrong()
{
	local command=$1 words
	read -r -a words <<<"$command $2"
	run "$top/${words[0]}" "${words[@]:1}"
	is "$status:$out:$err" "2::$command: error: $3"$'\n'"  try '$command --help'" "$command $2: $3"
}

wrong klpmake '--nonsense' "unknown option '--nonsense'"
wrong klpmake 'one two' "'one' is neither a command (boot, check, diff, info, install, keep, list, load, new, sign, signal, try, uninstall, unload, update, user, why) nor a directory"
wrong klpmake '--kernel' "option '--kernel' needs a value"
wrong klpmake '-o' "option '-o' needs a value"
wrong klpmake '--allow' "option '--allow' needs a value"
wrong 'klpmake check' '' 'which module?'
wrong 'klpmake check' '--nonsense' "unknown option '--nonsense'"
wrong 'klpmake check' '--baseline x a.ko b.ko' "with --baseline one module at a time, not 'a.ko' and 'b.ko'"
wrong 'klpmake try' '' 'which module? give X.ko'
wrong 'klpmake try' 'x.ko --timeout never' "'--timeout' needs a number of seconds, not 'never'"
for command in load info; do
	wrong "klpmake $command" '' 'which module?'
	wrong "klpmake $command" 'a.ko b.ko' "one module at a time, not 'a.ko' and 'b.ko'"
done
wrong 'klpmake load' 'x.ko --trial soon' "'--trial' needs a time such as 90, 10m or 2h, not 'soon'"
wrong 'klpmake load' 'x.ko --timeout 0' "'--timeout' needs a number of seconds, not '0'"
wrong 'klpmake load' 'x.ko --trial 5m --force' "'--trial' and '--force' exclude each other: what was forced cannot be taken back"
wrong 'klpmake keep' '' 'which livepatch? give its name'
wrong 'klpmake unload' '' 'which livepatch? give its name, or --all'
wrong 'klpmake unload' 'a b' "one livepatch at a time, not 'a' and 'b'; '--all' means all"
wrong 'klpmake unload' '--all a' "'--all' and a name exclude each other"
wrong 'klpmake why' '1 2' "one task at a time, not '1' and '2'"
wrong 'klpmake list' 'x' "unknown argument 'x'"
wrong 'klpmake user' 'a b' "'a' is not a word of klpmake user (apply, check, list, make, revert, try, watch), and it takes one directory at a time"
wrong 'klpmake user' '--allow=ipa,none' "'none' is not a check that can be waived; those are: ipa, inlined, clones, folded, types, coroutine"
wrong 'klpmake user check' '' 'which patch? give X.klpu'
wrong 'klpmake user check' 'a.klpu b.klpu' "one patch at a time, not 'a.klpu' and 'b.klpu'"
wrong 'klpmake install' '' 'which module?'
wrong 'klpmake uninstall' '' 'which livepatch? give its name'
wrong 'klpmake uninstall' '-k ../x klp-x' "'../x' is not the release of a kernel"
wrong 'klpmake sign' 'x.ko' 'which key? --key KEY --cert CERT'
wrong 'klpmake boot' 'x' "unknown argument 'x'"
wrong 'klpmake signal' 'x' "unknown argument 'x'"
wrong klpmake 'help nonsense' "'nonsense' is not a command (boot, check, diff, info, install, keep, list, load, new, sign, signal, try, uninstall, unload, update, user, why)"
wrong klpmake 'help check try' 'help is about one command at a time'
wrong klpmake '-q help' "'help' comes first, before its options"
wrong kallsympos '' 'which symbol?'
wrong kallsympos '--nonsense name' "unknown option '--nonsense'"

# Scripts and programs that klpmake runs report like klpmake.
scripts=(demo dev/arch-proof dev/backwards dev/bench dev/host-libraries dev/package dev/screencast dev/test-in dev/test-kernel fetch-kernel setup test)
is "$(printf '%s\n' "${scripts[@]}")" \
	"$(cd "$top/scripts" && grep -rl '^#!/bin/bash' -- * | LC_ALL=C sort)" 'every script is looked at here'
for script in "${scripts[@]}"; do
	run "$top/scripts/$script" --nonsense
	is "$status:$out:${err/argument/option}" \
		"2::${script##*/}: error: unknown option '--nonsense'"$'\n'"  try '${script##*/} --help'" "scripts/$script --nonsense"
done
# wrong_program PROGRAM ARGUMENTS MESSAGE
wrong_program()
{
	local words
	read -r -a words <<<"$2"
	run "$bin/$1" "${words[@]}"
	is "$status:$out:$err" "2::$1: error: $3"$'\n'"  try '$1 --help'" "$1 $2: $3"
}
for program in klpdecl klpsyms klplink klpcheck klpinfo klpapply kallsympos klpuser; do
	wrong_program "$program" '--nonsense' "unknown option '--nonsense'"
	wrong_program "$program" '--nonsense=x' "unknown option '--nonsense'"
	wrong_program "$program" '--help=x' "option '--help' takes no value"
	wrong_program "$program" '-z' "unknown option '-z'"
	wrong_program "$program" '--version=x' "option '--version' takes no value"
done
for program in klpdecl klpsyms klpcheck kallsympos; do
	wrong_program "$program" '--vmlinux' "option '--vmlinux' needs a value"
done
wrong_program klplink '--table' "option '--table' needs a value"
wrong_program klplink '--table x -o' "option '-o' needs a value"
wrong_program klplink 'x.ko' '--table, -o and one partially linked module are needed'
wrong_program klpcheck '--json=x' "option '--json' takes no value"
wrong_program klpcheck '-vz' "unknown option '-z'"
wrong_program klpcheck 'x.ko' '--vmlinux is missing'
wrong_program klpsyms '-o x' '--vmlinux, --symvers and -o are needed'
needed='--vmlinux v --symvers s -o t'
for words in '--module x.ko' 'x.o --module x.ko' '--module x.ko --module y.ko a.o'; do
	wrong_program klpsyms "$needed $words" '--module needs a partially linked module and its object files'
done
wrong_program klpdecl 'x.c:f' '--vmlinux is needed'
wrong_program klpdecl '--vmlinux v' 'which functions?'
wrong_program kallsympos '--vmlinux x --sources --json' '--sources is not answered in JSON'
wrong_program kallsympos '--vmlinux x --with x.h name' '--with is for --sources'
wrong_program klpuser '' 'which step: debug, flags, show, syms, link or check?'
wrong_program klpuser 'make' "'make' is not a step: debug, flags, show, syms, link or check"
wrong_program klpuser 'debug x' 'debug needs --target and nothing else'
wrong_program klpuser 'flags x.c' 'flags needs --target and one C file'
wrong_program klpuser 'syms --target x a.o' 'syms needs --target, --patch, -o and object files'
wrong_program klpuser 'link x.so' 'link needs --table, -o and one shared object'
wrong_program klpuser 'check x.klpu' 'check needs --target and one patch'
wrong_program kallsympos 'a b c' 'one name, and at most one path'

for command in klpmake 'klpmake check'; do
	read -r -a words <<<"$command"
	for check in none modinfo inlined,none ','; do
		run "$top/klpmake" "${words[@]:1}" "--allow=$check"
		refused 2 "$command: error: '${check##*,}' is not a check that can be waived; those are: record, inlined, " \
			"$command --allow=$check: those that can be are listed"
	done
done
run "$top/klpmake" check --help
has "$out" 'Checks that --allow waives:
  record       made for another build' 'klpmake check --help lists them, with what they are'

for command in klpmake 'klpmake '{check,try,load,keep,unload,list,why,signal,info,install,uninstall,boot,sign,user,'user check'} kallsympos "${scripts[@]/#/scripts/}"; do
	for option in -h --help; do
		read -r -a words <<<"$command $option"
		run "$top/${words[0]}" "${words[@]:1}"
		is "$status $err" '0 ' "$command $option succeeds"
		has "$out" "Usage: ${command##*/}" "and prints how it is used"
	done
done
for program in klpdecl klpsyms klplink klpcheck klpinfo klpapply kallsympos klpuser; do
	for option in -h --help; do
		run "$bin/$program" "$option"
		is "$status $err" '0 ' "$program $option succeeds"
		has "$out" "Usage: $program " "and prints how it is used"
		has "$out" '  -h, --help ' 'and that'
	done
done
# too_wide WORD...: the lines of this help that do not fit on a terminal of 80 columns, unless that is for a path.
too_wide()
{
	"$@" --help | grep -vF -e "$top" -e "$scratch" | awk 'length > 80'
}
for command in '' $(cd "$top/scripts/cmd" && printf '%s\n' *.bash | sed 's/\.bash$//' | grep -vxE 'build|loader'); do
	is "$(too_wide "$top/klpmake" ${command:+"$command"})" '' "klpmake $command --help has 80 columns"
done
for command in "$top"/kallsympos "$top"/scripts/{setup,demo,test,fetch-kernel} "$bin"/{klpdecl,klpdiff,klpsyms,klplink,klpcheck,klpinfo,klpplace,kallsympos,klpuser,klpapply}; do
	is "$(too_wide "$command")" '' "${command##*/} --help has 80 columns"
done
for command in '' check try load keep unload list why signal info; do
	help=$("$top/klpmake" ${command:+"$command"} --help)
	run "$top/klpmake" help ${command:+"$command"}
	is "$status:$out:$err" "0:$help:" "klpmake help $command"
done

run "$top/klpmake" "$scratch/patch" -k 6.1.0-99-amd64
refused 1 "sudo apt-get install linux-headers-6.1.0-99-amd64" 'missing headers: the command that gets them'
run "$top/kallsympos" -k 6.1.0-99-amd64 name
refused 1 "sudo apt-get install linux-image-6.1.0-99-amd64-dbg" 'missing vmlinux: the command that gets it'
run "$top/klpmake" -k ../6.1 "$scratch/patch"
refused 1 "'../6.1' is not a kernel release" 'a release that would be a path'
run "$top/klpmake" "$scratch/nowhere"
refused 1 "'$scratch/nowhere' is not a directory" 'a directory that is not there'
run "$top/klpmake" "$scratch/text"
refused 1 "'$scratch/text' is a file: name the directory that it and its Makefile are in" 'a file'
run "$top/klpmake" check "$scratch/patch"
refused 1 "'$scratch/patch' is a directory: name the module in it, as '$scratch/patch/klp-fix.ko'" 'a directory to be checked'
run "$top/klpmake" try "$scratch/patch"
refused 1 "'$scratch/patch' is a directory and not a file" 'a directory to be tried'
mkdir -p "$scratch/cache/kernels/6.1.0-98-amd64"
run "$top/klpmake" --json "$scratch/patch" -k 6.1.0-99-amd64
is "$(json_messages "$out" | wc -l):${out##*fetched: }" "1:6.1.0-98-amd64\"}], \"modules\": []}" \
	'missing headers: one message, with the kernels that are there'
run "$top/klpmake" "$scratch/patch" -k 6.1
refused 1 "klpmake: error: '6.1' is a series of kernels: -k takes a release, which looks like '$(uname -r)'
  fetched of it: 6.1.0-98-amd64
  '$top/scripts/fetch-kernel 6.1' fetches its newest, '$top/scripts/fetch-kernel --available' lists" 'a series where a release is meant'
run "$top/kallsympos" -k 6.12 name
refused 1 "'6.12' is a series of kernels: -k takes a release, which looks like '$(uname -r)'
  fetched of it: none yet" '... of which there is none'
run "$top/klpmake" check nowhere.ko
refused 1 "'nowhere.ko': no such file" 'a module that is not there'
run "$top/klpmake" check text
refused 1 "'text' is not a kernel module: it does not say which kernel it is for" 'a file that is no module'
# An error before anything was run is reported like a later one.
for words in 'check --json nowhere.ko' 'check nowhere.ko --json -q' 'check --json nowhere.ko --baseline tree'; do
	read -r -a words <<<"$words"
	run "$top/klpmake" "${words[@]}"
	is "$status:$err:$(json_messages "$out")" \
		"1:klpmake check: error: 'nowhere.ko': no such file:error|-|-|-|'nowhere.ko': no such file" "${words[*]}: in JSON"
	# shellcheck disable=SC2016 # Perl's
	holds '... with a schema, the module and that it is not fine' perl -MJSON::PP -e 'my $d = decode_json(shift);
		$d->{schema} == 1 && $d->{module} eq "nowhere.ko" && !$d->{ok} or die' "$out"
done
run "$top/klpmake" check --json $'a "b"\n\x01\xff.ko'
holds 'a name of any bytes is JSON' perl -MJSON::PP -e 'decode_json(shift)->{module} eq "a \"b\"\n\x01\x{fffd}.ko" or die' "$out"
run "$top/klpmake" check --json text --module none
is "$(json_messages "$out")" "error|-|-|-|'text' is not a kernel module: it does not say which kernel it is for" 'of what is no module, too'
run "$top/klpmake" --json nowhere --module none
is "$status:$(json_messages "$out")" "1:error|-|-|-|'nowhere' is not a directory" 'klpmake --json'
run "$top/klpmake" check --json --nonsense
is "$status:$out" 2: 'wrong usage is said to people'
is "$(ls -A "$scratch/tmp")" '' 'nothing is left of that in TMPDIR'
is "$(cd "$scratch/patch" && echo .[!.]* *)" '.[!.]* Makefile' 'nothing is left in the directory'

# messages: the texts of errors and warnings in the sources, as far as they stand on one line.
messages()
{
	(cd "$top" && grep -rhoP "\b(die|warn|usage_error) (\"|')\K.*(?=\2$)" klpmake kallsympos scripts
		grep -rhoP '\b(error|bad|odd|note|usage_error)\((c, )?"\K[^"]*(?="[,)])' src)
}
is "$(($(messages | wc -l) > 400))" 1 'there are many messages'
is "$(messages | grep -E '^[A-Z][a-z]+ |^[^:]*[a-z]!|[^.]\.$')" '' '... which begin in lower case, and end without a full stop'

# The programs run in another directory than the user's.
is "$(
	program=usage home=$top
	# shellcheck source=scripts/lib/common.bash
	. "$top/scripts/lib/common.bash"
	# shellcheck source=scripts/lib/target.bash
	. "$top/scripts/lib/target.bash"
	vmlinux=text symbols=text release=x
	find_vmlinux
	find_symbols
	echo "$vmlinux $symbols"
)" "$scratch/text $scratch/text" 'paths of vmlinux and symbols are made absolute'
done_testing
