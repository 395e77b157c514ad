# SPDX-License-Identifier: GPL-2.0-only
#
# The livepatches that are loaded at boot, in a directory for each kernel release:
#
#   RELEASE/NAME.ko      the module, unpacked
#   RELEASE/order        names, in the order in which they are loaded
#   RELEASE/NAME.trying  it is being loaded, or has been for less than a minute: if the machine starts with that file, it went
#                        down meanwhile, and the patch is not tried again until somebody installs it again
#
# Each file is written beside and renamed. Source system.bash and facts.bash first.

run_store=/var/lib/klpmake # tests set another one
run_release=''

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
	beside=$(mktemp "$1.XXXXXX") || return 1
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
