# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2034,SC2154 # scripts/guest sets guest_scripts, and uses what is set here
#
# The QEMU machine that a guest is. Source common.bash and machines.bash first.

guest_argv=()

# guest_machine MODULE: finds the row for this module's machine.
guest_machine()
{
	local machine group=try
	machine=$(elf_machine "$1") || true
	[[ -n $machine ]] || die "'$1' is not an ELF file"
	machine_row elf "$machine" || die "'$1' is for a machine that no guest is known for: '$machine'"
	[[ $machine_name == "$(uname -m)" ]] || group=foreign
	type "$machine_qemu" >/dev/null 2>&1 ||
		die "'$machine_qemu' is not installed; $(guest_install "$machine_package" "$group")"
}

# guest_install PACKAGE [GROUP]: how to get what a guest needs.
guest_install()
{
	printf "'%s/setup %s' installs it (package '%s')\n" "$guest_scripts" "${2:-try}" "$1"
}

# guest_accel: kvm where it works. That it can be opened says little: in a virtual machine it can be
# there and yet refuse the first virtual CPU, so a machine is made with one, and never started.
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

# kvm_failed: the file that says during which run of this machine kvm could not run a guest.
kvm_failed()
{
	printf '%s/kvm-fails\n' "$(klpmake_cache)"
}

# kvm_fails: so that not each guest has to find it out.
kvm_fails()
{
	local file
	file=$(kvm_failed)
	mkdir -p "${file%/*}"
	cat /proc/sys/kernel/random/boot_id >"$file"
}

# guest_command ACCEL IMAGE INITRAMFS: sets guest_argv. The console and the port of the verdict become
# the files 'console' and 'verdict' of the working directory, whose names need no quoting for qemu.
guest_command()
{
	local accel=$1 cpu=max append="console=$machine_console panic=-1 loglevel=8 log_buf_len=4M printk.devkmsg=on"
	if [[ $accel == tcg ]]; then
		cpu=$machine_cpu
		# An emulated CPU on a busy host stands still for seconds; that is no complaint of the kernel's,
		# nor is a timer of its machine broken that has not ticked meanwhile.
		append+=' nowatchdog rcupdate.rcu_cpu_stall_suppress=1 no_timer_check'
		# The virtual CPUs take turns in one thread. In threads of their own, one of them can run code
		# that another has just replaced: the kernel then dies of an int3 that is no longer there
		# (seen in QEMU 7.2, in one of forty guests that patch on a busy host). It is no slower.
		accel+=,thread=single
	fi
	guest_argv=("$machine_qemu" -machine "$machine_board" -accel "$accel" -cpu "$cpu" -smp 2 -m 512
		-nodefaults -display none -no-reboot -serial file:console
		-kernel "$2" -initrd "$3" -append "$append")
	if [[ -n $machine_bus ]]; then
		guest_argv+=(-chardev "file,id=verdict,path=verdict" -device "virtio-serial-$machine_bus"
			-device "virtserialport,chardev=verdict")
	else
		guest_argv+=(-serial file:verdict)
	fi
}
