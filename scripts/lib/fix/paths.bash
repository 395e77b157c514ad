# SPDX-License-Identifier: GPL-2.0-only
#
# Which files of the kernel's source a patch may change: what klpmake compiles, what it passes over because no kernel has
# it in memory, and what no livepatch can change. Source common.bash and workdir.bash first.

# fix_path_kind PATH: sets REPLY to 'source' or 'header' for what is compiled, 'other' for what is passed over, or
# 'refused', with the reason and the way out in fix_path_reason.
fix_path_kind()
{
	fix_path_reason=''
	REPLY=refused
	case $1 in
		Documentation/* | tools/* | samples/* | LICENSES/* | MAINTAINERS | CREDITS | COPYING | README | .* | */.git* | \
			*.rst | *.txt | *.md | *.dts | *.dtsi | *.yaml)
			REPLY=other
			return
			;;
		Makefile | */Makefile* | Kbuild | */Kbuild* | Kconfig* | */Kconfig* | scripts/* | usr/* | certs/*)
			fix_path_reason='it is about how a kernel is built, and this one is built already: leave it out of the patch'
			;;
		include/generated/* | include/config/* | arch/*/include/generated/*)
			fix_path_reason='it is made when a kernel is built, and this one is built already: leave it out of the patch'
			;;
		arch/*/boot/* | arch/*/realmode/* | arch/*/purgatory/* | drivers/firmware/efi/libstub/*)
			fix_path_reason='its code does not run any more when the kernel does, or runs elsewhere: only a new kernel has the change'
			;;
		*/vdso/* | */vdso32/* | */vdso64/*)
			fix_path_reason='its code runs in programs, from pages that the kernel has made already: only a new kernel has the change'
			;;
		*.S | *.s)
			fix_path_reason='it is written in assembler, where functions cannot be told apart: replace a C function that calls it'
			;;
		*.c) REPLY='source' ;;
		*.h) REPLY='header' ;;
		*)
			fix_path_reason='it is not a C file: leave it out of the patch, or write what it means for C files into these'
			;;
	esac
}

# fix_path_plain PATH: whether it stays below the directory that it is in, and make reads it as one word.
fix_path_plain()
{
	is_plain "$1" && [[ $1 != /* && /$1/ != */../* && /$1/ != */./* && $1 != *//* && /$1 != */-* && $1 != */ ]]
}

# fix_path_wrong TREE PATH [WHERE]: whether no file of the tree that can be changed has this path, which was read WHERE;
# fix_path_reason says why.
fix_path_wrong()
{
	fix_path_kind "$2"
	if ! fix_path_plain "$2"; then
		fix_path_reason="'$2'${3-} is not a path from the root of a kernel tree"
	elif [[ $REPLY != source && $REPLY != header ]]; then
		fix_path_reason="'$2': ${fix_path_reason:-no kernel has it in memory}"
	elif [[ ! -f $1/$2 ]] || fix_path_is_link "$1" "$2"; then
		fix_path_reason="'$1' has no file '$2': is it of another kernel?"
	else
		return 1
	fi
}

# fix_path_is_link TREE PATH: whether the file or a directory on the way to it is a link.
fix_path_is_link()
{
	local part at=$1 parts
	IFS=/ read -r -a parts <<<"$2"
	for part in "${parts[@]}"; do
		at+=/$part
		[[ ! -L $at ]] || return 0
	done
	return 1
}
