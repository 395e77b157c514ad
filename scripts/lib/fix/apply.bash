# SPDX-License-Identifier: GPL-2.0-only
#
# Applies patches to copies of the files that they change; the source tree is only read. What cannot be applied or cannot
# be a livepatch is said for all files in one run. Source common.bash, workdir.bash, fix/paths.bash and fix/whole.bash first.

fix_scripts=${BASH_SOURCE[0]%/*}

fix_sources=() # C files that differ in the end, from the root of the kernel's tree, in order
fix_headers=() # headers that do
fix_refused='' # something was refused: the caller goes on looking, and makes nothing

# fix_refuse MESSAGE: as die, but what follows is looked at, too.
fix_refuse()
{
	complain "error: $1"
	fix_refused=1
}

# fix_apply TREE PLACE [PATCH...]: PLACE/tree gets the changed files, also those of fix_whole. Sets fix_sources and fix_headers.
fix_apply()
{
	local tree=$1 place=$2 patch path
	local -A fix_touched=()
	shift 2
	type -P patch >/dev/null || die "'patch' is not installed: '$home/scripts/setup run' installs what klpmake needs"
	rm -rf "$place/tree" "$place/parts"
	mkdir -p "$place/tree" "$place/parts"
	for patch; do
		fix_apply_patch "$tree" "$place" "$patch"
	done
	fix_whole_apply "$tree" "$place"
	fix_sources=() fix_headers=()
	while IFS= read -r path; do
		[[ -n $path ]] || continue
		# One patch may take back what another has done.
		if [[ -e $place/tree/$path ]] && cmp -s "$tree/$path" "$place/tree/$path"; then
			rm "$place/tree/$path"
			continue
		fi
		fix_path_kind "$path"
		if [[ $REPLY == header ]]; then
			fix_headers+=("$path")
		else
			fix_sources+=("$path")
		fi
	done < <(printf '%s\n' "${!fix_touched[@]}" | sort)
}

# fix_apply_patch TREE PLACE PATCH
fix_apply_patch()
{
	local tree=$1 place=$2 patch=$3 number=0 word rest files=()
	local -A hunks=()
	[[ -f $patch && -r $patch ]] || die "'$patch': no such patch"
	find "$place/parts" -type f -delete
	# A name with '=' would be an assignment for awk.
	while IFS=$'\t' read -r word rest; do
		case $word in
			file) files+=("$rest") ;;
			hunk) hunks[${rest%%$'\t'*}]+=" ${rest#*$'\t'}" ;;
			error) fix_refuse "$patch:${rest%%$'\t'*}: ${rest#*$'\t'}" ;;
		esac
	done < <(awk -v parts="$place/parts" -v number="$number" -f "$fix_scripts/split.awk" <"$patch")
	((${#files[@]})) || fix_refuse "'$patch' has no hunks: a patch is what 'diff -u' and 'git format-patch' write"
	for rest in ${files[@]+"${files[@]}"}; do
		IFS=$'\t' read -r number word rest <<<"$rest"
		# LINE KIND OLD NEW
		fix_apply_file "$number" "$word" "${rest%%$'\t'*}" "${rest#*$'\t'}"
	done
}

# fix_apply_file NUMBER LINE KIND 'OLD NEW': one file of a patch, with tree, place, patch and hunks of the caller.
fix_apply_file()
{
	local number=$1 at=$patch:$2 kind=$3 path=${4#*$'\t'}
	[[ $kind != mode ]] || return 0
	[[ $kind != delete ]] || path=${4%%$'\t'*}
	fix_strip "$tree" "$path"
	path=$REPLY
	if ! fix_path_plain "$path"; then
		fix_refuse "$at: '$path' is not a path from the root of a kernel tree"
		return
	fi
	fix_path_kind "$path"
	if [[ $REPLY == other ]]; then
		show "  passed over: '$path'"
		return
	elif [[ $REPLY == refused ]]; then
		fix_refuse "$at: '$path': $fix_path_reason"
		return
	elif fix_path_is_link "$tree" "$path"; then
		fix_refuse "$at: '$path' is a link in '$tree': name the file that it leads to"
		return
	fi
	case $kind in
		binary) fix_refuse "$at: '$path': a binary patch, of which a C file cannot consist" ;;
		rename) fix_refuse "$at: '$path' is renamed: make the change in the file as it is called in '$tree'" ;;
		delete) fix_refuse "$at: '$path' is removed: a running kernel keeps its code; change what calls it instead" ;;
		new) fix_apply_new "$at" "$number" "$path" "$REPLY" ;;
		change) fix_apply_change "$at" "$number" "$path" ;;
	esac
}

# fix_apply_new AT NUMBER PATH KIND: a new header is seen by those who include it. A new C file would belong to no object
# of the kernel, so that nothing says what its names mean.
fix_apply_new()
{
	if [[ $4 == 'source' ]]; then
		fix_refuse "$1: '$3' is a new C file, which belongs to no object of the kernel: put its functions into a file that the patch changes, or beside the patch as a C file of the patch directory"
	elif [[ -e $tree/$3 ]]; then
		fix_refuse "$1: '$3' is a new file, but '$tree' has it already: is this fix in that kernel?"
	else
		mkdir -p "$place/tree/${3%/*}"
		: >"$place/tree/$3"
		fix_apply_change "$@"
	fi
}

# fix_apply_change AT NUMBER PATH
fix_apply_change()
{
	local copy=$place/tree/$3
	if [[ ! -e $copy ]]; then
		if [[ ! -f $tree/$3 ]]; then
			fix_refuse "$1: '$tree' has no file '$3': is the patch for another kernel?"
			return
		fi
		mkdir -p "${copy%/*}"
		cat "$tree/$3" >"$copy"
	fi
	fix_touched[$3]=1
	[[ -f $place/parts/$2.patch ]] || return 0
	patch -u -N -t -g 0 --no-backup-if-mismatch -r "$place/parts/$2.rej" "$copy" "$place/parts/$2.patch" \
		>"$place/parts/$2.log" 2>&1 </dev/null || true
	fix_apply_verdict "$2" "$3"
}

# fix_apply_verdict NUMBER PATH: repeats what GNU patch says about hunks, with their place in the patch.
fix_apply_verdict()
{
	local line at hunk said=''
	while IFS= read -r line; do
		if [[ $line == *'previously applied'* ]]; then
			fix_refuse "$patch: '$tree' has this change of '$2' already, or the patch is the wrong way around"
			return
		fi
		[[ $line =~ ^Hunk\ \#([0-9]+)\ (FAILED|succeeded|ignored)(.*) ]] || continue
		hunk=$(fix_hunk "${BASH_REMATCH[1]}" <"$place/parts/$1.patch")
		# shellcheck disable=SC2086 # words
		at=$patch:$(set -- ${hunks[$1]} && printf '%s' "${!BASH_REMATCH[1]}")
		said=1
		if [[ ${BASH_REMATCH[2]} == succeeded ]]; then
			fix_apply_moved "$at" "$2" "$line" "$hunk"
		else
			fix_refuse "$at: this hunk does not fit '$2' of '$tree':"$'\n'"$hunk"
		fi
	done <"$place/parts/$1.log"
	[[ -z $said && -s $place/parts/$1.rej ]] || return 0
	fix_refuse "$patch: GNU patch refuses the change of '$2': $(<"$place/parts/$1.log")"
}

# fix_apply_moved AT PATH LINE HUNK: a hunk that fits elsewhere, or with less context, may have gone to the wrong place.
fix_apply_moved()
{
	local how=''
	[[ $3 =~ succeeded\ at\ ([0-9]+) ]] || return 0
	how="at line ${BASH_REMATCH[1]}"
	[[ ! $3 =~ offset\ (-?[0-9]+) ]] || how+=", ${BASH_REMATCH[1]} lines from where the patch has it"
	if [[ $3 =~ fuzz\ ([0-9]+) ]]; then
		warn "$1: this hunk fits '$2' $how, only without ${BASH_REMATCH[1]} of its outer lines: is that the right place?"$'\n'"$4"
	else
		how+=": $(head -n 1 <<<"${4#    }")"
		warn "$1: this hunk fits '$2' $how"
	fi
}

# fix_hunk NUMBER: prints that hunk of the patch on standard input.
fix_hunk()
{
	awk -v wanted="$1" '/^@@ / { n++ } n == wanted { print "    " $0 }'
}

# fix_strip TREE NAME: sets REPLY to the path, without the first directory, which diff and git put before it, unless the
# tree has the whole name.
fix_strip()
{
	REPLY=$2
	[[ $2 != /* && $2 == */* ]] || return 0
	[[ -e $1/${2#*/} || ! -e $1/$2 ]] || return 0
	REPLY=${2#*/}
}
