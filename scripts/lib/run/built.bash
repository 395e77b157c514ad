# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2034,SC2154 # klpmake sets what it uses, and what it sets is for the commands
#
# What built a loaded livepatch, and for which build of the kernel. The kernel does not keep that, so 'klpmake load' notes what the
# module's file says, and with it the module's own build-id, which the kernel shows: a module of that name that something else
# has loaded is another one. It is a note and no more: where it cannot be written, the patch is loaded all the same.

built_by='' built_for=''

# built_note PATCH: from facts.
built_note()
{
	rm -f -- "$run_state/$1.built"
	[[ -n ${facts[klpmake]-} && -n ${facts[build_id]-} ]] || return 0
	{
		(umask 022 && mkdir -p "$run_state" &&
			printf '%s\n' "${facts[build_id]}" "${facts[klpmake]}" "${facts[kernel_build_id]-}" >"$run_state/$1.built")
	} 2>/dev/null || true
}

# built_find PATCH: sets built_by to the version of klpmake that made it, and built_for to the build-id of its kernel, or both to
# nothing, which means that they are not known.
built_find()
{
	local lines=() id
	built_by='' built_for=''
	{ mapfile -t lines <"$run_state/$1.built"; } 2>/dev/null || return 0
	id=$(klpinfo --notes "$run_sys/module/$1/notes/.note.gnu.build-id" 2>/dev/null) || return 0
	[[ ${lines[0]-} != "$id" ]] || built_by=${lines[1]-} built_for=${lines[2]-}
}
