#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Patches that do nothing, on stock kernels: they are refused; when the check is waived, a guest shows that they do
# nothing; and when they are mended, they work. Then all examples and all patches of the tests: no check doubts them.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/example.bash
. "$(dirname "$0")/example.bash"

wrong_patches()
{
	local doubt=$copies/doubt modules=()
	run "$top/klpmake" -q -k "$release" "$doubt"
	exits 1 "$release: patches that do nothing are refused"
	is "$(sed -n "s/^klpcheck: error: '\(.*\)': \([a-z]*\): '\([^']*\)' .*/\1 \2 \3/p" <<<"$err")" \
		'klp-inlined-wrong.ko inlined do_getpgid
klp-clones-wrong.ko inlined vfs_statfs
klp-clones-wrong.ko clones vfs_statfs
klp-compat-wrong.ko compat __x64_sys_getpgid
klp-noreturn-wrong.ko noreturn kswapd
klp-unchanged-wrong.ko unchanged devinfo_show' "$release: each for what is wrong with it, those that are right for nothing"
	has "$err" "'do_getpgid' (kernel/sys.c:" "$release: ... with file and line"
	has "$err" '_sys_getpgrp at kernel/sys.c:' "$release: ... and what has the code"
	is "$(find "$doubt" -maxdepth 1 -name '*.ko')" '' "$release: no module is left"
	run "$top/klpmake" -q -k "$release" --allow=inlined,clones --allow compat,noreturn,unchanged "$doubt"
	exits 0 "$release: waived, all of them are made"
	is "$(grep -c '^klpcheck: waived: ' <<<"$err")" 6 "$release: ... and it is told what was waived"
	is "$(modinfo_of "$doubt/klp-compat-right.ko" | grep '^klpmake')" "klpmake=$("$bin/klpsyms" --version | cut -d' ' -f2)
klpmake_allowed=clones
klpmake_allowed=compat
klpmake_allowed=inlined
klpmake_allowed=noreturn
klpmake_allowed=unchanged
klpmake_kernel=$(readelf -n "$(kernel_vmlinux "$release")" | sed -n 's/ *Build ID: //p')
klpmake_patched=vmlinux:__ia32_sys_getpgid,0
klpmake_patched=vmlinux:__x64_sys_getpgid,0" "$release: the module says so, for which kernel it is and what it replaces"
	holds "$release: a program to ask with" gcc -static -o "$doubt/probe" "$doubt/probe.c"
	mapfile -t modules < <(find "$doubt" -maxdepth 1 -name '*.ko' | sort)
	proves 'they do nothing, and those that are right do' "${modules[@]}" -- \
		--scenario "$doubt/scenario" --file "$doubt/probe"
	has "$out" 'the transition waits for kswapd0' "$release: a thread keeps the transition from ending"
}

modinfo_of()
{
	objcopy -O binary --only-section=.modinfo --set-section-flags .modinfo=alloc "$1" "$copies/modinfo"
	tr '\0' '\n' <"$copies/modinfo"
}

# right_patches: klpmake makes every example and every patch of the tests. None of the checks that can be waived finds
# anything in them, and none says that it could not look.
right_patches()
{
	local directory modules functions findings unchecked compared allow refused=''
	for directory in "${right[@]}"; do
		# It refuses such a kernel itself, which its own test covers.
		if [[ $directory == cve-2026-31692 ]] && header_has net/rtnetlink.h rtnl_newlink_params; then
			continue
		fi
		# It reverts a fix that the kernels have, and applies it again, which is the kernel's code.
		allow=()
		[[ $directory != cve-2025-21637 ]] || allow=(--allow=unchanged)
		"$top/klpmake" --json -k "$release" ${allow[@]+"${allow[@]}"} "$copies/$directory" 2>"$copies/stderr" ||
			refused+="'$directory': $(<"$copies/stderr")"$'\n'
	done >"$copies/reports"
	is "$refused" '' "$release: klpmake makes all examples and patches of the tests"
	# What no C file defines has no type: the patch 'linker' is about that, and some compilers call memcpy() and memset(),
	# which are in assembler. A kernel keeps its warning about a module that is loaded again.
	read -r modules functions findings unchecked compared < <(perl -MJSON::PP -0777 -ne '
		my ($modules, $functions, $findings, $unchecked) = (0, 0, 0, 0);
		my %compared;
		my $json = JSON::PP->new;
		for ($json->incr_parse($_); my $d = $json->incr_parse;) {
			for my $m (@{$d->{modules}}) {
				$modules++;
				$functions += @{$m->{functions}};
				my @warnings = grep { $_->{severity} eq "warning" && $_->{text} !~ /it cannot be loaded again while/ } @{$m->{messages}};
				$findings += @warnings;
				print STDERR map { "# $m->{name}: $_->{text}\n" } @warnings;
				for my $doubt (grep { $_->{waivable} } @{$m->{passes}}) {
					$findings += $doubt->{findings} unless $doubt->{allowed};
					my @unchecked = grep { /^$doubt->{name}: / && !/: (entry_SYSCALL_64|mem(cpy|set)(, mem(cpy|set))?|_stext,.*)$/ } @{$m->{unchecked}};
					$unchecked += @unchecked;
					print STDERR map { "# $m->{name}: unchecked: $_\n" } @unchecked;
					$compared{$2} += $1 while $doubt->{checked} =~ /(\d+) (declared|variable|type)/g;
				}
			}
		}
		print "$modules $functions $findings $unchecked ",
			"$compared{declared} declared functions, $compared{variable} variables, $compared{type} types\n"' "$copies/reports")
	is "$findings:$unchecked" 0:0 "$release: no word against $modules modules that replace $functions functions, all looked at"
	holds "$release: ... $compared compared" grep -Eq '^[1-9][0-9]+ .*, [1-9][0-9]+ .*, [1-9][0-9]{3,} ' <(echo "$compared")
	holds "$release: ... which is at least one of each directory" test "$modules" -ge "${#right[@]}" -a "$functions" -ge "$modules"
}

# header_function: the copies of a header's function are also counted with libdw, all in one process.
header_function()
{
	local doubt=$copies/header symbols name known
	symbols=$(nm "$(kernel_vmlinux "$release")")
	# The first one is better, but only older kernels have a symbol of it.
	for name in kmalloc_array lru_gen_del_folio; do
		[[ $symbols != *" $name"$'\n'* ]] || break
	done
	if ! gcc -O2 -o "$copies/yardstick" "$top/tests/yardstick.c" -ldw -lelf 2>/dev/null; then
		skip "$release: the copies of a function from a header" 'no libdw-dev'
		return
	fi
	mkdir "$doubt"
	echo 'obj-m := klp-header.o' >"$doubt/Makefile"
	cp "$copies/doubt/frame.h" "$doubt"
	printf '#include "frame.h"\nstatic int nothing(void)\n{\n\treturn 0;\n}\nPATCH(REPLACES(%s, nothing));\n' "$name" \
		>"$doubt/klp-header.c"
	known=$("$copies/yardstick" --inlined "$(kernel_vmlinux "$release")" "$name")
	run "$top/klpmake" --json -k "$release" "$doubt"
	is "$status:$(perl -MJSON::PP -0777 -ne '
		print scalar(grep { $_->{call} } @{decode_json($_)->{modules}[0]{copies}})' <<<"$out")" \
		"1:$known" "$release: all $known inlined copies of $name(), of a header, are found"
	holds "$release: ... which are some" test "$known" -gt 2
}

whole_run()
{
	wrong_patches
	header_function
	right_patches
}

cd "$top" || exit
sources=(tests/doubt)
right=()
for source in example/*/ tests/modules/*/ tests/types/; do
	source=${source%/}
	[[ -f $source/Makefile && $source != example/user-* ]] || continue
	# These two need more than a command: namespaces.t and special.t make them.
	[[ $source != tests/modules/@(exports|sealed) ]] || continue
	sources+=("$source")
	right+=("${source##*/}")
done
on_every_kernel "${sources[@]}"
done_testing
