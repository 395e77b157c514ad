# SPDX-License-Identifier: GPL-2.0-only
#
# Where kbuild works: never in the user's directory, because kbuild would leave a NAME.ko there
# that no kernel should load, and cannot work in a path with blanks. The work directory is kept, so that
# a second run compiles only what has changed. mirror.bash fills it, inputs.bash decides what is stale.
# Source common.bash first.
#
# kbuild and klpmake write there by path. So klpmake uses it only if it is klpmake's own: a directory, not a link,
# that belongs to this user and that klpmake made on this very machine. A directory that came with a cloned or
# unpacked patch is not klpmake's, and may hold links to anywhere.

work='' work_place='' work_lock='' work_is_new='' work_is_temporary='' work_waits=''

# Another run in the same directory may take as long as a compiler does, not longer.
lock_seconds=600

# workdir_open PATCH RELEASE: sets work_place, where klpmake's own files lie. In it is the directory that kbuild works in,
# so that a user's file may have any name; mirror() fills it. Takes the lock.
workdir_open()
{
	local patch=$1 header
	if workdir_may_be_in "$patch" "$2"; then
		workdir_take "$patch/.klpmake/$2"
	else
		work_place=$(temporary -d) || exit 1
		work_is_temporary=1
		is_plain "$work_place" ||
			die "kbuild cannot work in '$work_place': set TMPDIR to a plain path"
	fi
	# Others must not be able to put links there.
	umask go-w
	[[ -d $work_place/build && -d $work_place/include && -d $work_place/out ]] ||
		mkdir -p "$work_place/build" "$work_place/include" "$work_place/out"
	for header in klpmake.h klpmake_names.h klpmake_template.h; do
		[[ $work_place/include/$header -ef $home/src/include/$header ]] ||
			ln -sfn "$home/src/include/$header" "$work_place/include/$header"
	done
}

# is_plain PATH: whether make reads it as one word.
is_plain()
{
	[[ $1 != *[!A-Za-z0-9_./+~@-]* ]]
}

# workdir_may_be_in PATCH RELEASE: whether the work directory can be in the patch directory. It cannot in
# a path with blanks, nor where it would be another user's (his patch, or what a run under sudo left).
workdir_may_be_in()
{
	local path
	is_plain "$1" && is_own "$1" || return
	for path in "$1/.klpmake" "$1/.klpmake/$2"; do
		[[ ! -L $path ]] || die "'$path' is a link, and klpmake would write where it leads: remove it"
		[[ -e $path ]] || return 0
		[[ -d $path ]] || die "'$path' is not a directory, and klpmake keeps its work there: remove it"
		is_own "$path" || return
	done
}

# is_own DIRECTORY: whether it belongs to this user, and not everybody may write there.
is_own()
{
	[[ -O $1 && -w $1 && $(stat -c %A "$1") != ????????w? ]]
}

# workdir_take PLACE: makes it if it does not exist, and locks it. The run that had the lock before may have
# removed the directory, as a failed first run does.
workdir_take()
{
	local try problem=''
	work_place=$1
	for ((try = 0; try < 100; try++)); do
		if ! problem=$(umask go-w && exec mkdir -p "$1" 2>&1); then
			[[ $problem == *'No such file'* ]] || break
			continue
		fi
		workdir_lock
		if workdir_is_locked; then
			workdir_claim
			return
		fi
	done
	die "'$1' cannot be made: ${problem:-other runs remove it again and again}"
}

workdir_is_locked()
{
	[[ $work_place -ef /proc/self/fd/$work_lock ]]
}

# The lock is on the directory itself: klpmake makes no file, and nobody can put another one in its place. Waiting
# happens in the background, because bash does not run traps while it waits for a foreground command.
workdir_lock()
{
	[[ -z $work_lock ]] || exec {work_lock}>&-
	{ exec {work_lock}<"$work_place"; } 2>/dev/null || {
		work_lock=''
		[[ ! -e $work_place ]] || die "'$work_place' cannot be opened to lock it"
		return 0
	}
	! flock -n "$work_lock" || return 0
	warn "another klpmake is at work in '${work_place%/*/*}': waiting for it to end"
	flock -w "$lock_seconds" "$work_lock" &
	work_waits=$!
	wait "$work_waits" ||
		die "'$work_place' has been locked for $lock_seconds seconds: 'lslocks' shows by which process"
	work_waits=''
}

# workdir_claim: removes everything if klpmake did not make this very directory. The mark has what no
# clone and no copy of the directory can have: its inode and its time of birth.
workdir_claim()
{
	local mark=$work_place/mark identity is=''
	identity=$(stat -c '%d %i %W' "$work_place")
	[[ -L $mark || ! -f $mark ]] || read -r is <"$mark" || true
	[[ $is != "$identity" ]] || return 0
	work_is_new=1
	is_empty "$work_place" || find "$work_place" -mindepth 1 -delete
	{ printf '%s\n' "$identity" >"$mark"; } 2>/dev/null || die "'$mark' cannot be written: is the disk full?"
}

# is_empty DIRECTORY
is_empty()
{
	local entries
	shopt -s nullglob dotglob
	entries=("$1"/*)
	shopt -u nullglob dotglob
	((!${#entries[@]}))
}

# workdir_close: releases the directory, and after a failure removes it if this run made it.
workdir_close()
{
	local status=$1
	[[ -z $work_waits ]] || kill "$work_waits" 2>/dev/null || true
	[[ -n $work_place ]] || return 0
	if [[ -n $work_is_temporary ]] || { [[ -n $work_is_new ]] && ((status != 0)); }; then
		rm -rf "$work_place"
	fi
	((status == 0)) || [[ -n $work_is_temporary ]] || rmdir "$work_place" "${work_place%/*}" 2>/dev/null || true
}
