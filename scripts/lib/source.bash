# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2034 # the help and source_args are for who sources this
#
# --source TREE: the target kernel's source, to which patches are applied, and with which klpcheck compares the text of
# functions that a patch has copied. Source common.bash and target.bash first.

kernel_source='' source_args=()

IFS= read -r -d '' source_usage <<'USAGE' || true
      --source TREE     the kernel's source, to apply patches to and to compare
                        copies of its functions with (default: what
                        'fetch-kernel --source RELEASE' has fetched)
USAGE

# source_option OPTION VALUE: takes the option above, as target_option does.
source_option()
{
	[[ $1 == --source ]] || return
	kernel_source=$2
}

# source_find DIRECTORY: sets source_args for klpcheck, after target_find; the patch's own files are in
# DIRECTORY.
source_find()
{
	source_tree || return 0
	absolute "$1"
	source_args=(--kernel-source "$kernel_source" --patch-source "$REPLY")
}

# source_tree: sets kernel_source to the tree, with an absolute path; 1 if there is none.
source_tree()
{
	local fetched cache
	cache_find
	fetched=$cache/kernels/$release/source
	if [[ -n $kernel_source ]]; then
		[[ -f $kernel_source/Makefile && -d $kernel_source/kernel ]] ||
			die "'$kernel_source' is not a kernel source tree: 'fetch-kernel --source $release' gets Debian's"
		kernel_source=$(cd "$kernel_source" && pwd -P)
	elif [[ -f $fetched/Makefile ]]; then
		kernel_source=$fetched
	else
		return 1
	fi
}
