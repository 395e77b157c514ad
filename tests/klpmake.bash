# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2034,SC2154
#
# A small patch for a stock kernel, and klpmake runs with it. Source tap.bash first. Without a kernel the
# test is skipped.
#
#   patch [TEXT]            $dir: a fresh patch directory, with TEXT (C) in its klp-x.c before the frame
#   source_of FILE [TEXT]   one more such C file in $dir
#   make_it [OPTION...] DIR klpmake for $release: $status, $out, $err
#   first_module            $scratch/first.ko: what the patch becomes, to compare with
#   left [DIR]              what is in a directory ($dir) besides the files of the patch
#   valid                   the JSON on stdout of the last run: $ok, $stages, $modules, $messages

export LC_ALL=C
release=$("$top/scripts/fetch-kernel" --list | sort -V | tail -n 1)
[[ -n $release ]] || skip_all "no stock kernel here: scripts/fetch-kernel gets one"
[[ -x $bin/klpsyms ]] || skip_all "klpmake is not built"
# What klpmake keeps for itself goes where the tests can look.
export TMPDIR=$scratch/tmp
mkdir "$TMPDIR"
count=0

# shellcheck disable=SC2120 # not every test has arguments for it
patch()
{
	count=$((count + 1))
	dir=$scratch/patch$count
	mkdir "$dir"
	echo 'obj-m := klp-x.o' >"$dir/Makefile"
	source_of klp-x.c "${1-}"
}

source_of()
{
	cat >"$dir/$1" <<-END
		//KLPMAKE fs/proc/cmdline.c
		#include <linux/livepatch.h>
		#include <linux/module.h>
		#include <linux/seq_file.h>
		${2-}
		static int new_show(struct seq_file *m, void *v)
		{
			seq_puts(m, saved_command_line);
			return 0;
		}
		static struct klp_func funcs[] = {{.old_name = "cmdline_proc_show", .new_func = new_show}, {}};
		static struct klp_object objs[] = {{.funcs = funcs}, {}};
		static struct klp_patch patch = {.mod = THIS_MODULE, .objs = objs};
		static int __init klp_init(void) { return klp_enable_patch(&patch); }
		static void __exit klp_exit(void) {}
		module_init(klp_init);
		module_exit(klp_exit);
		MODULE_LICENSE("GPL");
		MODULE_INFO(livepatch, "Y");
	END
}

make_it()
{
	run "$top/klpmake" -k "$release" "$@"
}

first_module()
{
	patch
	make_it -q "$dir"
	cp "$dir/klp-x.ko" "$scratch/first.ko"
}

# shellcheck disable=SC2120 # not every test has arguments for it
left()
{
	(cd "${1-$dir}" && find . -mindepth 1 ! -name '*.c' ! -name '*.h' ! -name Makefile | sort | xargs)
}

# shellcheck disable=SC2317 # 'holds' calls it
valid()
{
	printf '%s' "$out" | perl -MJSON::PP -e '
		local $/;
		my $r = decode_json(<STDIN>);
		print $r->{ok} ? "true" : "false", "\n", join(" ", map { $_->{name} } @{$r->{stages}}), "\n",
			scalar(@{$r->{modules}}), "\n", join("|", map { $_->{text} =~ s/\n/ /gr } @{$r->{messages}}), "\n"' >"$scratch/json" || return
	{ read -r ok; read -r stages; read -r modules; read -r messages; } <"$scratch/json"
}
