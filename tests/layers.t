#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The files of src/ include only their own folder and those that src/layers allows; calls between files form no circle;
# names that others see are unique.

# shellcheck source=tests/tap.bash
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"

# wrong SRC: each #include of another folder's file that src/layers does not allow, and what the list itself has wrong.
wrong()
{
	(
		cd "$1" || exit
		grep -rnoE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"[^"]*"' --include='*.[ch]' . | sed 's,^\./,,' | LC_ALL=C sort
	) | awk '
		FNR == NR {
			if (/^#/ || NF == 0) next
			folder = substr($1, 1, length($1) - 1)
			known[folder] = ++rank
			for (i = 2; i <= NF; i++) {
				if (!($i in known)) print "layers: " folder " is before " $i ", which it may include"
				may[folder, $i] = 1
			}
			next
		}
		{
			place = $0
			sub(/:[[:space:]]*#.*/, "", place)
			from = place
			sub(/\/.*/, "", from)
			to = $0
			sub(/^[^"]*"/, "", to)
			sub(/"$/, "", to)
			header = to
			sub(/\/.*/, "", to)
			# What patches include is no part of a program, and is found beside the file that includes it.
			if (from == "include" && header !~ /\//) next
			if (!(from in known)) print place ": not in a folder that layers has"
			else if (header !~ /\//) print place ": \"" header "\" does not say its folder"
			else if (to != from && !((from, to) in may)) print place ": " from " may not include " header
		}
	' "$1/layers" -
}

# homeless SRC: C files outside of the folders, and folders that the list does not have.
homeless()
{
	local path
	for path in "$1"/*; do
		case $path in
			*/layers | */include) ;;
			*)
				[[ -d $path ]] && grep -q "^${path##*/}:" "$1/layers" || printf '%s\n' "${path##*/}"
				;;
		esac
	done
}

# calls BUILD: "USER DEFINER" for each file of src/ that uses what another one defines, from the object files.
calls()
{
	(
		cd "$1" || exit
		while read -r folder; do
			find "$folder" -name '*.o'
		done < <(sed -n 's/^\([a-z]*\):.*/\1/p' "$top/src/layers") |
			while read -r object; do
				[[ ! -e $top/src/${object%.o}.c ]] || printf '%s\0' "$object"
			done | xargs -0 nm -A
	) | awk '
		{ file = $1; sub(/\.o:.*/, "", file) }
		$(NF - 1) ~ /^[TDBR]$/ { defines[$NF] = file }
		$(NF - 1) == "U" { uses[file, $NF] = 1 }
		END {
			for (use in uses) {
				split(use, part, SUBSEP)
				if (part[2] in defines && defines[part[2]] != part[1]) print part[1], defines[part[2]]
			}
		}
	' | LC_ALL=C sort -u
}

# circles: the files of a circle, if the pairs that calls prints form one.
circles()
{
	LC_ALL=C tsort 2>&1 >/dev/null | sed 's/^tsort: //'
}

# shared SRC: names that two files give to different functions or structures, where others can see one of them.
shared()
{
	(
		cd "$1" || exit
		grep -rnE '^(struct|enum|union) [a-z_0-9]+ \{' --include='*.[ch]' . |
			sed -E 's,^\./([^:]*):[0-9]*:([a-z]* [a-z_0-9]*).*,\1 \2,'
		grep -rnE '^[a-z].*[ *][a-z_0-9]+\(' --include='*.c' . | grep -v ':typedef ' |
			sed -E 's,^\./([^:]*):[0-9]*:(static)?.*[ *]([a-z_0-9]+)\(.*,\1 \2function \3,'
	) | LC_ALL=C sort | awk '
		{ name = $NF; kind = $2; sub(/^static/, "", kind); name = kind " " name }
		(name, $1) in seen { next }
		{ seen[name, $1] = 1; files[name] = files[name] " " $1 }
		$1 ~ /\.h$/ || $2 == "function" { visible[name] = 1 }
		END { for (name in visible) if (split(files[name], list, " ") > 1 && name !~ / main$/) print name ":" files[name] }
	' | LC_ALL=C sort
}

is "$(wrong "$top/src")" '' 'includes lead to lower folders alone'
is "$(homeless "$top/src")" '' 'every file has a folder, and every folder is in the list'
is "$(sed -n 's/^link: *//p' "$top/src/layers")" 'base arch elf klp' 'what writes modules needs four folders'
is "$(sed -n 's/^resolve:.* kernel.*/kernel/p' "$top/src/layers")" '' 'whose symbol it is does not depend on a kernel'

calls "$bin" >"$scratch/calls"
holds 'the object files have been read' test "$(wc -l <"$scratch/calls")" -gt 300
is "$(circles <"$scratch/calls")" '' 'calls run in no circle'
is "$(shared "$top/src")" '' 'what others see has a name of its own'

# The test notices violations.
is "$(sed -n '1s/\(.*\) \(.*\)/\2 \1/p' "$scratch/calls" | cat "$scratch/calls" - | circles | sed -n '1s/.*: //p')" 'input contains a loop:' 'a call back'
cp -r "$top/src" "$scratch/src"
echo 'static int link_write(int x) {' >>"$scratch/src/link/plan.c"
echo 'struct elf_file {' >>"$scratch/src/elf/sites.c"
is "$(shared "$scratch/src")" 'function link_write: link/plan.c link/write.c
struct elf_file: elf/elf_file.h elf/sites.c' 'two meanings of one name'
sed -i '$d' "$scratch/src/link/plan.c" "$scratch/src/elf/sites.c"
echo '#include "dwarf/units.h"' >>"$scratch/src/link/plan.c"
is "$(wrong "$scratch/src" | sed 's/:[0-9]*:/:N:/')" 'link/plan.c:N: link may not include dwarf/units.h' 'a folder that is not allowed'
sed -i '$d' "$scratch/src/link/plan.c"
echo '# include "units.h"' >>"$scratch/src/dwarf/units.c"
is "$(wrong "$scratch/src" | sed 's/:[0-9]*:/:N:/')" 'dwarf/units.c:N: "units.h" does not say its folder' 'no folder is said'
sed -i '$d' "$scratch/src/dwarf/units.c"
sed -i 's/^base:.*/base: kernel/' "$scratch/src/layers"
is "$(wrong "$scratch/src")" 'layers: base is before kernel, which it may include' 'a list that leads upwards'
echo 'int x;' >"$scratch/src/x.c"
mkdir "$scratch/src/more"
is "$(homeless "$scratch/src")" $'more\nx.c' 'a file and a folder that are not in the list are noticed'
done_testing
