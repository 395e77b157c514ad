# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2034,SC2154 # scripts/guest sets guest_scripts, and uses what is set here
#
# The machines that a guest can be: all that differs between architectures is a row of this table.
# Source common.bash first.

# The module's ELF machine | qemu | package | board | console | port of the verdict
guest_machines=(
	'Advanced Micro Devices X86-64|qemu-system-x86_64|qemu-system-x86|pc|ttyS0|ttyS1'
)

guest_qemu='' guest_package='' guest_board='' guest_console='' guest_port=''
guest_argv=()

# guest_machine MODULE: sets the guest_* variables to the row for this module's architecture.
guest_machine()
{
	local machine row elf_machine
	machine=$(LC_ALL=C readelf -h -- "$1" 2>/dev/null | sed -n 's/^ *Machine: *//p') || true
	[[ -n $machine ]] || die "'$1' is not an ELF file"
	for row in "${guest_machines[@]}"; do
		IFS='|' read -r elf_machine guest_qemu guest_package guest_board guest_console guest_port <<<"$row"
		[[ $elf_machine != "$machine" ]] || break
	done
	[[ $elf_machine == "$machine" ]] || die "'$1' is for a machine that no guest is known for: '$machine'"
	type "$guest_qemu" >/dev/null 2>&1 ||
		die "'$guest_qemu' is not installed; $(guest_install "$guest_package")"
}

# guest_install PACKAGE: how to get what a guest needs.
guest_install()
{
	printf "'%s/setup try' installs it (package '%s')\n" "$guest_scripts" "$1"
}

# guest_accel: kvm where it works. That it can be opened says little: in a virtual machine it can be
# there and yet refuse the first virtual CPU, so a machine is made with one, and never started.
guest_accel()
{
	if [[ -r /dev/kvm && -w /dev/kvm ]] && (
		ulimit -c 0
		timeout 10 "$guest_qemu" -machine "$guest_board" -accel kvm -cpu max -nodefaults -display none \
			-S -monitor stdio <<<quit
	) >/dev/null 2>&1; then
		printf 'kvm\n'
	else
		printf 'tcg\n'
	fi
}

# guest_command ACCEL IMAGE INITRAMFS: sets guest_argv. The serial ports become the files 'console'
# and 'verdict' of the working directory, whose names need no quoting for qemu.
guest_command()
{
	local accel=$1 append="console=$guest_console panic=-1 loglevel=8 log_buf_len=4M printk.devkmsg=on"
	if [[ $accel == tcg ]]; then
		# An emulated CPU on a busy host stands still for seconds; that is no complaint of the kernel's,
		# nor is a timer of its machine broken that has not ticked meanwhile.
		append+=' nowatchdog rcupdate.rcu_cpu_stall_suppress=1 no_timer_check'
		# The virtual CPUs take turns in one thread. In threads of their own, one of them can run code
		# that another has just replaced: the kernel then dies of an int3 that is no longer there
		# (seen in QEMU 7.2, in one of forty guests that patch on a busy host). It is no slower.
		accel+=,thread=single
	fi
	guest_argv=("$guest_qemu" -machine "$guest_board" -accel "$accel" -cpu max -smp 2 -m 512
		-nodefaults -display none -no-reboot -serial file:console -serial file:verdict
		-kernel "$2" -initrd "$3" -append "$append")
}
