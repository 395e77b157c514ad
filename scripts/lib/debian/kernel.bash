# SPDX-License-Identifier: GPL-2.0-only
#
# Which packages a kernel of Debian consists of, and what has to be changed in them for a kernel
# that is unpacked and not installed. Source common.bash and debian/archive.bash first.

# archive_releases: every release that apt knows debug symbols of, newest first. klpmake cannot use a kernel without
# them.
archive_releases()
{
	apt-cache search --names-only '^linux-image-[0-9][^ ]*-dbg$' |
		sed -n -E 's/^linux-image-([0-9]+\.[0-9]+(\.[0-9]|-rc)[^ ]*)-dbg .*/\1/p' | sort -uVr
}

# kernels_read RELEASE...: reads what kernel_packages has to know about all of them at once, because apt takes a second
# for each answer.
kernels_read()
{
	local release next=() package
	local -A seen=()
	for release; do
		next+=("linux-image-$release"{,-unsigned,-dbg} "linux-headers-$release")
	done
	while ((${#next[@]})); do
		archive_read "${next[@]}"
		needs=()
		for package in "${next[@]}"; do
			seen[$package]=1
			kernel_needs "$package"
		done
		next=()
		for package in ${needs[@]+"${needs[@]}"}; do
			[[ -n ${seen[$package]-} ]] || next+=("$package")
			seen[$package]=1
		done
	done
}

# kernel_needs PACKAGE: adds to needs the packages on which it depends that are parts of a kernel.
kernel_needs()
{
	local IFS=, need part='^ *(linux-(base|binary|binary-unsigned|modules|headers|kbuild)-[0-9][^ ]*)'
	for need in ${archive_fact["$1 Depends"]-}; do
		[[ ! $need =~ $part ]] || needs+=("${BASH_REMATCH[1]}")
	done
}

# kernel_packages RELEASE: after kernels_read, sets packages to all that the kernel consists of; returns
# 1 if apt cannot download one of them, and sets package to that. The image is the signed one, or the
# unsigned one if there is no other. Some images are empty, and depend on packages with their parts.
# shellcheck disable=SC2034 # packages is for the caller
kernel_packages()
{
	local image=linux-image-$1 i
	archive_has "$image" || ! archive_has "$image-unsigned" || image+=-unsigned
	packages=() needs=("$image" "linux-image-$1-dbg" "linux-headers-$1")
	for ((i = 0; i < ${#needs[@]}; i++)); do
		package=${needs[i]}
		[[ " ${packages[*]} " != *" $package "* ]] || continue
		archive_has "$package" || return 1
		packages+=("$package")
		kernel_needs "$package"
	done
}

# check_builds RELEASE: dies unless all packages are of one build, because parts of different builds do not fit
# together. The package of kbuild's programs may serve several builds.
check_builds()
{
	local version first=''
	for package in "${packages[@]}"; do
		[[ $package != linux-kbuild-* ]] || continue
		version=${archive_fact["$package Version"]-}
		[[ ${first:=$version} == "$version" ]] ||
			die "the archive has parts of '$1' from builds '$first' and '$version'; run 'apt-get update'"
	done
}

# kernel_unpack DEB TREE
kernel_unpack()
{
	dpkg-deb --fsys-tarfile "$1" | tar -C "$2" -x --no-same-owner \
		--exclude=./usr/share --exclude=./usr/lib/debug/.build-id \
		--exclude='./usr/lib/debug/lib/modules/*/vdso' ||
		die "cannot unpack '$1'"
}

# kernel_merge_usr TREE: moves the modules of newer packages from /usr/lib to /lib, which are the same on an installed
# system.
kernel_merge_usr()
{
	[[ -d $1/usr/lib/modules ]] || return 0
	mkdir -p "$1/lib/modules"
	cp -al "$1/usr/lib/modules/." "$1/lib/modules"
	rm -rf "$1/usr/lib/modules"
}

# kernel_relocate TREE RELEASE: changes the packages' absolute paths to fit the place where the tree will lie.
kernel_relocate()
{
	local tree=$1 release=$2 link target makefile
	for link in build source; do
		link=$tree/lib/modules/$release/$link
		target=$(readlink "$link") || continue
		ln -sfn "../../../usr/src/${target##*/}" "$link"
	done
	makefile=$tree/usr/src/linux-headers-$release/Makefile
	# A relative path would make make look in the module's directory.
	# shellcheck disable=SC2016
	sed -i -E -e '1i fetched_src := $(realpath $(dir $(realpath $(lastword $(MAKEFILE_LIST))))..)' \
		-e 's:^(include |KBUILD_OUTPUT *=)/usr/src/:\1$(fetched_src)/:' "$makefile"
	! grep -q '/usr/src/' "$makefile" ||
		die "cannot move the headers of '$release': '$makefile' names /usr/src"
}

# kernel_whole TREE RELEASE: dies unless each part is in one of the places where releases of Debian have it.
kernel_whole()
{
	local tree=$1 modules=lib/modules/$2 places place
	for places in "boot/vmlinuz-$2 $modules/vmlinuz" "$modules/build/Makefile" "$modules/kernel" \
		"usr/lib/debug/$modules/vmlinux" "usr/lib/debug/boot/System.map-$2 usr/lib/debug/$modules/System.map"; do
		for place in $places; do
			[[ ! -e $tree/$place ]] || continue 2
		done
		die "the packages of '$2' have no '${places// /\' and no \'}'"
	done
}
