#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The tarball and the packages: they can be built of a clone and of the tarball, lintian has nothing to say, and what they
# install works where the source tree is not. That klpmake-load suffices to load patches, run-guest.t shows.

# shellcheck source=tests/tap.bash
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"

[[ $scratch != *[[:space:]]* ]] || skip_all "packages are not built in a directory with a blank, as TMPDIR has one"
type -P dh dpkg-buildpackage lintian >/dev/null || skip_all "debhelper or lintian is not installed: './scripts/setup test' gets them"
[[ -x $top/build/klpcheck ]] || skip_all 'klpmake is not built'
unset KLPMAKE_BIN
version=$(sed -n 's/^VERSION := //p' "$top/Makefile")

# package TREE WHAT DIRECTORY: builds it of the programs that are built already: that they can be compiled, all other tests
# show.
package()
{
	run env HOME="$scratch/home" CC="$scratch/compiler" DEB_BUILD_OPTIONS=noautodbgsym "$1/scripts/dev/package" "$2" "$3"
}

# compiler: stands in for gcc.
compiler()
{
	cat <<-END
		#!/bin/sh
		compile='' to=''
		while [ \$# -gt 0 ]; do
			case \$1 in
				-c) compile=1 ;;
				-o) to=\$2 ;;
			esac
			shift
		done
		if [ -n "\$compile" ]; then : >"\$to"; else cp "$top/build/\${to##*/}" "\$to"; fi
	END
}

# listed PACKAGE: the files in it, also links.
listed()
{
	dpkg-deb -c "$1" | awk '!/^d/ { print $6 }' | LC_ALL=C sort
}

# dangling DIRECTORY: links in it that lead nowhere there.
dangling()
{
	(cd "$1" && find . -xtype l)
}

# installed [NAME=VALUE...] COMMAND [ARG...]: a command of the packages, and nothing of this test's environment.
installed()
{
	run env -C "$scratch/work" -i HOME="$scratch/home" TMPDIR="$scratch" KLPMAKE_CACHE="$cache" \
		PATH="$root/usr/bin:/usr/sbin:/usr/bin:/sbin:/bin" "$@"
}

# needed: what compiling needs is what the packages ask for, although nothing is compiled here.
needed()
{
	local want
	want=$(bash -c 'home=$1; . "$home/scripts/lib/common.bash"; . "$home/scripts/lib/machines.bash"; . "$home/scripts/lib/packages.bash"; packages build' _ "$top" |
		grep '^lib.*-dev$' | grep -v '^libc6-dev$' | LC_ALL=C sort | paste -sd ' ')
	is "$(sed -n '/^Build-Depends:/,/^[A-Z]/s/^ \(lib[a-z]*-dev\),$/\1/p' "$top/packaging/debian/control" | LC_ALL=C sort | paste -sd ' ')" "$want" \
		"Debian's package is built with the libraries that scripts/setup installs"
	holds "... rpm's, too" grep -qx 'BuildRequires:  elfutils-devel' "$top/packaging/klpmake.spec"
}

tarballs()
{
	local name=klpmake-$version.tar.xz
	package "$top" dist "$scratch/one"
	is "$status:$out" "0:$scratch/one/$name" 'make dist makes a tarball'
	tar -C "$scratch" -xf "$scratch/one/$name"
	is "$(stat -c '%a %u' "$scratch/klpmake-$version/klpmake")" "755 $EUID" "... that unpacks to klpmake-$version"
	chmod -R go-rwx "$scratch/klpmake-$version"
	mkdir "$scratch/klpmake-$version"/{build,example/cmdline/.klpmake}
	touch "$scratch/klpmake-$version"/{build/x,example/cmdline/{klp-cmdline.ko,.klpmake/x}}
	package "$scratch/klpmake-$version" dist "$scratch/two"
	exits 0 '... from which another one can be made'
	holds '... with the same bytes, whatever was made there' cmp "$scratch/one/$name" "$scratch/two/$name"
	is "$(cd "$scratch/one" && echo *)" "$name" '... and nothing else is left'
}

debian()
{
	local debs=$scratch/deb
	package "$scratch/klpmake-$version" deb "$debs"
	exits 0 'make deb builds packages'
	is "$(cd "$debs" && echo *.deb)" "klpmake-load_$version-1_$(dpkg --print-architecture).deb klpmake_$version-1_$(dpkg --print-architecture).deb" \
		'... two of them'
	holds '... and does not touch the tree' [ ! -e "$scratch/klpmake-$version/debian" ]
	run lintian --allow-root "$debs"/*.changes
	is "$status:$out$err" 0: 'lintian has nothing to say'
	is "$(LC_ALL=C comm -12 <(listed "$debs"/klpmake-load_*.deb) <(listed "$debs"/klpmake_*.deb))" '' 'no file is in both packages'
	is "$(dpkg-deb -f "$debs"/klpmake-load_*.deb Depends | tr -d ' ' | tr ',' '\n' | sed 's/(.*//; s/t64$//' | paste -sd ' ')" \
		'kmod|busybox libc6 libelf1' 'what loads livepatches needs kmod, and libelf for klpinfo'
	has "$(dpkg-deb -I "$debs"/klpmake-load_*.deb postinst)" "deb-systemd-helper update-state 'klpmake.service'" 'a systemd is told of the unit'

	root=$scratch/small
	dpkg -x "$debs"/klpmake-load_*.deb "$root"
	is "$(dangling "$root")" '' 'klpmake-load: no link dangles'
	for_loading
	root=$scratch/root
	cp -r "$scratch/small" "$root"
	dpkg -x "$debs"/klpmake_*.deb "$root"
	is "$(dangling "$root")" '' 'klpmake: no link dangles'
	for_making "$scratch/small"
}

# man_page COMMAND: prints it. Debian compresses it.
man_page()
{
	zcat -f "$root/usr/share/man/man1/klpmake-$1.1"*
}

# for_loading: what works with klpmake-load alone.
for_loading()
{
	local command man=''
	installed klpmake --version
	is "$status:$out" "0:klpmake $version" 'klpmake-load: --version'
	installed klpmake --help
	has "$status:$out" '0:Usage: klpmake COMMAND' '... --help says what there is'
	for command in $(cd "$root/usr/lib/klpmake/scripts/cmd" && printf '%s ' *.bash); do
		command=${command%.bash}
		[[ $command != loader ]] || continue
		installed klpmake "$command" --help
		has "$status:$out" "0:Usage: klpmake $command" "... klpmake $command"
		man_page "$command" >/dev/null || man+=" $command"
	done
	is "$man" '' '... each command has a man page'
	installed klpmake list --json
	holds '... JSON is JSON' perl -MJSON::PP -e 'decode_json(shift)->{schema} == 1 or die' "$out"
	installed klpmake check x.ko
	refused 1 "'check' is not installed here" 'what makes livepatches, with the package that has it'
	installed klpmake
	refused 2 'which command?' 'no command'
	installed klpmake fix.patch
	refused 2 "'fix.patch' is not a command, and what makes livepatches is not installed" 'what is not a command'
	is "$(find "$root" -name klpmake.service -exec sed -n 's/^ExecStart=//p' {} +)" '/usr/bin/klpmake boot' '... the unit runs what is installed'
}

# for_making SMALL: what works with both; in SMALL there is klpmake-load alone.
for_making()
{
	local release big=$root
	installed klpmake --help
	has "$status:$out" '0:Usage: klpmake [OPTION...] [DIRECTORY...]' 'klpmake: --help'
	is "$(for command in new update diff check try; do
		[[ $(man_page "$command") == '.so man1/klpmake.1' ]] || echo "$command"
	done)" '' '... each of its commands has a man page'
	release=$(KLPMAKE_CACHE=$cache "$top/scripts/fetch-kernel" --list | sort -V | tail -n 1)
	[[ -n $release ]] || {
		skip 'an example' 'no stock kernel here: scripts/fetch-kernel gets one'
		return
	}
	rm -rf "$scratch/work"/*
	cp -r "$root/usr/share/doc/klpmake"*/example*/cmdline "$scratch/work"
	installed klpmake -v -k "$release" cmdline
	exits 0 '... makes an example'
	lacks "$out$err" "$top/" '... without this tree'
	installed klpmake check cmdline/klp-cmdline.ko
	exits 0 '... and checks it'
	root=$1
	installed klpmake info cmdline/klp-cmdline.ko
	has "$status:$out" 'function vmlinux cmdline_proc_show' '... and klpmake-load alone reads it'
	root=$big
	installed klpmake new -k "$release" --template function new fs/proc/cmdline.c:cmdline_proc_show
	exits 0 '... fills a template'
	installed kallsympos -k "$release" cmdline_proc_show
	has "$status:$out" '0:' '... finds a symbol'
	has "$out" fs/proc/cmdline.c '... in its file'
}

redhat()
{
	type -P rpmbuild >/dev/null || {
		skip 'make rpm' "rpmbuild is not installed: './scripts/setup test' gets it"
		return
	}
	package "$scratch/klpmake-$version" rpm "$scratch/rpm"
	exits 0 'make rpm builds packages'
	# What Debian's package has besides is Debian's; rpm compresses no man pages there.
	for part in klpmake klpmake-load; do
		is "$(rpm -qpl "$scratch/rpm/$part-$version-1."*[!c].rpm | common)" \
			"$(listed "$scratch/deb/${part}_"*.deb | sed 's,^\.,,; s,^/lib/systemd,/usr&,' | common)" "... $part has the same files as Debian's"
	done
	is "$(cd "$scratch/rpm" && echo *.src.rpm)" "klpmake-$version-1.src.rpm" '... and their source'
	is "$(rpm -qpR "$scratch/rpm/klpmake-load-$version-1."*.rpm | sed -n 's/^\(bash\|coreutils\|kmod\|libelf\.so\.1\).*/\1/p' | LC_ALL=C sort -u | paste -sd ' ')" \
		'bash coreutils kmod libelf.so.1' 'what loads livepatches needs the same as with Debian'

	rpm_install "$scratch/rpm-small" "$scratch/rpm/klpmake-load-$version-1."*.rpm
	exits 0 'rpm installs klpmake-load'
	is "$(dangling "$root")" '' '... no link dangles'
	for_loading
	# Some rpms also make one of debug information.
	rpm_install "$scratch/rpm-root" "$scratch/rpm/klpmake"{,-load}"-$version-1."*[!c].rpm
	exits 0 'rpm installs both'
	is "$(dangling "$root")" '' '... no link dangles'
	is "$(rpm --root "$root" -qa | LC_ALL=C sort | sed 's/\.[^.]*$//' | paste -sd ' ')" "klpmake-$version-1 klpmake-load-$version-1" '... and knows them'
	for_making "$scratch/rpm-small"
	rpm_as_root --root "$root" --nodeps --noscripts -e klpmake klpmake-load
	is "$status:$(find "$root" -path "$root/usr/lib/sysimage" -prune -o -name '*klp*' -print)" 0: 'rpm removes all of it'
}

# rpm_install ROOT FILE...: sets root to a system that has nothing but these. What they need is this machine's, of which rpm knows
# nothing (--nodeps), and no shell is there to tell a systemd of the unit (--noscripts).
rpm_install()
{
	root=$1
	mkdir "$root"
	rpm_as_root --root "$root" --nodeps --noscripts -i "${@:2}"
}

# rpm_as_root ARG...: for --root rpm changes its root directory, which it may in a user namespace.
rpm_as_root()
{
	local root_of=()
	((!EUID)) || root_of=(unshare --map-root-user)
	run ${root_of[@]+"${root_of[@]}"} rpm "$@"
}

# common: a filter: the files that are not a distribution's own, without compression; no directories.
common()
{
	sed -E 's/\.gz$//' | grep -E '^/usr/(bin|lib/systemd|share/(man|bash))|^/usr/lib/klpmake.*/.*\.|^/usr/lib/klpmake/build/' | LC_ALL=C sort
}

cache=$(bash -c 'top=$1; . "$top/scripts/lib/common.bash"; klpmake_cache' _ "$top")
mkdir "$scratch/home" "$scratch/work"
compiler >"$scratch/compiler"
chmod +x "$scratch/compiler"
needed
tarballs
debian
redhat
done_testing
