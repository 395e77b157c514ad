#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2317 # until_holds calls what it is given
#
# Several machines at once: guests with an ssh server each, with the newest kernel that was fetched.
# 'klpmake load', 'keep' and 'unload' with --host, where nothing of klpmake is installed; then the Ansible role of example/fleet,
# where what loads livepatches is.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/guest.bash
. "$top/tests/guest.bash"

machines=(a b)
module='' # for them
other=''  # for another kernel

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
	guest_qemu "$scratch/bin" <<-'END'
		exec "$qemu" "$@" -netdev user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:0-:22 -device virtio-net-pci,netdev=net,romfile= \
			-monitor stdio < <(echo 'info usernet'; exec tail -f --pid=$$ /dev/null) >"$MACHINE"
	END
}

# keys: for the servers and for us, and an ssh that uses them and knows where the machines are.
keys()
{
	dropbearkey -t ed25519 -f "$scratch/host-key" >/dev/null 2>&1 &&
		ssh-keygen -q -t ed25519 -N '' -C '' -f "$scratch/key"
	cat >"$scratch/bin/ssh" <<-END
		#!/bin/bash
		exec $(type -P ssh) -F $scratch/ssh-config "\$@"
	END
	chmod +x "$scratch/bin/ssh"
}

# boot: starts the machines, and waits until each has its server.
trys=()
boot()
{
	local name port
	for name in "${machines[@]}"; do
		MACHINE=$scratch/usernet-$name PATH=$scratch/bin:$PATH "$top/klpmake" try "$module" --scenario "$scratch/scenario" --cpus 1 \
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

# on MACHINE COMMAND: through one connection, which ends with the machine.
on()
{
	"$scratch/bin/ssh" -n -o ControlMaster=auto -o ControlPersist=yes -o ControlPath="$scratch/%n" "$1" "$2"
}

# patched: the machines that are, by what they do, and the livepatches that are loaded.
patched()
{
	local name
	for name in "${machines[@]}"; do
		printf '%s:%s\n' "$name" "$(on "$name" 'grep -o livepatched=1 /proc/cmdline; ls /sys/kernel/livepatch' | paste -sd ' ')"
	done | paste -sd ' '
}

# klp COMMAND [ARG...]
klp()
{
	run env PATH="$scratch/bin:$PATH" "$top/klpmake" "$@"
}

with_hosts()
{
	is "$(patched)" 'a: b:' 'two machines'
	klp load -j 2 --host a --host b --trial 1h "$module"
	is "$status:$err:$(patched)" "0::a:$with b:$with" 'a livepatch is loaded on both at once, on trial'
	is "$(tail -n 2 <<<"$out" | grep -c '^[ab]  klp_cmdline: enabled, every task has it; it goes back in ')" 2 '... with a table'
	klp keep --host a --host b klp_cmdline
	is "$status:$err" 0: '... kept'
	klp unload --host b klp_cmdline
	is "$status:$err:$(patched)" "0::a:$with b:" '... and unloaded on one'
	klp load --host b --host a --host nowhere "$module"
	refused 1 'a: klpmake load: error: ' 'the second of three machines refuses it, as it has it'
	is "$(tail -n 1 <<<"$out"):$(patched)" "nowhere  not tried:a:$with b:$with" '... the third one is not tried'
	klp unload -j 2 --host a --host b klp_cmdline
	is "$status:$err:$(patched)" '0::a: b:' 'it is unloaded'
	if [[ -n $other ]]; then
		klp load --host a --host b "$other"
		is "$status:$(grep -c "^a: klpmake load: error: .*$oldest" <<<"$err"):$(patched)" '1:1:a: b:' 'that of another kernel is refused'
	else
		skip 'that of another kernel is refused' 'one kernel was fetched'
	fi
	klp load --host b --trial 5 "$module"
	exits 0 'a short trial'
	ended() { [[ $(patched) == 'a: b:' ]]; }
	holds '... ends there by itself' until_holds ended
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
		ANSIBLE_SSH_CONTROL_PATH_DIR=$scratch/ansible
	# What the server is without, and what takes half the time.
	export ANSIBLE_SSH_TRANSFER_METHOD=piped ANSIBLE_PIPELINING=true
	for name in "${machines[@]}"; do
		tar -c -C "$scratch/installed" usr | "$scratch/bin/ssh" "$name" 'tar -x -C /'
		printf '%s ansible_become=false ansible_python_interpreter=/bin/python3 livepatch_module=%s\n' "$name" "$module"
	done >"$scratch/inventory"
	on a ': >/run/healthy'
	play load.yml -e '{"livepatch_check": ["test", "-e", "/run/healthy"]}'
	is "$status:$(patched)" "2:a:$with b:" 'Ansible loads it; where the check of the machine fails, it is taken back'
	has "$out" "klp_cmdline is not loaded on b: 'Check the machine' failed" '... which is said'
	is "$(on a 'klpmake list' | head -n 1):$(on b 'klpmake list')" 'klp_cmdline: enabled:no livepatch is loaded' '... and no trial goes on'
	play rollback.yml -e livepatch_name=klp_cmdline --limit a
	is "$status:$(patched)" '0:a: b:' 'Ansible takes it back'
}

# python FILE: a tar of what Ansible needs there. Each of its tasks comes with the source of all that it uses, which an emulated
# machine compiles for seconds: instead of that, these take what is installed.
python()
{
	local library ansible part=$scratch/python
	library=$(/usr/bin/python3 -c 'import os; print(os.path.dirname(os.__file__))')
	ansible=$(/usr/bin/python3 -c 'import ansible; print(ansible.__path__[0])')
	mkdir -p "$part/${ansible%/*}"
	echo 'import installed' >"$part/${ansible%/*}/installed.pth"
	cat >"$part/${ansible%/*}/installed.py" <<-END
		import sys
		from importlib.machinery import PathFinder

		class Installed:
		    def find_spec(name, path=None, target=None):
		        return PathFinder.find_spec(name, ["$ansible"]) if name == "ansible.module_utils" else None

		sys.meta_path.insert(0, Installed)
	END
	tar -cf "$1" --exclude={test,idlelib,lib2to3,ensurepip,pydoc_data,config-\*} -C / "${library#/}" "${ansible#/}/module_utils" -C "$part" .
}

# need_servers: without what the machines need, the test ends here and says what.
need_servers()
{
	local name
	for name in ssh ssh-keygen dropbear dropbearkey ansible-playbook /usr/bin/python3; do
		PATH=$PATH:/usr/sbin:/sbin type -P "$name" >/dev/null || skip_all "there is no '$name': 'scripts/setup test' installs it"
	done
}

main()
{
	local releases=() release newest oldest i with='livepatched=1 klp_cmdline'
	need_servers
	need_guests
	mapfile -t releases < <(printf '%s\n' "${releases[@]}" | sort -V)
	oldest=${releases[0]} newest=${releases[-1]}
	cp -r "$top/example/cmdline" "$scratch"
	mkdir "$scratch/made" "$scratch/bin"
	for release in "$oldest" "$newest"; do
		[[ ! -e $scratch/made/$release ]] || continue
		mkdir "$scratch/made/$release"
		run "$top/klpmake" -q -k "$release" --output "$scratch/made/$release" "$scratch/cmdline"
		exits 0 "$release: klpmake makes a livepatch"
	done
	module=$scratch/made/$newest/klp-cmdline.ko
	[[ $oldest == "$newest" ]] || other=$scratch/made/$oldest/klp-cmdline.ko
	klpmake_in "$scratch/tree.tar"
	python "$scratch/python.tar"
	scenario >"$scratch/scenario"
	network
	keys
	boot || {
		fail 'the machines start'
		diag "$(tail -n 5 "$scratch"/try-*)"
		done_testing
	}
	with_hosts
	with_ansible
	for i in "${!machines[@]}"; do
		on "${machines[i]}" 'echo >/run/end'
		wait "${trys[i]}"
		is "$?:$(sed -n 's/^klpmake try: error: //p' "$scratch/try-${machines[i]}")" 0: "${machines[i]}: nothing is left, and the kernel has not complained"
	done
	nothing_left 'nothing is left of the guests'
	done_testing
}

main
