# SPDX-License-Identifier: GPL-2.0-only
#
# Object files that the kernel's files were compiled to, kept for the next run: whoever works on a fix compiles the same
# originals again and again. What is kept is taken only if all that went in is what it was: the source and all headers by
# their contents, the compiler and the kernel's configuration by inode, size and times, and the flags. An object file
# KEY.RECORD.o has a record KEY.RECORD, whose name is the hash of its contents; KEY says what the object file is of.
# Source fix/compile.bash and inputs.bash first.

fix_kept='' # where they are
fix_kept_kernel='' # what there is of the kernel, and of the environment, for all keys
declare -A fix_kept_compilers=() # the state of the compiler, by the names of its programs
fix_kept_most=128 # the oldest go

# fix_kept_find PLACE: sets fix_kept: beside what programs keep about the kernel, else with the work of this patch.
fix_kept_find()
{
	target_cache
	fix_kept=$1/kept
	((!${#cache_args[@]})) || fix_kept=${cache_args[1]%/*}/.objects-$release
	fix_kept_kernel=$(
		printf '%s\n' "$kdir" "$release" "$machine_cflags" ${kbuild_cross[@]+"${kbuild_cross[@]}"}
		for name in ARCH CROSS_COMPILE LLVM LLVM_IAS KCFLAGS KCPPFLAGS KAFLAGS SOURCE_DATE_EPOCH PATH; do
			printf '%s=%s\n' "$name" "${!name-}"
		done
		exec stat -L -c '%n %i %s %.9Y %.9Z' -- "$kdir"/{.config,Makefile,include/config/auto.conf,include/generated/autoconf.h} \
			"$vmlinux" 2>/dev/null
	) || true
}

# fix_kept_key TREE PLACE SIDE PATH FLAGS: sets REPLY to the key.
fix_kept_key()
{
	local tree=$1 text=$1/$4
	[[ $3 == orig || ! -f $2/numbered/$4 ]] || text=$2/numbered/$4
	REPLY=$({
		printf '%s\n' "$4" "$5" "$fix_kept_kernel"
		recompile_maker "$tree" "${4%/*}"
		cd "$tree/${4%/*}" && cat -- "$text" "$tree/$REPLY"/{Makefile,Kbuild} 2>/dev/null
		# A header that comes to lie there may be found before another.
		printf '%s\n' *
	} | sha256sum)
	REPLY=${REPLY%% *}
}

# fix_kept_take TREE PLACE SIDE PATH FLAGS: whether the object file was kept, and is at its place now.
fix_kept_take()
{
	local record
	fix_kept_key "$@"
	for record in "$fix_kept/$REPLY".*.o; do
		record=${record%.o}
		[[ -f $record && -f $record.o ]] || continue
		fix_kept_holds "$record" "$1" || continue
		[[ $3 == orig ]] || ! fix_kept_has_patched "$record" || continue
		cat "$record.o" >"$2/$3/${4%.*}.o"
		touch -c "$record" "$record.o"
		return
	done
	return 1
}

# fix_kept_has_patched RECORD: whether a file was read that the patch changes, as where one C file includes another. The record
# is about what the source tree has.
fix_kept_has_patched()
{
	local path
	for path in ${fix_sources[@]+"${fix_sources[@]}"}; do
		! grep -qF "  @/$path" "$1" || return 0
	done
	return 1
}

# fix_kept_holds RECORD TREE: whether the record describes what there is now.
fix_kept_holds()
{
	local programs
	programs=$(sed -n 's/^program //p' "$1")
	[[ $programs == "$(cut -d ' ' -f 1 <<<"$programs" | inputs_state)" ]] || return
	sed -n -e "s|^\([0-9a-f]*  \)@|\1$2|p" -e '/^[0-9a-f]*  \//p' "$1" | sha256sum -c --strict --status 2>/dev/null &&
		[[ $(sha256sum <"$1.o") == "$(sed -n 's/^object //p' "$1")" ]]
}

# fix_kept_put TREE PLACE SIDE PATH FLAGS: keeps an object file that was just made, after PLACE/before was. What cannot be kept
# is made again.
fix_kept_put()
{
	local object=$2/$3/${4%.*}.o record new
	[[ -d $fix_kept ]] || mkdir -p "$fix_kept" 2>/dev/null || return 0
	new=$(mktemp "$fix_kept/.new.XXXXXX" 2>/dev/null) || return 0
	if fix_kept_record "$object" "$2/$3" "$4" >"$new" && printf 'object %s\n' "$(sha256sum <"$object")" >>"$new"; then
		fix_kept_key "$@"
		record=$(sha256sum <"$new")
		record=$fix_kept/$REPLY.${record:0:16}
		# The record comes last: without it the other is nothing.
		cp "$object" "$new.o" && mv "$new.o" "$record.o" && mv "$new" "$record" && return
	fi 2>/dev/null || true
	rm -f "$new" "$new.o"
}

# fix_kept_record OBJECT SIDE PATH: prints hashes of the files that were read for it besides the file itself, with '@' for the
# directory SIDE, and the state of the compiler.
fix_kept_record()
{
	local line programs='' files=()
	while read -r line; do
		case $line in
			'program '*) programs+=$line$'\n' ;;
			"file $2/$3") ;;
			# What changed while the compiler worked was read as it is now, or as it was.
			'file '*) [[ ! ${line#file } -nt ${2%/*}/before ]] && files+=("${line#file }") || return ;;
		esac
	done < <(inputs_of_commands "$2/${3%/*}" "${1%/*}/.${1##*/}.cmd")
	[[ -n ${fix_kept_compilers[$programs]-} ]] ||
		fix_kept_compilers[$programs]=$(inputs_programs <<<"$programs" | inputs_state | sed 's/^/program /')
	printf '%s\n' "${fix_kept_compilers[$programs]}"
	((${#files[@]})) && sha256sum -- "${files[@]}" | sed "s|  $2/|  @/|"
}

# fix_kept_prune: removes what has not been taken for the longest time.
fix_kept_prune()
{
	local old=()
	[[ -d $fix_kept ]] || return 0
	mapfile -t old < <(find "$fix_kept" -name '*.*' ! -name '*.o' -printf '%T@ %p\n' | sort -rn |
		tail -n "+$((fix_kept_most + 1))" | cut -d ' ' -f 2-)
	((!${#old[@]})) || rm -f -- "${old[@]}" "${old[@]/%/.o}"
}
