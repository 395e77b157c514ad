# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2154 # status, out and err are tap.bash's
# shellcheck disable=SC2016 # perl's variables, not the shell's
#
# Shared by the tests of what klpcheck doubts: a kernel with copies of functions, and patches to it.

source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"
doubt=$mini_src/doubt
kernel=$scratch/doubtful
right=0

# doubtful_kernel DIR [FLAG...]: the miniature kernel with the files of tests/mini/doubt in it.
doubtful_kernel()
{
	local dir=$1 name objects=()
	shift
	for name in copies twin near threads calls namesake folded included includes; do
		(cd "$mini_src" && mini_cc "doubt/$name.c" "$dir/doubt/$name.o" -fipa-cp-clone \
			--param ipa-cp-eval-threshold=1 "$@") || return
		objects+=("$dir/doubt/$name.o")
	done
	relink "$dir" "${objects[@]}"
}

# patch NAME [FUNCTION[,POSITION]...]: a patch that replaces these functions, as NAME.ko.
patch()
{
	local name=$1 function position
	shift
	{
		printf '#include "mini.h"\n'
		printf 'static int nothing(void)\n{\n\treturn 0;\n}\n'
		printf 'static struct klp_func funcs[] = {\n'
		for function; do
			position=0
			[[ $function != *,* ]] || position=${function#*,}
			printf '\t{.old_name = "%s", .new_func = nothing, .old_sympos = %s},\n' "${function%,*}" "$position"
		done
		printf '\t{}\n};\nstatic struct klp_object objects[] = {{%s.funcs = funcs}, {}};\n' \
			"${OBJECT:+.name = \"$OBJECT\", }"
		printf 'static struct klp_patch patch = {.mod = THIS_MODULE, .objs = objects};\n'
		printf 'static int __init start(void)\n{\n\treturn klp_enable_patch(&patch);\n}\n'
		printf 'module_init(start);\nMODULE_LICENSE("GPL");\nMODULE_INFO(livepatch, "Y");\n'
		printf '%s\n' "${MORE-}"
	} >"$scratch/$name.c"
	# Without debug information, types are not compared: one new function serves for all old ones.
	MINI_CFLAGS="-g0 ${MINI_CFLAGS-}" mini_module "$kernel" "$scratch/$name.ko" "$scratch/$name.c"
}

# check NAME [OPTION...]: NAME.ko through klpcheck, for $kernel.
check()
{
	local name=$1
	shift
	run "$bin/klpcheck" --vmlinux "$kernel/vmlinux" --symvers "$kernel/Module.symvers" \
		--debug-modules "$kernel" "$@" "$scratch/$name.ko"
}

# at FILE PATTERN [NTH]: "doubt/FILE:12", the NTH line of the file with PATTERN.
at()
{
	awk -v file="doubt/$1" -v pattern="$2" -v nth="${3:-1}" '
		index($0, pattern) && ++n == nth { printf "%s:%d", file, FNR }' "$doubt/$1"
}

# doubted CHECK MESSAGE TEST_NAME FUNCTION...: a patch of these functions is refused with that message by that
# check and by no other. When the check is waived, the patch passes, and the message is still printed.
doubted()
{
	local check=$1 message=$2 name=$3
	shift 3
	patch wrong "$@" || return
	check wrong
	refused 1 "klpcheck: error: '$scratch/wrong.ko': $check: $message" "$name"
	has "$err" "  to accept this, pass --allow=$check" "... names the check"
	check wrong --allow="$check"
	is "$status" 0 "... which can be waived"
	has "$err" "klpcheck: waived: '$scratch/wrong.ko': $check: $message" "... which is then reported, too"
	lacks "$err" "error" "... while nothing else is wrong"
}

# trusted TEST_NAME FUNCTION...: a patch of these functions passes without any message.
trusted()
{
	local name=$1
	shift
	patch right "$@" || return
	check right -v
	is "$status:$err" "0:" "passes: $name"
	right=$((right + 1))
}

mini_vmlinux "$k" && doubtful_kernel "$kernel" && make_frame || exit
# shellcheck disable=SC2034 # for who sources this
version=$("$bin/klpcheck" --version | cut -d' ' -f2)
names=$(mini_nm "$kernel/vmlinux" | cut -d' ' -f3)
for name in cloned.constprop.0 nearby.constprop.0 parted.part.0 split_path.cold; do
	has "$names" "$name
" "the compiler has made '$name'"
done
