#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016 # backticks of Markdown, not the shell's
#
# The documentation says what the programs say, names files that are there, and is the same in both
# languages.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"

cd "$top" || exit
pages=(klpmake klpmake-load kallsympos klpsyms klplink klpcheck klpinfo klpdecl klpdiff klpmake-user klpapply)
# What klpmake-load(1) is about.
running=(load keep unload list why signal info install uninstall boot sign)
texts=(README.md README.zh-CN.md CONTRIBUTING.md doc/*.md)

# option_words: the options in a list of options, one on a line, sorted.
option_words()
{
	grep -oE '(^|[ ,])--?[A-Za-z][A-Za-z-]*' | tr -d ' ,' | LC_ALL=C sort -u
}

# help_options COMMAND...: the options of a help text, where each begins a line and two blanks end it.
help_options()
{
	"$@" --help | sed -nE '/^ +-/ { s/^ +//; s/  .*//; p }' | option_words
}

# page_options FILE: the options of a man page, each after a '.TP' or '.TQ'.
page_options()
{
	awk 'tagged && /\\-/ { gsub(/\\f./, ""); gsub(/\\-/, "-"); sub(/^\.[A-Z]+/, ""); gsub(/"/, ""); print }
		{ tagged = $0 == ".TP" || $0 == ".TQ" }' "$1" | option_words
}

# all_help PAGE: the options in the help texts of all commands of a page.
all_help()
{
	local command
	case $1 in
	klpmake)
		help_options ./klpmake
		help_options ./klpmake check
		help_options ./klpmake diff
		help_options ./klpmake new
		help_options ./klpmake try
		;;
	klpmake-load)
		for command in "${running[@]}"; do
			help_options ./klpmake "$command"
		done
		;;
	klpmake-user)
		help_options ./klpmake user
		help_options ./klpmake user check
		;;
	kallsympos) help_options ./kallsympos ;;
	*) help_options "$bin/$1" ;;
	esac | LC_ALL=C sort -u
}

version=$(sed -n 's/^VERSION := //p' Makefile)
for page in "${pages[@]}"; do
	is "$(page_options "doc/$page.1")" "$(all_help "$page")" "$page(1) has the options of --help"
	has "$(grep '^\.TH ' "doc/$page.1")" "\"klpmake $version\"" "$page(1) is of this version"
	has "$(<README.md)" "](doc/$page.1)" "README.md leads to $page(1)"
	if type groff >/dev/null 2>&1; then
		run groff -man -Tutf8 -ww "doc/$page.1"
		is "$status $err" '0 ' "$page(1) renders without a warning"
	else
		skip "$page(1) renders without a warning" 'no groff'
	fi
done
is "$(cd doc && echo *.1)" "$(printf '%s.1\n' "${pages[@]}" | LC_ALL=C sort | paste -sd ' ')" \
	'every man page is looked at here'

# missing_links FILE: its links to local files that do not exist.
missing_links()
{
	local link
	while IFS= read -r link; do
		[[ -e $(dirname "$1")/${link%%#*} ]] || printf '%s\n' "$link"
	done < <(grep -oP '\]\(\K[^)]+' "$1" | grep -vE '^(https?:|#)')
}

# missing_files FILE: paths of this tree in the text that do not exist. Files that are made do not count; a word in
# capitals stands for any name; a pattern has to match something.
missing_files()
{
	local path
	while IFS= read -r path; do
		compgen -G "$path" >/dev/null || printf '%s\n' "$path"
	done < <(sed 's/\\-/-/g' "$1" |
		grep -oP '(?<![\w/.~-])(\./)?(scripts|src|doc|tests|example|templates)/[\w./*-]*[\w*]' | grep -vE '\.ko$|/\.klpmake|NAME|FOLDER' | LC_ALL=C sort -u)
}

# missing_parts FILE: files of src/ that are named without 'src/', and tests without 'tests/', that do not exist. The
# kernel also has arch/ and kernel/.
missing_parts()
{
	local path
	while IFS= read -r path; do
		[[ -e src/$path || -e tests/$path ]] || printf '%s\n' "$path"
	done < <(grep -oP "(?<![\w/.-])(($(cd src && printf '%s|' */ | sed 's:/|:|:g'; printf 0))/[\w/]*\w\.[ch]|[a-z0-9-]+\.t)\b" "$1" |
		grep -vE 'NAME|^arch/\w+/|^kernel/' | LC_ALL=C sort -u)
}

for text in "${texts[@]}"; do
	is "$(missing_links "$text")" '' "the links of $text lead somewhere"
	is "$(missing_parts "$text")" '' "the sources and tests that $text names are there"
done
for text in "${texts[@]}" doc/*.1; do
	is "$(missing_files "$text")" '' "the files that $text names are there"
done
# Other paths in scripts are the kernel's: scripts/mod/modpost.c.
is "$(grep -rhoE '\b(src|doc|tests)/[a-z0-9_/-]+\.(c|h|md|t|bash)\b' klpmake kallsympos Makefile scripts packaging | LC_ALL=C sort -u |
	while IFS= read -r path; do [[ -e $path ]] || printf '%s\n' "$path"; done)" '' 'the files that scripts name are there'

# headings FILE: the levels of its headings, outside of code.
headings()
{
	awk '/^ *```/ { code = !code } !code && /^#+ / { print $1 }' "$1"
}

# code FILE: its listings of commands and output.
code()
{
	awk '/^ *```/ { on = !on; print; next } on || /^    /' "$1"
}

# bare_code FILE: the same without comments of the shell, which are translated.
bare_code()
{
	code "$1" | awk '/^ *```/ { sh = /```sh$/ } sh { sub(/  +# .*/, "") } { print }'
}

is "$(headings README.zh-CN.md)" "$(headings README.md)" 'both READMEs have the same sections'
is "$(bare_code README.zh-CN.md)" "$(bare_code README.md)" 'both READMEs have the same code'
is "$(grep -oP '\]\(\K[^)]+' README.zh-CN.md | grep -v README | LC_ALL=C sort)" \
	"$(grep -oP '\]\(\K[^)]+' README.md | grep -v README | LC_ALL=C sort)" \
	'both READMEs have the same links'

# listing FILE LANGUAGE: its first listing in that language.
listing()
{
	awk -v fence="\`\`\`$2" 'on && /^```$/ { exit } on { print } $0 == fence { on = 1 }' "$1"
}

is "$(listing README.md c)" "$(<example/userns/klp-userns.c)" 'the first patch is that of example/userns'
is "$(listing README.md make)" "$(<example/userns/Makefile)" '... and so is its Makefile'
# Commands in listings have to stay valid for later releases.
is "$(grep -nE '(-k|fetch-kernel|--newest) +[0-9]+\.[0-9]+\.' README*.md doc/*.md doc/*.1 example/*/*.md example/*.md)" '' 'no command names a release of some day'

# unknown_options FILE: options, outside of code, that none of our commands has.
unknown_options()
{
	comm -23 <(code "$1" | grep -vxFf - "$1" | grep -oP '`[^`]*`' | grep -oP '(?<=[` ])--[a-z-]+' | LC_ALL=C sort -u) \
		<({ help_options scripts/fetch-kernel; for page in "${pages[@]}"; do all_help "$page"; done; } | LC_ALL=C sort -u)
}

targets=$(sed -nE 's/^([a-z]+):.*/\1/p' Makefile)
for text in "${texts[@]}"; do
	is "$(unknown_options "$text")" '' "the options in $text exist"
	is "$(grep -ohP '(^ *|`)make \K[a-z]+' "$text" | LC_ALL=C sort -u | grep -vxF "$targets")" '' \
		"so do the targets of make"
done

# listed SECTION: the first column of the tables in a section of the map.
listed()
{
	awk -v section="### $1" '/^##/ { on = $0 == section } on && /^\| `/' doc/architecture.md |
		cut -d'|' -f2 | grep -oP '`[^`]+`' | tr -d '`' | LC_ALL=C sort
}

# folders DIR: the folders in it, at any depth, written as in the map.
folders()
{
	(cd "$1" && find . -mindepth 1 -type d ! -name include -printf '%P/\n' | LC_ALL=C sort)
}

is "$(listed src)" "$(folders src)" 'the map has every folder of src'
is "$(listed scripts | grep /)" "$(folders scripts)" '... and of scripts'
is "$(listed scripts | grep -v /)" "$(cd scripts && find . -maxdepth 1 -type f -printf '%P\n' | LC_ALL=C sort)" \
	'... and every command beside these'
done_testing
