# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2034,SC2154
#
# Whole runs for an architecture that is not this machine's: tests/arch, with kernels that
# scripts/dev/test-kernel builds. Source tap.bash and example.bash first.

# shellcheck source=scripts/lib/machines.bash
. "$top/scripts/lib/machines.bash"

# on_test_kernels NAME SOURCE...: like on_every_kernel, with the test kernels NAME and NAME-*. Their
# configuration says for which machine they are.
on_test_kernels()
{
	machine_row name "$(sed -n '2s/^# //p' "$top/tests/kernels/$1.config")" ||
		skip_all "there is no machine for '$1'"
	mapfile -t releases < <("$top/scripts/dev/test-kernel" --list | grep -E -- "-klpmake-$1(-[a-z]+)?-[0-9a-f]{8}\$")
	((${#releases[@]})) || skip_all "no test kernel here: make test-kernel ARCH=$1 builds them"
	local name=$1
	shift
	(cross_compiler "$(kernel_kdir "${releases[0]}")") 2>/dev/null ||
		skip_all "no compiler for '$machine_name': scripts/setup foreign installs it"
	cross_compiler "$(kernel_kdir "${releases[0]}")"
	on_every_kernel "$@"
	proven "$name"
}

# proven NAME: records, if scripts/test asks for it, that everything has passed on every kernel of that name, in
# guests, too.
proven()
{
	local configs
	mapfile -t configs < <(compgen -G "$top/tests/kernels/$1.config"; compgen -G "$top/tests/kernels/$1-*.config")
	if [[ -n ${KLPMAKE_PROVEN-} && -z $guests_missing ]] && ((!tap_failed && ${#releases[@]} == ${#configs[@]})); then
		: >"$KLPMAKE_PROVEN/$1"
	fi
}

# modinfo_of and make_target run on this machine, with files for the other one.

# arch_makes: klpmake makes the patches of tests/arch and tests/modules/outside.
arch_makes()
{
	local dir=$copies
	makes "$dir/kernel" klp-kernel.ko
	reaches "$dir/kernel/klp-kernel.ko" "c_start,$(position c_start consoles.c)" "c_stop,$(position c_stop consoles.c)" \
		file_systems file_systems_lock get_nr_dirty_inodes linux_proc_banner nr_inodes sched_schedstats shared_last_ino.2 \
		sysctl_max_map_count sysctl_mount_max version_proc_show
	makes "$dir/module" klp-module.ko
	reaches "$dir/module/klp-module.ko" binfmt_misc.bm_fs_type binfmt_misc.bm_status_read \
		binfmt_misc.parse_command saved_command_line
	make_target "$dir/outside/target"
	run "$top/klpmake" -q -k "$release" --module "$dir/outside/target/outside.ko" "$dir/outside/patch"
	exits 0 "$release: klpmake makes a patch to a module of somebody's own"
	reaches "$dir/outside/patch/klp-outside.ko" outside.answer,1 outside.buffer outside.early,1 \
		outside.outside_show outside.pair,{1,2} outside.twin,{1,2} outside.two_words outside.word,{1,2}
	for module in "$dir/kernel/klp-kernel.ko" "$dir/module/klp-module.ko"; do
		run "$top/klpmake" check -q "$module"
		is "$status:$out$err" 0: "$release: '${module##*/}' is checked"
		"${objcopy/objcopy/strip}" -g -o "$scratch/${module##*/}" "$module"
		run "$top/klpmake" check -q "$scratch/${module##*/}"
		is "$status:$out$err" 0: "$release: ... stripped, too"
	done
}

# arch_proves: all of them do in a guest what they should.
arch_proves()
{
	local dir=$copies
	proves 'functions and data of vmlinux and of modules' "$dir/kernel/klp-kernel.ko" "$dir/module/klp-module.ko" \
		"$dir/outside/target/outside.ko" "$dir/outside/patch/klp-outside.ko" -- \
		--modprobe binfmt_misc --scenario "$top/tests/arch/scenario"
}

# arch_lists: kallsympos finds lines and positions of functions.
arch_lists()
{
	local line
	run "$top/kallsympos" -k "$release" c_start fs/proc/consoles.c
	exits 0 "$release: kallsympos"
	read -r -a line <<<"$out"
	is "${line[0]} ${line[2]} ${line[3]} ${line[4]%:*}" "$(position c_start consoles.c) t vmlinux fs/proc/consoles.c" \
		"$release: ... has position and file"
}

# arch_traces UNTRACED: kallsympos knows which functions have a call site. The function UNTRACED has none.
arch_traces()
{
	run "$top/kallsympos" -k "$release" "$1"
	has "$out" '  not traceable: ftrace has no call site in it' "$release: a function that ftrace leaves alone"
	run "$top/kallsympos" -k "$release" version_proc_show
	has "$out" '  traceable' "$release: ... one that it does not"
}

# relocations MODULE: "SECTION TYPE" of the livepatch relocations, each once.
relocations()
{
	LC_ALL=C "${objcopy/objcopy/readelf}" --wide --relocs "$1" | awk '
		/^Relocation section/ { gsub("\047", "", $3); name = $3; next }
		/^[0-9a-f]/ && name ~ /^\.klp\.rela\./ { print name, $3 }' | LC_ALL=C sort -u
}

# not_so FILE BEFORE CODE PLACE MESSAGE NAME: FILE with CODE added before the line that begins with BEFORE is
# refused. PLACE is the beginning of the line that the message names, or "it".
not_so()
{
	local file=$1 line dir=$copies/refused
	rm -rf "$dir"
	cp -r "$copies/${file%/*}" "$dir"
	rm -f "$dir"/*.ko
	file=${file##*/}
	line=$(grep -n -m 1 -F -- "$2" "$dir/$file" | cut -d: -f1)
	sed -i "${line}i\\$3" "$dir/$file"
	[[ $4 == it ]] || line=$(grep -n -m 1 -F -- "$4" "$dir/$file" | cut -d: -f1)
	run "$top/klpmake" -q -k "$release" "$dir"
	refused 1 "klpsyms: error: $file:$line: $5" "$release: $6"
	is "$(ls "$dir"/*.ko 2>/dev/null)" '' "$release: ... and no module is left"
}

# elfedit_compiles: makes what broken() uses.
elfedit_compiles()
{
	holds 'elfedit compiles' make_elfedit
}

# broken MESSAGE NAME EDIT...: klp-module.ko with this edit is refused.
broken()
{
	local message=$1 name=$2
	shift 2
	"$scratch/elfedit" "$copies/module/klp-module.ko" "$scratch/klp-module.ko" "$@"
	run "$top/klpmake" check "$scratch/klp-module.ko"
	refused 1 "$message" "$release: checked: $name"
}

# entry SECTION TYPE: the number of the first relocation of a type in a section of klp-module.ko.
entry()
{
	LC_ALL=C readelf --wide --relocs "$copies/module/klp-module.ko" | awk -v name="'$1'" -v type="$2" '
		/^Relocation section/ { on = $3 == name; n = -2 }
		on && n++ >= 0 && $3 == type { print n - 1; exit }'
}

# A fault of the kernel fails the try, in whatever words the kernel reports it.
fault_words='Unable to handle kernel'
faults()
{
	mkdir "$copies/oops"
	cp "$top/tests/guest/"{klp-oops.c,show.h} "$copies/oops"
	printf 'obj-m := klp-oops.o\n' >"$copies/oops/Makefile"
	make_target "$copies/oops"
	run "$top/klpmake" try "$copies/oops/klp-oops.ko" --timeout 600 --log "$copies/console"
	refused 1 "error: load: cannot load 'klp_oops': $fault_words" "$release: a module that faults fails the try"
}

# misc_says FLAGS DIR TEST_NAME: binfmt_misc's status, to which the module of DIR (tests/arch/module, whose types[0] has been
# edited) adds what it reads, has FLAGS there.
misc_says()
{
	cat >"$2/scenario" <<-END
		kernel_module binfmt_misc
		mkdir /tmp/misc
		run mount -t binfmt_misc misc /tmp/misc
		load klp-module
		wait_patched klp-module
		run cat /tmp/misc/status
		case \$(cat /tmp/misc/status) in
			"binfmt_misc $1 -22 "*) ;;
			*) fail "it is '\$(cat /tmp/misc/status)'" ;;
		esac
		run umount /tmp/misc
		unload klp-module
	END
	proves "$3" "$2/klp-module.ko" -- --modprobe binfmt_misc --scenario "$2/scenario"
}
