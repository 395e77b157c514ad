#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Wrong usage of the commands is said, with status 2; help goes to standard output; a machine without
# the kernel gets the command that fetches it.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"

export KLPMAKE_ROOT=$scratch/root KLPMAKE_CACHE=$scratch/cache KLPMAKE_OS_RELEASE=$scratch/os-release
mkdir -p "$scratch/root" "$scratch/patch"
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
	refused 2 "$command: $3"$'\n'"Try '$command --help'." "$command $2: $3"
}

wrong klpmake '--nonsense' "unknown option '--nonsense'"
wrong klpmake 'one two' "'one' is no command (check, try), and directories go one at a time"
wrong klpmake '--kernel' "option '--kernel' needs a value"
wrong klpmake '-o' "option '-o' needs a value"
wrong klpmake '--allow' "option '--allow' needs a value"
wrong 'klpmake check' '' 'which module?'
wrong 'klpmake check' '--nonsense' "unknown option '--nonsense'"
wrong 'klpmake check' 'a.ko b.ko' "one module at a time, not 'a.ko' and 'b.ko'"
wrong 'klpmake try' '' 'which module? give X.ko'
wrong 'klpmake try' 'x.ko --timeout never' "'--timeout' needs a number of seconds, not 'never'"
wrong kallsympos '' 'which symbol?'
wrong kallsympos '--nonsense name' "unknown option '--nonsense'"

for command in klpmake 'klpmake check'; do
	read -r -a words <<<"$command"
	for check in none modinfo inlined,none ''; do
		run "$top/klpmake" "${words[@]:1}" "--allow=$check"
		refused 2 "$command: '${check#inlined,}' is no check that can be waived; those are: record, inlined, " \
			"$command --allow=$check: those that can be are listed"
	done
done
run "$top/klpmake" check --help
has "$out" 'Checks that --allow waives:
  record       made for another build' 'klpmake check --help lists them, with what they are'

for command in klpmake 'klpmake check' 'klpmake try' kallsympos; do
	for option in -h --help; do
		read -r -a words <<<"$command $option"
		run "$top/${words[0]}" "${words[@]:1}"
		is "$status $err" '0 ' "$command $option succeeds"
		has "$out" "Usage: $command " "and prints how it is used"
	done
done

run "$top/klpmake" "$scratch/patch" -k 6.1.0-99-amd64
refused 1 "sudo apt-get install linux-headers-6.1.0-99-amd64" 'missing headers: the command that gets them'
run "$top/kallsympos" -k 6.1.0-99-amd64 name
refused 1 "sudo apt-get install linux-image-6.1.0-99-amd64-dbg" 'missing vmlinux: the command that gets it'
run "$top/klpmake" -k ../6.1 "$scratch/patch"
refused 1 "'../6.1' is no kernel release" 'a release that would be a path'
run "$top/klpmake" "$scratch/nowhere"
refused 1 "'$scratch/nowhere' is no directory" 'a directory that is not there'
run "$top/klpmake" check nowhere.ko
refused 1 "'nowhere.ko': no such file" 'a module that is not there'
run "$top/klpmake" check text
refused 1 "'text' is not a kernel module: it does not say which kernel it is for" 'a file that is no module'
is "$(cd "$scratch/patch" && echo .[!.]* *)" '.[!.]* Makefile' 'nothing is left in the directory'

# The programs run elsewhere than where the user stands.
is "$(
	program=usage home=$top
	# shellcheck source=scripts/common.bash
	. "$top/scripts/common.bash"
	# shellcheck source=scripts/target.bash
	. "$top/scripts/target.bash"
	vmlinux=text symbols=text release=x
	find_vmlinux
	find_symbols
	echo "$vmlinux $symbols"
)" "$scratch/text $scratch/text" 'paths of vmlinux and symbols are made absolute'
done_testing
