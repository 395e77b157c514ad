#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# scripts/setup installs what is missing and nothing else, asks where there is a terminal, and helps where it cannot
# install anything. The machines here are made up: no real package is touched.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"

setup=$top/scripts/setup
export fake=$scratch/fake
unset CI

# machine: makes a machine with only what the scripts themselves use. installed and known have the names of packages, and
# every call of apt-get is recorded.
machine()
{
	local tool
	rm -rf "${fake:?}"
	mkdir -p "$fake/bin"
	for tool in bash env cat grep sort basename dirname readlink; do
		ln -s "$(type -P "$tool")" "$fake/bin/$tool"
	done
	: >"$fake/installed"
	: >"$fake/known"
	: >"$fake/calls"
	machine_is x86_64
}

# machine_is NAME: what uname prints there.
machine_is()
{
	command_is uname <<<"echo $1"
}

# command_is NAME: makes that command, a script on standard input.
command_is()
{
	{
		printf '#!%s\n' "$(type -P bash)"
		cat
	} >"$fake/bin/$1"
	chmod +x "$fake/bin/$1"
}

debian()
{
	machine
	# shellcheck disable=SC2016
	command_is dpkg-query <<<'grep -qx -- "${@: -1}" "$fake/installed" && printf installed'
	# shellcheck disable=SC2016
	command_is apt-cache <<<'grep -qx -- "${@: -1}" "$fake/known" && echo "Filename: x.deb"'
	command_is apt-get <<-'END'
		if [[ $1 == --assume-no ]]; then
			echo "Reading package lists..."
			echo "Need to get 3,210 kB of archives."
			echo "After this operation, 9,876 kB of additional disk space will be used."
			exit 1
		fi
		echo "$*" >>"$fake/calls"
		case "$*" in
			*update) [[ ! -e $fake/archive ]] || cat "$fake/archive" >>"$fake/known" ;;
			*) [[ ! -e $fake/broken ]] || { echo "E: broken"; exit 100; } ;;
		esac
	END
}

# setup_with ARG...: runs scripts/setup on the made-up machine.
setup_with()
{
	PATH=$fake/bin run "$setup" "$@"
}

machine
setup_with --help
exits 0 '--help'
has "$out" 'Usage: setup' '--help goes to standard output'
setup_with everything
refused 2 "unknown argument 'everything'" 'an unknown group'

setup_with try
refused 1 "this script knows only Debian's package manager" 'a machine without apt'
has "$out" 'to try: qemu-system-x86_64, a statically linked busybox' 'is told what it needs'

machine_is aarch64
setup_with try
has "$out" 'to try: qemu-system-aarch64, a statically' '... for its own architecture'
machine_is i686
setup_with try
has "$out" 'to try: qemu-system-x86_64, a statically' '... for the most common one when its own is not known'

install='-qq -y --no-install-recommends -o Dpkg::Use-Pty=0 install'
tried=(binutils busybox-static cpio qemu-system-x86 xz-utils zstd)
if ((EUID == 0)); then
	debian
	printf '%s\n' "${tried[@]}" >"$fake/known"
	printf '%s\n' cpio zstd >"$fake/installed"
	setup_with try
	exits 0 'something is missing'
	has "$out" 'missing for try: binutils busybox-static qemu-system-x86 xz-utils
  Need to get 3,210 kB of archives.
  After this operation, 9,876 kB of additional disk space will be used.
installing: ' 'it is named, with its size, before it is installed'
	is "$(<"$fake/calls")" "$install binutils busybox-static qemu-system-x86 xz-utils" \
		'that and no more is installed, without asking where there is no terminal'

	printf '%s\n' "${tried[@]}" >"$fake/installed"
	: >"$fake/calls"
	setup_with -q try
	is "$status:$out:$(<"$fake/calls")" 0:: 'nothing is missing: nothing is done'

	debian
	machine_is riscv64
	printf '%s\n' gcc-{x86-64,riscv64}-linux-gnu >"$fake/known"
	setup_with foreign
	has "$(<"$fake/calls")" ' gcc-x86-64-linux-gnu' 'on another machine x86_64 is foreign'
	lacks "$(<"$fake/calls")" 'gcc-riscv64-linux-gnu' '... and its own architecture is not'

	debian
	foreign=(bc bison debian-archive-keyring flex gcc gcc-riscv64-linux-gnu libc6-dev make patch perl)
	printf '%s\n' "${foreign[@]}" qemu-system-riscv qemu-system-misc xz-utils gcc-s390x-linux-gnu >"$fake/known"
	ARCHES='x86_64 riscv64' setup_with foreign
	is "$(<"$fake/calls")" "$install ${foreign[*]} qemu-system-riscv xz-utils" \
		'only what the architectures need that are asked for; QEMU by its newest name'
	sed -i '/qemu-system-riscv/d; s/^bison$/unbison/' "$fake/known"
	: >"$fake/calls"
	ARCHES=riscv64 setup_with foreign
	is "$status:$(<"$fake/calls")" "0:-qq update
$install $(printf '%s\n' "${foreign[@]}" | grep -vx bison | paste -sd ' ') qemu-system-misc xz-utils" 'what this distribution has of it, and QEMU by its older name'
	has "$err" "setup: warning: this distribution does not have 'bison': what needs it is skipped" '... and says what it does not have'
	: >"$fake/calls"
	ARCHES=x86_64 setup_with foreign
	is "$status:$out:$(<"$fake/calls")" '0:nothing is missing for: foreign:' 'no other architecture, nothing to install'

	debian
	printf '%s\n' bash binutils gcc libc6-dev make patch libdwarf1 libdw1 >"$fake/installed"
	printf '%s\n' libelf1 >"$fake/known"
	setup_with run
	is "$(<"$fake/calls")" "$install libelf1" 'a package has the name that this release knows'
	printf '%s\n' libelf1t64 >>"$fake/installed"
	: >"$fake/calls"
	setup_with run
	is "$status:$(<"$fake/calls")" 0: 'and is there under either'

	debian
	printf '%s\n' "${tried[@]}" >"$fake/archive"
	setup_with try
	is "$status:$(<"$fake/calls")" "0:-qq update
$install ${tried[*]}" 'lists that lack a package are brought up to date first'

	debian
	printf '%s\n' "${tried[@]}" >"$fake/known"
	: >"$fake/broken"
	setup_with try
	refused 1 "apt-get cannot install '${tried[*]}'" 'what cannot be installed'
	has "$err" 'E: broken' "apt's own words are shown"
	has "$(<"$fake/calls")" '-qq update' 'after another try with new lists'
else
	skip 'installing' 'it would go through sudo'
	debian
	printf '%s\n' "${tried[@]}" >"$fake/known"
	setup_with try
	refused 1 "there is no 'sudo'; run as root: apt-get install --no-install-recommends ${tried[*]}" \
		'neither root nor sudo'
fi

done_testing
