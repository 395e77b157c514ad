#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# fetch-kernel leaves a whole kernel or nothing, whatever is in the archive and whoever interrupts it. The archive here
# is a directory, and its packages have a few empty files.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"

[[ $scratch != *[[:space:]]* ]] || skip_all "kbuild works in no path with a blank, as TMPDIR has one"
fetch=$top/scripts/fetch-kernel
release=6.1.0-9-cloud-amd64
export KLPMAKE_CACHE=$scratch/cache archive=$scratch/archive KLPMAKE_OS_RELEASE=/dev/null
kernels=$KLPMAKE_CACHE/kernels
mkdir -p "$archive" "$scratch/bin"

# package NAME VERSION [DEPENDS] <<LINES: 'PATH [TEXT]' or 'PATH -> TARGET'.
package()
{
	local tree=$scratch/package path text
	rm -rf "$tree"
	mkdir -p "$tree/DEBIAN"
	printf '%s\n' "Package: $1" "Version: $2" 'Architecture: amd64' 'Maintainer: nobody <nobody@localhost>' \
		"${3:+Depends: $3}" 'Description: none' | grep . >"$tree/DEBIAN/control"
	while read -r path text; do
		mkdir -p "$(dirname "$tree/$path")"
		case $text in
			'-> '*) ln -s "${text#-> }" "$tree/$path" ;;
			*) printf '%s\n' "$text" >"$tree/$path" ;;
		esac
	done
	dpkg-deb --root-owner-group -Znone -b "$tree" "$archive/${1}_$2_amd64.deb" >/dev/null
}

# kernel RELEASE VERSION IMAGE LIB: makes the five packages; LIB is where this release has /lib/modules.
kernel()
{
	local r=$1 v=$2
	package "$3" "$v" <<-END
		boot/vmlinuz-$r image
		$4/modules/$r/kernel/net/a.ko module
	END
	package "linux-image-$r-dbg" "$v" <<-END
		usr/lib/debug/boot/vmlinux-$r vmlinux
		usr/lib/debug/boot/System.map-$r map
		usr/lib/debug/lib/modules/$r/vmlinux -> ../../../boot/vmlinux-$r
		usr/lib/debug/lib/modules/$r/vdso/vdso64.so.debug vdso
		usr/share/doc/copyright text
	END
	package "linux-headers-$r" "$v" "linux-headers-$r-common (= $v), linux-kbuild-6, gcc-99" <<-END
		$4/modules/$r/build -> /usr/src/linux-headers-$r
		$4/modules/$r/source -> /usr/src/linux-headers-$r-common
		usr/src/linux-headers-$r/Makefile include /usr/src/linux-headers-$r-common/Makefile
		usr/src/linux-headers-$r/.kernelvariables CC = \$(CROSS_COMPILE)gcc-99
		usr/src/linux-headers-$r/include/generated/package.h #define LINUX_PACKAGE_ID " Debian $v"
	END
	package "linux-headers-$r-common" "$v" <<-END
		usr/src/linux-headers-$r-common/Makefile all: ; @echo made in \$(CURDIR)
		usr/src/linux-headers-$r-common/include/vdso/bits.h header
	END
	package linux-kbuild-6 "$v" <<<"usr/lib/linux-kbuild-6/scripts/mod/modpost modpost"
}

# source_of SERIES VERSION PATH...: makes a source package; each file contains the version.
source_of()
{
	local series=$1 version=$2 path tree=$scratch/source/linux-source-$1
	shift 2
	rm -rf "$scratch/source"
	for path; do
		mkdir -p "$(dirname "$tree/$path")"
		printf '%s\n' "$version" >"$tree/$path"
	done
	package "linux-source-$series" "$version" </dev/null
	mkdir -p "$scratch/package/usr/src"
	tar -C "$scratch/source" -cJf "$scratch/package/usr/src/linux-source-$series.tar.xz" "linux-source-$series"
	dpkg-deb --root-owner-group -Znone -b "$scratch/package" "$archive/linux-source-${series}_${version}_amd64.deb" >/dev/null
}

# An apt that uses our directory as its archive.
tee "$scratch"/bin/apt-{get,helper} >"$scratch/bin/apt-cache" <<'END'
#!/bin/bash
newest()
{
	ls "$archive/${1/=/_}"_*.deb 2>/dev/null | sort -V | tail -n 1 | grep .
}
size_of()
{
	if [[ -e $archive/true-sizes ]]; then stat -c %s "$1"; else echo 70000000; fi
}
END
cat >>"$scratch/bin/apt-cache" <<'END'
case $1 in
	show)
		for name in "${@:3}"; do
			deb=$(newest "$name") || continue
			dpkg-deb -f "$deb"
			printf '%s\n' 'Installed-Size: 3000000' "Size: $(size_of "$deb")" "SHA256: $(sha256sum <"$deb" | cut -d' ' -f1)" ''
		done
		;;
	search) for deb in "$archive"/*.deb; do deb=${deb##*/}; echo "${deb%%_*}"; done | grep -E "$3" | sed 's/$/ - a kernel/' ;;
esac
END
cat >>"$scratch/bin/apt-get" <<'END'
while [[ $1 != download ]]; do shift; done
shift 2
echo "$*" >>"$archive/downloads"
for name; do
	deb=$(newest "$name") || exit 100
	echo "'$deb' ${deb##*/} $(size_of "$deb") SHA256:of_it"
done
END
cat >>"$scratch/bin/apt-helper" <<'END'
while [[ $1 != download-file ]]; do shift; done
shift
[[ ! -e $archive/slow ]] || { : >"$archive/downloading"; sleep 30; }
while (($#)); do
	have=$(stat -c %s "$2" 2>/dev/null) || have=0
	name=${1##*/}
	echo "${name%%_*} from $have" >>"$archive/copied"
	cp "$1" "$2" || exit
	shift 3
done
END
chmod +x "$scratch"/bin/*
PATH=$scratch/bin:$PATH
type -P dpkg-deb >/dev/null || skip_all 'packages are made with dpkg-deb, which is not here'

run "$fetch" --help
exits 0 '--help'
has "$out" "Usage: fetch-kernel" '--help goes to standard output'
run "$fetch" --frobnicate
refused 2 "unknown option '--frobnicate'" 'an unknown option'
run "$fetch" --remove
refused 2 "'--remove' needs a RELEASE" '--remove alone'
run "$fetch" --list 6.1
refused 2 "'6.1': --list, --series and --available do not take a RELEASE" '--list of a series'
run "$fetch" ../../etc
refused 2 "'../../etc' is neither a kernel release nor a series" 'a path instead of a release'
run "$fetch" 6.1/x
refused 2 "'6.1/x' is neither a kernel release nor a series" 'a path that begins like a release'

run "$fetch" --list
is "$status:$out" 0: '--list with nothing there'
run "$fetch" 2.4
refused 1 "apt does not know any cloud kernel of series '2.4' with" 'a series that the archive does not have'
run "$fetch"
refused 1 "apt does not know any cloud kernel with" 'an archive without kernels'
run "$fetch" --available
refused 1 "apt does not know any kernel with debug symbols; try 'apt-get update'" '--available without a kernel'
run "$fetch" "$release"
refused 1 "apt cannot download image, headers and debug symbols of '$release' (it has no 'linux-image-$release')" 'a release that the archive does not have'
has "$err" "echo 'deb [check-valid-until=no] https://snapshot.debian.org/archive/debian/YYYYMMDDT000000Z " \
	'a kernel that has left the archive can be had elsewhere'

kernel "$release" 6.1.9-1 "linux-image-$release" lib
run "$fetch" "$release"
exits 0 'a kernel is fetched'
is "$out" "$release" 'only the release goes to standard output'
has "$err" "modules for '$release' need the compiler 'gcc-99': apt-get install gcc-99" \
	'a missing compiler is reported'
is "$(cd "$kernels" && find . -name '.fetch*')" '' 'nothing but the kernel is left'
tree=$kernels/$release
is "$(cd "$tree" && find . ! -type d | sort)" "$(sort <<END
./boot/vmlinuz-$release
./lib/modules/$release/build
./lib/modules/$release/kernel/net/a.ko
./lib/modules/$release/source
./usr/lib/debug/boot/System.map-$release
./usr/lib/debug/boot/vmlinux-$release
./usr/lib/debug/lib/modules/$release/vmlinux
./usr/lib/linux-kbuild-6/scripts/mod/modpost
./usr/src/linux-headers-$release-common/Makefile
./usr/src/linux-headers-$release-common/include/vdso/bits.h
./usr/src/linux-headers-$release/.kernelvariables
./usr/src/linux-headers-$release/Makefile
./usr/src/linux-headers-$release/include/generated/package.h
END
)" 'what is needed of the packages is there, and nothing else'
holds 'source is a link that leads somewhere' test -e "$tree/lib/modules/$release/source/Makefile"
run make -s -C "$tree/lib/modules/$release/build"
has "$out" "made in $tree/usr/src/linux-headers-$release" 'the build directory works where it lies'

: >"$archive/downloads"
run "$fetch" "$release"
is "$status:$out:$(<"$archive/downloads")" "0:$release:" 'what is there is not fetched again'

tests=tools/testing/selftests/livepatch
run "$fetch" --selftests "$release"
refused 1 "cannot download 'linux-source-6.1'" 'no source to take selftests from'
run "$fetch" --source "$release"
refused 1 "apt cannot download the source of '$release', 'linux-source-6.1' of build '6.1.9-1'" 'no source to build with'
source_of 6.1 6.1.10-1 Makefile net/netlink/a.c $tests/functions.sh
package linux-source-6.1 6.1.9-1 <<<'usr/src/linux-source-6.1.tar.xz no archive'
run "$fetch" --selftests "$release"
refused 1 "cannot unpack '$KLPMAKE_CACHE/downloads/$release/linux-source-6.1_6.1.9-1_amd64.deb'" 'a source that is damaged'
source_of 6.1 6.1.9-1 Makefile net/netlink/a.c lib/livepatch/a.c lib/a.c kernel/sched/core.c
run "$fetch" --selftests "$release"
refused 1 "the source of '$release' has no '$tests/functions.sh'" 'a source without selftests'
is "$(cd "$kernels" && find . -name '.fetch*' -o -name 'linux-source*')" '' 'leaves nothing'
source_of 6.1 6.1.9-1 Makefile net/netlink/a.c $tests/functions.sh $tests/test_modules/a.c lib/livepatch/a.c lib/a.c kernel/sched/core.c
: >"$archive/downloads"
run "$fetch" --selftests "$release"
is "$status:$out" "0:$release" 'the selftests of a kernel that is there'
is "$(<"$archive/downloads")" 'linux-source-6.1=6.1.9-1' 'are of the very build, and all that is downloaded'
is "$(ls "$KLPMAKE_CACHE/downloads")" '' 'the download has been of use, and is gone'
is "$(cd "$tree/usr/src/linux-source-$release" && find . ! -type d | LC_ALL=C sort)" "./Makefile
./lib/livepatch/a.c
./net/netlink/a.c
./$tests/functions.sh
./$tests/test_modules/a.c" 'and what else tests need of the source, no more'
run "$fetch" --selftests "$release"
is "$status:$out:$(<"$archive/downloads")" "0:$release:linux-source-6.1=6.1.9-1" 'nor are they fetched again'
run "$fetch" --source "$release"
is "$status:$out" "0:$release" 'the source of a kernel that is there'
is "$(cd "$tree/source" && find . ! -type d | wc -l):$(<"$tree/source/kernel/sched/core.c")" 7:6.1.9-1 'is whole, and of the very build'
is "$(find "$tree/source" -perm /222)" '' 'and it is read-only'
: >"$archive/downloads"
run "$fetch" --source "$release"
is "$status:$out:$(<"$archive/downloads")" "0:$release:" 'nor is it fetched again'
rm -r "$tree/usr/src/linux-source-$release" "$archive"/linux-source-6.1_6.1.9-1_*
run "$fetch" --selftests "$release"
is "$status:$out" "0:$release" 'an archive that has a later build only'
has "$err" "no source of build '6.1.9-1' of '$release': its selftests will be of another build" 'has its selftests, with a warning'
is "$(<"$tree/usr/src/linux-source-$release/$tests/functions.sh")" 6.1.10-1 'that is true'

kernel 6.1.0-10-cloud-amd64 6.1.10-1 linux-image-6.1.0-10-cloud-amd64-unsigned usr/lib
package linux-image-6.1.0-11-cloud-amd64 6.1.11-1 <<<'boot/vmlinuz-6.1.0-11-cloud-amd64 image'
package linux-image-6.1-cloud-amd64 6.1.11-1 </dev/null
package linux-image-6.1-cloud-amd64-dbg 6.1.11-1 </dev/null
run "$fetch" --newest 6.1
is "$out" 6.1.0-10-cloud-amd64 'the newest of a series is the newest that is whole; 10 comes after 9'
run "$fetch" 6.1
is "$status:$out" 0:6.1.0-10-cloud-amd64 'an unsigned image, and modules under /usr'
holds 'such modules are where all others are' test -e "$kernels/$out/lib/modules/$out/kernel/net/a.ko"
run make -s -C "$kernels/$out/lib/modules/$out/build"
exits 0 'such a build directory works too'
run "$fetch" --series
is "$status:$out" '0:6.1' '--series'
built=6.1.9-klpmake-riscv64-0123abcd
mkdir "$kernels/$built"
run "$fetch" --list
is "$out" "6.1.0-10-cloud-amd64
$release" '--list names both, and not what was built'
run "$top/scripts/dev/test-kernel" --list
is "$out" "$built" 'test-kernel --list names that'
rmdir "$kernels/$built"
run "$top/scripts/dev/test-kernel"
refused 2 'which kernel?' 'test-kernel alone'
run "$top/scripts/dev/test-kernel" pdp11
refused 2 "there is no configuration 'pdp11'" 'nor one of which nobody has a configuration'
run "$top/scripts/dev/test-kernel" --help
has "$out" 'riscv64-pie    riscv64, uncompressed instructions' 'its --help has the configurations'

run "$fetch" --available
is "$status:$out" "0:RELEASE                        BUILD                DOWNLOAD UNPACKED  STATE
6.1.0-10-cloud-amd64           6.1.10-1               350 MB  15.4 GB  fetched
$release            6.1.9-1                350 MB  15.4 GB  fetched" '--available has sizes'
run "$fetch" --remove "$release" 6.1.0-10-cloud-amd64
exits 0 '--remove takes a kernel and its read-only source away'
is "$(find "$kernels" -mindepth 1 ! -name .lock)" '' 'with all that there was'
run "$fetch" --remove "$release"
refused 1 "there is no kernel '$release' in '$kernels'" 'but not twice'

other=6.12.5-cloud-amd64
kernel "$other" 6.12.5-1 "linux-image-$other" lib
package "linux-image-$other" 6.12.5-2 <<<"boot/vmlinuz-$other image"
rm "$archive/linux-image-${other}_6.12.5-1_amd64.deb"
run "$fetch" "$other"
refused 1 "the archive has parts of '$other' from builds" 'parts of different builds'
is "$(cd "$kernels" && find . -name '.fetch*' -o -name "$other")" '' 'leave nothing'
is "$(ls "$KLPMAKE_CACHE/downloads")" '' 'and are seen before anything is downloaded'

kernel "$other" 6.12.5-2 "linux-image-$other" lib
rm "$archive"/linux-*"$other"*_6.12.5-1_amd64.deb "$archive/linux-kbuild-6_6.12.5-2_amd64.deb"
rm "$archive"/linux-kbuild-6_*
run "$fetch" "$other"
refused 1 "apt cannot download image, headers and debug symbols of '$other' (it has no 'linux-kbuild-6')" 'a package that cannot be had'

kernel "$other" 6.12.5-2 "linux-image-$other" lib
: >"$archive/slow"
# In a process group of its own, as on a terminal, where ^C reaches the whole group.
setsid "$fetch" "$other" >/dev/null 2>&1 &
fetcher=$!
until [[ -e $archive/downloading ]]; do sleep 0.05; done
rm "$archive/slow"
"$fetch" "$other" >"$scratch/second" 2>/dev/null &
second=$!
kill -TERM -- "-$fetcher"
wait "$fetcher"
is $? 143 'a fetch that is interrupted'
wait "$second"
is "$?:$(<"$scratch/second")" "0:$other" 'makes room for one that waited'
is "$(cd "$kernels" && find . -name '.fetch*')" '' 'and neither leaves anything'

# What Debian has since Linux 7.1: an empty image, /lib under /usr, and headers that name themselves.
split=7.2.1+deb14-cloud-amd64
v=7.2.1-1 modules=usr/lib/modules/$split
package "linux-image-$split" $v "dracut | initramfs-tools, linux-base-$split (= $v), linux-binary-$split (= $v), linux-modules-$split (= $v)" </dev/null
package "linux-base-$split" $v <<<"$modules/System.map The real System.map is in the package of debug symbols"
package "linux-binary-$split" $v "linux-base-$split (= $v)" <<<"$modules/vmlinuz image"
package "linux-modules-$split" $v "kmod, linux-base-$split (= $v)" <<<"$modules/kernel/net/a.ko.xz module"
package "linux-image-$split-dbg" $v "linux-base-$split (= $v)" <<-END
	usr/lib/debug/lib/modules/$split/System.map map
	usr/lib/debug/lib/modules/$split/vmlinux vmlinux
END
headers()
{
	package "linux-headers-$split" $v "gcc-99-for-host, linux-base (>= 4.12~), linux-base-$split (= $v), linux-headers-7.2.1-common (= $v), linux-kbuild-7.2.1" <<-END
		$modules/build -> ../../../src/linux-headers-$split
		usr/src/linux-headers-$split/Makefile $1
		usr/src/linux-headers-$split/include/generated/package.h #define LINUX_PACKAGE_ID " Debian $v"
	END
}
headers '-include /usr/src/elsewhere'
package linux-headers-7.2.1-common $v <<<"usr/src/linux-headers-7.2.1-common/Makefile all: ; @echo made in \$(CURDIR) for \$(KBUILD_OUTPUT)"
package linux-kbuild-7.2.1 $v <<<"usr/lib/linux-kbuild-7.2.1/scripts/mod/modpost modpost"
: >"$archive/copied"
run "$fetch"
refused 1 "cannot move the headers of '$split'" 'headers of a form that nobody has seen yet'
is "$(wc -l <"$archive/copied"):$(find "$KLPMAKE_CACHE/downloads/$split" -name '*.deb' | wc -l)" 8:8 'what was downloaded is kept'
headers "KBUILD_OUTPUT=/usr/src/linux-headers-$split
		usr/src/linux-headers-$split/two"
printf 'include /usr/src/linux-headers-7.2.1-common/Makefile\n' >>"$scratch/package/usr/src/linux-headers-$split/Makefile"
dpkg-deb --root-owner-group -Znone -b "$scratch/package" "$archive/linux-headers-${split}_${v}_amd64.deb" >/dev/null
: >"$archive/copied"
truncate -s 100 "$KLPMAKE_CACHE/downloads/$split/linux-modules-${split}_${v}_amd64.deb"
: >"$archive/true-sizes"
run "$fetch"
rm "$archive/true-sizes"
is "$status:$out" "0:$split" 'by default, the newest kernel of all; it is of several packages'
run "$fetch" --available
has "$out" "560 MB  24.6 GB  fetched" 'their size is shown'
is "$(<"$archive/copied")" "linux-headers-$split from 0
linux-modules-$split from 100" 'of what was kept, a part is continued, and what apt would not download now is fetched again'
tree=$kernels/$split
is "$(cd "$tree" && find . ! -type d | LC_ALL=C sort)" "./lib/modules/$split/System.map
./lib/modules/$split/build
./lib/modules/$split/kernel/net/a.ko.xz
./lib/modules/$split/vmlinuz
./usr/lib/debug/lib/modules/$split/System.map
./usr/lib/debug/lib/modules/$split/vmlinux
./usr/lib/linux-kbuild-7.2.1/scripts/mod/modpost
./usr/src/linux-headers-$split/Makefile
./usr/src/linux-headers-$split/include/generated/package.h
./usr/src/linux-headers-$split/two
./usr/src/linux-headers-7.2.1-common/Makefile" 'all is where it is looked for'
run make -s -C "$tree/lib/modules/$split/build"
is "$out" "made in $tree/usr/src/linux-headers-$split for $tree/usr/src/linux-headers-$split" 'its build directory works where it lies'
run make -s -C / -f "$tree/lib/modules/$split/build/Makefile"
is "$out" "made in / for $tree/usr/src/linux-headers-$split" 'also from elsewhere'

KLPMAKE_CACHE="$scratch/a cache" run "$fetch" "$other"
refused 1 "kbuild cannot work under '$scratch/a cache/kernels'" 'a cache where kbuild would fail'

mkdir "$scratch/no-apt"
for tool in bash cat basename dirname readlink uname mkdir flock; do
	ln -s "$(type -P "$tool")" "$scratch/no-apt/$tool"
done
PATH=$scratch/no-apt run "$fetch" 9.9.9-none
refused 1 "this script does not know this distribution's archive; instead: install the debug vmlinux" 'no apt'

done_testing
