#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154,SC2317 # end and has_read are called
# Debug information from a server: elfutils' debuginfod on this machine, with the miniature kernel and a small program.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpuser.bash"

type debuginfod debuginfod-find >/dev/null 2>&1 || skip_all "debuginfod is not installed: 'scripts/setup test' installs it"

# What the server has; nothing of this machine's, neither kernels nor what was asked for before.
files=$scratch/files
export KLPMAKE_BIN=$bin KLPMAKE_ROOT=$scratch/root KLPMAKE_CACHE=$scratch/kernels DEBUGINFOD_CACHE_PATH=$scratch/cache
unset KLPMAKE_VMLINUX
server='' port='' url='' from=''

end()
{
	ended
	tap_end
}
trap end EXIT

# ended: the server is.
ended()
{
	[[ -n $server ]] || return 0
	kill "$server" 2>/dev/null
	exec {from}<&-
	wait "$server" 2>/dev/null
	server=''
}

# serve LINE COMMAND [ARG...]: starts it, with a port at the end that is free, and reads what it says until that line.
serve()
{
	local wanted=$1 line
	shift
	for ((port = 20000 + RANDOM % 20000; port < 60000; port++)); do
		exec {from}< <(exec env HOME="$scratch" DEBUGINFOD_CACHE_PATH="$scratch/server" "$@" "$port" 2>&1)
		server=$!
		url=http://127.0.0.1:$port
		while IFS= read -r -t 60 -u "$from" line; do
			[[ $line != *"$wanted"* ]] || return 0
		done
		ended
	done
	return 1
}

# has_read COUNT: debuginfod knows what is in so many files.
has_read()
{
	local tcp answer
	exec {tcp}<>"/dev/tcp/127.0.0.1/$port"
	printf 'GET /metrics HTTP/1.0\r\n\r\n' >&"$tcp"
	answer=$(cat <&"$tcp")
	exec {tcp}>&-
	[[ $answer == *$'\nscanned_files_total{source="file"} '"$1"* ]]
}

ask_kernel()
{
	run "$top/kallsympos" -k "$mini_release" state fs/proc/alpha.c
}

of_a_kernel()
{
	local id
	id=$(readelf -n "$files/vmlinux" | awk '/Build ID/ { print $3 }')
	export DEBUGINFOD_URLS=$url
	ask_kernel
	refused 1 "DEBUGINFOD_URLS is set, but nothing here says the build-id to ask for: kernel '$mini_release' does not run" \
		'a kernel of which nothing is here'
	mkdir -p "$build"
	objcopy --strip-debug "$files/vmlinux" "$build/vmlinux"
	ask_kernel
	is "$status:$err" '0:' 'a vmlinux from the server, by the build-id of one without debug information'
	has "$out" 'fs/proc/alpha.c:9' '... is read'
	holds '... and is where debuginfod-find keeps such files' test -f "$DEBUGINFOD_CACHE_PATH/$id/debuginfo"
	unset DEBUGINFOD_URLS
	ask_kernel
	refused 1 "no vmlinux with debug information (there is only '$build/vmlinux', which has none)" 'no server to ask'
	lacks "$err" debuginfod '... and none is thought of'
	DEBUGINFOD_URLS='http://127.0.0.1:1 http://me:secret@127.0.0.1:2' DEBUGINFOD_CACHE_PATH=$scratch/none ask_kernel
	refused 1 "
  'debuginfod-find debuginfo $id' has asked 'http://127.0.0.1:1', 'http://127.0.0.1:2': Server query failed: " 'servers that do not answer'
	DEBUGINFOD_URLS=$url PATH=$scratch/path ask_kernel
	refused 1 "there is no debuginfod-find to ask with: install the package 'debuginfod' (elfutils)" 'nothing to ask with'
	# The server goes by the time of the file.
	touch -r "$files/vmlinux" "$scratch/time"
	mini_vmlinux "$scratch/other" -DOTHER -O1
	cp "$scratch/other/vmlinux" "$files/vmlinux"
	touch -r "$scratch/time" "$files/vmlinux"
	DEBUGINFOD_URLS=$url DEBUGINFOD_CACHE_PATH=$scratch/wrong ask_kernel
	refused 1 "what '$url' gave for build-id $id is another build: '$scratch/wrong/$id/debuginfo': remove it" 'another build than was asked for'
}

# The kernel that runs is asked for by its own build-id.
of_the_running_one()
{
	local id
	if ! id=$("$bin/klpinfo" --notes /sys/kernel/notes 2>/dev/null); then
		skip 'the kernel that runs' 'it does not say its build-id'
		return
	fi
	KLPMAKE_ROOT='' DEBUGINFOD_URLS=$url run "$top/kallsympos" state
	if [[ $status == 0 ]]; then
		skip 'the kernel that runs' 'its debug information is installed'
	else
		refused 1 "'debuginfod-find debuginfo $id' has asked '$url': Server query failed: No such file or directory" 'the kernel that runs, by its build-id'
	fi
}

of_a_program()
{
	patch fix server work new_work <<-'END'
		//KLPMAKE server.c
		#include <klpmake-user.h>
		extern long count;
		static long new_work(long x) { return x + ++count; }
	END
	make_patch
	refused 1 "/server': no debug information of this build" 'a program without debug information'
	lacks "$err" debuginfod '... and no server is thought of'
	DEBUGINFOD_URLS='http://127.0.0.1:1' DEBUGINFOD_CACHE_PATH=$scratch/none make_patch
	refused 1 "' has asked 'http://127.0.0.1:1': Server query failed: " 'a program, and a server that does not answer'
	export DEBUGINFOD_URLS=$url
	make_patch --allow ipa
	exits 0 'a patch for a program, with debug information from the server'
	run "$top/klpmake" user check "$klpu"
	exits 0 '... which is checked with it'
	unset DEBUGINFOD_URLS
}

# A server that takes the question and does not answer: perl's, until it is ended.
without_an_answer()
{
	local line='' klpmake
	ended
	# shellcheck disable=SC2016 # perl's variables
	serve listening perl -MIO::Socket::INET -e '$| = 1;
		my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $ARGV[0], Listen => 9) or exit 1;
		print "listening\n";
		while (my $c = $s->accept) { push(@open, $c); }' || fail 'a server that does not answer'
	exec {said}< <(DEBUGINFOD_URLS=$url DEBUGINFOD_CACHE_PATH=$scratch/late exec "$top/kallsympos" -k "$mini_release" state 2>&1)
	klpmake=$!
	IFS= read -r -t 60 -u "$said" line
	is "$line" "waiting for '$url'" 'whoever waits is told so'
	ended
	line=$(cat <&"$said")
	wait "$klpmake"
	is $? 1 '... and is refused when the server is gone'
	has "$line" "has asked '$url'" '... with what was asked'
	exec {said}<&-
}

build=$KLPMAKE_ROOT/lib/modules/$mini_release/build
mini_vmlinux "$scratch/kernel" && mkdir "$files" "$scratch/path" && cp "$scratch/kernel/vmlinux" "$files" || exit 1
for name in bash readlink dirname basename awk uname readelf sort paste; do
	ln -s "$(type -P "$name")" "$scratch/path/$name"
done
program server <<'END'
static long count;
__attribute__((noinline)) static long work(long x) { return x * ++count; }
long answer(long x) { return work(x); }
END
mv "$scratch/server.debug" "$files"
if ! serve 'started http server' debuginfod -F -d :memory: -t 0 -g 0 -c 1 "$files" -p || ! until_holds has_read 2; then
	skip_all 'debuginfod does not start here'
fi
of_a_program
of_the_running_one
of_a_kernel
without_an_answer
done_testing
