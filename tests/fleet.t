#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The Ansible role of example/fleet, on made-up machines: a livepatch that is loaded, one that a check has taken back, one that
# is there already, and the way back.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/run.bash"

[[ -x $bin/klpinfo ]] || skip_all 'klpmake is not built'
type ansible-playbook >/dev/null 2>&1 || skip_all "there is no ansible-playbook: Debian's package ansible-core has it"
k=$scratch/k
mini_vmlinux "$k" || exit
cd "$scratch" || exit
# Ansible runs in such a locale only.
export LC_ALL=C.UTF-8 TMPDIR=$scratch/tmp ANSIBLE_HOME=$scratch/ansible ANSIBLE_LOCAL_TEMP=$scratch/ansible/local ANSIBLE_NOCOLOR=1 HOME=$scratch
# A module of Ansible's goes to python's standard input, without a file and without the shells that make, chmod and remove it.
export ANSIBLE_PIPELINING=1
mkdir "$TMPDIR"
kernels=()
trap 'kill "${kernels[@]}" 2>/dev/null; tap_end' EXIT
make_patch klp-x

# Not what a version manager puts before python: Ansible starts it for every task.
python=$(python3 -c 'import sys; print(sys.executable)')
for name in a b; do
	machine=$scratch/$name kernel_pid=''
	boot
	kernels+=("$kernel_pid")
	printf '#!/bin/bash\nexec %q %q "$@"\n' "$top/tests/run/command" "$machine" >"klpmake-$name"
	chmod +x "klpmake-$name"
	printf '%s ansible_connection=local ansible_become=false ansible_python_interpreter=%s livepatch_klpmake=%s\n' \
		"$name" "$python" "$scratch/klpmake-$name"
done >inventory

# play FILE [ARG...]
play()
{
	run ansible-playbook -i inventory "$top/example/fleet/$1" -e livepatch_module="$scratch/klp-x.ko" "${@:2}"
}

# loaded_all: what is loaded on each.
loaded_all()
{
	for name in a b; do machine=$scratch/$name loaded; done | paste -sd ' '
}

# recap: hosts and how many tasks changed something.
recap()
{
	sed -nE 's/^([ab]) +: ok=[0-9]+ +changed=([0-9]+) .*failed=([0-9]+) .*/\1 \2 \3/p' <<<"$out" | paste -sd ' '
}

run ansible-playbook --syntax-check -i inventory "$top/example/fleet/"{load,rollback}.yml
exits 0 'both playbooks can be read'
play load.yml -e '{"livepatch_check": ["test", "-d", "'"$scratch"'/b/sys/kernel/livepatch/klp_x"]}'
is "$status:$(loaded_all)" '2:| |' 'a check that fails on the first machine: it is taken back'
has "$out" "klp_x is not loaded on a: 'Check the machine' failed" '... which is said'
is "$(recap)" 'a 2 1' '... and the other one is not touched'
play load.yml -e '{"livepatch_check": ["test", "-d", "'"$scratch"'/a/sys/kernel/livepatch/klp_x"], "livepatch_install": true}'
is "$status:$(loaded_all)" '0:klp_x|klp_x klp_x|klp_x' 'it is loaded on all'
is "$(for name in a b; do names_in "$scratch/$name/state"; done | paste -sd ' ')" 'log log' '... and kept'
is "$(echo ?/store/9.9.0-mini/klp_x.ko)" 'a/store/9.9.0-mini/klp_x.ko b/store/9.9.0-mini/klp_x.ko' '... and at boot'
play load.yml --limit a
is "$status:$(recap)" '0:a 0 0' 'once more changes nothing'
play rollback.yml -e livepatch_name=klp_x
is "$status:$(loaded_all):$(echo ?/store/9.9.0-mini/*.ko)" '0:| |:?/store/9.9.0-mini/*.ko' 'it is taken back everywhere'
play rollback.yml -e livepatch_name=klp_x --limit a
is "$status:$(recap)" '0:a 0 0' '... which is nothing the second time'
# A machine with another kernel, where it is loaded at boot since it had this one.
machine=$scratch/a run "$top/tests/run/command" "$scratch/a" install klp-x.ko
sed -i 's/mini/other/' "$scratch/a/proc/sys/kernel/osrelease"
play load.yml
is "$status:$(loaded_all):$(echo ?/store/9.9.0-mini/*.ko)" '2:| |:a/store/9.9.0-mini/klp_x.ko' 'where it is refused, nothing happens'
is "$(ls -A "$TMPDIR")" '' 'nothing is left'
done_testing
