#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016 # backticks of Markdown, not the shell's
#
# The documentation says what the programs say, names files that are there, and is the same in both
# languages.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"

cd "$top" || exit
pages=(klpmake kallsympos klpsyms klplink klpcheck)
texts=(README.md README.zh-CN.md doc/*.md)

# option_words: the options in lines that list them, one a line, sorted.
option_words()
{
	grep -oE '(^|[ ,])--?[A-Za-z][A-Za-z-]*' | tr -d ' ,' | LC_ALL=C sort -u
}

# help_options COMMAND...: in a help text an option begins its line, two blanks end it.
help_options()
{
	"$@" --help | sed -nE '/^ +-/ { s/^ +//; s/  .*//; p }' | option_words
}

# page_options FILE: in a man page an option is what follows '.TP'.
page_options()
{
	awk 'tagged && /\\-/ { gsub(/\\f./, ""); gsub(/\\-/, "-"); sub(/^\.[A-Z]+/, ""); gsub(/"/, ""); print }
		{ tagged = $0 == ".TP" }' "$1" | option_words
}

# all_help PAGE: what the commands of a page say of their options.
all_help()
{
	case $1 in
	klpmake)
		help_options ./klpmake
		help_options ./klpmake check
		help_options ./klpmake try
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

# missing_links FILE: links to local files that are not there.
missing_links()
{
	local link
	while IFS= read -r link; do
		[[ -e $(dirname "$1")/${link%%#*} ]] || printf '%s\n' "$link"
	done < <(grep -oP '\]\(\K[^)]+' "$1" | grep -vE '^(https?:|#)')
}

# missing_files FILE: paths of this tree that stand anywhere in the text, but for what is made; a
# pattern has to match.
missing_files()
{
	local path
	while IFS= read -r path; do
		compgen -G "$path" >/dev/null || printf '%s\n' "$path"
	done < <(sed 's/\\-/-/g' "$1" |
		grep -oP '(?<![\w/.~-])(\./)?(scripts|src|doc|tests|example)/[\w./*-]*[\w*]' | grep -v '\.ko$' | LC_ALL=C sort -u)
}

for text in "${texts[@]}"; do
	is "$(missing_links "$text")" '' "the links of $text lead somewhere"
done
for text in "${texts[@]}" doc/*.1; do
	is "$(missing_files "$text")" '' "the files that $text names are there"
done

# headings FILE: their levels, outside of code.
headings()
{
	awk '/^ *```/ { code = !code } !code && /^#+ / { print $1 }' "$1"
}

# code FILE: what is to be typed, and what it prints.
code()
{
	awk '/^ *```/ { on = !on; print; next } on || /^    /' "$1"
}

is "$(headings README.zh-CN.md)" "$(headings README.md)" 'both READMEs have the same sections'
is "$(code README.zh-CN.md)" "$(code README.md)" 'both READMEs have the same code'
is "$(grep -oP '\]\(\K[^)]+' README.zh-CN.md | grep -v README | LC_ALL=C sort)" \
	"$(grep -oP '\]\(\K[^)]+' README.md | grep -v README | LC_ALL=C sort)" \
	'both READMEs have the same links'

# unknown_options FILE: options that no command of ours has, outside of code.
unknown_options()
{
	comm -23 <(code "$1" | grep -vxFf - "$1" | grep -oP '`[^`]*`' | grep -oP '(?<=[` ])--[a-z-]+' | LC_ALL=C sort -u) \
		<({ for page in "${pages[@]}"; do all_help "$page"; done; } | LC_ALL=C sort -u)
}

targets=$(sed -nE 's/^([a-z]+):.*/\1/p' Makefile)
for text in "${texts[@]}"; do
	is "$(unknown_options "$text")" '' "the options in $text exist"
	is "$(grep -ohP '(^ *|`)make \K[a-z]+' "$text" | LC_ALL=C sort -u | grep -vxF "$targets")" '' \
		"so do the targets of make"
done

# listed SECTION: the first column of the tables in a part of the map.
listed()
{
	awk -v section="### $1" '/^##/ { on = $0 == section } on && /^\| `/' doc/architecture.md |
		cut -d'|' -f2 | grep -oP '`[^`]+`' | tr -d '`' | LC_ALL=C sort
}

is "$(listed src | grep '\.c$')" "$(cd src && printf '%s\n' *.c | LC_ALL=C sort)" \
	'the map has every C file of src'
is "$(listed scripts)" "$(cd scripts && printf '%s\n' * | LC_ALL=C sort)" 'and every file of scripts'
done_testing
