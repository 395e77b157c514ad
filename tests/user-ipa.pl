# SPDX-License-Identifier: GPL-2.0-only
#
# user-ipa.pl SEED COUNT FILE.c PATCH.c: a program with so many small functions that a compiler tells their callers all
# about, and a patch that replaces each of them by one with the same result, which changes every register that it may,
# and needs an aligned stack. Whatever the program answers, the patch must not change it.
use strict;
use warnings;

my ($seed, $count, $program, $patch) = @ARGV;
srand($seed);

# An expression of these names.
sub expression
{
	my ($depth, $real, @names) = @_;
	my @ops = $real ? qw(+ - *) : qw(+ - * ^ & |);
	return $names[rand @names] if !$depth || rand() < 0.2;
	return int(rand 50) + 1 . ($real ? ".0" : "") if rand() < 0.2;
	return "(" . expression($depth - 1, $real, @names) . " $ops[rand @ops] " . expression($depth - 1, $real, @names) . ")";
}

my (@old, @new, @callers, @names);
my $clobber = '"rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "cc", '
	. join(", ", map { "\"xmm$_\"" } 0 .. 15);

for my $i (0 .. $count - 1) {
	my $real = rand() < 0.3;
	my $type = $real ? "double" : "long";
	my @arguments = map { "a$_" } 0 .. int(rand 4);
	my $body = expression(3, $real, @arguments);
	my $list = join(", ", map { "$type $_" } @arguments);
	# Some call an earlier one of their kind, of which nothing leads away either.
	my ($before) = grep { $_->{real} == $real } reverse @names[0 .. $#names];
	my ($call, $new_call) = ("", "");
	if ($before && rand() < 0.3) {
		my $values = join(", ", map { $arguments[rand @arguments] } 1 .. $before->{n});
		$call = $real ? " + f$before->{i}($values) * 0.5" : " + f$before->{i}($values)";
		$new_call = $call;
	}
	push @names, {i => $i, real => $real, n => scalar @arguments};
	# Where the compiler finds a result to be always the same nothing calls the function: it must not see that.
	push @old, "__attribute__((noinline, noclone)) static $type f$i($list)\n{\n\t$type result = $body$call;\n\n"
		. "\t__asm__(\"\" : \"+" . ($real ? "x" : "r") . "\"(result));\n\treturn result;\n}\n";
	push @new, "$type f$i($list);\nstatic $type new_f$i($list)\n{\n\t$type result = $body$new_call;\n"
		. "\tchar aligned[64] __attribute__((aligned(16)));\n"
		. "\t__asm__ volatile(\"movaps %%xmm0, %0\" : \"=m\"(aligned) : : \"memory\");\n"
		. "\t__asm__ volatile(\""
		. join("\\n\\t", (map { "movq \$-1, %%$_" } qw(rax rcx rdx rsi rdi r8 r9 r10 r11)),
			(map { "pcmpeqd %%xmm$_, %%xmm$_" } 0 .. 15))
		. "\" : : : $clobber);\n\treturn result;\n}\n";
	# A caller with many values in its hands.
	my @values = map { "v$_" } 0 .. 5 + int(rand 6);
	my $caller = "__attribute__((noinline, noclone)) static $type g$i($type x)\n{\n";
	$caller .= "\t$type $values[$_] = x " . (qw(+ - *))[rand 3] . " " . ($_ + 2) . ";\n" for 0 .. $#values;
	for (0 .. int(rand 3)) {
		$caller .= "\t$values[rand @values] += f$i(" . join(", ", map { $values[rand @values] } @arguments) . ");\n";
	}
	$caller .= "\treturn " . join(" + ", map { "$values[$_] * " . ($_ + 1) } 0 .. $#values) . ";\n}\n";
	push @callers, $caller;
}

open(my $out, ">", $program) or die;
print $out "#include <stdio.h>\n#include <stdlib.h>\n", @old, @callers;
print $out "long answer(long x)\n{\n\tlong sum = 0;\n\n";
printf $out "\tsum = sum * 31 + (long)g%d(x%s);\n", $_->{i}, $_->{real} ? " % 10" : "" for @names;
print $out "\treturn sum;\n}\n";
close($out);

open($out, ">", $patch) or die;
print $out "//KLPMAKE ", $program =~ s,.*/,,r, "\n#include <klpmake-user.h>\n", @new;
print $out "static struct klp_func funcs[] = {\n";
print $out "\t{.old_name = \"f$_\", .new_func = new_f$_},\n" for 0 .. $count - 1;
print $out "\t{}\n};\nstatic struct klp_object objs[] = {{.funcs = funcs}, {}};\n";
print $out "static struct klp_patch patch = {.objs = objs};\nKLP_PATCH(patch);\n";
close($out);
