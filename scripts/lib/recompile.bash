# SPDX-License-Identifier: GPL-2.0-only
#
# Compiles files of the kernel's source with the target's kbuild and compiler, as they were compiled for the kernel: by
# the Makefile of their own directory, or of one above. The source tree is only read: kbuild works among copies and links, in a directory
# of klpmake's own. Source common.bash, target.bash and kbuild.bash first.

recompile_recipes='' recompile_goals=''
recompile_list=() # what several of these functions answer with

# recompile_begin: nothing is to be compiled yet.
recompile_begin()
{
	recompile_recipes='' recompile_goals=''
}

# recompile_paths TREE PATHS: puts the directories of these paths, one a line, on the list, each with its files. The log
# of each directory will be TREE/DIRECTORY/.klpmake-log.
recompile_paths()
{
	local tree=$1 directory path targets goal recipe REPLY
	recompile_directories "$2"
	for directory in ${recompile_list[@]+"${recompile_list[@]}"}; do
		recompile_maker "$tree" "$directory"
		targets=()
		while read -r path; do
			[[ ${path%/*} == "$directory" ]] || continue
			path=${path#"$REPLY/"}
			targets+=("${path%.*}.o")
		done <<<"$2"
		goal=${recompile_goals##* }
		goal=$((goal + 1))
		recompile_goals+=" $goal"
		# shellcheck disable=SC2016,SC2154 # $ is make's; kdir is target.bash's
		printf -v recipe '\nall: %s\n%s:\n\t@KCFLAGS="$$KCFLAGS -I%s" $(MAKE) -C '"'%s'"' M=%s %s >%s 2>&1' "$goal" "$goal" \
			"$tree/$directory" "$kdir" "$tree/$REPLY" "${targets[*]}" "$tree/$directory/.klpmake-log"
		recompile_recipes+=$recipe
	done
}

# recompile_directories PATHS: sets recompile_list to the directory of each, once; empty lines say nothing.
recompile_directories()
{
	local path
	local -A seen=()
	recompile_list=()
	while read -r path; do
		path=${path%/*}
		[[ -n $path && -z ${seen[$path]-} ]] || continue
		seen[$path]=1
		recompile_list+=("$path")
	done <<<"$1"
	# Nearly always there is one.
	((${#recompile_list[@]} < 2)) || mapfile -t recompile_list < <(printf '%s\n' "${recompile_list[@]}" | LC_ALL=C sort)
}

# recompile_maker TREE DIRECTORY: sets REPLY to the directory whose Makefile is about the files of this one: itself, or the
# nearest above, as for fs/xfs/libxfs.
recompile_maker()
{
	REPLY=$2
	while [[ $REPLY == */* && ! -e $1/$REPLY/Makefile && ! -e $1/$REPLY/Kbuild ]]; do
		REPLY=${REPLY%/*}
	done
}

# recompile_makers TREE PATHS: sets recompile_list to these directories, each once.
recompile_makers()
{
	local directory makefiles='' REPLY
	recompile_directories "$2"
	for directory in ${recompile_list[@]+"${recompile_list[@]}"}; do
		recompile_maker "$1" "$directory"
		makefiles+=$REPLY/Makefile$'\n'
	done
	recompile_directories "$makefiles"
}

# recompile_run PLACE FLAGS [MAKE-ARG...]: compiles what is on the list, all of it side by side, with more flags for the
# compiler; the status of make.
#   CONFIG_MODVERSIONS=  nobody asks for the versions of exports, for which kbuild would read each file once more
#   -mno-relax           on riscv64, as kbuild compiles modules: the linker is not to make code shorter (a kernel with
#                        ftrace is linked with --no-relax), so distances within a function need no relocations
recompile_run()
{
	local place=$1 flags=$2
	shift 2
	# shellcheck disable=SC2154 # machines.bash sets it
	[[ $machine_name != riscv64 ]] || flags+=' -mno-relax'
	printf '.PHONY: all%s\nall:\n%s\n' "$recompile_goals" "$recompile_recipes" >"$place/recompile.mk"
	kbuild_start "$place/log" "$flags" -k -f "$place/recompile.mk" CONFIG_MODVERSIONS= "$@" all
}

# recompile_messages TREE PATHS: what a person should read of the compiler's messages.
recompile_messages()
{
	local directory
	recompile_directories "$2"
	for directory in "${recompile_list[@]}"; do
		if ((verbosity > 1)); then
			cat "$1/$directory/.klpmake-log"
		else
			kbuild_messages "$1/$directory/.klpmake-log" "$1" "$kdir"
		fi
	done
}

# recompile_trees SOURCE TREE PATHS: makes a tree in which these files can be compiled.
recompile_trees()
{
	local directory makers all=$3 REPLY
	recompile_makers "$1" "$3"
	makers=("${recompile_list[@]}")
	for directory in "${makers[@]}"; do
		all+=$'\n'$directory/Makefile
	done
	recompile_directories "$all"
	for directory in "${recompile_list[@]}"; do
		recompile_tree "$1" "$2" "$directory"
	done
	for directory in "${makers[@]}"; do
		recompile_makefile "$2" "$directory"
		recompile_search "$2" >>"$REPLY"
	done
}

# recompile_makefile TREE DIRECTORY: sets REPLY to the one that kbuild reads: scripts/Makefile.build.
recompile_makefile()
{
	REPLY=$1/$2/Kbuild
	[[ -f $REPLY ]] || REPLY=$1/$2/Makefile
}

# recompile_search TREE: prints the end of a Makefile: 'ccflags-y += -I$(srctree)/drivers/cxl' means this tree. For kbuild
# that is the build directory, which has only the headers in include/.
recompile_search()
{
	cat <<-MAKE

		klpmake_search = \$(subst $1/include,\$(srctree)/include,\$(subst $1/arch/\$(SRCARCH)/include,\
			\$(srctree)/arch/\$(SRCARCH)/include,\$(subst \$(srctree)/,$1/,\$(subst \$(srctree)/\$(src),\$(src),\$(1)))))
		\$(foreach v,ccflags-y asflags-y subdir-ccflags-y \$(filter CFLAGS_%.o AFLAGS_%.o,\$(.VARIABLES)),\
			\$(eval \$(v) := \$\$(call klpmake_search,\$\$(\$(v)))))
	MAKE
}

# recompile_tree SOURCE TREE DIRECTORY: makes a tree in which sources find "../x.h" and "x.h". What lies beside the way to
# the directory is linked; the directory itself, in which kbuild writes, has copies.
recompile_tree()
{
	local part path at='' source=$1 here=$2 parts=() links=() files=() directories=()
	IFS=/ read -r -a parts <<<"$3"
	for part in "${parts[@]}"; do
		# Another directory may have gone this way before.
		[[ ! -L $here/$part ]] || rm "$here/$part"
		[[ -d $here/$part ]] || mkdir -p "$here/$part"
		recompile_missing "$source$at" "$here"
		((!${#recompile_list[@]})) || ln -s -t "$here" -- "${recompile_list[@]}"
		at+=/$part
		here+=/$part
	done
	# What an earlier directory has linked here would be written through.
	for path in "$here"/*; do
		[[ ! -L $path ]] || links+=("$path")
	done
	((!${#links[@]})) || rm -f -- "${links[@]}"
	for path in "$source$at"/*; do
		[[ ! -f $path || -L $path ]] || files+=("$path")
	done
	# A fetched source is read-only, and nobody could write among copies that are, or remove them.
	((!${#files[@]})) || cp --no-preserve=mode -t "$here" -- "${files[@]}"
	recompile_missing "$source$at" "$here"
	for path in ${recompile_list[@]+"${recompile_list[@]}"}; do
		[[ ! -d $path || -L $path ]] || directories+=("$path")
	done
	((!${#directories[@]})) || cp -rs --no-preserve=mode -t "$here" -- "${directories[@]}"
}

# recompile_missing FROM TO: sets recompile_list to what is in one directory and not in the other. Hidden files are no
# source.
recompile_missing()
{
	local path
	recompile_list=()
	for path in "$1"/*; do
		[[ ! -e $path || -e $2/${path##*/} ]] || recompile_list+=("$path")
	done
}
