# SPDX-License-Identifier: GPL-2.0-only
#
# How a test kernel is made. This file decides what comes out, so a kernel's release has a hash of its code
# (test-kernel): a change here makes every test kernel be built anew.
# Source common.bash, machines.bash and debian/archive.bash first.

# shellcheck disable=SC2154 # scripts/dev/test-kernel and machines.bash set what is not set here

# wanted NAME: the lines of its configuration; its own take precedence over those that all have.
wanted()
{
	cat "$configs/$1.config" "$configs/common.config" | awk -F = '/^CONFIG_/ && !seen[$1]++'
}

# source_tree: Debian's source with klpmake's change, shared by all kernels of one run.
source_tree()
{
	[[ ! -d $work/source ]] || return 0
	progress "unpacking $source_package"
	archive_download "$work/deb" "$source_package"
	mkdir "$work/source"
	dpkg-deb --fsys-tarfile "$work"/deb/"$source_package"_*.deb |
		tar -x -O "./usr/src/$source_package.tar.xz" |
		tar -x -J -C "$work/source" --strip-components=1
	patch --quiet --directory="$work/source" --strip=1 <"$configs/livepatch.patch" ||
		die "'$configs/livepatch.patch' does not fit '$source_package'"
}

kbuild()
{
	nice make -C "$work/source" O="$work/objects" ARCH="$machine_karch" "$make_compiler" \
		LOCALVERSION="-${release#*-}" KCFLAGS="-ffile-prefix-map=$work/source/=" KBUILD_BUILD_TIMESTAMP=@0 KBUILD_BUILD_USER=klpmake \
		KBUILD_BUILD_HOST=klpmake -j"$(nproc)" "$@" >>"$work/log" 2>&1 || {
		tail -n 30 "$work/log" >&2
		die "cannot build '$release': 'make $*' failed"
	}
}

# configure NAME: dies if Kconfig does not take a line, because the kernel would not be the one that is meant.
configure()
{
	local line
	kbuild tinyconfig
	wanted "$1" >>"$work/objects/.config"
	kbuild olddefconfig
	while IFS= read -r line; do
		case $line in
			CONFIG_*=n) ! grep -q "^${line%=n}=" "$work/objects/.config" ;;
			*) grep -qxF "$line" "$work/objects/.config" ;;
		esac || die "'$configs/$1.config': the kernel does not take '$line'"
	done < <(wanted "$1")
}

# collect: arranges the files as a distribution does. The build directory has what a headers package has; its
# programs run here (if CC and HOSTCC are the same, the kernel's script leaves them unchanged).
collect()
{
	local tree=$work/tree debug
	debug=$tree/usr/lib/debug
	mkdir -p "$tree"/{boot,usr/bin} "$debug/boot" "$debug/lib/modules/$release"
	kbuild modules_install INSTALL_MOD_PATH="$debug" DEPMOD=true
	kbuild modules_install INSTALL_MOD_PATH="$tree" INSTALL_MOD_STRIP=1 DEPMOD=true
	rm -f {"$tree","$debug"}"/lib/modules/$release/"{build,source}
	(cd "$work/objects" && srctree=$work/source SRCARCH=$machine_karch CC=same HOSTCC=same sh \
		"$work/source/scripts/package/install-extmod-build" "$tree/lib/modules/$release/build") \
		>>"$work/log" 2>&1 || die "cannot collect the build directory of '$release'"
	# On some architectures, modules are linked with this.
	! [[ -e $work/objects/arch/$machine_karch/lib/crtsavres.o ]] ||
		install -D "$work/objects/arch/$machine_karch/lib/crtsavres.o" \
			"$tree/lib/modules/$release/build/arch/$machine_karch/lib/crtsavres.o"
	cp "$work/objects/.config" "$tree/lib/modules/$release/build/.config"
	cp "$work/objects/.config" "$tree/boot/config-$release"
	cp "$work/objects/System.map" "$debug/boot/System.map-$release"
	cp "$work/objects/vmlinux" "$debug/lib/modules/$release/vmlinux"
	if [[ $machine_image == vmlinux ]]; then
		"$strip" -o "$tree/boot/vmlinuz-$release" "$work/objects/vmlinux"
	else
		cp "$work/objects/arch/$machine_karch/boot/$machine_image" "$tree/boot/vmlinuz-$release"
	fi
}

build()
{
	local name=$1 busybox
	[[ $kernels != *[[:space:]:]* ]] ||
		die "kbuild cannot work under '$kernels', which has a space or a colon in it; set KLPMAKE_CACHE"
	work=${work:-$(mktemp -d "$kernels/.fetch.XXXXXX")}
	: >"$work/log"
	source_tree
	rm -rf "$work/objects" "$work/tree"
	mkdir "$work/objects" "$work/tree"
	progress "building '$release' (some minutes)"
	configure "$name"
	if [[ $machine_image == vmlinux ]]; then kbuild vmlinux modules; else kbuild "$machine_image" modules; fi
	collect
	# The guest's user space.
	mkdir -p "$work/busybox"
	archive_foreign "$work/busybox" "$machine_debian" busybox-static
	busybox=$(find "$work/busybox" -path '*/bin/busybox' -type f)
	cp "$busybox" "$work/tree/usr/bin/busybox"
	rm -rf "$work/busybox"
	chmod 755 "$work/tree"
	mv -T "$work/tree" "$kernels/$release"
}
