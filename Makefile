# SPDX-License-Identifier: GPL-2.0-only
#
# make            the programs, in build/
# make install    PREFIX (default /usr/local) and DESTDIR are honoured
# make test       all tests that this machine can run; ./scripts/test sets up what they need
#                 ARCHES=riscv64: the part of that architecture alone; ARCHES=all: of every one
# make test-kernel ARCH=riscv64   kernels to test that architecture with
# make lint       shellcheck, clang-format, compiler warnings as errors, cppcheck
# make bench      speed, as ratios within one run
# make clean

VERSION := 0.1.0
PREFIX ?= /usr/local
BUILD ?= build

# V=1 shows the commands.
Q := $(if $(V),,@)
CC ?= gcc
CFLAGS ?= -O2 -g
# File sizes, inodes and times have 64 bits also where a long has 32.
KLP_CFLAGS := -std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	      -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 -DKLPMAKE_VERSION='"$(VERSION)"'

# Debian 12 has no .pc file for libdwarf, Debian 13's names a directory that it does not ship:
# every directory that exists is tried.
DWARF_DIRS := $(patsubst -I%,%,$(filter -I%,$(shell pkg-config --cflags libdwarf 2>/dev/null))) \
	      /usr/include/libdwarf /usr/include/libdwarf-0 /usr/include/libdwarf-2
KLP_CFLAGS += $(addprefix -isystem ,$(wildcard $(DWARF_DIRS)))

# What each program is made of; a part is named after its job.
elf_parts := util child strmap elf_file unpack
arch_parts := $(patsubst src/%.c,%,$(wildcard src/arch*.c))
target_parts := $(elf_parts) $(arch_parts) options kallsyms witness symvers modinfo sites traced jump landing target relocs
dwarf_parts := dwarf_file dwarf_object code_ranges units units_cache defs output
patch_parts := layout structure patch taken
klpsyms_parts := klpsyms uses own_names replaced addresses $(target_parts) $(dwarf_parts) $(patch_parts) patch_module template asm_name source \
		 scope objects module_files resolve resolved resolve_macro unresolved syscalls locals locate mention near vanished \
		 inlined inlined_list parallel functions dwarf_code symtable early sealed special_uses moves code_line
klplink_parts := klplink cpu_limit $(elf_parts) $(arch_parts) relocs early moves symtable output link_plan link_slots link_strings link_write
klpcheck_parts := klpcheck cpu_limit $(target_parts) $(dwarf_parts) $(patch_parts) objects module_files syscalls early sealed \
		  $(patsubst src/%.c,%,$(wildcard src/check*.c)) json inlined inlined_list parallel functions \
		  callers dwarf_code locate mention code code_tables same same_refs \
		  same_tables code_line types type_agree type_text producer asm_name
kallsympos_parts := kallsympos $(target_parts) $(dwarf_parts) objects module_files locate mention near json

programs := klpsyms klplink klpcheck kallsympos
klpsyms_libs := -ldwarf -lelf
klplink_libs := -lelf
klpcheck_libs := -ldwarf -lelf
kallsympos_libs := -ldwarf -lelf

all: $(addprefix $(BUILD)/,$(programs))

define program
$(BUILD)/$(1): $(patsubst %,$(BUILD)/%.o,$(sort $($(1)_parts)))
	@echo '  LD  $$@'
	$$(Q)$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$($(1)_libs)
endef
$(foreach p,$(programs),$(eval $(call program,$(p))))

$(BUILD)/%.o: src/%.c Makefile | $(BUILD)
	@echo '  CC  $@'
	$(Q)$(CC) $(KLP_CFLAGS) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD):
	mkdir -p $@

-include $(wildcard $(BUILD)/*.d)

# An installed klpmake has the same tree as this one, so its scripts find everything alike.
installed := $(PREFIX)/lib/klpmake
# What is of no use without this tree stays here.
scripts := $(filter-out %/demo %/test %/test-kernel %/host-libraries %/bench,$(wildcard scripts/*))

install: all
	install -d $(DESTDIR)$(installed)/build $(DESTDIR)$(installed)/scripts \
		$(DESTDIR)$(installed)/src/include \
		$(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 klpmake kallsympos $(DESTDIR)$(installed)
	install -m 755 $(addprefix $(BUILD)/,$(programs)) $(DESTDIR)$(installed)/build
	cp -p $(scripts) $(DESTDIR)$(installed)/scripts
	install -m 644 src/include/klpmake.h $(DESTDIR)$(installed)/src/include
	ln -sf ../lib/klpmake/klpmake ../lib/klpmake/kallsympos $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(wildcard doc/*.1) $(DESTDIR)$(PREFIX)/share/man/man1

# Tests of the programs run against a build with sanitizers; whole runs use what users run.
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined
# Those of other architectures are tests/arch-ARCHITECTURE.t, all other tests are x86_64's.
ARCHES ?= x86_64 riscv64
arch_tests := $(wildcard tests/arch-*.t)
all_arches := x86_64 $(patsubst tests/arch-%.t,%,$(arch_tests))
arches := $(if $(filter all,$(ARCHES)),$(all_arches),$(ARCHES))
TESTS ?= $(if $(filter x86_64,$(arches)),$(filter-out $(arch_tests),$(wildcard tests/*.t))) \
	 $(patsubst %,tests/arch-%.t,$(filter-out x86_64,$(arches)))

test: all sanitized
	ASAN_OPTIONS=detect_leaks=0 KLPMAKE_BIN=$(CURDIR)/build/sanitized \
		prove -j$(shell nproc) --timer $(TESTS)

# An architecture may have more than one configuration.
test-kernel:
	./scripts/test-kernel $(patsubst tests/kernels/%.config,%,$(wildcard tests/kernels/$(ARCH).config tests/kernels/$(ARCH)-*.config))

sanitized:
	@$(MAKE) -s -j$(shell nproc) --no-print-directory BUILD=build/sanitized CFLAGS='-O1 -g $(SANITIZE)' LDFLAGS='$(SANITIZE)'

bench: all
	./scripts/bench

# Parts (*.bash) are looked at with the scripts that source them (-a).
shell_files = klpmake kallsympos .ci/run tests/hosts/both $(wildcard tests/*.t) \
	      $(wildcard example/*/check example/*/scenario tests/modules/*/check tests/modules/*/scenario) \
	      $(addprefix tests/modules/,scenario load-orders switching) tests/selftests/scenario tests/doubt/scenario tests/arch/scenario tests/types/check \
	      $(shell grep -lE '^\#!.*sh\b|^\# shellcheck shell' $(filter-out %.bash,$(wildcard scripts/*)))
c_files = $(wildcard src/*.[ch] tests/*.[ch])

lint:
	shellcheck -x -a $(shell_files)
	clang-format --dry-run -Werror $(c_files)
	@$(MAKE) -s -j$(shell nproc) --no-print-directory BUILD=build/lint CFLAGS='-O2 -g -Werror -Wformat=2 -Wcast-qual -Wundef'
	cppcheck --quiet --error-exitcode=1 --enable=warning,performance,portability \
		--inline-suppr --std=c11 -D_GNU_SOURCE -DKLPMAKE_VERSION='""' src

clean:
	rm -rf build

.PHONY: all install test test-kernel sanitized bench lint clean
.DELETE_ON_ERROR:
