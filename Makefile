# SPDX-License-Identifier: GPL-2.0-only
#
# make            the programs, in build/
# make install    PREFIX (default /usr/local), LIBDIR, MANDIR, COMPDIR, UNITDIR and DESTDIR are honoured
# make uninstall  removes what install with the same arguments has put there
# make check      the tests that do not need a kernel; two cores take two to three minutes
# make test       all tests that this machine can run; ./scripts/test sets up what they need
#                 ARCHES=riscv64: only those of that architecture; ARCHES=all: those of every one
# make test-kernel ARCH=riscv64   kernels to test that architecture with
# make lint       shellcheck, clang-format, compiler warnings as errors, cppcheck
# make bench      speed, as ratios within one run
# make screencast records doc/screencast.svg, which README.md shows first
# make fuzz       damaged files to every program, RUNS of each kind
# make clean

VERSION := 0.1.0
PREFIX ?= /usr/local
BUILD ?= build

# V=1 shows the commands.
Q := $(if $(V),,@)
# make's own default for CC is cc, which may not exist.
ifeq ($(origin CC),default)
CC := gcc
endif
CFLAGS ?= -O2 -g
# File sizes, inodes and times have 64 bits also where a long has 32.
KLP_CFLAGS := -std=gnu11 -Isrc -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	      -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 -DKLPMAKE_VERSION='"$(VERSION)"'

# Debian 12 has no .pc file for libdwarf, Debian 13's names a directory that it does not ship:
# every directory that exists is tried.
DWARF_DIRS := $(patsubst -I%,%,$(filter -I%,$(shell pkg-config --cflags libdwarf 2>/dev/null))) \
	      /usr/include/libdwarf /usr/include/libdwarf-0 /usr/include/libdwarf-2
KLP_CFLAGS += $(addprefix -isystem ,$(wildcard $(DWARF_DIRS)))

# A folder of src/ is an archive; each program is its own file and what it needs of some folders, those that refer
# to others first (src/layers).
folder_files = $(wildcard src/$(1)/*.c src/$(1)/*/*.c)
kernel_folders := kernel image dwarf symbols klp elf arch base
klpdiff_folders := diff resolve patch same operand $(kernel_folders)
klpdecl_folders := draft resolve patch same operand $(kernel_folders)
klpsyms_folders := resolve patch same operand $(kernel_folders)
klplink_folders := link klp elf arch base
klpcheck_folders := check patch same operand $(kernel_folders)
kallsympos_folders := answer same operand $(kernel_folders)
klpinfo_folders := info patch klp elf arch base
klpplace_folders := base
klpuser_folders := umake ucheck ulink binary resolve patch same operand image dwarf symbols user klp elf arch base
klpapply_folders := apply user elf arch base

# What stops processes knows registers and system calls of the machine that it is compiled for.
applies := $(filter x86_64-%,$(or $(shell $(CC) -dumpmachine 2>/dev/null),$(shell uname -m)-))
programs := klpdecl klpdiff klpsyms klplink klpcheck klpinfo kallsympos klpplace klpuser $(if $(applies),klpapply)
klpdiff_libs := -ldwarf -lelf
klpdecl_libs := -ldwarf -lelf
klpsyms_libs := -ldwarf -lelf
klplink_libs := -lelf
klpcheck_libs := -ldwarf -lelf
klpinfo_libs := -lelf
kallsympos_libs := -ldwarf -lelf
klpuser_libs := -ldwarf -lelf
klpapply_libs := -ldw -lelf

all: $(addprefix $(BUILD)/,$(programs))

define program
$(BUILD)/$(1): $(BUILD)/programs/$(1).o $(patsubst %,$(BUILD)/%.a,$($(1)_folders))
	@echo '  LD  $$@'
	$$(Q)$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$($(1)_libs)
endef
$(foreach p,$(programs),$(eval $(call program,$(p))))

define folder
$(BUILD)/$(1).a: $(patsubst src/%.c,$(BUILD)/%.o,$(call folder_files,$(1)))
	@echo '  AR  $$@'
	$$(Q)rm -f $$@ && $$(AR) rcs $$@ $$^
endef
$(foreach f,$(sort $(foreach p,$(programs),$($(p)_folders))),$(eval $(call folder,$(f))))

$(BUILD)/%.o: src/%.c Makefile
	@echo '  CC  $@'
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(KLP_CFLAGS) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# What klplink is made of, for scripts/dev/arch-proof. The compiler reads all of it at once, and each header once.
klplink-files:
	@files=$$(printf '#include "%s"\n' src/programs/klplink.c $(foreach f,$(klplink_folders),$(call folder_files,$(f))) | \
		$(CC) -w -MM -MT files $(KLP_CFLAGS) -x c -) && \
		echo "$$files" | tr ' ' '\n' | grep '^src/'

# An installed klpmake has the same tree as this one, so its scripts find everything alike.
LIBDIR ?= $(PREFIX)/lib
MANDIR ?= $(PREFIX)/share/man
COMPDIR ?= $(PREFIX)/share/bash-completion/completions
UNITDIR ?= $(PREFIX)/lib/systemd/system
installed := $(LIBDIR)/klpmake
commands := klpmake kallsympos
# scripts/dev, demo and test are of no use without this tree, so they are not installed.
script_folders := $(shell find scripts/cmd scripts/lib -type d)
template_folders := $(wildcard templates/*)
pages := $(notdir $(wildcard doc/*.1))

# Never cp -p: the user who built it would own scripts that root then runs. Modes are explicit, so that neither
# umask nor those of this tree count. Directories that others use as well keep theirs.
install: all
	umask 022 && mkdir -p $(DESTDIR)$(LIBDIR) $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(COMPDIR)
	umask 022 && install -d -m 755 $(addprefix $(DESTDIR)$(installed)/,. build src/include scripts $(script_folders) templates $(template_folders))
	install -m 755 $(commands) $(DESTDIR)$(installed)
	install -m 755 $(addprefix $(BUILD)/,$(programs)) $(DESTDIR)$(installed)/build
	install -m 755 scripts/fetch-kernel scripts/setup $(DESTDIR)$(installed)/scripts
	for f in $(script_folders); do install -m 644 "$$f"/*.* $(DESTDIR)$(installed)/"$$f" || exit; done
	for f in $(template_folders); do install -m 644 "$$f"/*.* $(DESTDIR)$(installed)/"$$f" || exit; done
	install -m 755 scripts/lib/guest/init $(DESTDIR)$(installed)/scripts/lib/guest
	install -m 644 src/include/klpmake.h src/include/klpmake_template.h src/include/klpmake-user.h $(DESTDIR)$(installed)/src/include
	for c in $(commands); do \
		ln -sf "$$(realpath -m --relative-to='$(PREFIX)/bin' '$(installed)')/$$c" $(DESTDIR)$(PREFIX)/bin; \
	done
	install -m 644 $(addprefix doc/,$(pages)) $(DESTDIR)$(MANDIR)/man1
	umask 022 && mkdir -p $(DESTDIR)$(UNITDIR) && \
		sed 's|@KLPMAKE@|$(PREFIX)/bin/klpmake|' packaging/klpmake.service >$(DESTDIR)$(UNITDIR)/klpmake.service
	for c in $(commands); do install -m 644 packaging/completion.bash $(DESTDIR)$(COMPDIR)/$$c; done

# Removes the directories that only klpmake fills, and keeps others.
uninstall:
	rm -rf $(DESTDIR)$(installed)
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/bin/,$(commands)) $(addprefix $(DESTDIR)$(MANDIR)/man1/,$(pages)) \
		$(addprefix $(DESTDIR)$(COMPDIR)/,$(commands)) $(DESTDIR)$(UNITDIR)/klpmake.service

# Tests of the programs run against a build with sanitizers; whole runs use what users run.
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
# tests/arch-ARCHITECTURE.t are for other architectures, all other tests for x86_64.
ARCHES ?= x86_64 riscv64
arch_tests := $(wildcard tests/arch-*.t)
all_arches := x86_64 $(patsubst tests/arch-%.t,%,$(arch_tests))
arches := $(if $(filter all,$(ARCHES)),$(all_arches),$(ARCHES))
# The longest come first, so that none of them runs alone in the end.
longest := $(patsubst %,tests/%.t,selftests doubt-guest guest-failures symbols special run-guest hosts guest backwards fix-kernels types-kernels \
	modules klpmake-interrupted klpmake template-kernels fix-noise fuzz)
own_tests := $(longest) $(filter-out $(arch_tests) $(longest),$(wildcard tests/*.t))
TESTS ?= $(patsubst %,tests/arch-%.t,$(filter-out x86_64,$(arches))) $(if $(filter x86_64,$(arches)),$(own_tests))
# One more than there are processors: some tests wait until a guest's time is over.
JOBS ?= $(shell expr $$(nproc) + 1)

# Those that need kernels, and hosts.t, which compiles for other machines.
with_kernels := $(patsubst %,tests/%.t,backwards baseline doubt-guest fix-kernels fix-noise guest guest-failures helpers-kernels hosts klpmake leftovers modules \
		namespaces run-guest selftests special symbols template-kernels types-kernels wo-ftrace) $(wildcard tests/example-*.t tests/klpmake-*.t)

# The miniature kernels that the tests of one run share: tests/mini.bash.
shared := mini=$$(mktemp -d) && trap 'rm -rf "$$mini"' EXIT && KLPMAKE_MINI=$$mini

# With fewer damaged files than 'make test' tries, and none of them to programs with sanitizers.
few := KLPMAKE_BIN='$(abspath $(BUILD))' KLPMAKE_FUZZ_ROUNDS=30 MUTATIONS_EACH=4

check: all
	$(shared) $(few) prove -j$(shell nproc) $(filter-out $(with_kernels),$(own_tests))

test: all sanitized
	$(shared) KLPMAKE_BIN=$(CURDIR)/build/sanitized prove -j$(JOBS) --timer $(TESTS)

# An architecture may have more than one configuration.
test-kernel:
	./scripts/dev/test-kernel $(patsubst tests/kernels/%.config,%,$(wildcard tests/kernels/$(ARCH).config tests/kernels/$(ARCH)-*.config))

# Tests start these programs thousands of times: a third faster with gcc's sanitizers linked in, where there are archives
# of them. clang, which finds these too, has its own always so.
static_sanitizers = $(if $(findstring clang,$(shell $(CC) --version)),,$(foreach l,asan ubsan,$(if \
	$(wildcard $(shell $(CC) -print-file-name=lib$(l).a)),-static-lib$(l))))

sanitized:
	@$(MAKE) -s -j$(shell nproc) --no-print-directory BUILD=build/sanitized CFLAGS='-O1 -g $(SANITIZE)' \
		LDFLAGS='$(SANITIZE) $(static_sanitizers)'

# As afl-fuzz runs them: tests/fuzz/run gives CC, flags and BUILD. A program's own main() is called by
# that of tests/fuzz/persistent.c.
$(BUILD)/persistent.o: tests/fuzz/persistent.c src/base/util.c Makefile
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(KLP_CFLAGS) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
$(BUILD)/%-main.o: src/programs/%.c Makefile
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(KLP_CFLAGS) -Wno-missing-prototypes -Dmain=program_main $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
define fuzzed
$(BUILD)/$(1)-fuzzed: $(BUILD)/persistent.o $(BUILD)/$(1)-main.o $(patsubst %,$(BUILD)/%.a,$($(1)_folders))
	$$(Q)$$(CC) $$(CFLAGS) $$(LDFLAGS) -Wl,--wrap=child_start,--wrap=child_wait -o $$@ $$^ $$($(1)_libs)
endef
# klpplace copies files and does not look into them.
fuzz_programs := $(filter-out klpplace,$(programs))
$(foreach p,$(fuzz_programs),$(eval $(call fuzzed,$(p))))
fuzzed: $(patsubst %,$(BUILD)/%-fuzzed,$(fuzz_programs))

# RUNS=1000000: the number of runs for each input.
fuzz: all
	./tests/fuzz/run $(if $(RUNS),--runs $(RUNS))

bench: all
	./scripts/dev/bench

screencast: all
	./scripts/dev/screencast

# shellcheck reads parts (*.bash) with the scripts that source them (-a).
shell_files = klpmake kallsympos $(wildcard scripts/cmd/*) scripts/lib/run/keeper.bash scripts/lib/user/make.bash scripts/lib/user/check.bash packaging/completion.bash .ci/run tests/hosts/both tests/fuzz/run $(wildcard tests/*.t) \
	      $(wildcard example/*/check example/*/scenario tests/modules/*/check tests/modules/*/scenario) \
	      $(addprefix tests/modules/,scenario load-orders switching) tests/run/command tests/run/kernel $(wildcard tests/run/bin/*) tests/selftests/scenario tests/doubt/scenario tests/arch/scenario tests/types/check \
	      $(shell grep -lE '^\#!.*sh\b|^\# shellcheck shell' $(filter-out %.bash,$(shell find scripts -type f)))
c_files = $(filter-out src/include/%,$(wildcard src/*/*.[ch] src/*/*/*.[ch])) $(wildcard tests/*.[ch] tests/fuzz/*.c)

# C23 makes some functions macros (in glibc 2.43, for one): there, a comma in braces ends an argument.
as_c23 := '-Dbsearch(key,base,n,size,by)=bsearch(key,base,n,size,by)'

lint:
	shellcheck -x -a $(shell_files)
	clang-format --dry-run -Werror $(c_files)
	@$(MAKE) -s -j$(shell nproc) --no-print-directory BUILD=build/lint CFLAGS="-O2 -g -Werror -Wformat=2 -Wcast-qual -Wundef $(as_c23)"
	cppcheck --quiet --error-exitcode=1 --enable=warning,performance,portability \
		--inline-suppr --std=c11 -D_GNU_SOURCE -DKLPMAKE_VERSION='""' src

clean:
	rm -rf build

.PHONY: all klplink-files install uninstall check test test-kernel sanitized fuzzed fuzz bench screencast lint clean
.DELETE_ON_ERROR:
