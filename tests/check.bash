# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2034,SC2154 # status, out and err are tap.bash's
#
# Livepatches for the miniature kernel, good ones and others, through klpcheck. Source tap.bash and
# mini.bash first, then call check_setup.

k=$scratch/kernel
good=$scratch/good.ko
check_modules=(--modules "$k/modules" --debug-modules "$k/debug")
long=$(printf 'x%.0s' {1..60})

# patch NAME [FLAG...]: compiles tests/mini/patch.c as NAME-plain.ko, and links it with klplink as NAME.ko. The
# variables state, gadget_private and gadget_step, in the words of a table of symbols, make it use other symbols.
patch()
{
	local name=$1
	shift
	MINI_CFLAGS="$*" mini_module "$k" "$scratch/$name-plain.ko" "$mini_src/patch.c" || return
	cat >"$scratch/$name.syms" <<-END
		symbol $name.ko state ${state-vmlinux state 3} 0 d
		symbol $name.ko helper vmlinux helper 2 0 t
		symbol $name.ko gamma_private vmlinux gamma_private 0 0 B
		symbol $name.ko gadget_private ${gadget_private-gadget gadget_private 0} 0 B
		symbol $name.ko gadget_step ${gadget_step-gadget gadget_step 1} 0 t
	END
	"$bin/klplink" --table "$scratch/$name.syms" -o "$scratch/$name.ko" "$scratch/$name-plain.ko"
}

# check MODULE [OPTION...]: klpcheck, with the options in check_modules for the kernel's modules. A run that does
# not end gets status 124.
check()
{
	run timeout 120 "$bin/klpcheck" --vmlinux "$k/vmlinux" --symvers "$k/Module.symvers" \
		--symbols "$k/kallsyms" ${check_modules[@]+"${check_modules[@]}"} "$@"
}

# fine NAME MODULE [OPTION...]: exit status 0, and nothing on standard error.
fine()
{
	local name=$1
	shift
	check "$@"
	is "$status:$err" "0:" "passes: $name"
}

# warned MESSAGE NAME: the last check passed with that warning.
warned()
{
	if [[ $status == 0 && $err == *"warning: "*"$1"* ]]; then
		pass "warned: $2"
	else
		fail "warned: $2"
		diag "exit status $status: $err"
	fi
}

edit()
{
	"$scratch/elfedit" "$good" "$scratch/edited.ko" "$@"
}

# broken NAME MESSAGE ELFEDIT-ARG...: the good module with this edit is refused with that message.
broken()
{
	local name=$1 message=$2
	shift 2
	if ! edit "$@" 2>"$scratch/.err"; then
		fail "$name"
		diag "elfedit: $(<"$scratch/.err")"
		return
	fi
	check "$scratch/edited.ko"
	refused 1 "$message" "$name"
}

# suspect NAME MESSAGE ELFEDIT-ARG...: the good module with this edit passes with that warning.
suspect()
{
	local name=$1 message=$2
	shift 2
	edit "$@" || return
	check "$scratch/edited.ko"
	warned "$message" "$name"
}

# unpatchable NAME MESSAGE FLAG...: the patch compiled with these flags is refused.
unpatchable()
{
	local name=$1 message=$2
	shift 2
	patch wrong "$@" || return
	check "$scratch/wrong.ko"
	refused 1 "$message" "$name"
}

# Makes the kernel, its modules as a distribution installs them, elfedit, and the good patch.
check_setup()
{
	if [[ ! -x $bin/klplink || ! -x $bin/klpcheck ]]; then
		skip_all "klplink and klpcheck are not built"
	fi
	make_elfedit &&
		mini_vmlinux "$k" && mini_gadget "$k" && mini_widget "$k" || return
	mkdir -p "$k/modules/kernel/drivers" "$k/debug"
	cp "$k/gadget.ko" "$k/widget.ko" "$k/debug" || return
	"${mini_cross}strip" -g -o "$k/modules/kernel/drivers/gadget.ko" "$k/gadget.ko" &&
		"${mini_cross}strip" -g -o "$k/modules/kernel/drivers/widget.ko" "$k/widget.ko" && patch good
}
