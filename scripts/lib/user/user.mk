# SPDX-License-Identifier: GPL-2.0-only
#
# What kbuild is for modules: reads the Makefile of a patch for programs, and compiles its files. make runs in the
# directory of the patch, as its Makefile expects; all that is made goes to KLP_OUT.

include Makefile

ifeq ($(origin CC),default)
CC := $(CROSS_COMPILE)gcc
endif
ifeq ($(origin LD),default)
LD := $(CROSS_COMPILE)ld
endif
OBJCOPY ?= $(CROSS_COMPILE)objcopy

klp_name := $(basename $(firstword $(obj-u)))
klp_objects := $(or $($(klp_name)-y),$($(klp_name)-objs),$(obj-u))

ifneq ($(words $(obj-u)),1)
$(error obj-u has to name one patch, such as 'obj-u := fix.o'; the files of it stand in 'fix-y := a.o b.o')
endif

.DEFAULT_GOAL := lists
.PHONY: lists objects

# For klpmake, a list each.
lists:
	@printf '%s\n' '$(target)' >$(KLP_OUT)/target
	@printf '%s\n' '$(klp_name)' >$(KLP_OUT)/name
	@printf '%s\n' '$(klp_objects)' >$(KLP_OUT)/objects
	@printf '%s\n' '$(CC)' >$(KLP_OUT)/cc
	@printf '%s\n' '$(LD)' >$(KLP_OUT)/ld
	@printf '%s\n' '$(OBJCOPY)' >$(KLP_OUT)/objcopy

objects: $(addprefix $(KLP_OUT)/,$(klp_objects))

# How the tagged unit was compiled comes first, so that the author may say otherwise.
$(KLP_OUT)/%.o: %.c
	$(CC) $$(head -n 1 $(KLP_OUT)/$*.flags) -I$(KLP_HOME)/src/include $(ccflags-y) $(CFLAGS_$*.o) -c -o $@ $<
