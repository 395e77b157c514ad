# SPDX-License-Identifier: GPL-2.0-only
#
# Which files of the kernel a touched header changes. What differs between the header's two versions is told by its
# definitions (definitions.awk), and each kind has its own way to the files:
#
#   macros, functions, variables   by their names in the source text, where a header that has the name in a definition of
#                                  its own passes it on to the name of that; functions and variables also by debug
#                                  information, for names that macros have put together
#   types                          by debug information: a unit that uses one describes it
#   anything else                  all units that have anything of the header, by their line tables
#
# A C file that others include (kernel/sched/rt.c) is like a header of which all counts.
#
# Too many files cost time only: those in which nothing differs are left out later. Source fix/apply.bash and target.bash
# first.

fix_limit=40 # more files than that are not compiled unasked

# More names than that lead everywhere.
fix_names_most=300

# shellcheck disable=SC2034 # for the help of who takes this option
IFS= read -r -d '' fix_limit_usage <<'USAGE' || true
      --files N         compile up to N files of the kernel's source for the
                        headers that a patch touches (default: 40)
USAGE

# fix_limit_option OPTION VALUE: takes the option above, as target_option does.
fix_limit_option()
{
	[[ $1 == --files ]] || return
	[[ $2 =~ ^[0-9]{1,6}$ ]] || usage_error "--files takes a number, not '$2'"
	fix_limit=$((10#$2))
}

# fix_find_parts TREE PLACE: sets fix_parts to the touched C files that others include. What is no file of its own in this
# kernel moves from fix_sources to fix_headers.
fix_find_parts()
{
	local path base texts=$2/headers sources=()
	fix_parts=()
	rm -rf "$texts"
	mkdir -p "$texts"
	for path in ${fix_sources[@]+"${fix_sources[@]}"}; do
		base=${path##*/}
		if fix_is_included "$1/${path%/*}" "${base//./\\.}"; then
			fix_kernel_files whole "$path" >"$texts/with"
			! grep -qvxF -- "$path" "$texts/with" || fix_parts+=("$path")
			if [[ -s $texts/with ]] && ! grep -qxF -- "$path" "$texts/with"; then
				fix_headers+=("$path")
				continue
			fi
		fi
		sources+=("$path")
	done
	fix_sources=(${sources[@]+"${sources[@]}"})
}

# fix_is_included DIRECTORY EXPRESSION: whether a C file in this directory, or in one above or below it, may include such
# a file.
fix_is_included()
{
	grep -qsE "^[[:blank:]]*#[[:blank:]]*include[[:blank:]]*[\"<]([^\">]*/)?$2[\">]" "$1"/*.c "$1"/../*.c "$1"/*/*.c
}

# fix_header_files TREE PLACE: sets fix_including to the C files of this kernel that the touched headers change, besides
# those that the patch touches.
fix_header_files()
{
	local tree=$1 place=$2 texts=$2/headers path
	fix_including=()
	fix_touched_names "$tree" "$place"
	fix_kernel_files all >"$texts/units"
	fix_spread "$tree"
	{
		[[ ! -s $texts/described ]] || fix_with_operands "$texts/described" fix_kernel_files
		[[ ! -s $texts/whole ]] || fix_with_operands "$texts/whole" fix_kernel_files whole
		cat "$texts/found"
	} >"$texts/all"
	# Some of the kernel's files are made when it is built.
	while IFS= read -r path; do
		[[ ! -f $tree/$path ]] || fix_including+=("$path")
	done < <(LC_ALL=C sort -u "$texts/all" | LC_ALL=C comm -12 - "$texts/units" |
		LC_ALL=C comm -23 - <(printf '%s\n' ${fix_sources[@]+"${fix_sources[@]}"} | LC_ALL=C sort))
	fix_few_enough
}

# fix_with_operands FILE COMMAND...: with the lines of the file behind it.
fix_with_operands()
{
	local words
	mapfile -t words <"$1"
	"${@:2}" "${words[@]}"
}

# fix_kernel_files [all|whole] [WORD...]: prints the C files that this kernel was compiled from: all of them, those with
# something of these headers, or those that mention one of these names.
fix_kernel_files()
{
	local what=names words=() word tool
	if [[ ${1-} == all || ${1-} == whole ]]; then
		what=$1
		shift
	fi
	for word; do
		[[ $what != whole ]] || words+=(--with)
		words+=("$word")
	done
	tool_find kallsympos
	"$tool" "${target_args[@]}" ${module_args[@]+"${module_args[@]}"} --sources ${words[@]+"${words[@]}"} >"$texts/answer" ||
		die "which files of the kernel the patch's headers change is not known: nothing was made"
	# kbuild makes one of these for each module.
	sed -n '/\.mod\.c$/d; s/^[^ ]* \(.*\.c\)$/\1/p' "$texts/answer" | LC_ALL=C sort -u
}

# fix_touched_names TREE PLACE: what differs between the versions of each touched header: names for debug information go
# into 'described', those for the text into 'names', and headers of which it cannot be told into 'whole'.
fix_touched_names()
{
	local path
	: >"$texts/described"
	: >"$texts/names"
	: >"$texts/whole"
	: >"$texts/found"
	for path in ${fix_parts[@]+"${fix_parts[@]}"}; do
		printf '%s\n' "$path" >>"$texts/whole"
	done
	for path in ${fix_headers[@]+"${fix_headers[@]}"}; do
		[[ $path == *.h ]] || continue
		LC_ALL=C comm -3 <(fix_definitions "$1/$path" | LC_ALL=C sort) <(fix_definitions "$2/tree/$path" | LC_ALL=C sort) |
			sed 's/^\t//' | fix_take_definitions "$path"
	done
}

# fix_definitions FILE: prints them; a new header had none.
fix_definitions()
{
	[[ ! -f $1 ]] || awk -f "$fix_scripts/definitions.awk" "$1"
}

# fix_take_definitions PATH: takes those on standard input, which are PATH's.
fix_take_definitions()
{
	awk -F '\t' -v path="$1" -v texts="$texts" '
		{
			n = split($2, name, / /)
			for (i = 1; i <= n; i++) {
				if ($1 != "type") print name[i] >>(texts "/names")
				if ($1 != "macro") print name[i] >>(texts "/described")
			}
			if ($1 == "other") print path >>(texts "/whole")
		}'
}

# fix_spread TREE: looks for the names in the text, and for those that have them in their definitions, until no new one
# comes up: 'found' gets the C files.
fix_spread()
{
	local tree=$1
	[[ -s $texts/names ]] || return 0
	fix_searched "$tree" >"$texts/searched"
	: >"$texts/done"
	while LC_ALL=C sort -u "$texts/names" | LC_ALL=C comm -23 - "$texts/done" >"$texts/next" && [[ -s $texts/next ]]; do
		LC_ALL=C sort -u "$texts/names" >"$texts/done"
		(($(wc -l <"$texts/done") <= fix_names_most)) ||
			die "the change of $(printf "'%s' " "${fix_headers[@]}")reaches too many names by way of other headers: name the files whose code is to change with --add"
		(cd "$tree" && tr '\n' '\0' <"$texts/searched" | LC_ALL=C xargs -0 grep -slwFf "$texts/next" --) >"$texts/hits" || true
		fix_hits "$tree" <"$texts/hits"
		LC_ALL=C sort -u -o "$texts/described" "$texts/described"
		LC_ALL=C sort -u -o "$texts/whole" "$texts/whole"
	done
}

# fix_hits TREE: what becomes of the files on standard input, which have one of the names.
fix_hits()
{
	local path
	while IFS= read -r path; do
		if [[ $path == *.h ]]; then
			fix_definitions "$1/$path" | awk -F '\t' -v names="$texts/next" '
				BEGIN { while ((getline word <names) > 0) wanted[word] = 1 }
				{
					n = split($3, words, /[^A-Za-z0-9_]+/)
					for (i = 1; i <= n; i++) if (words[i] in wanted) { print; next }
				}' | fix_take_definitions "$path"
		else
			printf '%s\n' "$path" >>"$texts/found"
			# One that another C file includes.
			grep -qxF -- "$path" "$texts/units" || printf '%s\n' "$path" >>"$texts/whole"
		fi
	done
}

# fix_searched TREE: prints the files of the source that this kernel may be made of: in the directories of its units and
# those below them, and the headers on its include path.
fix_searched()
(
	cd "$1" || exit
	mapfile -t roots < <(sed -n 's|^\(arch/[^/]*\)/.*|\1/include|p' "$texts/units" | LC_ALL=C sort -u)
	# Of a tarball, not every directory is there.
	{
		sed -n 's|/[^/]*$||p' "$texts/units" | LC_ALL=C sort -u | tr '\n' '\0' |
			xargs -0 sh -c 'exec find "$@" -maxdepth 2 -type f -name "*.[ch]"' sh
		find include ${roots[@]+"${roots[@]}"} -type f -name '*.h'
	} 2>"$texts/messages" | LC_ALL=C sort -u
)

# fix_few_enough: dies if there are more than the user wants to wait for.
fix_few_enough()
{
	local n=${#fix_including[@]} seconds
	((n > fix_limit)) || return 0
	# Two compilations of a file of the kernel take one processor about five seconds.
	seconds=$((n * 5 / $(nproc)))
	complain "the headers of the patch may change $n files of this kernel that it does not touch:
$(printf '%s\n' "${fix_including[@]}" | sed 's|/[^/]*$||' | sort | uniq -c | sort -k1,1nr)
  '--files $n' compiles them all, in about $((seconds / 60 + 1)) min; '--add FILE' (repeatable) those that it names, and all others keep the code that they have"
	die "more than $fix_limit files would have to be compiled for a header: nothing was made"
}
