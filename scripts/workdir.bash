# SPDX-License-Identifier: GPL-2.0-only
#
# Where kbuild works: never in the user's directory, because kbuild would leave a NAME.ko there
# that no kernel should load, and cannot work in a path with blanks. The work directory holds links
# to the user's files; it is kept, so that a second run only compiles what has changed.
# Source common.bash first.

# Names that kbuild itself makes: linking to a user's own ones would let kbuild write through them.
made_by_kbuild=('*.o' '*.ko' '*.mod' '*.mod.c' '.*.cmd' '*.symvers' 'modules.order' '.tmp_*'
	'*.o.d' '_klpmake.syms')

work='' work_is_new='' work_is_temporary=''

# workdir_open PATCH RELEASE: sets work and takes the lock on it.
workdir_open()
{
	local patch=$1 target=$2
	work=$patch/.klpmake/$target
	if [[ $work == *[!A-Za-z0-9_./+~@-]* || ! -w $patch ]]; then
		work=$(mktemp -d "${TMPDIR:-/tmp}/klpmake.XXXXXX")
		work_is_temporary=1
		[[ $work != *[!A-Za-z0-9_./+~@-]* ]] || die "kbuild cannot work in '$work': set TMPDIR to a plain path"
	elif [[ ! -d $work ]]; then
		work_is_new=1
		mkdir -p "$work"
	fi
	exec {work_lock}>"$work/.lock"
	if ! flock -n "$work_lock"; then
		warn "another klpmake is at work in '$patch': waiting for it to end"
		flock "$work_lock"
	fi
	workdir_link "$patch"
}

# Links to all files of the patch; a link whose file has gone would hide that from kbuild.
workdir_link()
{
	local patch=$1 pattern file link
	local skip=()
	for pattern in "${made_by_kbuild[@]}"; do
		skip+=(! -name "$pattern")
	done
	while IFS= read -r -d '' link; do
		[[ -e $link ]] || rm -f "$link"
	done < <(find "$work" -type l -print0)
	while IFS= read -r -d '' file; do
		link=$work/${file#"$patch"/}
		[[ $link -ef $file ]] && continue
		mkdir -p "${link%/*}"
		ln -sfn "$file" "$link"
	done < <(find "$patch" -name .klpmake -prune -o -name .git -prune -o \
		\( -type f -o -type l \) "${skip[@]}" -print0)
}

# workdir_close: lets go of it, and takes away what this run alone made when it failed.
workdir_close()
{
	local status=$1
	[[ -n $work ]] || return 0
	if [[ -n $work_is_temporary ]] || { [[ -n $work_is_new ]] && ((status != 0)); }; then
		rm -rf "$work"
		[[ -n $work_is_temporary ]] || rmdir --ignore-fail-on-non-empty "${work%/*}" 2>/dev/null || true
	fi
}
