# SPDX-License-Identifier: GPL-2.0-only
#
# What kbuild sees of a patch: links to its files in directories of klpmake's own, so that kbuild does not write into
# the user's. Source common.bash, inputs.bash and fix/whole.bash first.
#
# PLACE/build stands for the patch directory, or, if files of the patch name others by '..', for the directory above it
# that they reach. Then it has links to everything that lies beside the way to the patch, so that
# '#include "../common/x.h"' and 'include $(src)/../common/c.mk' find what they find in plain kbuild.

# Names that kbuild itself makes: through links to a user's files of these names kbuild would write.
made_by_kbuild=('*.o' '*.ko' '*.mod' '*.mod.c' '.*.cmd' '*.symvers' 'modules.order' 'modules.nsdeps' '.tmp_*'
	'*.o.d' '_klpmake.syms')

# A directory with more files than this is not a patch; a link to a directory with more leads to somebody's tree, from
# which kbuild may only read.
mirror_most=5000
mirror_linked_most=500
mirror_beside_most=1000

declare -A mirror_files=()  # for each file of the patch that kbuild sees, by its name there: the target of the link
declare -A mirror_sizes=()  # the sizes of those that are no links
declare -A mirror_beside=() # the same as mirror_files for what lies beside the way to the patch
mirror_above=''             # the way from PLACE/build to the patch: '', 'NAME/' or 'NAME/NAME/'

# mirror PATCH PLACE: makes the links, and sets work, the directory that kbuild works in.
mirror()
{
	local patch=$1 build=$2/build
	mirror_list "$patch"
	mirror_reach "$patch"
	mirror_frame "$patch" "$2/fix/frame"
	# shellcheck disable=SC2034 # for kbuild.bash and klpmake
	work=$build${mirror_above:+/${mirror_above%/}}
	inputs_are_known "$patch" "$2" || is_empty "$build" || find "$build" -mindepth 1 -delete
	# shellcheck disable=SC2154 # inputs.bash sets it
	printf '%s\n' "$inputs" >"$2/inputs"
	mirror_link "$build"
	[[ -d $work ]] || mkdir -p "$work"
}

# mirror_list PATCH: fills mirror_files.
mirror_list()
{
	local patch=$1 kind size name skip=()
	for name in "${made_by_kbuild[@]}"; do
		skip+=(! -name "$name")
	done
	while IFS= read -r -d '' kind && IFS= read -r -d '' size && IFS= read -r -d '' name; do
		# A Makefile cannot name these.
		[[ $name != *[[:cntrl:]]* ]] || continue
		! fix_whole_is "$patch/$name" || continue
		[[ ${name##*/} != -* ]] ||
			die "'$patch/$name': make and the compiler would take a name that begins with '-' for an option: rename it"
		if [[ $kind == l && -d $patch/$name ]]; then
			mirror_linked_directory "$patch" "$name"
		elif [[ -f $patch/$name ]]; then
			mirror_files[$name]=$patch/$name
			[[ $kind == l ]] || mirror_sizes[$name]=$size
		fi
		((${#mirror_files[@]} <= mirror_most)) ||
			die "'$patch' has more than $mirror_most files: give the patch a directory of its own, with its C files, their headers and a Makefile"
	done < <(find "$patch" -mindepth 1 \( -name .klpmake -o -name .git \) -prune -o \
		\( -type f -o -type l \) "${skip[@]}" -printf '%y\0%s\0%P\0' 2>/dev/null)
}

# mirror_linked_directory PATCH NAME: a directory with few files is treated as any other, so that kbuild can make object
# files of them; one with many files becomes one link, and kbuild must not make anything there.
mirror_linked_directory()
{
	local patch=$1 name=$2 file files=() skip=()
	for file in "${made_by_kbuild[@]}"; do
		skip+=(! -name "$file")
	done
	mapfile -d '' -t files < <(find -L "$patch/$name" \( -name .klpmake -o -name .git \) -prune -o \
		-type f "${skip[@]}" -printf '%P\0' 2>/dev/null | head -z -n $((mirror_linked_most + 1)))
	if ((${#files[@]} > mirror_linked_most)); then
		! makefiles_name_objects "$patch" "$name/" ||
			die "'$patch/$name' leads to a directory of more than $mirror_linked_most files, and kbuild would write among them: put '#include \"$name/FILE.c\"' into a file of the patch instead"
		mirror_files[$name]=$patch/$name
		return
	fi
	for file in "${files[@]}"; do
		[[ $file == *[[:cntrl:]]* ]] || mirror_files[$name/$file]=$patch/$name/$file
	done
}

# makefiles_name_objects PATCH PART: whether a Makefile names an object file whose path contains PART.
makefiles_name_objects()
{
	local file
	for file in "$1"/Makefile "$1"/Kbuild "$1"/*.mk; do
		[[ ! -f $file ]] || ! grep -qE "(^|[^#]*[[:space:]=/)])${2//./\\.}[^[:space:]]*\.o([[:space:]]|\$)" "$file" || return 0
	done
	return 1
}

# mirror_reach PATCH: sets mirror_above to the way from the directory that its files reach down to the patch, and fills
# mirror_beside.
mirror_reach()
{
	local patch=$1 levels directory=$1 name names=() above=() i entry entries
	mirror_levels "$patch"
	levels=$REPLY
	((levels == 0)) || ! makefiles_name_objects "$patch" '../' ||
		die "'$patch' names an object file by '..', and kbuild would write outside of the patch: put '#include \"../FILE.c\"' into a file of the patch instead"
	for ((; levels > 0 && ${#directory}; levels--)); do
		names=("${directory##*/}" ${names[@]+"${names[@]}"})
		directory=${directory%/*}
		above=("${directory:-/}" ${above[@]+"${above[@]}"})
	done
	for i in ${names[@]+"${!names[@]}"}; do
		mapfile -d '' -t entries < <(find "${above[i]}" -mindepth 1 -maxdepth 1 ! -name '.*' ! -name "${names[i]}" \
			-printf '%f\0' 2>/dev/null | head -z -n $((mirror_beside_most + 1)))
		((${#entries[@]} <= mirror_beside_most)) ||
			die "the files of '$patch' lead by '..' to '${above[i]}', which has more than $mirror_beside_most entries: give the patch and what it shares with others a directory of their own"
		for entry in ${entries[@]+"${entries[@]}"}; do
			[[ $entry == *[[:cntrl:]]* ]] || mirror_beside[$mirror_above$entry]=${above[i]%/}/$entry
		done
		# A name that kbuild can work in, whatever the user's directory is called.
		name=${names[i]}
		is_plain "$name" || name=klpmake-$i
		mirror_above+=$name/
	done
}

# mirror_frame PATCH FRAME: the files that klpmake has made for a fix lie beside the patch's own.
mirror_frame()
{
	local file name
	for file in "$2"/*.[ch] "$2"/Kbuild; do
		name=${file##*/}
		[[ -f $file ]] || continue
		[[ -z ${mirror_files[$name]-} ]] || die "'$1/$name' has the name of a file that klpmake makes: rename it"
		mirror_beside[$mirror_above$name]=$file
	done
}

# mirror_levels PATCH: sets REPLY to how many levels above the patch its files reach by '..'; the files themselves may lie in
# directories below it.
mirror_levels()
{
	local name text read=() end='([/)"[:space:]]|$)'
	for name in "${!mirror_files[@]}"; do
		# Only what make and the compiler read, and not a README with links.
		case ${name##*/} in
			Makefile | Kbuild | *.mk | *.[chSs] | *.inc | *.lds*) read+=("./$name") ;;
		esac
	done
	text=$(cd "$1" && exec grep -IHoE "(^|[^.A-Za-z0-9_])\.\.(/\.\.)*$end" -- /dev/null ${read[@]+"${read[@]}"} 2>/dev/null) || true
	REPLY=0
	# Lines './NAME:MATCH'; make could not read a name with ':'.
	[[ -z $text ]] || REPLY=$(awk -F : '
		{ need = gsub(/\.\./, "..", $0) - (gsub(/\//, "/", $1) - 1) }
		need > most { most = need }
		END { print most + 0 }' <<<"$text")
}

# mirror_link BUILD: makes the links that are missing, and removes all others.
mirror_link()
{
	local build=$1 link target name directory targets
	local -A want=() missing=()
	for name in "${!mirror_files[@]}"; do
		want[$mirror_above$name]=${mirror_files[$name]}
	done
	for name in "${!mirror_beside[@]}"; do
		want[$name]=${mirror_beside[$name]}
	done
	is_empty "$build" || while IFS= read -r -d '' link && IFS= read -r -d '' target; do
		if [[ ${want[$link]-} == "$target" ]]; then
			unset "want[\$link]"
		else
			rm -f "$build/$link"
		fi
	done < <(find "$build" -type l -printf '%P\0%l\0')
	for link in "${!want[@]}"; do
		directory=/$link
		missing[${directory%/*}/]+=${want[$link]}$'\n'
	done
	for directory in "${!missing[@]}"; do
		mapfile -t targets <<<"${missing[$directory]%$'\n'}"
		[[ -d $build$directory ]] || mkdir -p "$build$directory"
		ln -sfn -t "$build$directory" -- "${targets[@]}"
	done
}
