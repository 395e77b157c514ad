# SPDX-License-Identifier: GPL-2.0-only
#
# Brings patches and whole kernel files from the kernel's source that they were made for to another one: what both the
# author and the kernel have changed is merged by diff3. Nothing of the patch directory changes until all has been merged.
# What cannot be merged appears as a file FILE.RELEASE.conflict, which the author settles. Source fix/whole.bash,
# fix/apply.bash and fix/source.bash first.

merge_place='' # for copies
merge_conflicts=() # files to settle
merge_done=() # 'NEW FILE': what has to be put in place of what, and the words for it
merge_lines=()

# merge_three MINE BASE THEIRS TO CONFLICT: TO gets MINE with what differs from BASE to THEIRS. If that cannot be done,
# CONFLICT, in the patch directory, gets it with marks; if it is there already, and without marks, TO gets that.
merge_three()
{
	local status=0
	if [[ -f $5 ]] && ! grep -qE '^(<<<<<<<|=======|>>>>>>>)( |$)' "$5"; then
		cat "$5" >"$4"
		return
	fi
	diff3 -m -E -L 'the new kernel' -L 'the old kernel' -L 'your change' "$1" "$2" "$3" >"$4" || status=$?
	((status < 2)) || die "diff3 cannot merge '$1'"
	((status)) || return 0
	merge_conflicts+=("$5")
	[[ -f $5 ]] || merge_write "$4" "$5"
}

# merge_write FROM TO: TO appears whole or not at all.
merge_write()
{
	local new
	new=$(mktemp "${2%/*}/.klpmake-update.XXXXXX") || exit 1
	{ cat "$1" >"$new" && chmod "=rw,go-w" "$new" && mv -f "$new" "$2"; } || {
		rm -f "$new"
		die "'$2' cannot be written"
	}
}

# merge_note NEW FILE WORDS: what merge_finish will do.
merge_note()
{
	merge_done+=("$1" "$2")
	merge_lines+=("$3")
}

# merge_wholes TREE: for each of fix_whole. Its base says what it was made of.
merge_wholes()
{
	local file path base here=$merge_place/whole
	mkdir -p "$here"
	for file in ${fix_whole[@]+"${fix_whole[@]}"}; do
		path=${fix_whole_paths[$file]} base=$file.base
		[[ -f $base ]] || die "'$file': '$base', as it was before it was edited, is not there: nobody can tell what your change is"
		[[ -f $1/$path ]] || die "'$file': '$1' has no file '$path': where did its functions go?"
		! cmp -s "$base" "$1/$path" || continue
		sed '/^\/\/KLPMAKE[[:blank:]]/d' "$file" >"$here/mine"
		merge_three "$1/$path" "$base" "$here/mine" "$here/merged" "$file.$release.conflict"
		{ printf '//KLPMAKE %s\n' "$path" && cat "$here/merged"; } >"$here/${file##*/}"
		cat "$1/$path" >"$here/${base##*/}"
		# The base comes last: until then the difference is merged once more.
		merge_note "$here/${file##*/}" "$file" "'$file': what the kernel has changed in '$path' is in it now"
		merge_note "$here/${base##*/}" "$base" ''
	done
}

# merge_patches OLD NEW PATCH...: each patch is applied to the old source, on what those before it have made there, and what
# it changes is brought to the new source.
merge_patches()
{
	local old=$1 new=$2 here=$merge_place i path paths moved fits fix_whole=()
	shift 2
	for ((i = 1; i <= $#; i++)); do
		fits=''
		fix_apply "$old" "$here/old.$i" "${@:1:i}" 2>"$here/said"
		[[ -n $fix_refused ]] || merge_is_fuzzy "$(<"$here/said")" || fits=1
		[[ -n $fits ]] || die "the patches do not fit '$old': name the source that they were made for with --from"
		paths=(${fix_sources[@]+"${fix_sources[@]}"} ${fix_headers[@]+"${fix_headers[@]}"})
		moved=''
		for path in ${paths[@]+"${paths[@]}"}; do
			merge_patched "$path" "${!i}"
		done
		[[ -z $moved ]] || merge_patch "${!i}"
	done
}

# merge_is_fuzzy MESSAGES: whether fix_apply has applied a hunk whose context is another.
merge_is_fuzzy()
{
	[[ $1 == *'only without '* ]]
}

# merge_state TREE SIDE NUMBER PATH: sets REPLY to the file as it is after so many patches.
merge_state()
{
	local n
	for ((n = $3; n > 0; n--)); do
		REPLY=$merge_place/$2.$n/tree/$4
		[[ ! -f $REPLY ]] || return 0
	done
	REPLY=$1/$4
}

# merge_patched PATH PATCH: one file of patch number i, with old, new, here and moved of the caller.
merge_patched()
{
	local path=$1 before after now to=$here/new.$i/tree/$1 conflict
	merge_state "$old" old "$((i - 1))" "$path" && before=$REPLY
	merge_state "$old" old "$i" "$path" && after=$REPLY
	merge_state "$new" new "$((i - 1))" "$path" && now=$REPLY
	! cmp -s "$before" "$after" || return 0
	[[ -f $before && -f $now ]] || [[ ! -e $before && ! -e $now ]] ||
		die "'$2': '$path' is a file of one of the two kernels alone: bring the patch to the new one by hand"
	mkdir -p "${to%/*}"
	[[ ! -f $now ]] || cat "$now" >"$to"
	[[ -f $before ]] || before=/dev/null
	if diff -u "$before" "$after" | patch -s -u -N -t -F0 -g 0 --no-backup-if-mismatch -r "$here/rejected" "$to" >/dev/null 2>&1; then
		return
	fi
	moved=1
	merge_three "$now" "$before" "$after" "$to" "$2.${path//\//_}.$release.conflict"
}

# merge_patch PATCH: patch number i as it is for the new kernel, with the words before its first file.
merge_patch()
{
	local to=$here/${1##*/} path
	{
		sed '/^\(diff \|--- \|Index: \)/,$d' "$1"
		for path in "${paths[@]}"; do
			merge_state "$new" new "$((i - 1))" "$path"
			[[ ! -f $here/new.$i/tree/$path ]] ||
				diff -uN --label "a/$path" --label "b/$path" "$REPLY" "$here/new.$i/tree/$path" || (($? == 1))
		done
	} >"$to"
	merge_note "$to" "$1" "'$1' was brought to the new kernel; as it was it is in '$1.old'"
}

# merge_finish: puts in place what was merged, or dies if anything is left to settle.
merge_finish()
{
	local i
	if ((${#merge_conflicts[@]})); then
		for i in "${merge_conflicts[@]}"; do
			complain "error: '$i': the kernel and your change both change these lines:"
			grep -nE -A12 '^<<<<<<<' "$i" | sed 's/^/    /' | printable_lines >&2
		done
		die 'nothing else was changed: settle this in the files named above, so that no marks are left, and run klpmake update again'
	fi
	for ((i = 0; i < ${#merge_done[@]}; i += 2)); do
		[[ ${merge_done[i + 1]} != *.@(patch|diff) ]] || merge_write "${merge_done[i + 1]}" "${merge_done[i + 1]}.old"
		merge_write "${merge_done[@]:i:2}"
		[[ -z ${merge_lines[i / 2]} ]] || say "  ${merge_lines[i / 2]}"
	done
	rm -f -- "$1"/*."$release.conflict"
}
