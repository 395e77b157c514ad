#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A server of Debian's archive, with its debug information and without its source (example/user-vsftpd): it starts processes
# for each session, which run in an empty root, without rights, behind a filter of system calls. Nothing is installed: the
# packages are unpacked in the scratch directory.

# shellcheck source=tests/tap.bash
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# shellcheck source=tests/user.bash
source "$top/tests/user.bash"
user_needs

packages=(vsftpd vsftpd-dbg libwrap0)
type dpkg-deb apt-get >/dev/null 2>&1 || skip_all 'not a Debian system'
(cd "$scratch" && timeout 60 apt-get download "${packages[@]}" >/dev/null 2>&1) || skip_all "apt has no ${packages[*]} here"
for file in "$scratch"/*.deb; do
	dpkg-deb -x "$file" "$scratch/root"
done
server=$scratch/root/usr/sbin/vsftpd
libraries=$scratch/root/usr/lib/x86_64-linux-gnu
[[ -d $libraries ]] || libraries=$scratch/root/lib/x86_64-linux-gnu
export KLPMAKE_BIN=$bin LD_LIBRARY_PATH=$libraries
lacks "$(ldd "$server")" 'not found' 'the server has its libraries'

# ldd asks the dynamic linker, which LD_LIBRARY_PATH tells where the unpacked one is.
make_feat()
{
	run "$top/klpmake" user --target "$server" --debug "$(echo "$scratch"/root/usr/lib/debug/.build-id/*/*.debug)" \
		--library-dir "$libraries" -o "$scratch" "$@" "$top/example/user-vsftpd"
}
make_feat
refused 1 "coroutine: 'libcrypto.so.3' uses makecontext()" 'its library may have coroutines'
make_feat --allow=coroutine
exits 0 'the patch is made, where that is no matter'

mkdir -m 555 "$scratch/empty"
chmod 755 "$scratch"
port=$((20000 + $$ % 10000))
cat >"$scratch/vsftpd.conf" <<END
listen=YES
listen_port=$port
listen_address=127.0.0.1
background=NO
anonymous_enable=YES
secure_chroot_dir=$scratch/empty
nopriv_user=nobody
ftp_username=nobody
seccomp_sandbox=YES
END
chmod 644 "$scratch/vsftpd.conf"
"$server" "$scratch/vsftpd.conf" >"$scratch/vsftpd.out" 2>&1 &
user_pid[vsftpd]=$!

# connect NAME: a session; ask and hear are its conversation.
connect()
{
	local fd
	exec {fd}<>"/dev/tcp/127.0.0.1/$port" || return
	user_in[$1]=$fd
	user_out[$1]=$fd
	hear "$1"
}

# features NAME: sets REPLY to the answer to FEAT, in one line.
features()
{
	local all=
	ask "$1" $'FEAT\r'
	while [[ -n $REPLY && $REPLY != '211 '* ]]; do
		all+=$REPLY
		hear "$1"
	done
	REPLY=${all//$'\r'/}
}

# shellcheck disable=SC2317 # until_true calls it
listens()
{
	! kill -0 "${user_pid[vsftpd]}" 2>/dev/null || (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null
}
until_true listens
connect a 2>/dev/null
if [[ $REPLY != 220* ]]; then
	skip 'vsftpd' "it does not run here: $(<"$scratch/vsftpd.out")"
	done_testing
fi
features a
before=$REPLY
has "$before" ' MDTM' 'a session answers'
# Of a session's two processes the second one talks, and may do next to nothing.
talks=$(pgrep -P "$(pgrep -P "${user_pid[vsftpd]}" | head -n 1)")
is "$(readlink "/proc/$talks/root")" "$scratch/empty" 'it runs in an empty root'
is "$(awk '$1 == "Seccomp:" || $1 == "Uid:" { print $2 }' "/proc/$talks/status" | xargs)" "$(id -u nobody) 2" 'without rights, behind a filter of system calls'
apply apply "$scratch/feat.klpu" --all
exits 0 'applied to all processes of the server'
features a
is "$REPLY" '211-Features: UTF8' 'the session that was there has the new function'
connect b
features b
is "$REPLY" '211-Features: UTF8' 'and so has one that begins now'
apply revert "$scratch/feat.klpu" --all
exits 0 'reverted'
features a
is "$REPLY" "$before" 'the old function again'
features b
is "$REPLY" "$before" 'in both'
done_testing
