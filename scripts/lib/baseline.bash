# SPDX-License-Identifier: GPL-2.0-only
#
# klpmake check --baseline: compiles the kernel files that a patch is about, unchanged from a source
# tree, with the target's kbuild and compiler. Source common.bash, target.bash and kbuild.bash first.
# The tree is only read: kbuild works among copies and links, in a directory of its own.

baseline='' baseline_place=''

IFS= read -r -d '' baseline_usage <<'USAGE' || true
      --baseline TREE   only compile the functions that it replaces from the kernel's source tree
                        TREE, unchanged, and compare them with the kernel's: if they are equal,
                        compiler, flags, configuration and source are the kernel's
USAGE

# baseline_run MODULE [KLPCHECK-ARG...]: returns klpcheck's status; the caller calls baseline_clean in the end.
baseline_run()
{
	local module=$1 sources
	shift
	[[ -f $baseline/Makefile && -d $baseline/kernel ]] ||
		die "'$baseline' is not a kernel source tree: unpack the source package of kernel '$release'"
	baseline=$(real_directory "$baseline") || exit
	[[ -n $kdir ]] || target_missing headers headers
	baseline_place=$(temporary -d) || exit 1
	[[ $baseline_place != *[!A-Za-z0-9_./+~@-]* ]] ||
		die "kbuild cannot work in '$baseline_place': set TMPDIR to a plain path"
	sources=$("$(tool klpcheck)" "${target_args[@]}" ${module_args[@]+"${module_args[@]}"} --sources "$module") || exit 1
	mkdir "$baseline_place/include" "$baseline_place/tree"
	baseline_compile "$sources"
	verbosely "$(tool klpcheck)" "${target_args[@]}" ${module_args[@]+"${module_args[@]}"} \
		--baseline "$baseline_place/tree" "$@" "$module"
}

baseline_clean()
{
	[[ -z $baseline_place ]] || rm -rf "$baseline_place"
}

# baseline_compile SOURCES: compiles each path (one per line) to an object file of its name; the files of one directory
# together.
baseline_compile()
{
	local source directory status=0 targets=()
	while read -r source; do
		[[ -f $baseline/$source ]] || die "'$baseline' has no '$source': it is the source of another kernel"
	done <<<"$1"
	while read -r directory; do
		baseline_links "$directory"
		mapfile -t targets < <(grep -x "$directory/[^/]*" <<<"$1" | sed 's|.*/||; s/[^.]*$/o/')
		kbuild_make "$kdir" "$baseline_place/tree/$directory" "$baseline_place/log" \
			"-ffile-prefix-map=$baseline_place/tree/= -I$baseline_place/tree/$directory" "${targets[@]}" || status=$?
		if ((verbosity > 1)); then
			cat "$baseline_place/log" >&2
		elif ((status)); then
			kbuild_messages "$baseline_place/log" "$baseline_place/tree" "$kdir" >&2
		fi
		((status == 0)) || die "kbuild could not compile '$directory' of '$baseline'"
	done < <(while read -r source; do printf '%s\n' "${source%/*}"; done <<<"$1" | LC_ALL=C sort -u)
}

# baseline_links DIRECTORY: makes a tree in which sources find "../x.h" and "x.h". What lies beside the
# way to the directory is linked; the directory itself, in which kbuild writes, has copies.
baseline_links()
{
	local part at='' here=$baseline_place/tree parts=()
	IFS=/ read -r -a parts <<<"$1"
	for part in "${parts[@]}"; do
		# Another directory may have gone this way before.
		[[ ! -L $here/$part ]] || rm "$here/$part"
		mkdir -p "$here/$part"
		find "$baseline$at" -mindepth 1 -maxdepth 1 ! -name "$part" ! -name '.*' -print0 |
			while IFS= read -r -d '' link; do
				[[ -e $here/${link##*/} ]] || ln -s "$link" "$here"
			done
		at+=/$part
		here+=/$part
	done
	find "$baseline$at" -mindepth 1 -maxdepth 1 -type f -exec cp -t "$here" {} +
	find "$baseline$at" -mindepth 1 -maxdepth 1 -type d -print0 |
		while IFS= read -r -d '' link; do
			[[ -e $here/${link##*/} ]] || cp -rs "$link" "$here"
		done
}
