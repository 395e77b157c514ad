#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# klpplace puts results in place all together, by descriptor, one run after the other.

# shellcheck source=tests/tap.bash
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# shellcheck source=tests/mini.bash
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
# shellcheck source=tests/kdir.bash
source "$(dirname "${BASH_SOURCE[0]}")/kdir.bash"
kdir_setup

to=$scratch/to
mkdir "$to"
echo module >"$scratch/module"
echo table >"$scratch/table"

# place DIRECTORY: puts two files there.
place()
{
	run timeout 60 "$bin/klpplace" "$1" "$scratch/module" klp-x.ko "$scratch/table" _klpmake.syms
}

# there: the contents of $to.
there()
{
	(cd "$to" && find . -mindepth 1 -printf '%P\n' | LC_ALL=C sort | xargs)
}

by_itself()
{
	local victim=$scratch/victim name
	place "$to"
	is "$status:$err:$(there):$(cat "$to/klp-x.ko" "$to/_klpmake.syms")" "0::_klpmake.syms klp-x.ko:module"$'\n'"table" "two files"
	(umask 027 && "$bin/klpplace" "$to" "$scratch/module" klp-y.ko)
	is "$(stat -c %a "$to/klp-x.ko" "$to/klp-y.ko" | xargs)" "$(printf '%o' $((0666 & ~$(umask)))) 640" "modes are as the umask says"
	rm "$to/klp-y.ko"

	echo mine >"$victim"
	ln -sf "$victim" "$to/klp-x.ko"
	mkfifo "$to/fifo"
	place "$to"
	is "$status:$err:$(<"$victim"):$(stat -c %F "$to/klp-x.ko")" "0::mine:regular file" "a link in the place of a result is replaced, not followed"
	run timeout 60 "$bin/klpplace" "$to" "$scratch/module" fifo
	is "$status:$(stat -c %F "$to/fifo")" "0:regular file" "... so is a FIFO"
	rm "$to/fifo"

	# Files that killed runs have left, and files that look like these.
	touch "$to/.klp-x.ko.klpmake-0123456789abcdef" "$to/._klpmake.syms.klpmake-fedcba9876543210" "$to/.klp-x.ko.backup" \
		"$to/.klp-y.ko.klpmake-0123456789abcdef"
	place "$to"
	is "$(there)" ".klp-x.ko.backup .klp-y.ko.klpmake-0123456789abcdef _klpmake.syms klp-x.ko" "what a killed run left of these is taken away"
	rm "$to"/.klp*
	for name in '' a/b ../a; do
		run "$bin/klpplace" "$to" "$scratch/module" "$name"
		refused 2 "'$name' is not a file name" "'$name' as a name"
	done
	place "$scratch/module"
	refused 1 "'$scratch/module': cannot be opened to put the results there: Not a directory" "a file as the directory"
	mkdir "$to/dir"
	run "$bin/klpplace" "$to" "$scratch/table" klp-x.ko "$scratch/module" dir
	refused 1 "'$to/dir' is a directory, but klpmake writes a file of that name" "a directory in the place of a result"
	is "$(there):$(<"$to/klp-x.ko")" "_klpmake.syms dir klp-x.ko:module" "... nothing has been touched"
	rmdir "$to/dir"
	run "$bin/klpplace" "$to" "$scratch/table" klp-x.ko "$scratch/none" none
	refused 1 "'$scratch/none': No such file or directory" "a file that is not there"
	is "$(there):$(<"$to/klp-x.ko")" "_klpmake.syms klp-x.ko:module" "... nothing has been touched"
}

# One at a time.
locked()
{
	local lock pid
	exec {lock}<"$to"
	flock "$lock"
	"$bin/klpplace" "$to" "$scratch/table" klp-x.ko 2>"$scratch/waits" &
	pid=$!
	until [[ -s $scratch/waits ]]; do
		sleep 0.02
	done
	is "$(<"$to/klp-x.ko"):$(<"$scratch/waits")" "module:klpmake: warning: another klpmake is writing to '$to': waiting for it to end" \
		"while somebody has the lock nothing is put there"
	flock -u "$lock"
	wait "$pid"
	is "$?:$(<"$to/klp-x.ko")" "0:table" "... then it is"
	flock "$lock"
	rm "$scratch/waits"
	"$bin/klpplace" "$to" "$scratch/module" klp-x.ko 2>"$scratch/waits" &
	pid=$!
	until [[ -s $scratch/waits ]]; do
		sleep 0.02
	done
	kill "$pid"
	wait "$pid"
	is "$?:$(<"$to/klp-x.ko"):$(there)" "143:table:_klpmake.syms klp-x.ko" "a signal ends the waiting"
	exec {lock}<&-
}

# The directory's owner puts links where files have just been made.
raced()
{
	local pid victim=$scratch/root-file
	if ((EUID)); then
		skip "a directory whose owner changes it meanwhile" "only root can write there"
		return
	fi
	echo root >"$victim"
	chmod 755 "$scratch"
	chown 65534 "$to"
	# shellcheck disable=SC2016 # perl's
	setpriv --reuid=65534 --clear-groups perl -e '
		my ($dir, $victim) = @ARGV;
		while (1) {
			opendir my $d, $dir or die;
			for (grep { !/^\.\.?$/ } readdir $d) { unlink "$dir/$_"; symlink $victim, "$dir/$_" }
		}' "$to" "$victim" &
	pid=$!
	for _ in {1..300}; do
		"$bin/klpplace" "$to" "$scratch/module" klp-x.ko "$scratch/table" _klpmake.syms >/dev/null 2>&1
	done
	kill "$pid"
	wait "$pid" 2>/dev/null
	is "$(<"$victim")" root "whoever owns the directory cannot make klpplace write elsewhere"
	rm -rf "$to"
	mkdir "$to"
}

# Two kernels or two patches with one place for their results: module and table are of the same run.
shared()
{
	local first pid
	patch
	first=$dir
	mv "$dir" "$scratch/with a blank"
	first="$scratch/with a blank"
	patch
	sed -i 's/extern int state;/int helper(int);/; s/x + state/helper(x)/' "$dir/klp-x.c"
	"$top/klpmake" -q -k "$mini_release" --kdir "$k" --vmlinux "$k/vmlinux" -o "$to" "$first" &
	pid=$!
	make_it -q -o "$to" "$dir"
	wait "$pid"
	# The second one may find the first at work, and says so.
	is "$?:$status:${err#"klpmake: warning: another klpmake is writing to '$to': waiting for it to end"}:$(there)" \
		"0:0::_klpmake.syms klp-x.ko" "two patches at once, with one --output"
	is "$(strings "$to/klp-x.ko" | grep -oP '(?<=klp\.sym\.vmlinux\.)\w+')" "$(awk '$1 == "symbol" { print $5 }' "$to/_klpmake.syms")" \
		"... the table is that of the module"
	make_it -q -o "$to/one.ko" "$dir"
	is "$status:$err:$(there)" "0::_klpmake.syms klp-x.ko one.ko" "a single file"
	(cd "$to" && "$top/klpmake" -q -k "$mini_release" --kdir "$k" --vmlinux "$k/vmlinux" -o two.ko "$dir")
	is "$?:$(there)" "0:_klpmake.syms klp-x.ko one.ko two.ko" "... without a directory"
}

# What an earlier run has made, when a run fails or its report cannot be written.
endings()
{
	patch
	make_it -q "$dir"
	source_of klp-x.c nonsense
	make_it "$dir"
	is "$status:$(tail -n 1 <<<"$err")" \
		"1:klpmake: warning: nothing was made: '$dir/klp-x.ko' is from an earlier run, and not what you asked for now" \
		"the last word of a failed run is of the older module"
	rm -rf "$dir/.klpmake"
	make_it -q "$dir"
	has "$err" "'$dir/klp-x.ko' is from an earlier run" "... also without a work directory"
	make_it --json "$dir"
	has "$out" "is from an earlier run" "... and in JSON"

	patch
	mv "$dir" "$scratch/another blank"
	dir="$scratch/another blank"
	"$top/klpmake" --json -k "$mini_release" --kdir "$k" --vmlinux "$k/vmlinux" "$dir" >&- 2>"$scratch/closed"
	is "$?:$(ls -A "$TMPDIR")" "1:" "--json into what is closed: nothing stays in TMPDIR"
	has "$(<"$scratch/closed")" "the report cannot be written" "... and it is said"
	"$top/klpmake" --json -k "$mini_release" --kdir "$k" --vmlinux "$k/vmlinux" "$dir" >/dev/full 2>"$scratch/closed"
	is "$?:$(ls -A "$TMPDIR")" "1:" "--json into what is full"
	has "$(<"$scratch/closed")" "the report cannot be written" "... and it is said"
	"$top/klpmake" --json -k "$mini_release" --kdir "$k" --vmlinux "$k/vmlinux" "$dir" 2>/dev/null | true
	is "$(ls -A "$TMPDIR")" "" "--json into a pipe that nobody reads"
	"$top/klpmake" -k "$mini_release" --kdir "$k" --vmlinux "$k/vmlinux" "$dir" 2>/dev/null | true
	is "$(ls -A "$TMPDIR")" "" "text into such a pipe"
	"$top/klpmake" check --json --vmlinux "$k/vmlinux" -k "$mini_release" "$dir/klp-x.ko" 2>/dev/null >/dev/full
	is "$?:$(ls -A "$TMPDIR")" "1:" "check --json into what is full"
}

by_itself
locked
raced
shared
endings
done_testing
