#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What 'make install' puts somewhere else works from there, and nothing else is touched.

# shellcheck source=tests/tap.bash
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# shellcheck source=tests/mini.bash
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"

[[ $scratch != *[[:space:]]* ]] || skip_all "make takes no DESTDIR with a blank, as TMPDIR has one"
unset KLPMAKE_BIN

# install_as NAME MAKE-ARG...: runs 'make install'. As root, the tree is one that another user has built, and umask is
# strict; otherwise it is our own tree. $source is the tree, $dest the destination.
install_as()
{
	local name=$1
	shift
	source=$scratch/source dest=$scratch/dest
	if [[ ! -d $source ]]; then
		mkdir "$source"
		cp -r "$top"/{Makefile,klpmake,kallsympos,scripts,templates,doc,packaging} "$source"
		# Of the programs' source, as little as make needs to find them up to date.
		mkdir "$source/src"
		cp -r "$top"/src/{include,programs} "$source/src"
		mkdir "$source/build"
		cp -p "$top"/build/{klpdecl,klpdiff,klpsyms,klplink,klpcheck,klpinfo,kallsympos,klpplace,klpuser} "$source/build"
		[[ ! -x $top/build/klpapply ]] || cp -p "$top/build/klpapply" "$source/build"
		chmod -R g+w,o+w "$source"
		((EUID)) || chown -R 65534:65534 "$source"
	fi
	rm -rf "$dest"
	run env -C "$source" bash -c 'umask 077; exec make -s install "$@" CC=true AR=true' _ DESTDIR="$dest" "$@"
	exits 0 "$name"
}

# found WHAT...: the output of find in $dest.
found()
{
	(cd "$dest" && find . -mindepth 1 "$@" | LC_ALL=C sort | paste -sd ' ')
}

install_as "make install of what another user built, with umask 077" PREFIX=/opt/klp
is "$(found -maxdepth 2)" "./opt ./opt/klp" \
	"nothing outside DESTDIR and PREFIX"
is "$(cd "$dest/opt/klp" && echo *)" "bin lib share" "commands, parts, manual pages"
is "$(found ! -user "$EUID")" '' "all of it belongs to whoever installed it"
is "$(found -type d ! -perm 755) $(found -type f ! -perm 755 ! -perm 644)" ' ' \
	"nobody else can write to it, everybody can read it"
is "$(found -type f -perm 755 -path '*/lib/guest/*')" "./opt/klp/lib/klpmake/scripts/lib/guest/init" \
	"... commands can be run, and nothing else can"

is "$(sed -n 's/^ExecStart=//p' "$dest/opt/klp/lib/systemd/system/klpmake.service")" '/opt/klp/bin/klpmake boot' "... the unit runs it"

run make -s -C "$source" uninstall PREFIX=/opt/klp DESTDIR="$dest"
is "$status:$(found ! -type d)" '0:' "make uninstall leaves no file"
is "$(found -name '*klpmake*')" '' "... nor a directory of klpmake's"
install_as "make install with LIBDIR and MANDIR" PREFIX=/opt/klp LIBDIR=/opt/klp/lib64/x MANDIR=/opt/man
is "$(found -name klpmake.1) $(found -name klpcheck)" './opt/man/man1/klpmake.1 ./opt/klp/lib64/x/klpmake/build/klpcheck' \
	"... puts parts and pages there"
run "$dest/opt/klp/bin/klpmake" --version
exits 0 "... and the command finds its parts"
is "$(found -path '*/bash-completion/completions/*')" \
	"$(printf './opt/klp/share/bash-completion/completions/%s ' kallsympos klpmake | sed 's/ $//')" "... completion is found by name"
run make -s -C "$source" uninstall PREFIX=/opt/klp LIBDIR=/opt/klp/lib64/x MANDIR=/opt/man DESTDIR="$dest"
is "$status:$(found ! -type d)" '0:' "... uninstalled"
install_as "make install into directories that are there" PREFIX=/opt/klp
chmod 2775 "$dest/opt/klp/bin"
run make -s -C "$source" install PREFIX=/opt/klp DESTDIR="$dest" CC=true AR=true
is "$status:$(stat -c %a "$dest/opt/klp/bin")" 0:2775 "... leaves their modes as they are"
run make -n -B -C "$top" build/base/util.o CC=some-cc V=1
has "$out" "some-cc -std=gnu11" "make takes CC from whoever runs it"
run env -u CC make -n -B -C "$top" build/base/util.o V=1
has "$out" "gcc -std=gnu11" "... and gcc where nobody says anything"

installed=$dest/opt/klp/bin
run "$installed/klpmake" --version
exits 0 "the installed klpmake runs"
is "$out" "klpmake $(sed -n 's/^VERSION := //p' "$top/Makefile")" "... and tells its version"
run "$installed/klpmake" try --help
exits 0 "... finds the guest runner"

mini_vmlinux "$scratch/k" || exit 1
run "$installed/kallsympos" --vmlinux "$scratch/k/vmlinux" -k 9.9.0-mini helper
exits 0 "the installed kallsympos answers"
is "$(wc -l <<<"$out")" 2 "... about two candidates"

done_testing
