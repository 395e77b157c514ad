# SPDX-License-Identifier: GPL-2.0-only
#
# The livepatches that are loaded at boot, in a directory for each kernel release:
#
#   RELEASE/NAME.ko      the module, unpacked
#   RELEASE/order        names, in the order in which they are loaded
#   RELEASE/NAME.trying  it is being loaded, or has been for less than a minute: if the machine starts with that file, it went
#                        down meanwhile, and the patch is not tried again until somebody installs it again
#   RELEASE/.new.XXXXXX  a file that is being written, and will then be renamed
#
# Source system.bash and facts.bash first.

run_store=/var/lib/klpmake # tests set another one
run_release=''
store_settle=60 # seconds after which a patch has not brought the machine down

# store_release: sets run_release to that of the running kernel.
store_release()
{
	running_release
	run_release=$REPLY
	is_release "$run_release" || die "this kernel says that its release is '$run_release'"
}

# store_order RELEASE: prints the names of what is installed for that kernel, in order.
store_order()
{
	local name
	while IFS= read -r name; do
		! is_module_name "$name" || printf '%s\n' "$name"
	done 2>/dev/null <"$run_store/$1/order"
}

# store_others RELEASE: prints the other kernels that something is installed for.
store_others()
{
	local dir
	for dir in "$run_store"/*/; do
		dir=${dir%/} dir=${dir##*/}
		[[ $dir == "$1" || -z $(store_order "$dir") ]] || printf '%s\n' "$dir"
	done
}

# store_write FILE: standard input becomes its content, on the disk.
store_write()
{
	local beside
	beside=$(mktemp "${1%/*}/.new.XXXXXX") 2>/dev/null || return 1
	if ! cat >"$beside" || ! chmod 644 "$beside" || ! store_sync "$beside" || ! mv -f -- "$beside" "$1"; then
		rm -f -- "$beside"
		return 1
	fi
	store_sync "${1%/*}"
}

# store_sync PATH: it is on the disk. Not every busybox can do that for one file.
store_sync()
{
	sync -- "$1" 2>/dev/null || sync
}

# store_directory RELEASE: makes it.
store_directory()
{
	[[ -L $run_store ]] || (umask 022 && mkdir -p "$run_store/$1") 2>/dev/null || true
	[[ -d $run_store/$1 && ! -L $run_store && ! -L $run_store/$1 && -w $run_store/$1 && -O $run_store/$1 ]] ||
		die "cannot write to '$run_store/$1': it must be a directory of root's"
}

# store_lock: while one command changes what is installed, another one waits. A lock ends with its process, so a machine
# that went down leaves none.
store_lock()
{
	need_tools flock
	exec {store_locked}<"$run_store" || die "cannot read '$run_store'"
	flock "$store_locked" || die "cannot lock '$run_store'"
}

# store_clean RELEASE: removes what a command that did not come to its end has left there: what it was writing, and
# modules that the list does not name yet or any more. For those who have the lock.
store_clean()
{
	local file name names
	rm -f -- "$run_store/$1"/.new.??????
	# Without a list nobody can say which those are.
	[[ -f $run_store/$1/order ]] || return 0
	names=" $(store_order "$1" | paste -sd ' ') "
	for file in "$run_store/$1"/*.ko "$run_store/$1"/*.trying; do
		name=${file##*/}
		name=${name%.*}
		! is_module_name "$name" || [[ $names == *" $name "* ]] || rm -f -- "$file"
	done
}

# store_has NAME FILE: is this very module installed for the running kernel?
store_has()
{
	[[ -f $run_store/$run_release/$1.ko && $(sha256sum <"$run_store/$run_release/$1.ko") == "$(sha256sum <"$2")" ]]
}

# store_begin NAME: notes that it is being loaded. 1 if that cannot be noted.
store_begin()
{
	store_write "$run_store/$run_release/$1.trying" </dev/null
}

# store_refused NAME: it was not loaded, or was taken back, and the machine runs.
store_refused()
{
	rm -f -- "$run_store/$run_release/$1.trying"
}

# store_loaded NAME: it has been good when the machine still runs after a while, or is stopped in an orderly way before. What
# waits for that is in no file, because those of a klpmake that came over ssh are gone by then.
store_loaded()
{
	setsid "$BASH" -pc "$(declare -f close_files settle)"$'\nsettle "$@"' settle "$store_settle" "$run_store/$run_release/$1.trying" \
		"$run_sys/module/$1" </dev/null >/dev/null 2>&1 &
	disown "$!"
}

# settle SECONDS FILE MODULE: waits, and removes the file. If it is told to end (SIGTERM), as at an orderly end of the machine,
# at once. If the module was unloaded and loaded again meanwhile, the file is about the later load.
settle()
{
	local load file now ended=''
	trap 'ended=1' TERM
	trap '' HUP INT
	load=$(stat -c %i -- "$3" 2>/dev/null)
	file=$(stat -c %i -- "$2" 2>/dev/null)
	cd / || return
	close_files
	# In the background, because bash heeds a signal only between commands.
	sleep "$1" &
	[[ -n $ended ]] || wait "$!"
	kill "$!" 2>/dev/null
	now=$(stat -c %i -- "$3" 2>/dev/null)
	if [[ -z $now || $now == "$load" ]] && [[ $(stat -c %i -- "$2" 2>/dev/null) == "$file" ]]; then
		rm -f -- "$2"
	fi
}
