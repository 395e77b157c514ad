#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Several machines at once: two guests with an ssh server each. 'klpmake load', 'keep' and 'unload' with --host, where nothing of
# klpmake is installed; then the Ansible role of example/fleet, where what loads livepatches is.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/guest.bash
. "$top/tests/guest.bash"

machines=(a b)

# scenario: what each guest does: it is a machine with a network and an ssh server, until somebody there writes to /run/end.
scenario()
{
	cat <<-'END'
		phase machine
		ln -s /try/programs/* /bin
		# What devtmpfs does not have and every system makes.
		ln -s /proc/self/fd /dev/fd
		mkdir -p /dev/pts /root/.ssh /etc
		mount -t devpts devpts /dev/pts
		chmod 700 /root /root/.ssh
		echo 'root::0:0::/root:/bin/sh' >/etc/passwd
		echo 'root:x:0:' >/etc/group
		cp key.pub /root/.ssh/authorized_keys
		tar -xf python.tar -C /
		kernel_module virtio_pci
		kernel_module virtio_net
		ip link set lo up
		ip addr add 10.0.2.15/24 dev eth0
		ip link set eth0 up
		mkfifo /run/end
		dropbear -r host-key -s -j -k || fail 'the ssh server does not start'
		show 'the ssh server is there'
		read -r _ </run/end
		phase end
		[ -z "$(ls /sys/kernel/livepatch)" ] || fail "'$(ls /sys/kernel/livepatch)' is left"
	END
}

# network: a qemu whose guest's port 22 is a port here that nobody else has. Its number is in the file of $MACHINE.
network()
{
	mkdir "$scratch/bin"
	guest_qemu "$scratch/bin" <<-'END'
		exec "$qemu" "$@" -netdev user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:0-:22 -device virtio-net-pci,netdev=net,romfile= \
			-monitor stdio < <(echo 'info usernet'; exec tail -f --pid=$$ /dev/null) >"$MACHINE"
	END
}

# keys: for the servers and for us, and an ssh that uses them and knows where the machines are.
keys()
{
	dropbearkey -t ed25519 -f "$scratch/host-key" >/dev/null 2>&1 &&
		ssh-keygen -q -t ed25519 -N '' -C '' -f "$scratch/key" || return
	cat >"$scratch/bin/ssh" <<-END
		#!/bin/bash
		exec $(type -P ssh) -F $scratch/ssh-config "\$@"
	END
	chmod +x "$scratch/bin/ssh"
}

# boot RELEASE MODULE: starts the machines, and waits until each has its server.
trys=()
boot()
{
	local name port
	for name in "${machines[@]}"; do
		MACHINE=$scratch/usernet-$name PATH=$scratch/bin:$PATH "$top/klpmake" try "$2" --scenario "$scratch/scenario" --cpus 1 \
			--modprobe virtio_pci --modprobe virtio_net --program bash --program flock --program dropbear --program /usr/bin/python3 \
			--program "$top/build/klpinfo" --file "$scratch/key.pub" --file "$scratch/host-key" --file "$scratch/python.tar" \
			--timeout 600 --log "$scratch/log-$name" >"$scratch/try-$name" 2>&1 &
		trys+=($!)
	done
	for name in "${machines[@]}"; do
		until_holds grep -q 'the ssh server is there' "$scratch/try-$name" || return
		port=$(sed -nE 's/.*HOST_FORWARD\] +[0-9]+ +127\.0\.0\.1 +([0-9]+) .*/\1/p' "$scratch/usernet-$name")
		cat <<-END
			Host $name
				HostName 127.0.0.1
				Port $port
		END
	done >"$scratch/ssh-config"
	cat >>"$scratch/ssh-config" <<-END
		Host *
			User root
			IdentityFile $scratch/key
			IdentitiesOnly yes
			UserKnownHostsFile /dev/null
			StrictHostKeyChecking no
			LogLevel ERROR
	END
}

# on MACHINE COMMAND
on()
{
	"$scratch/bin/ssh" -n "$1" "$2"
}

# patched: which machines are.
patched()
{
	local name
	for name in "${machines[@]}"; do
		printf '%s:%s ' "$name" "$(on "$name" 'grep -c livepatched=1 /proc/cmdline; ls /sys/kernel/livepatch' | paste -sd ' ')"
	done
}

# klp COMMAND [ARG...]
klp()
{
	run env PATH="$scratch/bin:$PATH" "$top/klpmake" "$@"
}

with_hosts()
{
	local module=$1
	is "$(patched)" 'a:0 b:0 ' 'two machines'
	klp load --host b "$module"
	is "$status:$err:$(patched)" '0::a:0 b:1 klp_cmdline ' 'a livepatch is loaded on one'
	klp load --host b --host a "$module"
	refused 1 "b: klpmake load: error: a livepatch 'klp_cmdline' is loaded already" 'the same again, and on another machine'
	has "$out" $'\na  not tried' '... which is not tried'
	is "$(patched)" 'a:0 b:1 klp_cmdline ' '... and not touched'
	klp unload --host b klp_cmdline
	is "$status:$err:$(patched)" '0::a:0 b:0 ' 'it is unloaded'
	klp load -j 2 --host a --host b --trial 1h "$module"
	is "$status:$err:$(patched)" '0::a:1 klp_cmdline b:1 klp_cmdline ' 'it is loaded on both at once, on trial'
	klp keep --host a --host b klp_cmdline
	is "$status:$err" 0: '... kept'
	klp unload -j 2 --host a --host b klp_cmdline
	is "$status:$err:$(patched)" '0::a:0 b:0 ' '... and unloaded'
	klp load --host a --trial 5 "$module"
	exits 0 'a short trial'
	holds '... ends by itself' until_holds ended
}

ended()
{
	[[ $(patched) == 'a:0 b:0 ' ]]
}

# play FILE [ARG...]
play()
{
	run env PATH="$scratch/bin:$PATH" ansible-playbook -i "$scratch/inventory" "$top/example/fleet/$1" "${@:2}"
}

with_ansible()
{
	local name
	# Ansible runs in such a locale only.
	export LC_ALL=C.UTF-8 ANSIBLE_HOME=$scratch/ansible ANSIBLE_LOCAL_TEMP=$scratch/ansible/local ANSIBLE_NOCOLOR=1 \
		ANSIBLE_SSH_CONTROL_PATH_DIR=$scratch/cp
	# dropbear has no sftp.
	export ANSIBLE_SSH_TRANSFER_METHOD=piped ANSIBLE_PIPELINING=true
	for name in "${machines[@]}"; do
		tar -c -C "$scratch/installed" usr | "$scratch/bin/ssh" "$name" 'tar -x -C /'
		printf '%s ansible_become=false ansible_python_interpreter=/bin/python3\n' "$name"
	done >"$scratch/inventory"
	on a ': >/run/healthy'
	play load.yml -e "livepatch_module=$1" -e '{"livepatch_check": ["test", "-e", "/run/healthy"]}'
	is "$status:$(patched)" '2:a:1 klp_cmdline b:0 ' 'it is loaded by Ansible where the check says yes, and taken back where it says no'
	echo "$out"
	echo "$err"
}

need()
{
	local name
	for name in ssh ssh-keygen dropbear dropbearkey ansible-playbook; do
		find_program "$name" >/dev/null || skip_all "there is no '$name': 'scripts/setup test' installs it"
	done
}

main()
{
	local releases=() release dir name i
	need_guests
	#need
	release=${releases[-1]}
	cp -r "$top/example/cmdline" "$scratch"
	run "$top/klpmake" -k "$release" "$scratch/cmdline"
	exits 0 "$release: klpmake makes a livepatch"
	klpmake_in "$scratch/tree.tar"
	tar -cf "$scratch/python.tar" --exclude={test,idlelib,lib2to3,ensurepip,pydoc_data,config-3.11\*} -C / usr/lib/python3.11
	ls -l "$scratch/python.tar"
	scenario >"$scratch/scenario"
	network && keys && boot "$release" "$scratch/cmdline/klp-cmdline.ko" || fail 'no machines'
	time with_hosts "$scratch/cmdline/klp-cmdline.ko"
	time with_ansible "$scratch/cmdline/klp-cmdline.ko"
	for i in 0 1; do
		name=${machines[i]}
		on "$name" 'echo >/run/end'
		wait "${trys[i]}"
		is $? 0 "$name: nothing is left, and the kernel has not complained"
		cat "$scratch/try-$name"
	done
	nothing_left 'nothing is left of the guests'
	done_testing
}

main
