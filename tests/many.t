#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2317 # until_holds calls what it is given
# klpmake for several kernels or patch directories at once: where each result is, what becomes of the others when one fails or somebody interrupts,
# and that they share a jobserver.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/kdir.bash"
source "$(dirname "${BASH_SOURCE[0]}")/fix.bash"

kdir_setup
kdir_source
other=${mini_release/9.9.0/9.9.1}

# fetched RELEASE KDIR: puts this kernel where fetched ones are.
fetched()
{
	local root=$KLPMAKE_CACHE/kernels/$1
	mkdir -p "$root/lib/modules/$1" "$root/usr/lib/debug/boot"
	ln -s "$2" "$root/lib/modules/$1/build"
	ln -s "$2/vmlinux" "$root/usr/lib/debug/boot/vmlinux-$1"
	ln -s "$2/System.map" "$root/usr/lib/debug/boot/System.map-$1"
}

# server: says which jobserver the make has that it runs in.
cat >"$scratch/server" <<-'END'
	#!/bin/sh
	auth=${MAKEFLAGS##*--jobserver-auth=}
	auth=${auth%% *}
	case $auth in
		[0-9]*) readlink "/proc/$$/fd/${auth%%,*}" ;;
		*) echo "$auth" ;;
	esac
END
chmod +x "$scratch/server"
# Each says that; with the file 'hold', it does not come to its end.
cat >>"$k/Makefile" <<-END
	modules: told
	told:
	>+$scratch/server >>$scratch/servers; while [ -e $scratch/hold ]; do : >$scratch/held; sleep 0.1; done
END
# A second kernel, which differs in its release.
cp -r "$k" "$k-other"
sed -i "s/$mini_release/$other/g" "$k-other/vmlinux" "$k-other/include/config/kernel.release"
sed -i "s:$k\([/ ]\|\$\):$k-other\1:g" "$k-other/Makefile"
# shellcheck disable=SC2016 # for that file
printf 'mini_vermagic=${mini_vermagic/%s/%s}\n' "$mini_release" "$other" >>"$k-other/mini.bash"
fetched "$mini_release" "$k"
fetched "$other" "$k-other"

# many ARG...
many()
{
	: >"$scratch/servers"
	run timeout 120 "$top/klpmake" "$@"
}

# results DIRECTORY: what is in it besides the patch.
results()
{
	(cd "$1" && find . -name .klpmake -prune -o -type f ! -name Makefile ! -name '*.[ch]' -printf '%P\n' | LC_ALL=C sort | paste -sd ' ')
}

# servers: how many have said which one they have, and how many those are.
servers()
{
	echo "$(wc -l <"$scratch/servers"),$(sort -u "$scratch/servers" | wc -l)"
}

# complaints: of the jobserver, in the logs of kbuild.
complaints()
{
	cat "$dir"/.klpmake/*/kbuild.log | grep -ci jobserver
}

both="$mini_release/_klpmake.syms $mini_release/klp-x.ko $other/_klpmake.syms $other/klp-x.ko"
patch
many -k "$mini_release" --kernel="$other" "$dir"
is "$status:$err:$(results "$dir")" "0::$both" 'two kernels: each result in its own directory'
is "$(for r in "$mini_release" "$other"; do modinfo -F vermagic "$dir/$r/klp-x.ko"; done | cut -d' ' -f1 | paste -sd ' ')" "$mini_release $other" '... for its kernel'
is "$(tail -n 2 <<<"$out")" "$mini_release  $dir/$mini_release/klp-x.ko"$'\n'"$other  $dir/$other/klp-x.ko" '... and a table says so'
is "$(servers):$(complaints)" 2,1:0 'all share one jobserver'
is "$(ls -A "$TMPDIR")" '' '... and nothing is left'
rm -r "${dir:?}"/9.*
cd "$dir" || exit
many -q -k "$mini_release" -k "$other"
cd "$scratch" || exit
is "$status:$out:$(results "$dir")" "0::$both" '... in the current directory, too'
mkdir "$scratch/out"
many -k "$mini_release" -k "$other" -o "$scratch/out" "$dir"
is "$status:$(results "$scratch/out")" "0:$both" '... or wherever --output says'
many -k "$other" -k "$other" -o "$scratch" "$dir"
is "$status:$(ls "$scratch"/*.ko)" "0:$scratch/klp-x.ko" 'one kernel twice is one kernel'
mkdir "$scratch/fix"
cd "$scratch/fix" || exit
patched show fs/proc/alpha.c '/^int alpha_show/,/^}/s/^{/{\n\tx ^= 4711;/'
many -k "$mini_release" -k "$other" --source "$tree" show.patch
cd "$scratch" || exit
is "$status:$err:$(tail -n 2 <<<"$out")" "0::$mini_release  ./$mini_release/klp-show.ko"$'\n'"$other  ./$other/klp-show.ko" 'a .patch for two kernels'
is "$(for r in "$mini_release" "$other"; do functions "$scratch/fix/$r/klp-show.ko"; done | paste -sd ' '):$(results fix)" \
	"alpha_show alpha_show:$mini_release/klp-show.ko $other/klp-show.ko show.patch" '... each has its module'

# One of them fails.
many -k "$mini_release" -k 9.9.2-none -k "$other" --json "$dir"
# shellcheck disable=SC2016 # Perl's
holds 'a kernel that is not there, in JSON' perl -MJSON::PP -e 'my $d = decode_json(shift); my ($a, $b, $c) = @{$d->{kernels}};
	!$d->{ok} && @{$d->{kernels}} == 3 && $a->{report}{ok} && $a->{result} =~ m,/klp-x.ko$, && $a->{kernel} eq $a->{report}{kernel} &&
	!$b->{report}{ok} && !defined $b->{result} && $b->{report}{messages}[0]{text} =~ /9.9.2-none/ && $c->{report}{ok} or die' "$out"
is "$status" 1 '... the status says it, too'
sed -i '1i #ifdef BROKEN\n#error no\n#endif' "$dir/klp-x.c"
echo 'CFLAGS += -DBROKEN' >>"$k/Makefile"
rm -r "${dir:?}/$other"
many -k "$mini_release" -k "$other" "$dir"
is "$status:$(tail -n 2 <<<"$out" | sed 's: /.*/: :')" "1:$mini_release  failed"$'\n'"$other  klp-x.ko" 'one that fails does not keep the other'
has "$err" "$mini_release:"$'\n'"klp-x.c:2:2: error: #error no" '... its messages are below its name'
has "$err" "warning: nothing was made for '$mini_release': '$dir/$mini_release/klp-x.ko' is from an earlier run" '... and what is old is called so'
rm -r "${dir:?}/$mini_release"
many -q -k "$mini_release" -k "$other" "$dir"
is "$status:$out:$(results "$dir"):$(cd "$dir" && echo 9.*)" "1::$other/_klpmake.syms $other/klp-x.ko:$other" '... for it, there is not even a directory'
sed -i '$d' "$k/Makefile"

# Where it cannot even begin.
mkdir "$scratch/no-make"
printf '#!/bin/sh\necho "make: no" >&2\nexit 2\n' >"$scratch/no-make/make"
chmod +x "$scratch/no-make/make"
run timeout 120 env PATH="$scratch/no-make:$PATH" "$top/klpmake" -q -k "$mini_release" -k "$other" "$dir"
is "$status:$(grep -c ' did not come to its end: make: no' <<<"$err")" 1:2 'a make that does not work is not silent'

# What cannot be for several.
many -k "$mini_release" -k "$other" --vmlinux x "$dir"
refused 2 "'--vmlinux' is about one kernel, and there are 2" 'one vmlinux'
many -k "$mini_release" -k "$other" -o x.ko "$dir"
refused 2 "'--output' needs a directory, for 2 kernels" 'one file'
many -k "$mini_release" -k ../x "$dir"
refused 1 "'../x' is not a kernel release" 'a path'
many -k "$mini_release" -k "$other" "$scratch/nowhere"
refused 1 "'$scratch/nowhere' is not a directory" 'no patch directory'

# Several patch directories.
first=$dir
rm -rf "${first:?}"/9.*
patch
source_of klp-x.c 2000
many -k "$mini_release" "$first" "$dir" "$first/."
is "$status:$err:$(results "$first"):$(results "$dir")" "0::_klpmake.syms klp-x.ko:_klpmake.syms klp-x.ko" 'two directories: each has its result'
is "$(adds):$(dir=$first adds)" 2000:1000 '... its own'
is "$(tail -n 2 <<<"$out")" "$first  $first/klp-x.ko"$'\n'"$dir  $dir/klp-x.ko" '... and a table says so; one directory twice is one'
is "$(servers):$(complaints)" 2,1:0 'all share one jobserver'
rm "$first"/*.ko "$first"/*.syms "$dir"/*.ko "$dir"/*.syms
many -q -k "$mini_release" -k "$other" "$first" "$dir"
is "$status:$out$err:$(results "$first"):$(results "$dir")" "0::$both:$both" 'two for two kernels'
echo broken >>"$first/klp-x.c"
many -k "$mini_release" "$first" "$dir"
is "$status:$(tail -n 2 <<<"$out")" "1:$first  failed"$'\n'"$dir  $dir/klp-x.ko" 'one that fails does not keep the other'
has "$err" "$first:"$'\n'"klp-x.c:" '... its messages are below its name'
many -k "$mini_release" -k "$other" --json "$first" "$dir"
# shellcheck disable=SC2016 # Perl's
holds '... in JSON' perl -MJSON::PP -e 'my $d = decode_json($ARGV[0]); my @all = @{$d->{kernels}};
	!$d->{ok} && @all == 4 && $all[0]{directory} eq $ARGV[1] && !defined $all[1]{result} && $all[2]{directory} eq $ARGV[2] &&
	$all[3]{result} =~ m,/klp-x.ko$, && $all[3]{kernel} eq $all[1]{kernel} or die' "$out" "$first" "$dir"
many -k "$mini_release" -o "$scratch" "$first" "$dir"
refused 2 "'--output' is about one patch directory, and there are 2: each gets its own results" 'one place for two directories'
many -k "$mini_release" "$dir" "$scratch/nowhere"
refused 1 "'$scratch/nowhere' is not a directory" 'a directory that is not there'

# Interrupted.
patch
for signal in TERM INT KILL; do
	: >"$scratch/hold"
	rm -f "$scratch/held"
	# A shell makes its background jobs ignore SIGINT, this one's as well as whose it is itself: perl resets that.
	(set -m && exec perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' "$top/klpmake" -q -k "$mini_release" -k "$other" "$dir" >/dev/null 2>&1) &
	pid=$!
	until_holds test -e "$scratch/held"
	kill "-$signal" "$(pgrep -f "^/bin/bash -p $top/klpmake -q -k $mini_release -k" | head -n 1)"
	gone() { ! pgrep -f "$scratch" >/dev/null; }
	holds "$signal ends all of them" until_holds gone
	rm "$scratch/hold"
	{ wait "$pid"; } 2>/dev/null
	is "$(results "$dir")" '' '... and nothing is made'
	[[ $signal == KILL ]] || is "$(ls -A "$TMPDIR")" '' '... nor left'
done

# In a makefile of the user's.
printf 'all:\n\t+@%s >>%s; %q -q -k %s --output %q %q\n' "$scratch/server" "$scratch/servers" "$top/klpmake" "$mini_release" "$scratch" "$dir" >"$scratch/mk"
: >"$scratch/servers"
run make -s -j3 -f "$scratch/mk"
is "$status:$err:$(servers):$(complaints)" 0::2,1:0 "klpmake shares the jobserver of a makefile's '+'"
printf 'all:\n\t@%q -q -k %s --output %q %q\n' "$top/klpmake" "$mini_release" "$scratch" "$dir" >"$scratch/mk"
: >"$scratch/servers"
run make -s -j3 -f "$scratch/mk"
is "$status:$err:$(servers):$(complaints)" 0::1,1:0 '... and has one of its own without that'
done_testing
