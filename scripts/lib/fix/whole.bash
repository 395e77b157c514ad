# SPDX-License-Identifier: GPL-2.0-only
#
# Whole files of the kernel's source in a patch directory, which their author edits in place of writing a patch. The
# Makefile lists them (KLPMAKE_WHOLE := sch_hfsc.c), and the tag of each says which file of the kernel it is. Beside
# each lies FILE.base, as it was before: what another kernel has there is another file, and the difference from
# that would take back what has been mended in it since. Source fix/apply.bash first.

fix_whole=() # those files, with the directory
declare -A fix_whole_paths=() # the path in the kernel's tree, by the file

# fix_whole_find DIRECTORY TEXT: adds the files that the Makefile, which is TEXT, lists.
fix_whole_find()
{
	local name words
	read -r -d '' -a words < <(sed -n 's/^KLPMAKE_WHOLE *[:+]*= *//p' <<<"$2") || true
	for name in ${words[@]+"${words[@]}"}; do
		[[ $name != */* && -f $1/$name && -r $1/$name ]] ||
			die "'$1/Makefile': KLPMAKE_WHOLE names '$name', which is not a file beside it"
		fix_whole+=("$1/$name")
		fix_whole_path "$1/$name"
		fix_whole_paths[$1/$name]=$REPLY
	done
}

# fix_whole_path FILE: sets REPLY to the path in its tag.
fix_whole_path()
{
	local tags
	mapfile -t tags < <(sed -n 's|^//KLPMAKE[[:blank:]]\+||p' "$1")
	((${#tags[@]} == 1)) ||
		die "'$1' has ${#tags[@]} tags: a whole kernel file has one line '//KLPMAKE path/in/kernel/tree.c', which says which file it is"
	REPLY=${tags[0]%"${tags[0]##*[![:space:]]}"}
}

# fix_whole_copy TREE DIRECTORY PATH...: puts copies of files of the kernel's source into the directory, with their tags,
# and adds them to fix_whole. All is looked at before anything is written.
fix_whole_copy()
{
	local tree=$1 directory=$2 path name
	local -A taken=()
	shift 2
	for path; do
		! fix_path_wrong "$tree" "$path" || fix_refuse "$fix_path_reason"
		taken[${path##*/}]+=1
	done
	[[ -z $fix_refused ]] || die 'nothing was made'
	for path; do
		name=${path##*/}
		[[ ${taken[$name]} == 1 ]] || name=${path//\//_}
		cat "$tree/$path" >"$directory/$name.base"
		{ printf '//KLPMAKE %s\n' "$path" && cat "$tree/$path"; } >"$directory/$name"
		fix_whole+=("$directory/$name")
	done
}

# fix_whole_is FILE: whether this file of the patch directory is one of them, or the base of one, of which kbuild makes
# nothing.
fix_whole_is()
{
	[[ -n ${fix_whole_paths[${1%.base}]-} ]]
}

# fix_whole_apply TREE PLACE: PLACE/tree gets them, as fix_apply puts there what patches change.
fix_whole_apply()
{
	local file path
	for file in ${fix_whole[@]+"${fix_whole[@]}"}; do
		path=${fix_whole_paths[$file]}
		if fix_path_wrong "$1" "$path" ', in the tag,'; then
			fix_refuse "'$file': $fix_path_reason"
		elif [[ -n ${fix_touched[$path]-} ]]; then
			fix_refuse "'$file' and another file of the patch both change '$path': make the change in one of them"
		elif [[ -e $file.base ]] && ! cmp -s "$file.base" "$1/$path"; then
			fix_refuse "'$file' was made of another kernel's '$path' than '$1' has: what differs is not your change alone. 'klpmake update' brings it to this kernel"
		else
			[[ -e $file.base ]] || warn "'$file': '$file.base', as it was before it was edited, is not there: all that differs from '$path' of this kernel is taken for your change"
			mkdir -p "$2/tree/${path%/*}"
			cat "$file" >"$2/tree/$path"
			# shellcheck disable=SC2004 # fix_apply's array has paths for its keys
			fix_touched[$path]=1
		fi
	done
}

# fix_whole_messages: a filter for the compiler's messages, which gives these files the names that their author knows.
fix_whole_messages()
{
	local file script=''
	for file in ${fix_whole[@]+"${fix_whole[@]}"}; do
		script+="s|(^\|[ (])${fix_whole_paths[$file]//./\\.}:|\\1${file//[&|\\]/\\&}:|"$'\n'
	done
	sed -E "$script"
}
