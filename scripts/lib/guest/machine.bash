# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2034,SC2154 # scripts/cmd/try.bash sets home, and uses what is set here
#
# The QEMU machine of a guest. Source common.bash and machines.bash first.

guest_argv=()

# guest_machine MODULE: finds the row for this module's machine.
guest_machine()
{
	local machine group=try
	machine=$(elf_machine "$1") || true
	[[ -n $machine ]] || die "'$1' is not an ELF file"
	machine_row elf "$machine" || die "'$1' is for a machine that klpmake cannot make a guest for: '$machine'"
	[[ $machine_name == "$(uname -m)" ]] || group=foreign
	type "$machine_qemu" >/dev/null 2>&1 ||
		die "'$machine_qemu' is not installed; $(guest_install "$machine_package" "$group")"
}

# guest_install PACKAGE [GROUP]: how to get what a guest needs.
guest_install()
{
	printf "'%s/scripts/setup %s' installs it (package '%s')\n" "$home" "${2:-try}" "$1"
}

# guest_accel: kvm if it works, else tcg. That /dev/kvm can be opened does not prove much: in a virtual machine it may
# exist and yet refuse the first virtual CPU. So this makes a machine with one CPU, which it never starts.
guest_accel()
{
	if [[ $(cat -- "$(kvm_failed)" 2>/dev/null) != "$(</proc/sys/kernel/random/boot_id)" ]] &&
		[[ -r /dev/kvm && -w /dev/kvm ]] && (
		ulimit -c 0
		timeout 10 "$machine_qemu" -machine "$machine_board" -accel kvm -cpu max -nodefaults -display none \
			-S -monitor stdio <<<quit
	) >/dev/null 2>&1; then
		printf 'kvm\n'
	else
		printf 'tcg\n'
	fi
}

# kvm_failed: the file that says in which boot of this machine kvm could not run a guest.
kvm_failed()
{
	printf '%s/kvm-fails\n' "$(klpmake_cache)"
}

# kvm_fails: notes that, so that the next guests do not have to find it out.
kvm_fails()
{
	local file
	file=$(kvm_failed)
	mkdir -p "${file%/*}"
	cat /proc/sys/kernel/random/boot_id >"$file"
}

# guest_command ACCEL IMAGE INITRAMFS: sets guest_argv, from $memory, $cpus, $append (words with a blank before
# each) and $shell. The console and the port of the verdict become
# the files 'console' and 'verdict' of the working directory, whose names qemu does not need quoted.
guest_command()
{
	local accel=$1 cpu=max words level=8
	# A terminal that waits for its shell shows only errors.
	[[ -z $shell ]] || level=4
	words="console=$machine_console panic=-1 loglevel=$level log_buf_len=4M printk.devkmsg=on"
	if [[ $accel == tcg ]]; then
		cpu=$machine_cpu
		# An emulated CPU on a busy host stands still for seconds. The kernel must neither complain of that nor take a
		# timer for broken that has not ticked meanwhile.
		words+=' nowatchdog rcupdate.rcu_cpu_stall_suppress=1 no_timer_check'
		# The virtual CPUs take turns in one thread. In threads of their own, one of them can run code
		# that another has just replaced: the kernel then dies of an int3 that is no longer there
		# (in QEMU 7.2, one of forty guests that patch on a busy host). One thread is not slower.
		accel+=,thread=single
	fi
	guest_argv=("$machine_qemu" -machine "$machine_board" -accel "$accel" -cpu "$cpu" -smp "$cpus" -m "$memory"
		-nodefaults -display none -no-reboot -kernel "$2" -initrd "$3" -append "$words$append")
	if [[ -n $shell ]]; then
		# mux: Ctrl-A X ends a guest that does not listen any more.
		guest_argv+=(-chardev 'stdio,id=console,mux=on,signal=off,logfile=console' -serial chardev:console)
	else
		guest_argv+=(-serial file:console)
	fi
	if [[ -n $machine_bus ]]; then
		guest_argv+=(-chardev "file,id=verdict,path=verdict" -device "virtio-serial-$machine_bus"
			-device "virtserialport,chardev=verdict")
	else
		guest_argv+=(-serial file:verdict)
	fi
}
