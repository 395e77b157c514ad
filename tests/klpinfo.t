#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# klpinfo: what a module would patch is read without debug information; where that cannot be read, it says so.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"

[[ -x $bin/klpinfo ]] || skip_all 'klpinfo is not built'
k=$scratch/k
mini_vmlinux "$k" || exit
cd "$scratch" || exit

# made NAME [FLAG...]: the C file on standard input becomes NAME.ko.
made()
{
	local name=$1
	shift
	cat >"$name.c"
	MINI_CFLAGS="$*" mini_module "$k" "$scratch/$name.ko" "$name.c" || exit
}

# facts FILE WORD...: klpinfo's lines of these words, joined.
facts()
{
	local file=$1 words
	shift
	words=$(IFS='|' && printf '%s' "$*")
	run "$bin/klpinfo" "$file"
	grep -E "^($words) " <<<"$out" | paste -sd ';'
}

frame='static int __init x_init(void) { return klp_enable_patch(&patch); }
	module_init(x_init);
	MODULE_LICENSE("GPL");
	MODULE_INFO(livepatch, "Y");'
new='#include "mini.h"
	static int new_a(int x) { return x + 1; }
	__attribute__((unused)) static int new_b(int x) { return x + 2; }
	__attribute__((unused)) static int before(void *obj) { return !obj; }'
several='static struct klp_func kernel[] = {{.old_name = "helper", .new_func = new_a, .old_sympos = 2}, {.old_name = "other", .new_func = new_b}, {}};
	static struct klp_func gadget[] = {{.old_name = "step", .new_func = new_b}, {}};
	static struct klp_func none[] = {{}};'

made klp-several -g0 <<END
	$new
	$several
	static struct klp_object objects[] = {{.funcs = kernel}, {.name = "gadget", .funcs = gadget},
		{.name = "widget", .funcs = none, .callbacks = {.pre_patch = before}}, {}};
	static struct klp_state states[] = {{.id = 7, .version = 1}, {.id = 9}, {}};
	static struct klp_patch patch = {.mod = THIS_MODULE, .objs = objects, .states = states, .replace = true};
	$frame
END
all='object|callbacks|function|replace|state|lists'
want='replace yes;object vmlinux;function vmlinux helper 2;function vmlinux other 0;object gadget;function gadget step 0;object widget;callbacks widget;state 7;state 9'
is "$(facts klp-several.ko "$all")" "$want" 'objects, functions, positions, callbacks, states, replace'
is "$(facts klp-several.ko name livepatch signed vermagic)" \
	"name klp_several;livepatch yes;vermagic $mini_vermagic;signed no" '... and what it says of itself'
run "$bin/klpinfo" --json klp-several.ko
# shellcheck disable=SC2016 # Perl's
holds '... the same in JSON' perl -MJSON::PP -e 'my $d = decode_json(shift); my $p = $d->{patches}[0];
	$d->{schema} == 1 && $d->{name} eq "klp_several" && $d->{livepatch} && !$d->{signed} && $p->{replace} eq "yes" &&
	"@{$p->{states}}" eq "7 9" && join(";", map { my $o = $_; "$o->{name} " . ($o->{callbacks} ? "c" : "-") .
	join("", map { " $_->{name},$_->{position}" } @{$o->{functions}}) } @{$p->{objects}}) eq
	"vmlinux - helper,2 other,0;gadget - step,0;widget c" or die' "$out"
holds 'it links with libelf alone' test -z "$(ldd "$bin/klpinfo" | grep -E 'libdw|libdwarf')"

if mini_strip klp-several.ko klp-several-stripped.ko; then
	is "$(facts klp-several-stripped.ko "$all")" "$want" 'a stripped one'
else
	skip 'a stripped one' 'strip destroys livepatch modules here'
fi
for packer in xz gzip zstd; do
	type "$packer" >/dev/null 2>&1 || continue
	suffix=${packer/gzip/gz}
	suffix=${suffix/zstd/zst}
	"$packer" -kq klp-several.ko
	is "$(facts "klp-several.ko.$suffix" function replace)" \
		'replace yes;function vmlinux helper 2;function vmlinux other 0;function gadget step 0' "a .$suffix"
	rm "klp-several.ko.$suffix"
done
{ cat klp-several.ko && printf '0123456789ab~Module signature appended~\n'; } >signed.ko
is "$(facts signed.ko signed function)" \
	'signed yes;function vmlinux helper 2;function vmlinux other 0;function gadget step 0' 'a signed one'

made klp-two -g0 <<END
	$new
	static struct klp_func a[] = {{.old_name = "first", .new_func = new_a}, {}};
	static struct klp_func b[] = {{.old_name = "second", .new_func = new_b}, {}};
	static struct klp_object one[] = {{.funcs = a}, {}};
	static struct klp_object two[] = {{.funcs = b}, {}};
	static struct klp_patch second = {.mod = THIS_MODULE, .objs = two};
	static struct klp_patch patch = {.mod = THIS_MODULE, .objs = one};
	static int __init x_init(void) { return klp_enable_patch(&patch) ?: klp_enable_patch(&second); }
	module_init(x_init);
	MODULE_LICENSE("GPL");
	MODULE_INFO(livepatch, "Y");
END
is "$(facts klp-two.ko function | tr ';' '\n' | sort | paste -sd ';')" \
	'function vmlinux first 0;function vmlinux second 0' 'two patches in one module'

cp "$mini_src/external.c" . && made klp-external -g0 <external.c
is "$(facts klp-external.ko "$all")" \
	'replace unknown;object vmlinux;function vmlinux alpha_show 0;function vmlinux helper 2;object gadget;callbacks gadget;function gadget gadget_export 0' \
	'a list from which the init code makes a patch'

made klp-hidden -g0 <<END
	$new
	static struct klp_patch patch;
	static struct klp_object objects[2];
	static struct klp_func list[2];
	static int __init x_init(void)
	{
		list[0].old_name = "helper";
		list[0].new_func = new_a;
		objects[0].funcs = list;
		patch.objs = objects;
		patch.mod = THIS_MODULE;
		(void)new_b;
		return klp_enable_patch(&patch);
	}
	module_init(x_init);
	MODULE_LICENSE("GPL");
	MODULE_INFO(livepatch, "Y");
END
is "$(facts klp-hidden.ko "$all")" 'lists no' 'a patch that code makes is said not to be known'
made klp-noted -g0 <<END
	$(<klp-hidden.c)
	MODULE_INFO(klpmake, "0.1.0");
	MODULE_INFO(klpmake_kernel, "abc");
	MODULE_INFO(klpmake_patched, "vmlinux:helper,2");
	MODULE_INFO(klpmake_patched, "gadget:a.isra.0,0");
	MODULE_INFO(klpmake_patched, "broken");
	MODULE_INFO(klpmake_allowed, "inlined");
END
is "$(facts klp-noted.ko "$all" klpmake kernel_build_id allowed | tr ';' '\n' | sort | paste -sd ';')" \
	'allowed inlined;function gadget a.isra.0 0;function vmlinux helper 2;kernel_build_id abc;klpmake 0.1.0;lists no' \
	'... and what klpmake has noted is taken instead'

# Neither is a patch, though a member of it looks like one.
made klp-alike -g0 <<END
	$new
	struct ops { const char *name; void *call; long spare[2]; };
	static struct ops ops[] = {{"an operation", new_b}, {}};
	struct table { const char *name; struct ops *ops; long spare[9]; };
	static struct table tables[] = {{"a table", ops}, {}};
	struct holder { void *nothing; struct table *tables; };
	struct holder holder = {.tables = tables};
	static struct klp_func list[] = {{.old_name = "helper", .new_func = new_a}, {}};
	static struct klp_object objects[] = {{.funcs = list}, {}};
	static struct klp_patch patch = {.mod = THIS_MODULE, .objs = objects};
	$frame
END
is "$(facts klp-alike.ko function)" 'function vmlinux helper 0' 'a table that looks like a patch is none'
made klp-endless -g0 <<END
	$new
	static struct klp_func list[] = {{.old_name = "helper", .new_func = new_a}, {.old_name = "other", .new_func = new_b}};
	static struct klp_object objects[] = {{.funcs = list}, {}};
	static struct klp_patch patch = {.mod = THIS_MODULE, .objs = objects};
	$frame
END
is "$(facts klp-endless.ko "$all")" 'lists no' 'an array that nothing ends is not read'

made plain -g0 <<'END'
	#include "mini.h"
	MODULE_LICENSE("GPL");
END
is "$(facts plain.ko livepatch "$all")" 'livepatch no' 'a module that is no livepatch'
printf 'no module\n' >text.ko
run "$bin/klpinfo" text.ko
refused 1 "klpinfo: error: 'text.ko'" 'a text'
run "$bin/klpinfo" "$k/vmlinux"
refused 1 "'$k/vmlinux' is not a kernel module" 'a vmlinux'
run "$bin/klpinfo" nowhere.ko
refused 1 "nowhere.ko" 'no file'
run "$bin/klpinfo"
refused 2 'which module?' 'no name'
run "$bin/klpinfo" --notes x y
refused 2 '--notes stands alone' '--notes with a module'

run "$top/klpmake" info klp-two.ko
has "$status:$out" '0:name klp_two' 'klpmake info: the same'
run "$top/klpmake" info nowhere.ko
refused 1 "klpmake info: error: 'nowhere.ko': no such file" '... but of what is not there'
run "$top/klpmake" info --json klp-two.ko
has "$status:$out" '"name": "klp_two"' '... in JSON'

# As /sys/kernel/notes: a Xen note and one of a build-id, in this machine's byte order.
perl -e 'print pack("LLL", 4, 4, 5), "Xen\0", "abcd", pack("LLL", 4, 20, 3), "GNU\0", pack("H*", "00112233445566778899aabbccddeeff01020304")' >notes
run "$bin/klpinfo" --notes notes
is "$status:$out:$err" '0:00112233445566778899aabbccddeeff01020304:' '--notes: the build-id among them'
perl -e 'print pack("LLL", 4, 4096, 3), "GNU\0"' >notes
run "$bin/klpinfo" --notes notes
refused 1 "'notes' has no build-id" 'a note that is cut short'
done_testing
