# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2034,SC2154
#
# Whole runs: a patch directory through klpmake, its module through readelf, and its check in a guest,
# for every stock kernel that is there. Source tap.bash first.
#
# on_every_kernel SOURCE... calls the test's own 'whole_run', once for each kernel, with these set:
#   $release    the kernel
#   $dir        a fresh copy of SOURCE (when there is one only), named after it
#   $copies     the directory that has the copies of all of them

# Whole runs use the programs that users run. With sanitizers these take several times as long for the debug information
# of a real kernel: a test that sets 'sanitized' before it sources this does that.
if [[ -z ${sanitized-} ]]; then
	unset KLPMAKE_BIN
	bin=$top/build
fi

# shellcheck source=scripts/lib/common.bash
. "$top/scripts/lib/common.bash"
# shellcheck source=scripts/lib/kernel.bash
. "$top/scripts/lib/kernel.bash"

# The kernels to run on: those that the test has set before, else all that were fetched.
releases=()

on_every_kernel()
{
	local source
	[[ -x $top/klpmake ]] || skip_all "klpmake is not built"
	((${#releases[@]})) || mapfile -t releases < <("$top/scripts/fetch-kernel" --list)
	((${#releases[@]})) || skip_all "no stock kernel here: scripts/fetch-kernel gets one"
	for release in "${releases[@]}"; do
		copies=$scratch/$release
		mkdir "$copies"
		for source; do
			cp -r "$top/$source" "$copies"
			dir=$copies/$(basename "$source")
		done
		whole_run
	done
}

# header_has FILE NAME: does this kernel's header include/FILE contain the name?
header_has()
{
	grep -qsw -- "$2" "$(dirname "$(kernel_kdir "$release")")/source/include/$1"
}

# configured NAME: does this kernel have CONFIG_NAME built in?
configured()
{
	grep -qx "CONFIG_$1=y" "$(kernel_kdir "$release")/.config"
}

# makes [OPTION...] DIR MODULE...: klpmake succeeds in DIR, and leaves these modules, with no livepatch symbol
# unresolved. On a stock kernel no check has a word against them.
makes()
{
	local where module options=()
	while [[ $1 == --* ]]; do
		options+=("$1")
		shift
	done
	where=$1
	shift
	run "$top/klpmake" --json -k "$release" ${options[@]+"${options[@]}"} "$where"
	exits 0 "$release: klpmake makes '${where##*/}'"
	for module; do
		holds "$release: there is '$module'" test -s "$where/$module"
	done
	holds "$release: there is the table of its symbols" test -s "$where/_klpmake.syms"
	[[ $release == *-klpmake-* ]] || undoubted $# "${where##*/}" <<<"$out"
}

# undoubted NUMBER NAME: klpmake's report on standard input is about that many modules. None of the checks that can be
# waived finds anything in them, and none says that it could not look.
#
# What no C file defines has no type: the patch 'linker' is about that, and some compilers call memcpy() and memset(),
# which are in assembler. A kernel keeps its warning about a module that is loaded again.
undoubted()
{
	local modules functions compared words
	{
		read -r modules functions compared
		words=$(cat)
	} < <(perl -MJSON::PP -0777 -ne '
		my ($functions, $compared) = (0, 0);
		my @words;
		my $report = decode_json($_);
		for my $m (@{$report->{modules}}) {
			$functions += @{$m->{functions}};
			push @words, map { $_->{text} } grep {
				$_->{severity} eq "warning" && $_->{text} !~ /it cannot be loaded again while/ } @{$m->{messages}};
			for my $doubt (grep { $_->{waivable} } @{$m->{passes}}) {
				push @words, "$doubt->{name}: $doubt->{findings} findings" if $doubt->{findings} && !$doubt->{allowed};
				push @words, grep {
					/^$doubt->{name}: / && !/: (entry_SYSCALL_64|mem(cpy|set)(, mem(cpy|set))?|_stext,.*)$/ } @{$m->{unchecked}};
				$compared += $1 while $doubt->{checked} =~ /(\d+) (?:declared|variable|type)/g;
			}
		}
		print join("\n", scalar(@{$report->{modules}}) . " $functions $compared", @words), "\n"')
	is "$words" '' "$release: no word against '$2', all looked at"
	holds "$release: ... which is each of its modules and functions, with what these use" \
		test "$modules" -eq "$1" -a "$functions" -ge "$1" -a "$compared" -gt 0
}

# make_target DIR: compiles a module from outside the kernel's tree in the ordinary way.
make_target()
{
	holds "$release: '${1#"$copies/"}', a module from outside the tree" \
		make -C "$(kernel_kdir "$release")" "M=$1" CONFIG_DEBUG_INFO_BTF_MODULES= \
		${kbuild_cross[@]+"${kbuild_cross[@]}"} modules
}

# modinfo_of MODULE KEY: the values of that key, one on a line.
modinfo_of()
{
	objcopy -O binary --only-section=.modinfo --set-section-flags .modinfo=alloc "$1" "$copies/modinfo"
	tr '\0' '\n' <"$copies/modinfo" | sed -n "s/^$2=//p"
}

# depends MODULE: the modules that the kernel's tools would load before it.
depends()
{
	modinfo_of "$1" depends
}

# klp_symbols MODULE: its livepatch symbols, sorted, without '.klp.sym.vmlinux.'; of a module without
# '.klp.sym.'.
klp_symbols()
{
	LC_ALL=C readelf --wide --symbols "$1" |
		sed -n 's/.* \.klp\.sym\.//p' | sed 's/^vmlinux\.//' | LC_ALL=C sort
}

# reaches MODULE NAME[,POSITION]...: these are all its livepatch symbols. Without POSITION it is 0, for the only
# symbol of that name.
reaches()
{
	local module=$1 wanted
	shift
	wanted=$(printf '%s\n' "$@" | sed '/,/!s/$/,0/' | LC_ALL=C sort)
	is "$(klp_symbols "$module")" "$wanted" "$release: the symbols of '${module##*/}'"
}

# position NAME FILE: the position of the static symbol NAME of the source file FILE (a base name), as livepatch
# counts. klpmake finds it by debug information; here it comes from vmlinux's symbol table, where the static symbols
# of a file follow the file's own entry.
position()
{
	# For ppc64le readelf prints two more words.
	LC_ALL=C readelf --wide --symbols "$(kernel_vmlinux "$release")" | sed 's/ \[<localentry>: [0-9]*\]//' |
		awk -v name="$1" -v file="$2" '
			$4 == "FILE" { current = $8 }
			$8 == name && $7 != "UND" { print $2, ($5 == "LOCAL" && current == file) ? "this" : "other" }' |
		LC_ALL=C sort -u | awk '$2 == "this" { print NR; exit }'
}

# old_sympos MODULE FUNCS: that member of the first struct klp_func in the array FUNCS.
old_sympos()
{
	local symbol section value offset
	symbol=$(LC_ALL=C readelf --wide --symbols "$1" | awk -v name="$2" '$8 == name { print $2, $7; exit }')
	read -r value section <<<"$symbol"
	offset=$(LC_ALL=C readelf --wide --section-headers "$1" |
		sed 's/^ *\[ *//; s/\]//' | awk -v section="$section" '$1 == section { print $5; exit }')
	# old_name, new_func and old_sympos come first; the rest, down to the bit fields, is the kernel's.
	od -A n -t u8 -j $((0x$offset + 0x$value + 16)) -N 8 "$1" | tr -d ' '
}

# proves NAME MODULE... [-- OPTION...]: 'klpmake try' succeeds. Returns 1 where no guest can be run.
guests_missing=''
proves()
{
	local name=$1 modules=()
	shift
	while (($#)) && [[ $1 != -- ]]; do
		modules+=("$1")
		shift
	done
	shift
	local qemu=${machine_qemu:-qemu-system-x86_64}
	if ! type "$qemu" >/dev/null 2>&1; then
		skip "$release: $name" "no $qemu: scripts/setup installs it"
		guests_missing=1
		return 1
	fi
	# Long enough for a busy machine; a guest takes ten seconds.
	run "$top/klpmake" try "${modules[@]}" --timeout 600 --log "$copies/console" "$@"
	exits 0 "$release: $name"
	((status == 0)) || diag "$(tail -n 40 "$copies/console")"
}

# prove_each NAME PATCH...: all of these (in $copies) succeed in one guest, one after the other, each with the check
# of its directory.
prove_each()
{
	local name=$1 patch modules=() options=(--file "$copies/patches")
	shift
	: >"$copies/patches"
	for patch; do
		modules+=("$copies/$patch"/*.ko)
		(cd "$copies/$patch" && printf '%s ' "$patch" *.ko && echo) >>"$copies/patches"
		mv "$copies/$patch/check" "$copies/$patch.check"
		options+=(--file "$copies/$patch.check")
	done
	proves "$name" "${modules[@]}" -- --scenario "$top/tests/modules/scenario" "${options[@]}"
}
