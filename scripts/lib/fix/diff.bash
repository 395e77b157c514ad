# SPDX-License-Identifier: GPL-2.0-only
#
# From patches to what changes in the kernel's functions: applies, compiles, and compares with klpdiff. Source
# fix/apply.bash, fix/headers.bash and fix/compile.bash first.

fix_patches=() # the .patch files, in the order in which they are applied
fix_files=() # the C files that are compiled
fix_pids=() # processes that compare them
fix_added=() # those that --add names

# shellcheck disable=SC2034 # for the help of who takes this option
IFS= read -r -d '' fix_usage <<'USAGE' || true
      --add FILE        a file of the kernel's source that the patch does not
                        touch, but that includes a header that it touches; then
                        only these get the header's change, instead of all that
                        have code from it (repeatable)
USAGE

# fix_option OPTION VALUE: takes the option above, as target_option does.
fix_option()
{
	[[ $1 == --add ]] || return
	fix_added+=("$2")
}

# fix_is_patch FILE: whether the name is that of a patch.
fix_is_patch()
{
	[[ $1 == *.patch || $1 == *.diff ]]
}

# fix_check_patches: dies unless all of fix_patches are.
fix_check_patches()
{
	local file
	for file in "${fix_patches[@]}"; do
		fix_is_patch "$file" || usage_error "'$file' is not a patch (.patch, .diff)"
		[[ -f $file && -r $file ]] || die "'$file': no such patch"
	done
}

# fix_is_asked: whether there are patches, or whole kernel files.
fix_is_asked()
{
	((${#fix_patches[@]} + ${#fix_whole[@]}))
}

# fix_changes TREE PLACE [PATCH...]: PLACE/cut gets NNN_base.list for each file, and NNN_base.o with what was cut out of it,
# if anything has changed. Dies if anything is refused, or nothing changes.
fix_changes()
{
	local tree=$1 place=$2
	shift 2
	stage_begin apply
	fix_apply "$tree" "$place" "$@"
	fix_plan "$tree" "$place"
	[[ -z $fix_refused ]] || die 'nothing was made: this cannot become a livepatch as it is'
	stage_end
	stage_begin sources
	fix_compile "$tree" "$place"
	stage_end
	stage_begin diff
	fix_diff "$place"
	stage_end
	[[ -z $fix_refused ]] || die 'nothing was made: this cannot become a livepatch as it is'
	compgen -G "$place/cut/*.o" >/dev/null || die 'the patch changes nothing in the code of this kernel'
}

# fix_code_model: refuses a kernel of riscv64 whose own code has addresses in it (medlow), as modules have distances
# (medany): arch/riscv/Makefile. Neither can be compared with the other, nor run in its place.
fix_code_model()
{
	! grep -qsx CONFIG_CMODEL_MEDLOW=y "$kdir/include/config/auto.conf" ||
		fix_refuse "this kernel's code has 32-bit addresses in it (CONFIG_CMODEL_MEDLOW), which a module cannot have, so no code compiled for a module can be compared with it: write the changed functions by hand, in a file with a tag"
}

# fix_plan TREE PLACE: sets fix_files, and says what is missing.
fix_plan()
{
	local path including=()
	fix_code_model
	for path in ${fix_added[@]+"${fix_added[@]}"}; do
		if ! fix_path_plain "$path" || [[ $path != *.c || ! -f $1/$path ]]; then
			fix_refuse "'--add $path': '$1' has no such C file"
		fi
	done
	[[ -z $fix_refused ]] || return 0
	fix_find_parts "$1" "$2"
	if ((${#fix_added[@]} && ${#fix_headers[@]})); then
		warn "only the files that the patch touches and those of --add get the change of$(printf " '%s'" "${fix_headers[@]}"): others that include that keep the code that they have"
	elif ((${#fix_headers[@]} + ${#fix_parts[@]})); then
		fix_header_files "$1" "$2"
		including=(${fix_including[@]+"${fix_including[@]}"})
		((${#fix_sources[@]} + ${#including[@]})) ||
			die "no file of this kernel has anything of what the patch changes in '${fix_headers[0]}'"
	fi
	mapfile -t fix_files < <(printf '%s\n' ${fix_sources[@]+"${fix_sources[@]}"} ${fix_added[@]+"${fix_added[@]}"} \
		${including[@]+"${including[@]}"} | grep . | sort -u)
	((${#fix_files[@]})) || die 'the patch changes no C file: there is nothing to make'
}

# fix_diff PLACE: compares all files, as many at a time as there are processors, and shows what was found. A file that is
# compiled into several objects is compared once for each.
fix_diff()
{
	local place=$1 i first last most tool paths=("${fix_files[@]}") objects=()
	most=$(nproc)
	tool_find klpdiff
	target_cache
	rm -rf "$place/cut"
	mkdir -p "$place/cut"
	for ((first = 0; first < ${#paths[@]}; first = last)); do
		last=$((first + most < ${#paths[@]} ? first + most : ${#paths[@]}))
		for ((i = first; i < last; i++)); do
			fix_base "$i" "${paths[i]}"
			fix_diff_file "${paths[i]}" "$place/cut/$REPLY" ${objects[i]:+"${objects[i]}"} &
			fix_pids[i]=$!
		done
		for ((i = first; i < last; i++)); do
			fix_base "$i" "${paths[i]}"
			wait "${fix_pids[i]}" || fix_refused=1
			cat "$place/cut/$REPLY.messages" >&2
			fix_list "${paths[i]}" <"$place/cut/$REPLY.list"
			fix_also "${paths[i]}" "$place/cut/$REPLY.list"
		done
	done
	fix_pids=()
	[[ -z $fix_refused ]] || return 0
	fix_distinct "$place/cut"
	((!${#objects[@]})) || fix_copied_names "$place/cut"
}

# fix_also PATH LIST: puts the file's other objects behind what is to be compared: paths and objects of the caller.
fix_also()
{
	local object
	while read -r object; do
		objects[${#paths[@]}]=$object
		paths+=("$1")
	done < <(sed -n 's/^also //p' "$2")
}

# fix_distinct CUT: two files may each have a static function of one name, and the functions that replace them are global.
# The second gets the number of its file. Its cold part goes with it: objtool finds the one by the name of the other.
fix_distinct()
{
	local list old new other args
	local -A taken=()
	for list in "$1"/*.list; do
		args=()
		while read -r _ old new _; do
			if [[ -n ${taken[$new]-} ]]; then
				other=${list##*/}
				other=${new}_${other%%_*}
				args+=(--redefine-sym "$new=$other" --redefine-sym "$new.cold=$other.cold")
				sed -i "s/^replace $old $new /replace $old $other /" "$list"
				new=$other
			fi
			taken[$new]=1
		done < <(grep '^replace ' "$list")
		((!${#args[@]})) || "$objcopy" "${args[@]}" "${list%.list}.o"
	done
}

# fix_copied_names CUT: what is new and global in a file of several objects is there once for each. A module's gets the
# module's name, in all that was cut out for that module; vmlinux has no other module's.
fix_copied_names()
{
	local list object name args
	local -A owner=() several=()
	for list in "$1"/*.list; do
		object=$(sed -n 's/^object //p' "$list")
		while read -r name; do
			[[ ${owner[$name]:-$object} == "$object" ]] || several[$name]=1
			owner[$name]=$object
			[[ $object == vmlinux ]] || several[$name $object]=1
		done < <(fix_new_globals "${list%.list}.o")
	done
	for list in "$1"/*.list; do
		object=$(sed -n 's/^object //p' "$list")
		args=()
		for name in "${!several[@]}"; do
			[[ $name != *" $object" || -z ${several[${name% *}]-} ]] || args+=(--redefine-sym "${name% *}=${name/ /_}")
		done
		[[ ! -f ${list%.list}.o ]] || ((!${#args[@]})) || "$objcopy" "${args[@]}" "${list%.list}.o"
	done
}

# fix_new_globals OBJECT: prints the global symbols that it defines besides functions that replace one.
fix_new_globals()
{
	[[ ! -f $1 ]] || LC_ALL=C readelf -sW "$1" |
		awk '$5 != "LOCAL" && $7 ~ /^[0-9]+$/ && $7 != 0 && $8 !~ /^livepatch_/ { print $8 }'
}

# fix_stop: for traps.
fix_stop()
{
	((!${#fix_pids[@]})) || kill "${fix_pids[@]}" 2>/dev/null || true
}

# fix_base NUMBER PATH: sets REPLY to the name that this file has in the module: there may be two namespace.c.
fix_base()
{
	REPLY=${2##*/}
	printf -v REPLY '%03d_%s' "$(($1 + 1))" "${REPLY%.*}"
}

# fix_diff_file PATH BASE [OBJECT]: in a process of its own.
fix_diff_file()
{
	local command=("$tool" "${target_args[@]}" ${module_args[@]+"${module_args[@]}"} ${cache_args[@]+"${cache_args[@]}"}
		--path "$1" ${3:+--within "$3"} --list "$2.list" -o "$2.o"
		"$place/orig/${1%.*}.o" "$place/new/${1%.*}.o")
	: >"$2.list"
	exec 2>"$2.messages"
	show_command "${command[@]}"
	exec "${command[@]}"
}

# fix_list PATH: shows klpdiff's list, on standard input, to people.
fix_list()
{
	local lines line
	mapfile -t lines < <(awk -v path="$1" '
		function row(what, name, reason) { text[++n] = sprintf("    %-9s %s%s", what, name, reason == "" ? "" : ": " reason) }
		function rest(from,    i, s) { for (i = from; i <= NF; i++) s = s (s == "" ? "" : " ") $i; return s }
		$1 == "object" && $2 != "vmlinux" { path = path " (" $2 ")" }
		$1 == "replace" { row("replaced", $2, rest(4)) }
		$1 == "carry" { row("copied", $2, rest(3)) }
		$1 == "new" { row("new", $2) }
		$1 == "gone" { row("gone", $2) }
		$1 == "note" { row("note", rest(2)) }
		END {
			print "  " path (n ? "" : ": nothing changes")
			for (i = 1; i <= n; i++) print text[i]
		}' | printable_lines)
	for line in "${lines[@]}"; do
		show "$line"
	done
}
