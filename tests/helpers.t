#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154 # status, out and err are tap.bash's
#
# Copies of kernel functions. One that is the same passes, however that is found out; a changed one is refused when the
# kernel's original is still used; an unclear one is reported. And static variables that were copied with their function.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"
source "$(dirname "${BASH_SOURCE[0]}")/attempt.bash"

kernel=$scratch/helpful
text=$mini_src/doubt/helpers.c
patch_tag=doubt/helpers.c
patch_cflags=(-idirafter "$top/src/include")

# check FILE...: klpcheck, with the kernel's source tree in SOURCE.
check()
{
	local source=()
	[[ -z ${SOURCE-} ]] || source=(--kernel-source "$SOURCE" --patch-source "$dir")
	run "$bin/klpcheck" --vmlinux "$kernel/vmlinux" --symvers "$kernel/Module.symvers" \
		${source[@]+"${source[@]}"} "$@"
}

# told HELPERS NAME [OLD=NEW...]: the patch passes without any message, and HELPERS is what is reported of its copies.
told()
{
	local helpers=$1 name=$2
	shift 2
	try_it "$@"
	is "$status:$err:$(checked helpers)" "0::$helpers" "$name"
}

# wrong CHECK MESSAGE NAME [OLD=NEW...]: the patch is refused by that check and by no other; when that is waived, it
# passes.
wrong()
{
	local pass=$1 message=$2 name=$3
	shift 3
	try_it "$@"
	refused 1 "klpcheck: error: '$dir/out/klp-x.ko': $pass: $message" "$name"
	is "$(grep -c '^klpcheck: error: ' <<<"$err")" 1 '... which is all'
	check --allow="$pass" "$dir/out/klp-x.ko"
	is "$status" 0 '... and can be waived'
}

# unclear NAME PATTERN: the last patch passed with a note that matches.
unclear()
{
	is "$status:$err" 0: "passes: $1"
	has "$out" "  not checked  helpers: $2" '... which is noted'
	has "$out" "--source TREE, with the kernel's source, compares the text" '... with how to find out'
}

# function NAME: its text in the kernel's file.
function_text()
{
	sed -n "/^[a-z].* $1(.*)\$/,/^}/p" "${2-$text}"
}

# at PATTERN [FILE]: "doubt/helpers.c:12", the first line of that file that holds PATTERN.
at()
{
	place "doubt/${2-helpers.c}" "$1"
}

same()
{
	told '1 copy, the same by code 1, by text 0, by debug information 0; used by the patch alone 0, changed 0' \
		'a copy with the same code' called_first=livepatch_called_first < <(
			echo '#define HELPER_STEP 3'
			function_text called_helper
			printf 'static int livepatch_called_first(int x)\n{\n\treturn called_helper(x) + 2;\n}\n'
		)
	told '1 copy, the same by code 0, by text 0, by debug information 1; used by the patch alone 0, changed 0' \
		'a copy of what is inlined' inlined_first=livepatch_inlined_first < <(
			function_text inlined_helper
			printf 'static int livepatch_inlined_first(int x)\n{\n\treturn inlined_helper(x, 4) + 2;\n}\n'
		)
	told '1 copy, the same by code 0, by text 0, by debug information 1; used by the patch alone 0, changed 0' \
		'a copy of a header'"'"'s' header_user=livepatch_header_user < <(
			function_text header_helper "$mini_src/doubt/helpers.h" | sed 's/header_helper/klp_header_helper/'
			printf 'static int livepatch_header_user(int x)\n{\n\treturn klp_header_helper(x) + 2;\n}\n'
		)
	told '1 copy, the same by code 1, by text 0, by debug information 0; used by the patch alone 0, changed 0' \
		'a copy that calls what is replaced' deep_helper=new_deep_helper deep_user=new_deep_user < <(
			printf 'static noinline int new_deep_helper(int x)\n{\n\treturn 5 * x;\n}\n'
			function_text deep_between | sed 's/deep_helper/new_deep_helper/'
			printf 'static int new_deep_user(int x)\n{\n\treturn deep_between(x) + 2;\n}\n'
		)
}

# changed NAME USER BODY...: a copy of that helper with another body, in a patch that replaces one of its users.
changed()
{
	printf '%s\n' "$1"
	printf 'static int livepatch_%s(int x)\n{\n\treturn %s + 2;\n}\n' "$2" "$3"
}

differs()
{
	wrong helpers "'called_helper' (x.c:3) is not the kernel's 'called_helper' ($(at 'int called_helper(')), which is still used \
where the patch does not replace it: it has no variable 'total', which the kernel's has
  called_second calls it at $(at 'called_helper(x) - 1')
  replace 'called_helper', or these too, so that they use the new code" 'a changed copy of what others call' \
		called_first=livepatch_called_first < <(
			changed 'static noinline int called_helper(int x) { return (int)sink(x); }' called_first 'called_helper(x)')
	wrong helpers "'klp_inlined_helper' (x.c:3) is not the kernel's 'inlined_helper' ($(at 'int inlined_helper(')), which is still \
used where the patch does not replace it: it has a variable 'more', which the kernel's does not have
  inlined_second at $(at 'inlined_helper(x, 5)')" '... of what was inlined' \
		inlined_first=livepatch_inlined_first < <(
			changed 'static inline int klp_inlined_helper(int x, int by) { int total = x, more = (int)sink(by); return total + more; }' \
				inlined_first 'klp_inlined_helper(x, 4)')
	wrong helpers "'fix_header_helper' (x.c:3) is not the kernel's 'header_helper' ($(at 'int header_helper(' helpers.h)), which is \
still used where the patch does not replace it: it has no variable 'half', which the kernel's has
  header_other at $(at 'header_helper(x) - 1' helped.c)" '... of a header'"'"'s, under the prefix that this patch uses' \
		header_user=fix_header_user < <(
			printf 'static inline int fix_header_helper(int x) { return (int)sink(x); }\n'
			printf 'static int fix_header_user(int x)\n{\n\treturn fix_header_helper(x) + 2;\n}\n')
	wrong helpers "'table_helper' (x.c:3) is not the kernel's 'table_helper' ($(at 'int table_helper(')), which is still used where \
the patch does not replace it: it has no variable 'more', which the kernel's has
  'helper_table' has its address" '... of what a table leads to' table_user=livepatch_table_user < <(
		changed 'static noinline int table_helper(int x) { return (int)sink(x) + 1; }' table_user 'table_helper(x)')
	wrong helpers "'called_helper' (x.c:3) is not the kernel's 'called_helper' ($(at 'int called_helper(')), which is still used \
where the patch does not replace it: argument 1 is " '... with another type' called_first=livepatch_called_first < <(
		changed 'static noinline int called_helper(long x) { int total = 3; return total + (int)sink(x); }' called_first 'called_helper(x)')
}

# compared: what klpdiff has cut out of a kernel file is of that file, whose other functions are what the patch makes of them.
compared()
{
	local user=(inlined_first=livepatch_inlined_first) own=$scratch/inlined shared=$scratch/shared
	local patch_cflags=("${patch_cflags[@]}" -ffile-prefix-map=x.c=doubt/helpers.c)
	changed 'static inline int inlined_helper(int x, int by) { int total = x, more = (int)sink(by); return total + more; }' \
		inlined_first 'inlined_helper(x, 4)' >"$own"
	{
		printf 'static inline int header_helper(int x) { return (int)sink(x); }\n'
		printf 'static int livepatch_header_user(int x)\n{\n\treturn header_helper(x) + 2;\n}\n'
	} >"$shared"
	try_it "${user[@]}" <"$own"
	refused 1 "helpers: 'inlined_helper' (doubt/helpers.c:3) is not the kernel's 'inlined_helper'" 'a changed helper of a file'
	check --compared doubt/helpers.c "$dir/out/klp-x.ko"
	is "$status:$err:$(checked helpers)" \
		'0::1 copy, the same by code 0, by text 0, by debug information 0; used by the patch alone 1, changed 0' \
		'... all of which klpdiff has compared'
	check --compared doubt/helped.c "$dir/out/klp-x.ko"
	refused 1 "inlined_second at $(at 'inlined_helper(x, 5)')" '... it was another file'
	try_it header_user=livepatch_header_user <"$shared"
	check --compared doubt/helpers.c "$dir/out/klp-x.ko"
	refused 1 "header_other at $(at 'header_helper(x) - 1' helped.c)" '... one from a header, of which another file has the old one'
	check --compared doubt/helpers.c --compared doubt/helped.c "$dir/out/klp-x.ko"
	is "$status:$err" 0: '... unless that was compared, too'
	patch_cflags=("${patch_cflags[@]:0:${#patch_cflags[@]}-1}")
	try_it "${user[@]}" <"$own"
	check --compared doubt/helpers.c "$dir/out/klp-x.ko"
	refused 1 "helpers: 'inlined_helper' (x.c:3) is not the kernel's 'inlined_helper'" 'a copy that the author wrote, for a compared file'
}

unused()
{
	told '1 copy, the same by code 0, by text 0, by debug information 0; used by the patch alone 1, changed 0' \
		'a changed copy, and all that use the old one are replaced' called_first=livepatch_called_first \
		called_second=livepatch_called_first < <(
			changed 'static noinline int called_helper(int x) { return (int)sink(x); }' called_first 'called_helper(x)')
	told '1 copy, the same by code 0, by text 0, by debug information 0; used by the patch alone 1, changed 0' \
		'... by way of a function that only these call' deep_user=livepatch_deep_user < <(
			changed 'static noinline int deep_helper(int x) { return (int)sink(x); }' deep_user 'deep_helper(x)')
	told '0 copies, the same by code 0, by text 0, by debug information 0; used by the patch alone 0, changed 0' \
		'a function with another name is not a copy' called_first=livepatch_called_first < <(
			changed 'static noinline int helper(int x) { return (int)sink(x); }' called_first 'helper(x)')
	told '0 copies, the same by code 0, by text 0, by debug information 0; used by the patch alone 0, changed 0' \
		'... nor is what only helps it' called_first=livepatch_called_first < <(
			changed 'static noinline int __called_helper(int x, int y) { return (int)sink(x + y); }' called_first '__called_helper(x, 3)')
	told '0 copies, the same by code 0, by text 0, by debug information 0; used by the patch alone 0, changed 0' \
		'a changed helper that is replaced itself' called_helper=called_helper < <(
			printf 'static noinline int called_helper(int x) { return (int)sink(x); }\n')
}

# One line more, without a variable that would show it.
line_more()
{
	function_text inlined_helper | sed 's/^\tif (x > 4)/\tif (by < 0)\n\t\treturn -1;\n&/'
	printf 'static int livepatch_inlined_first(int x)\n{\n\treturn inlined_helper(x, x) + 2;\n}\n'
}

cannot_be_told()
{
	try_it inlined_first=livepatch_inlined_first < <(line_more)
	unclear 'a copy with lines more' "whether 1 copy is the kernel's, which is still used
               'inlined_helper' (x.c:3): its code is in other lines than the kernel's"
	SOURCE=$mini_src wrong helpers "'inlined_helper' (x.c:3) is not the kernel's 'inlined_helper' ($(at 'int inlined_helper(')), which \
is still used where the patch does not replace it: line 7 has 'by' where the kernel's has 'x' in line $(($(at 'int inlined_helper(' | sed 's/.*://') + 4))" \
		'... by its text' inlined_first=livepatch_inlined_first < <(line_more) || true
}

# The same words with other line breaks and another comment.
reformatted()
{
	echo
	function_text inlined_helper | sed 's|(int x, int by)|(int x,\n\tint by) /* two */|; s|^\tif (x > 4)|\n&|'
	printf 'static int livepatch_inlined_first(int x)\n{\n\treturn inlined_helper(x, 4) + 2;\n}\n'
}

# called_helper() in a form without code of its own, with another number in one line.
renumbered()
{
	function_text inlined_helper | sed 's/x > 4/x > 3/'
	printf 'static int livepatch_inlined_first(int x)\n{\n\treturn inlined_helper(x, 4) + 2;\n}\n'
}

# A macro of the patch that is the same as the kernel's, or not.
with_macro()
{
	echo "#define HELPER_STEP $1"
	function_text called_helper | sed 's/^static noinline/static inline/'
	printf 'static int livepatch_called_first(int x)\n{\n\treturn called_helper(x) + 2;\n}\n'
}

by_text()
{
	local SOURCE=$mini_src
	told '1 copy, the same by code 0, by text 1, by debug information 0; used by the patch alone 0, changed 0' \
		'the same words in other lines' inlined_first=livepatch_inlined_first < <(reformatted)
	wrong helpers "'inlined_helper' (x.c:3) is not the kernel's 'inlined_helper' ($(at 'int inlined_helper(')), which is still used \
where the patch does not replace it: line 7 has '3' where the kernel's has '4' in line $(($(at 'int inlined_helper(' | sed 's/.*://') + 4))" \
		'another number in a line' inlined_first=livepatch_inlined_first < <(renumbered)
	told '1 copy, the same by code 0, by text 1, by debug information 0; used by the patch alone 0, changed 0' \
		'a macro that is the same' called_first=livepatch_called_first < <(with_macro 3)
	wrong helpers "'called_helper' (x.c:4) is not the kernel's 'called_helper' ($(at 'int called_helper(')), which is still used where \
the patch does not replace it: the macro 'HELPER_STEP' is another, in line 3 and in the kernel's line $(at '#define HELPER_STEP' | sed 's/.*://')" \
		'one that is another' called_first=livepatch_called_first < <(with_macro 4)
	SOURCE=$scratch/nothing
	mkdir "$SOURCE"
	told '1 copy, the same by code 0, by text 0, by debug information 1; used by the patch alone 0, changed 0' \
		'a tree without the file: by debug information' inlined_first=livepatch_inlined_first < <(
			function_text inlined_helper
			printf 'static int livepatch_inlined_first(int x)\n{\n\treturn inlined_helper(x, 4) + 2;\n}\n'
		)
}

# counting() with its static variables, or with the kernel's.
counts()
{
	function_text counting | sed "s/counting/livepatch_counting/; s/return count/return 2 * count/$1"
}

static_variables()
{
	wrong locals "'livepatch_counting' (x.c:3) has 2 static variables of its own, which begin anew, beside those of 'counting' \
($(at 'int counting(' | sed 's/:.*//'):$(($(at 'int counting(' | sed 's/.*://') + 1)))
  for the kernel's, #include <klpmake.h> and write instead
  extern int count KLP_STATIC_LOCAL(counting, count);
  extern int limit KLP_STATIC_LOCAL(counting, limit);
  to accept this, pass --allow=locals" 'a function with static variables' counting=livepatch_counting < <(counts '')
	try_it counting=livepatch_counting < <(
		printf '#include <klpmake.h>\nextern int count KLP_STATIC_LOCAL(counting, count);\n'
		printf 'extern int limit KLP_STATIC_LOCAL(counting, limit);\n'
		counts '; /static int count/d')
	is "$status:$err:$(checked locals)" '0::2 static variables in 1 copy, 0 doubled' \
		"with these lines they are the kernel's; what is const, and a macro's flag, stay the patch's"
	try_it counting=livepatch_counting < <(
		echo 'static int livepatch_counting(int x) { static int calls; calls += sink(x); return calls; }')
	is "$status:$err:$(checked locals)" '0::1 static variable in 1 copy, 0 doubled' 'a new one'
}

# hands NAME MESSAGE BODY [TEXT]: a patch with a function of its own, which the new function hands out in BODY, passes
# with that warning, or without any if MESSAGE is empty.
hands()
{
	local name=$1 message=$2 body=$3
	try_it taker_user=livepatch_taker_user < <(
		printf 'void call_rcu(void *head, void (*fn)(void *head));\nvoid rcu_barrier(void);\n'
		printf 'struct helper_table { int (*helper)(int x); };\nvoid register_table(const struct helper_table *table);\n'
		printf 'void sort(void *base, int (*compare)(const void *a, const void *b));\n'
		printf 'static noinline void own(void *head)\n{\n\tsink((long)head);\n}\n'
		printf '%s\n' "${4-}"
		printf 'static int livepatch_taker_user(int x)\n{\n\tvoid (**place)(void *head) = (void *)(long)x;\n\t%s\n\treturn x + 2;\n}\n' "$body"
	)
	if [[ -n $message ]]; then
		is "$status" 0 "$name"
		has "$err" "klpcheck: warning: '$dir/out/klp-x.ko': $message: who still has it when the patch is removed calls freed memory" \
			'... is reported'
		is "$(grep -c ': warning: ' <<<"$err")" 1 '... once'
	else
		is "$status:$err" 0: "passes: $name"
	fi
}

handed_out()
{
	hands 'a function of its own for call_rcu()' "'own' (x.c:8) is handed to call_rcu()" 'call_rcu(place, own);'
	has "$err" 'exit function, with rcu_barrier()' '... with what to do'
	hands 'one that is stored' "'own' (x.c:8) is stored somewhere by 'livepatch_taker_user'" '*place = own;'
	hands 'one in a table' "'more' (x.c:12) is in 'table', which is handed to register_table()" 'register_table(&table);' \
		'static int more(int x) { return (int)sink(x); }
static const struct helper_table table = {.helper = more};'
	hands 'a patch that waits' '' 'call_rcu(place, own);' 'void x_exit(void); void x_exit(void) { rcu_barrier(); }'
	hands 'one that is called at once' '' 'sort(place, compare);' \
		'static int compare(const void *a, const void *b) { return a < b; }'
	hands 'one that is only called' '' 'own(place);'
}

mini_vmlinux "$k" || exit
objects=()
for name in helpers helped; do
	(cd "$mini_src" && mini_cc "doubt/$name.c" "$kernel/doubt/$name.o") || exit
	objects+=("$kernel/doubt/$name.o")
done
relink "$kernel" "${objects[@]}" || exit
same
differs
compared
unused
cannot_be_told
by_text
static_variables
handed_out
done_testing
