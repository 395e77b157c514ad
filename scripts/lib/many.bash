# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154 # klpmake sets home, scripts/cmd/build.bash what is not set here
#
# 'klpmake -k A -k B DIRECTORY...': a klpmake for each kernel and patch directory, started by one make, whose jobserver all
# their kbuilds share (kbuild_jobs), so that they never run more compilers than there are processors. What they make goes
# to a place of its own first, because a run must not find the results of another one come and go in the directory of the
# patch, and then to DIRECTORY, or for several kernels to DIRECTORY/RELEASE. Source kbuild.bash and target.bash first.

many_kernels=()     # each once
many_directories=() # of several, each once
many_args=()        # the options that all of them get
many_work=''
# For each run, by its number:
many_kernel=() many_directory=() many_place=()
many_results=() # the module, or the directory with the modules

# many_option OPTION [VALUE]: notes the option.
many_option()
{
	case $1 in
		--kernel) [[ " ${many_kernels[*]-} " == *" $2 "* ]] || many_kernels+=("$2") ;;
		--output | --json | --quiet | --verbose) ;;
		*) many_args+=("$@") ;;
	esac
}

# many_take DIRECTORY...: notes the directories.
many_take()
{
	local directory known
	for directory; do
		for known in ${many_directories[@]+"${many_directories[@]}"}; do
			[[ ! $directory -ef $known ]] || continue 2
		done
		many_directories+=("$directory")
	done
}

many_are_asked()
{
	((${#many_kernels[@]} > 1 || ${#many_directories[@]} > 1))
}

# many_make OPERAND...: makes all, shows how it went, and ends the script.
many_make()
{
	local i failed=0
	many_check
	at_exit many_finish
	many_work=$(temporary -d) || exit 1
	many_prepare "$@"
	many_run
	for i in "${!many_kernel[@]}"; do
		many_publish "$i" || failed=1
		many_show "$i"
	done
	many_table
	exit "$failed"
}

# many_check: finds out which runs there are, and where their results go.
many_check()
{
	local word directory
	if ((${#many_kernels[@]} > 1)); then
		for word in --vmlinux --kdir --symbols --module; do
			[[ " ${many_args[*]-} " != *" $word "* ]] || usage_error "'$word' is about one kernel, and there are ${#many_kernels[@]}: '-k' finds the parts of each"
		done
		[[ -z ${KLPMAKE_VMLINUX-} ]] || usage_error "'KLPMAKE_VMLINUX' is about one kernel, and there are ${#many_kernels[@]}: '-k' finds the parts of each"
		[[ $output != *.ko ]] || usage_error "'--output' needs a directory, for ${#many_kernels[@]} kernels"
	fi
	[[ -z $output || ${#many_directories[@]} -lt 2 ]] ||
		usage_error "'--output' is about one patch directory, and there are ${#many_directories[@]}: each gets its own results"
	if ((!${#many_kernels[@]})); then
		find_release
		many_kernels=("$release")
	fi
	# Each becomes a directory.
	for release in "${many_kernels[@]}"; do
		check_release
		refuse_series
	done
	((${#many_directories[@]})) || many_directories=("$patch")
	for directory in "${many_directories[@]}"; do
		many_add "$directory"
	done
}

# many_add DIRECTORY: adds its runs, one for each kernel.
many_add()
{
	local place=${output:-${1:-.}}
	[[ $place == @(/*|.|./*) ]] || place=./$place
	[[ -d $place ]] || die "'$place' is not a directory"
	[[ -w $place ]] || die "'$place' cannot be written to: name another place with --output"
	for release in "${many_kernels[@]}"; do
		many_kernel+=("$release")
		many_directory+=("$1")
		if ((${#many_kernels[@]} > 1)); then many_place+=("$place/$release"); else many_place+=("$place"); fi
	done
}

# many_prepare OPERAND...: writes a script for each run, and the makefile that runs them. Without a directory the operands
# are patches.
many_prepare()
{
	local i operands how=(--quiet)
	((verbosity < 2)) || how=(--verbose)
	[[ -z $json ]] || how=(--json)
	# make treats variables of the environment as its own, so it does not get these.
	export -p >"$many_work/environment" || exit 1
	for i in "${!many_kernel[@]}"; do
		mkdir "$many_work/$i" || exit 1
		operands=("$@")
		[[ -z ${many_directory[i]} ]] || operands=("${many_directory[i]}")
		# shellcheck disable=SC2016 # for that script
		{
			printf 'set -- "${MAKEFLAGS-}"\n. %q\nexport MAKEFLAGS=$1\n' "$many_work/environment"
			printf 'cd %q && exec %q -p %q' "$PWD" "$BASH" "$home/klpmake"
			printf ' %q' --kernel "${many_kernel[i]}" ${many_args[@]+"${many_args[@]}"} "${how[@]}" --output "$many_work/$i" -- "${operands[@]}"
			printf '\n'
		} >"$many_work/$i.run" || exit 1
	done
	cp -- "$home/scripts/lib/many-run.bash" "$many_work/run" || exit 1
	# shellcheck disable=SC2016 # for make
	printf '.PHONY: all %s\nall: %s\n%s:\n\t+@exec "$(BASH)" -p run $@\n' \
		"${!many_kernel[*]}" "${!many_kernel[*]}" "${!many_kernel[*]}" >"$many_work/Makefile" || exit 1
}

# many_run: one that fails does not keep the others from their end.
many_run()
{
	local what=it
	((${#many_directories[@]} < 2)) || what="${#many_directories[@]} patches"
	((${#many_kernels[@]} < 2)) || what+=" for ${#many_kernels[@]} kernels"
	show "making $what, which takes a while"
	kbuild_start "$many_work/log" '' -k -C "$many_work" all "BASH=$BASH" || true
}

# many_publish NUMBER: puts what this run has made into place, and sets many_results. 1 if nothing was made.
many_publish()
{
	local file tool files=() place=${many_place[$1]}
	[[ -e $many_work/$1.done ]] || return 1
	for file in "$many_work/$1"/*.ko "$many_work/$1/_klpmake.syms"; do
		[[ ! -f $file ]] || files+=("$file" "${file##*/}")
	done
	tool_find klpplace
	# What is there already stays as it is if it is no directory.
	(umask "$user_umask" && mkdir -p -- "$place") &&
		(umask "$user_umask" && exec "$tool" "$place" "${files[@]}") || return 1
	file=${files[1]}
	many_results[$1]=$place/$file
	((${#files[@]} <= 4)) || many_results[$1]=$place/
}

# many_name NUMBER: sets REPLY to what tells this run from the others.
many_name()
{
	REPLY=${many_kernel[$1]}
	((${#many_directories[@]} < 2)) || REPLY=${many_directory[$1]}
	((${#many_directories[@]} < 2 || ${#many_kernels[@]} < 2)) || REPLY+=" for ${many_kernel[$1]}"
}

# many_show NUMBER: what it has said, and how it went.
many_show()
{
	local said=$many_work/$1.err old REPLY
	many_name "$1"
	if [[ -s $said ]]; then
		printf '%s:\n' "$REPLY" | printable_lines >&2
		cat -- "$said" >&2
	elif [[ ! -e $many_work/$1.done ]]; then
		complain "error: klpmake for '$REPLY' did not come to its end: $(tail -n 5 "$many_work/log")"
	fi
	[[ ! -s $many_work/$1.out || -n $json ]] || cat -- "$many_work/$1.out"
	[[ -z ${many_results[$1]-} ]] || return 0
	for old in "${many_place[$1]}"/*.ko; do
		[[ ! -f $old ]] || warn "nothing was made for '$REPLY': '$old' is from an earlier run"
	done
}

# many_table: one line for each run.
many_table()
{
	local i width=0 REPLY
	for i in "${!many_kernel[@]}"; do
		many_name "$i"
		((${#REPLY} <= width)) || width=${#REPLY}
	done
	for i in "${!many_kernel[@]}"; do
		many_name "$i"
		show "$(printf '%-*s  %s' "$width" "$REPLY" "${many_results[i]-failed}" | printable_lines)"
	done
}

# many_finish STATUS: also after an interrupt, which ends all of them.
many_finish()
{
	local text=''
	trap '' PIPE
	kbuild_stop
	if [[ -n $json ]]; then
		report_deaf
		text=$(many_json "$1")
		rm -f "$report_messages"
	fi
	[[ -z $many_work ]] || rm -rf -- "$many_work"
	[[ -z $json ]] || report_print "$text" || exit 1
	exit "$1"
}

# many_json STATUS: the reports of all that have made one.
many_json()
{
	local i comma=''
	printf '{"schema": %d, "ok": %s, "kernels": [' "$json_schema" "$( (($1)) && echo false || echo true)"
	for i in ${many_kernel[@]+"${!many_kernel[@]}"}; do
		printf '%s{"kernel": ' "$comma"
		json_string "${many_kernel[i]}"
		printf ', "directory": '
		json_or_null "${many_directory[i]}"
		printf ', "result": '
		json_or_null "${many_results[i]-}"
		printf ', "report": '
		if [[ -s $many_work/$i.out ]]; then cat -- "$many_work/$i.out"; else printf 'null'; fi
		printf '}'
		comma=', '
	done
	printf '], "messages": ['
	json_messages <"$report_messages"
	printf ']}'
}
