# SPDX-License-Identifier: GPL-2.0-only
#
# make            the programs, in build/
# make install    PREFIX (default /usr/local), LIBDIR, MANDIR, COMPDIR, UNITDIR and DESTDIR are honoured
# make install-load, install-make   what a machine needs that only loads livepatches; the rest
# make uninstall  removes what install with the same arguments has put there
# make dist       klpmake-VERSION.tar.xz, in build/
# make deb        packages for Debian, in build/deb/: klpmake, and klpmake-load for machines that only load livepatches
# make rpm        the same for rpm, in build/rpm/
# make check      the tests that do not need a kernel; two cores take about two minutes
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

# What a machine needs that only loads livepatches (load_), and what making them needs besides that (make_). The names
# that a man page is for, its NAME, say which command is in which part.
man_names = $(shell sed -n '/^\.SH NAME/ { n; s/ \\-.*//; s/,//g; p; }' doc/$(1))
load_pages := klpmake.1 klpmake-load.1 klpinfo.1
load_files = klpmake scripts/cmd/loader.bash $(patsubst klpmake-%,scripts/cmd/%.bash,$(call man_names,klpmake-load.1)) \
	      $(patsubst %,scripts/lib/%.bash,common environment json kernel options packed signals) scripts/lib/json.awk $(shell find scripts/lib/run -type f)
load_programs := klpinfo
make_pages := $(filter-out $(load_pages),$(notdir $(wildcard doc/*.1)))
# scripts/dev, demo and test are of no use without this tree, so they are not installed.
make_files = $(filter-out $(load_files),kallsympos $(shell find scripts/cmd scripts/lib templates -type f) \
	      scripts/fetch-kernel scripts/setup $(wildcard src/include/*.h))
make_programs := $(filter-out $(load_programs),$(programs))
executables := $(commands) scripts/fetch-kernel scripts/setup scripts/lib/guest/init

# install_files MODE FILES: those of each directory at once.
install_files = $(foreach d,$(sort $(dir $(2))),install -m $(1) -t $(DESTDIR)$(installed)/$(d) \
	$(foreach f,$(2),$(if $(filter $(d),$(dir $(f))),$(f))) &&) :

# Never cp -p: the user who built it would own scripts that root then runs. Modes are explicit, so that neither
# umask nor those of this tree count. Directories that others use as well keep theirs.
# install_part FILES PROGRAMS COMMANDS PAGES PAGE: the last one under the names of the commands that it is about, too.
define install_part
	umask 022 && mkdir -p $(DESTDIR)$(LIBDIR) $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(COMPDIR)
	umask 022 && install -d -m 755 $(addprefix $(DESTDIR)$(installed)/,. build $(sort $(dir $(1))))
	$(call install_files,644,$(filter-out $(executables),$(1)))
	$(call install_files,755,$(filter $(executables),$(1)))
	install -m 755 $(addprefix $(BUILD)/,$(2)) $(DESTDIR)$(installed)/build
	for c in $(3); do \
		ln -sf "$$(realpath -m --relative-to='$(PREFIX)/bin' '$(installed)')/$$c" $(DESTDIR)$(PREFIX)/bin && \
		install -m 644 packaging/completion.bash $(DESTDIR)$(COMPDIR)/$$c || exit; \
	done
	umask 022 && for p in $(4); do \
		sed 's/@VERSION@/$(VERSION)/g' doc/$$p >$(DESTDIR)$(MANDIR)/man1/$$p || exit; \
	done
	umask 022 && for l in $(filter-out $(5:.1=),$(call man_names,$(5))); do \
		echo '.so man1/$(5)' >$(DESTDIR)$(MANDIR)/man1/$$l.1 || exit; \
	done
endef

install: install-load install-make

install-load: $(addprefix $(BUILD)/,$(load_programs))
	$(call install_part,$(load_files),$(load_programs),klpmake,$(load_pages),klpmake-load.1)
	umask 022 && mkdir -p $(DESTDIR)$(UNITDIR) && \
		sed 's|@KLPMAKE@|$(PREFIX)/bin/klpmake|' packaging/klpmake.service >$(DESTDIR)$(UNITDIR)/klpmake.service

install-make: all
	$(call install_part,$(make_files),$(make_programs),kallsympos,$(make_pages),klpmake.1)

# Removes the directories that only klpmake fills, and keeps others.
uninstall:
	rm -rf $(DESTDIR)$(installed)
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/bin/,$(commands)) \
		$(patsubst %,$(DESTDIR)$(MANDIR)/man1/%.1,$(foreach p,$(load_pages) $(make_pages),$(call man_names,$(p)))) \
		$(addprefix $(DESTDIR)$(COMPDIR)/,$(commands)) $(DESTDIR)$(UNITDIR)/klpmake.service

dist:
	@./scripts/dev/package dist $(BUILD)
deb:
	@./scripts/dev/package deb $(BUILD)/deb
rpm:
	@./scripts/dev/package rpm $(BUILD)/rpm

# Tests of the programs run against a build with sanitizers; whole runs use what users run.
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
# tests/arch-ARCHITECTURE.t are for other architectures, all other tests for x86_64.
ARCHES ?= x86_64 riscv64
arch_tests := $(wildcard tests/arch-*.t)
all_arches := x86_64 $(patsubst tests/arch-%.t,%,$(arch_tests))
arches := $(if $(filter all,$(ARCHES)),$(all_arches),$(ARCHES))
# The longest come first, so that none of them runs alone in the end.
longest := $(patsubst %,tests/%.t,selftests doubt-guest guest-failures symbols special fleet-guest run-guest reset-guest sign-guest hosts guest try-each backwards fix-kernels types-kernels \
	modules klpmake-interrupted klpmake packages template-kernels replay fix-noise fuzz)
own_tests := $(longest) $(filter-out $(arch_tests) $(longest),$(wildcard tests/*.t))
TESTS ?= $(patsubst %,tests/arch-%.t,$(filter-out x86_64,$(arches))) $(if $(filter x86_64,$(arches)),$(own_tests))
# Two more than there are processors: some tests wait until a guest's time is over, or for the kernel's own sleeps.
JOBS ?= $(shell expr $$(nproc) + 2)

# Those that need kernels; hosts.t, which compiles for other machines; packages.t, which builds packages; fleet.t, which
# starts Ansible.
with_kernels := $(patsubst %,tests/%.t,backwards baseline doubt-guest fix-kernels fix-noise fleet fleet-guest guest guest-failures helpers-kernels hosts klpmake leftovers modules \
		namespaces packages replay reset-guest run-guest selftests sign sign-guest special symbols systemd-guest template-kernels try-each types-kernels wo-ftrace) $(wildcard tests/example-*.t tests/klpmake-*.t)

# Where the tests of one run work, and the miniature kernels that they share: tests/scratch, with the megabytes that they
# need, and tests/mini.bash.
shared = TMPDIR=$$(./tests/scratch $(1)) && export TMPDIR && mini=$$(mktemp -d) && trap 'rm -rf "$$mini"' EXIT && KLPMAKE_MINI=$$mini

# With fewer damaged files than 'make test' tries, and none of them to programs with sanitizers; processes are stopped less
# often, and fewer programs are made up.
few := KLPMAKE_BIN='$(abspath $(BUILD))' KLPMAKE_FUZZ_ROUNDS=30 MUTATIONS_EACH=4 KLPMAKE_ROUNDS=1000 KLPMAKE_IPA_PROGRAMS=1

check: all
	$(call shared,500) $(few) prove -j$(shell nproc) $(filter-out $(with_kernels),$(own_tests))

test: all sanitized
	$(call shared,4000) KLPMAKE_BIN=$(CURDIR)/build/sanitized prove -j$(JOBS) --timer $(TESTS)

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
shell_files = klpmake kallsympos $(wildcard scripts/cmd/*) scripts/lib/many-run.bash scripts/lib/run/keeper.bash $(wildcard scripts/lib/run/far/*.bash) scripts/lib/user/make.bash scripts/lib/user/check.bash packaging/completion.bash packaging/debian/tests/try packaging/debian/tests/load .ci/run tests/hosts/both tests/fuzz/run $(wildcard tests/*.t) \
	      $(wildcard example/*/check example/*/scenario tests/modules/*/check tests/modules/*/scenario) \
	      $(addprefix tests/modules/,scenario load-orders switching) tests/run/command tests/run/kernel tests/scratch $(wildcard tests/run/bin/*) tests/selftests/scenario tests/doubt/scenario tests/arch/scenario tests/types/check \
	      $(shell grep -lE '^\#!.*sh\b|^\# shellcheck shell' $(filter-out %.bash,$(shell find scripts -type f)))
c_files = $(filter-out src/include/%,$(wildcard src/*/*.[ch] src/*/*/*.[ch])) $(wildcard tests/*.[ch] tests/fuzz/*.c)

# C23 makes some functions macros (in glibc 2.43, for one): there, a comma in braces ends an argument.
as_c23 := '-Dbsearch(key,base,n,size,by)=bsearch(key,base,n,size,by)'

lint:
	printf '%s\n' $(shell_files) | xargs -P $(shell nproc) -n 12 shellcheck -x -a
	clang-format --dry-run -Werror $(c_files)
	@$(MAKE) -s -j$(shell nproc) --no-print-directory BUILD=build/lint CFLAGS="-O2 -g -Werror -Wformat=2 -Wcast-qual -Wundef $(as_c23)"
	cppcheck -j $(shell nproc) --quiet --error-exitcode=1 --enable=warning,performance,portability \
		--inline-suppr --std=c11 -D_GNU_SOURCE -DKLPMAKE_VERSION='""' src

clean:
	rm -rf build

.PHONY: all klplink-files install install-load install-make uninstall dist deb rpm check test test-kernel sanitized fuzzed fuzz bench screencast lint clean
.DELETE_ON_ERROR:
