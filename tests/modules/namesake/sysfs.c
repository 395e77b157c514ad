// SPDX-License-Identifier: GPL-2.0
//KLPMAKE drivers/acpi/sysfs.c
#include <linux/types.h>

#include "namesake.h"

/* /sys/firmware/acpi/interrupts/gpe_all */
extern u32 acpi_gpe_count;

void show_acpi(struct seq_file *m)
{
	seq_printf(m, "%px acpi_gpe_count in sysfs.c\n", &acpi_gpe_count);
	acpi_gpe_count = 4711;
}
