# SPDX-License-Identifier: GPL-2.0-only
#
# Compiles files of the kernel's source with the target's kbuild and compiler, as they were compiled for the kernel: by
# the Makefile of their own directory, or of one above. The source tree is only read: kbuild works among copies and links, in a directory
# of klpmake's own. Source common.bash, target.bash and kbuild.bash first.

recompile_recipes='' recompile_count=0

# recompile_begin: nothing is to be compiled yet.
recompile_begin()
{
	recompile_recipes='' recompile_count=0
}

# recompile_paths TREE PATHS: puts the directories of these paths, one a line, on the list, each with its files. The log
# of each directory will be TREE/DIRECTORY/.klpmake-log.
recompile_paths()
{
	local tree=$1 directory targets at REPLY
	while read -r directory; do
		at=$tree/$directory
		recompile_maker "$tree" "$directory"
		mapfile -t targets < <(grep -x "$directory/[^/]*" <<<"$2" | sed "s|^$REPLY/||; s/[^.]*\$/o/")
		recompile_count=$((recompile_count + 1))
		# shellcheck disable=SC2154 # kdir is target.bash's
		recompile_recipes+=$(
			printf '\nall: %s\n%s:\n' "$recompile_count" "$recompile_count"
			printf "\t@KCFLAGS=\"\$\$KCFLAGS -I%s\" \$(MAKE) -C '%s' M=%s %s >%s 2>&1" \
				"$at" "$kdir" "$tree/$REPLY" "${targets[*]}" "$at/.klpmake-log"
		)
	done < <(recompile_directories "$2")
}

# recompile_directories PATHS: prints each directory once; empty lines say nothing.
recompile_directories()
{
	sed '/^$/d; s|/[^/]*$||' <<<"$1" | LC_ALL=C sort -u
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

# recompile_makers TREE PATHS: prints each of these directories once.
recompile_makers()
{
	local directory REPLY
	while read -r directory; do
		recompile_maker "$1" "$directory"
		printf '%s\n' "$REPLY"
	done < <(recompile_directories "$2") | LC_ALL=C sort -u
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
	printf '.PHONY: all %s\nall:\n%s\n' "$(seq -s ' ' "$recompile_count")" "$recompile_recipes" >"$place/recompile.mk"
	kbuild_start "$place/log" "$flags" -k -f "$place/recompile.mk" CONFIG_MODVERSIONS= "$@" all
}

# recompile_messages TREE PATHS: what a person should read of the compiler's messages.
recompile_messages()
{
	local directory
	while read -r directory; do
		if ((verbosity > 1)); then
			cat "$1/$directory/.klpmake-log"
		else
			kbuild_messages "$1/$directory/.klpmake-log" "$1" "$kdir"
		fi
	done < <(recompile_directories "$2")
}

# recompile_trees SOURCE TREE PATHS: makes a tree in which these files can be compiled.
recompile_trees()
{
	local directory REPLY
	while read -r directory; do
		recompile_tree "$1" "$2" "$directory"
	done < <({
		recompile_directories "$3"
		recompile_makers "$1" "$3"
	} | LC_ALL=C sort -u)
	while read -r directory; do
		recompile_makefile "$2" "$directory"
		recompile_search "$2" >>"$REPLY"
	done < <(recompile_makers "$1" "$3")
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
	local part at='' source=$1 here=$2 parts=()
	IFS=/ read -r -a parts <<<"$3"
	for part in "${parts[@]}"; do
		# Another directory may have gone this way before.
		[[ ! -L $here/$part ]] || rm "$here/$part"
		mkdir -p "$here/$part"
		recompile_missing "$source$at" "$here" ! -name "$part" ! -name '.*' | xargs -0 -r ln -s -t "$here"
		at+=/$part
		here+=/$part
	done
	# A fetched source is read-only, and nobody could write among copies that are, or remove them.
	# What an earlier directory has linked here would be written through.
	find "$here" -mindepth 1 -maxdepth 1 -type l -delete
	find "$source$at" -mindepth 1 -maxdepth 1 -type f -exec cp --no-preserve=mode -t "$here" {} +
	recompile_missing "$source$at" "$here" -type d | xargs -0 -r cp -rs --no-preserve=mode -t "$here"
}

# recompile_missing FROM TO FIND-ARG...: prints what is in one directory and not in the other, with a zero byte behind each.
recompile_missing()
{
	local path
	find "$1" -mindepth 1 -maxdepth 1 "${@:3}" -print0 |
		while IFS= read -r -d '' path; do
			[[ -e $2/${path##*/} ]] || printf '%s\0' "$path"
		done
}
