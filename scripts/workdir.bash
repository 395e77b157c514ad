# SPDX-License-Identifier: GPL-2.0-only
#
# Where kbuild works: never in the user's directory, because kbuild would leave a NAME.ko there
# that no kernel should load, and cannot work in a path with blanks. The work directory holds links
# to the user's files; it is kept, so that a second run only compiles what has changed.
# Source common.bash first.

# Names that kbuild itself makes: linking to a user's own ones would let kbuild write through them.
made_by_kbuild=('*.o' '*.ko' '*.mod' '*.mod.c' '.*.cmd' '*.symvers' 'modules.order' 'modules.nsdeps' '.tmp_*'
	'*.o.d' '_klpmake.syms')

work='' work_place='' work_lock='' work_is_new='' work_is_temporary='' work_waits=''

# workdir_place PATCH RELEASE: where kbuild will work. It cannot in a path with blanks, nor do we
# where we may not write (another user's patch, or what a run under sudo left).
workdir_place()
{
	local place=$1/.klpmake/$2 path
	for path in "$1" "$1/.klpmake" "$place" "$place/.lock"; do
		if [[ $path == *[!A-Za-z0-9_./+~@-]* || ( -e $path && ! -w $path ) ]]; then
			place=$(temporary -d) || exit 1
			break
		fi
	done
	printf '%s\n' "$place"
}

# workdir_open PATCH RELEASE: sets work_place, where klpmake's own files lie, and work, the directory
# in it that kbuild works in: what the user calls his files is of no matter. Takes the lock.
workdir_open()
{
	local patch=$1
	work_place=$(workdir_place "$patch" "$2")
	if [[ $work_place != "$patch"/.klpmake/* ]]; then
		work_is_temporary=1
		[[ $work_place != *[!A-Za-z0-9_./+~@-]* ]] ||
			die "kbuild cannot work in '$work_place': set TMPDIR to a plain path"
	else
		# Whoever had the lock may have taken the directory away: a failed first run does.
		until workdir_lock "$work_place" && workdir_is_ours; do
			sleep 0.05
		done
		[[ -e $work_place/kbuild.log ]] || work_is_new=1
	fi
	work=$work_place/build
	mkdir -p "$work" "$work_place/include" "$work_place/out"
	ln -sfn "$home/src/include/klpmake.h" "$work_place/include/klpmake.h"
	workdir_link "$patch"
}

workdir_is_ours()
{
	[[ $work_place/.lock -ef /proc/self/fd/$work_lock ]]
}

# In the background, because bash lets no trap run while it waits for a foreground command.
workdir_lock()
{
	mkdir -p "$1" 2>/dev/null || [[ -w ${1%/*/*} ]] || die "'$1': cannot be made"
	[[ -z $work_lock ]] || exec {work_lock}>&-
	{ exec {work_lock}>"$1/.lock"; } 2>/dev/null || { work_lock=''; return 1; }
	flock -n "$work_lock" && return
	warn "another klpmake is at work in '${1%/*/*}': waiting for it to end"
	flock "$work_lock" &
	work_waits=$!
	wait "$work_waits"
	work_waits=''
}

# Links to all files of the patch, directories being made anew, so that kbuild writes into none of the
# user's. make sees a file that is newer, but not one that has gone or has come before another of its
# name: then everything is compiled again.
workdir_link()
{
	local patch=$1 pattern file link changed=''
	local skip=()
	for pattern in "${made_by_kbuild[@]}"; do
		skip+=(! -name "$pattern")
	done
	while IFS= read -r -d '' link; do
		file=$patch/${link#"$work"/}
		[[ ! -f $file || $(readlink "$link") != "$file" ]] || continue
		rm -f "$link"
		changed=1
	done < <(find "$work" -type l -print0)
	while IFS= read -r -d '' file; do
		link=$work/${file#"$patch"/}
		[[ ! -L $link ]] || continue
		[[ -d ${link%/*} ]] || mkdir -p "${link%/*}"
		ln -sfn "$file" "$link"
		changed=1
	done < <(find -L "$patch" -name .klpmake -prune -o -name .git -prune -o \
		-type f "${skip[@]}" -print0 2>/dev/null)
	# Nothing has been compiled yet in a new one.
	[[ -z $changed || -n $work_is_new || -n $work_is_temporary ]] || find "$work" \( -name '*.o' -o -name '.*.cmd' \) -delete
}

# workdir_close: lets go of it, and takes away what this run alone made when it failed.
workdir_close()
{
	local status=$1
	[[ -z $work_waits ]] || kill "$work_waits" 2>/dev/null || true
	# Stopped between making it and taking it.
	if [[ -z $work && -n $work_lock ]] && flock -n "$work_lock" && workdir_is_ours; then
		[[ -e $work_place/kbuild.log ]] || work_is_new=1
	fi
	if [[ -n $work_is_temporary ]] || { [[ -n $work_is_new ]] && ((status != 0)); }; then
		rm -rf "$work_place"
	fi
	[[ -z $work_place || -n $work_is_temporary ]] ||
		rmdir "$work_place" "${work_place%/*}" 2>/dev/null || true
}
