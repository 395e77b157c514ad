# SPDX-License-Identifier: GPL-2.0-only
#
# klpmake check --baseline: compiles the kernel files that a patch is about, unchanged from a source tree, and compares
# the functions that the patch replaces with the kernel's. Source common.bash, target.bash, kbuild.bash and
# recompile.bash first.

baseline='' baseline_place=''

IFS= read -r -d '' baseline_usage <<'USAGE' || true
      --baseline TREE   only compile the functions that it replaces from the
                        kernel's source tree TREE, unchanged, and compare them
                        with the kernel's: if they are equal, compiler, flags,
                        configuration and source are the kernel's
USAGE

# baseline_run MODULE [KLPCHECK-ARG...]: returns klpcheck's status; the caller calls baseline_clean in the end.
baseline_run()
{
	local module=$1 sources
	shift
	[[ -f $baseline/Makefile && -d $baseline/kernel ]] ||
		die "'$baseline' is not a kernel source tree: unpack the source package of kernel '$release'"
	real_directory "$baseline"
	baseline=$REPLY
	[[ -n $kdir ]] || target_missing headers headers
	baseline_place=$(temporary -d) || exit 1
	[[ $baseline_place != *[!A-Za-z0-9_./+~@-]* ]] ||
		die "kbuild cannot work in '$baseline_place': set TMPDIR to a plain path"
	sources=$(baseline_sources "$module") || exit 1
	mkdir "$baseline_place/include" "$baseline_place/tree"
	baseline_compile "$sources"
	baseline_compare "$baseline_place/tree" "$@" "$module"
}

baseline_clean()
{
	[[ -z $baseline_place ]] || rm -rf "$baseline_place"
}

# baseline_sources MODULE: prints the sources of the functions that it replaces, one a line.
baseline_sources()
{
	"$(tool klpcheck)" "${target_args[@]}" ${module_args[@]+"${module_args[@]}"} --sources "$1"
}

# baseline_compare OBJECTS [KLPCHECK-ARG...] MODULE: OBJECTS is the directory with the object files.
baseline_compare()
{
	verbosely "$(tool klpcheck)" "${target_args[@]}" ${module_args[@]+"${module_args[@]}"} --baseline "$@"
}

# baseline_compile SOURCES: compiles each path (one per line) to an object file of its name.
baseline_compile()
{
	local source status=0 tree=$baseline_place/tree
	while read -r source; do
		[[ -f $baseline/$source ]] || die "'$baseline' has no '$source': it is the source of another kernel"
	done <<<"$1"
	recompile_trees "$baseline" "$tree" "$1"
	recompile_begin
	recompile_paths "$tree" "$1"
	recompile_run "$baseline_place" "-ffile-prefix-map=$tree/=" || status=$?
	((status == 0 && verbosity < 2)) || recompile_messages "$tree" "$1" >&2
	((status == 0)) && return
	recompile_directories "$1"
	die "kbuild could not compile$(printf " '%s'" "${recompile_list[@]}") of '$baseline'"
}
