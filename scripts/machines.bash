# SPDX-License-Identifier: GPL-2.0-only
#
# The machines that a target can be: what differs between them for scripts is a row here, what
# differs in ELF files a row in src/arch.c. Source common.bash first.

# As readelf says it | uname -m | kbuild's ARCH | prefix of the cross compiler | Debian's name |
# image in arch/ARCH/boot | qemu | its package | board | CPU under emulation | console |
# port of a guest's verdict: a second serial port, or one that virtio makes | virtio's bus for that
machines=(
	'Advanced Micro Devices X86-64|x86_64|x86|x86_64-linux-gnu-|amd64|bzImage|qemu-system-x86_64|qemu-system-x86|pc|max|ttyS0|ttyS1|'
	'RISC-V|riscv64|riscv|riscv64-linux-gnu-|riscv64|Image|qemu-system-riscv64|qemu-system-misc|virt|rv64|ttyS0|vport0p1|device'
	'AArch64|aarch64|arm64|aarch64-linux-gnu-|arm64|Image|qemu-system-aarch64|qemu-system-arm|virt|cortex-a72|ttyAMA0|vport0p1|device'
	'PowerPC64|ppc64le|powerpc|powerpc64le-linux-gnu-|ppc64el|vmlinux|qemu-system-ppc64|qemu-system-ppc|pseries|power9|hvc0|vport0p1|pci'
	'IBM S/390|s390x|s390|s390x-linux-gnu-|s390x|bzImage|qemu-system-s390x|qemu-system-misc|s390-ccw-virtio|max|ttysclp0|vport0p1|ccw'
)

# The row that was found.
machine_elf='' machine_name='' machine_karch='' machine_cross='' machine_debian='' machine_image=''
machine_qemu='' machine_package='' machine_board='' machine_cpu='' machine_console='' machine_port=''
machine_bus=''

# elf_machine FILE: what readelf calls it; nothing when the file is no ELF file.
elf_machine()
{
	LC_ALL=C readelf -h -- "$1" 2>/dev/null | sed -n 's/^ *Machine: *//p'
}

# machine_row elf|name WANTED: sets the machine_* variables; returns 1 when there is no such row.
machine_row()
{
	local row variable=machine_$1
	for row in "${machines[@]}"; do
		# shellcheck disable=SC2034 # for those who source this
		IFS='|' read -r machine_elf machine_name machine_karch machine_cross machine_debian machine_image \
			machine_qemu machine_package machine_board machine_cpu machine_console machine_port \
			machine_bus <<<"$row"
		[[ ${!variable} != "$2" ]] || return 0
	done
	return 1
}
