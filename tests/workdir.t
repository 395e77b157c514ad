#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The work directory is klpmake's own: what others put there is not followed; a run ends with a message when it cannot make
# or lock the directory; and the next run removes what a killed run has left.

# shellcheck source=tests/tap.bash
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# shellcheck source=tests/mini.bash
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
# shellcheck source=tests/kdir.bash
source "$(dirname "${BASH_SOURCE[0]}")/kdir.bash"
kdir_setup

# place: the work directory of $dir.
place()
{
	echo "$dir/.klpmake/$mini_release"
}

# nothing_left NAME: TMPDIR is empty.
nothing_left()
{
	is "$(ls -A "$TMPDIR")" "" "$1"
}

links()
{
	local victim=$scratch/victim name
	mkdir "$victim"
	echo mine >"$victim/file"
	patch
	ln -s "$victim" "$dir/.klpmake"
	make_it -q "$dir"
	refused 1 "'$dir/.klpmake' is a link, and klpmake would write where it leads: remove it" ".klpmake is a link"
	patch
	mkdir "$dir/.klpmake"
	ln -s "$victim" "$(place)"
	make_it -q "$dir"
	refused 1 "'$(place)' is a link, and klpmake would write where it leads: remove it" ".klpmake/RELEASE is a link"
	is "$(ls "$victim"):$(<"$victim/file")" "file:mine" "... and what they lead to is as it was"

	# Everything that klpmake and kbuild write there, as a cloned repository could contain it.
	for name in .lock mark inputs reached replay replay.mk kbuild.log renames _klpmake.syms klp-x.check \
		out/klp-x.ko build/klp-x.o build/klp-x.ko build/.klp-x.o.cmd build/klp-x.mod include/klpmake.h include/klpmake_names.h; do
		patch
		mkdir -p "$(place)"/{out,build,include}
		ln -s "$victim/file" "$(place)/$name"
		make_it -q "$dir"
		is "$status:$err:$(<"$victim/file")" "0::mine" "$name is a link that came with the patch: it is not followed"
	done
	for name in out build include; do
		patch
		mkdir -p "$(place)"
		ln -s "$victim" "$(place)/$name"
		make_it -q "$dir"
		is "$status:$err:$(ls "$victim")" "0::file" "$name/ is such a link"
	done

	# With another directory's mark, and a build that fails.
	patch
	make_it -q "$dir"
	cp -a "$dir" "$scratch/clone"
	dir=$scratch/clone
	rm "$(place)/kbuild.log"
	ln -s "$victim/file" "$(place)/kbuild.log"
	make_it -q "$dir"
	is "$status:$err:$(<"$victim/file")" "0::mine" "a copied work directory is another one, its mark says"
}

# No lock file, of whatever kind and wherever it is, can stop a run.
no_waiting()
{
	patch
	echo file >"$dir/.klpmake"
	make_it -q "$dir"
	refused 1 "'$dir/.klpmake' is not a directory, and klpmake keeps its work there: remove it" ".klpmake is a file"
	for what in mkdir mkfifo; do
		patch
		mkdir -p "$(place)"
		"$what" "$(place)/.lock"
		make_it -q "$dir"
		is "$status:$err" "0:" ".lock is made by $what"
	done
	patch
	mkdir "$dir/.klpmake"
	mkfifo "$(place)"
	make_it -q "$dir"
	refused 1 "'$(place)' is not a directory, and klpmake keeps its work there: remove it" ".klpmake/RELEASE is a FIFO"
	patch
	run env SHELLOPTS=noclobber timeout 60 "$top/klpmake" -q -k "$mini_release" --kdir "$k" --vmlinux "$k/vmlinux" "$dir"
	is "$status:$err" "0:" "a shell that does not overwrite"

	# A flock(1) that gives up, as after klpmake's time limit.
	mkdir "$scratch/bin"
	printf '#!/bin/sh\nexit 1\n' >"$scratch/bin/flock"
	chmod 755 "$scratch/bin/flock"
	patch
	PATH=$scratch/bin:$PATH make_it -q "$dir"
	refused 1 "klpmake: error: '$(place)' has been locked for 600 seconds: 'lslocks' shows by which process" \
		"a lock that nobody gives back"
	is "$(left)" "" "... nothing is left"
}

full_disk()
{
	local name='a disk that is full'
	if ! mkdir "$scratch/disk" || ! mount -t tmpfs -o size=64k,nr_inodes=8,mode=755 tmpfs "$scratch/disk" 2>/dev/null; then
		skip "$name" "no tmpfs can be mounted here"
		return
	fi
	patch
	cp "$dir"/* "$scratch/disk"
	for i in 1 2 3 4 5 6 7 8; do
		: >"$scratch/disk/fill$i"
	done 2>/dev/null
	dir=$scratch/disk
	make_it -q "$dir"
	refused 1 "klpmake: error: '$(place)' cannot be made: mkdir: cannot create directory" "$name"
	umount "$scratch/disk"
}

# The cache only makes runs faster.
caches()
{
	local cache=$scratch/cache
	patch
	mkdir -p "$cache/kernels"
	make_it -q "$dir"
	is "$status:$err:$(ls -A "$cache/kernels")" "0::.units-$mini_release" "names of units are kept where there is a cache"
	if ((EUID)) || ! mount -t tmpfs -o size=64k,nr_inodes=2,mode=755 tmpfs "$cache"; then
		skip "a cache that is full, or another user's" "no tmpfs can be mounted here"
		return
	fi
	mkdir "$cache/kernels"
	make_it -q "$dir"
	is "$status:$err" "0:" "a cache that is full is no matter"
	umount "$cache"

	# A kernel in a user's cache, fetched or made up.
	mkdir -p "$scratch/home/.cache/klpmake/kernels/$mini_release/lib/modules/$mini_release" "$scratch/root/etc"
	ln -s "$k" "$scratch/home/.cache/klpmake/kernels/$mini_release/lib/modules/$mini_release/build"
	chmod 755 "$scratch"
	run env -u KLPMAKE_CACHE -u XDG_CACHE_HOME HOME="$scratch/home" KLPMAKE_ROOT="$scratch/root" "$top/klpmake" -q -k "$mini_release" --vmlinux "$k/vmlinux" "$dir"
	is "$status:$err" "0:" "root takes a kernel of his own cache"
	chown 65534 "$scratch/home"
	run env -u KLPMAKE_CACHE -u XDG_CACHE_HOME HOME="$scratch/home" KLPMAKE_ROOT="$scratch/root" "$top/klpmake" -q -k "$mini_release" --vmlinux "$k/vmlinux" "$dir"
	refused 1 "no headers of kernel '$mini_release' found" "... and none of a user's"
	has "$err" "what is in '$scratch/home/.cache/klpmake/kernels' is not used: others than root can write there" "... which is said"
	cp "$cache/kernels/.units-$mini_release" "$scratch/units"
	sed -i 's/alpha/alpho/' "$cache/kernels/.units-$mini_release"
	chown 65534 "$cache/kernels/.units-$mini_release"
	make_it -q "$dir"
	is "$status:$err:$(stat -c %u "$cache/kernels/.units-$mini_release")" "0::0" "names of units that another user has put there are not taken"
	holds "... they are read anew" cmp "$scratch/units" "$cache/kernels/.units-$mini_release"
}

# A killed run: what it started ends, and the next run neither waits for it nor is disturbed by what it left.
killed()
{
	local pid
	patch
	cat >>"$dir/Makefile" <<-END
		\$(shell [ -e $scratch/once ] || { touch $scratch/once; exec sleep 1000.1$$; })
	END
	"$top/klpmake" -q -k "$mini_release" --kdir "$k" --vmlinux "$k/vmlinux" "$dir" >/dev/null 2>&1 &
	pid=$!
	until [[ -e $scratch/once ]]; do
		sleep 0.02
	done
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null
	make_it -q "$dir"
	is "$status:$(adds)" "0:1000" "a run after one that was killed in kbuild"
	is "$(pgrep -f "sleep 1000.1$$")" "" "... whose kbuild runs no more"

	# A daemon that was started by a build.
	rm "$scratch/once"
	patch
	cat >>"$dir/Makefile" <<-END
		\$(shell [ -e $scratch/once ] || { touch $scratch/once; setsid sleep 1000.2$$ >/dev/null 2>&1 & })
	END
	make_it -q "$dir"
	is "$status:$err" "0:" "a build that starts a daemon"
	make_it -q "$dir"
	is "$status:$err" "0:" "... which does not have the lock"
	pkill -f "sleep 1000.2$$"
}

# In another user's directory, nothing that klpmake uses can be changed by that user.
anothers()
{
	if ((EUID)); then
		skip "the directory of another user" "only root can have one"
		return
	fi
	patch
	chown 65534 "$dir"
	make_it -q "$dir"
	is "$status:$err:$(left)" "0::./_klpmake.syms ./klp-x.ko" "in another user's directory the work is done elsewhere"
	nothing_left "... of which nothing stays"
	patch
	mkdir -p "$(place)"
	chown 65534 "$dir/.klpmake"
	make_it -q "$dir"
	is "$status:$err:$(ls -A "$(place)")" "0::" "... also where only .klpmake is his"
	patch
	chmod 777 "$dir"
	make_it -q "$dir"
	is "$status:$err:$(left)" "0::./_klpmake.syms ./klp-x.ko" "... and in one that everybody can write to"
}

links
no_waiting
full_disk
caches
killed
anothers
done_testing
