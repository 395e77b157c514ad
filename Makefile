# SPDX-License-Identifier: GPL-2.0-only
#
# make            the programs, in build/
# make install    PREFIX (default /usr/local) and DESTDIR are honoured
# make test       all tests that this machine can run; ./scripts/test sets up what they need
# make lint       shellcheck, clang-format, compiler warnings as errors, cppcheck
# make bench      speed, as ratios within one run
# make clean

VERSION := 0.1.0
PREFIX ?= /usr/local
BUILD ?= build

CC ?= gcc
CFLAGS ?= -O2 -g
KLP_CFLAGS := -std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	      -D_GNU_SOURCE -DKLPMAKE_VERSION='"$(VERSION)"'

# Debian 12 has no .pc file for libdwarf, Debian 13's names a directory that it does not ship:
# every directory that exists is tried.
DWARF_DIRS := $(patsubst -I%,%,$(filter -I%,$(shell pkg-config --cflags libdwarf 2>/dev/null))) \
	      /usr/include/libdwarf /usr/include/libdwarf-0 /usr/include/libdwarf-2
KLP_CFLAGS += $(addprefix -isystem ,$(wildcard $(DWARF_DIRS)))

# What each program is made of; a part is named after its job.
elf_parts := util strmap elf_file
target_parts := $(elf_parts) options arch kallsyms symvers target relocs
dwarf_parts := dwarf_file dwarf_object units defs
patch_parts := layout patch
klpsyms_parts := klpsyms $(target_parts) $(dwarf_parts) $(patch_parts) patch_module template source \
		 scope module_files resolve locate mention near symtable output
klplink_parts := klplink $(elf_parts) symtable output link_plan link_strings link_write
klpcheck_parts := klpcheck $(target_parts) $(dwarf_parts) $(patch_parts) \
		  $(patsubst src/%.c,%,$(wildcard src/check*.c)) json
kallsympos_parts := kallsympos $(target_parts) $(dwarf_parts) locate mention near json

programs := klpsyms klplink klpcheck kallsympos
klpsyms_libs := -ldwarf -lelf
klplink_libs := -lelf
klpcheck_libs := -ldwarf -lelf
kallsympos_libs := -ldwarf -lelf

all: $(addprefix $(BUILD)/,$(programs))

define program
$(BUILD)/$(1): $(patsubst %,$(BUILD)/%.o,$(sort $($(1)_parts)))
	$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$($(1)_libs)
endef
$(foreach p,$(programs),$(eval $(call program,$(p))))

$(BUILD)/%.o: src/%.c Makefile | $(BUILD)
	$(CC) $(KLP_CFLAGS) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD):
	mkdir -p $@

-include $(wildcard $(BUILD)/*.d)

clean:
	rm -rf build

.PHONY: all clean
.DELETE_ON_ERROR:
