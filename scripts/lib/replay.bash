# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154 # inputs.bash, kbuild.bash, mirror.bash and target.bash set what is not set here
#
# Makes the modules anew without kbuild, where nothing but C files of the patch has changed. Most of the time of such a
# run would go into the kernel's Makefiles, and then kbuild would run the same commands as last time. It has noted them
# beside what they make, in .NAME.cmd, as make reads them: a small makefile has them and what they depend on, and makes
# the same bytes.
#
# kbuild runs instead wherever it might run other commands, or more:
#   inputs.bash                a file of the patch is new, gone, or no C file, or anything else that went in is not what
#                              it was: headers, compiler, configuration, the kernel's Makefiles, klpmake
#   replay_is_same             kbuild would get another environment or other arguments, or finds a program elsewhere now
#   replay_makefile_is_plain   what the patch's Makefile says may depend on more than itself
#   replay_kbuild_notes_all    kbuild does more with object files than it notes
#   replay_command             a command is not there, or not of the known form
# If one of the commands fails, kbuild runs, too, and says what is wrong. Source inputs.bash and kbuild.bash first.

replay_text=''    # the makefile
replay_srcarch='' # kbuild's name for the architecture, which objtool wants in its environment
replay_objtool='' # whether each module has to go through objtool
replay_objects=() # object files that are compiled again

# replay PATCH PLACE WORK: whether the modules have been made.
replay()
{
	local patch=$1 place=$2 work=$3
	replay_is_same && replay_makefile_is_plain "$patch" && replay_kbuild_notes_all && replay_write "$place" "$work" ||
		return
	! kbuild_make "$place/kbuild.log" -C "$kdir" -rRf "$place/replay.mk" SRCARCH="$replay_srcarch" || return 0
	# kbuild must not take these for finished.
	((!${#replay_objects[@]})) || rm -f -- "${replay_objects[@]}"
	return 1
}

# replay_state NAME...: prints what kbuild gets, then the programs of these names as they are found now: for PLACE/replay.
replay_state()
{
	local name
	printf '%q ' "${kbuild_settings[@]}" "${kbuild_args[@]}"
	printf '\n'
	for name; do
		printf '%s %s\n' "$name" "$(type -P -- "$name")"
	done
}

# replay_is_same: whether all is as it was when kbuild ended, except for C files.
replay_is_same()
{
	local line lines names=() file
	[[ -n $inputs_replay && -z $mirror_above ]] || return
	for file in ${inputs_changed[@]+"${inputs_changed[@]}"}; do
		[[ $file == *.c ]] && is_plain "$file" || return
	done
	mapfile -t lines <<<"$inputs_replay"
	for line in "${lines[@]:1}"; do
		names+=("${line%% *}")
	done
	[[ $(replay_state ${names[@]+"${names[@]}"}) == "$inputs_replay" ]]
}

# replay_makefile_is_plain PATCH: whether its Makefile and Kbuild only give plain words to kbuild's lists. What else there
# is in make may depend on anything: functions, rules, 'include'.
replay_makefile_is_plain()
{
	local file line
	local comment='^[[:blank:]]*(#(.*[^\])?)?$'
	local name='([A-Za-z0-9_.-]+-(m|y|objs)|[CA]FLAGS_[A-Za-z0-9_./-]+\.o|KLPMAKE_WHOLE)'
	local word='([A-Za-z0-9_./,+:%=-]|\$\((src|obj|srctree|KLPMAKE_CUT)\))+'
	for file in "$1"/Makefile "$1"/Kbuild; do
		[[ -e $file ]] || continue
		while IFS= read -r line || [[ -n $line ]]; do
			[[ $line =~ $comment ]] && continue
			[[ $line =~ ^' '*${name}[[:blank:]]*[:+]?=([[:blank:]]*$word)*[[:blank:]]*$ ]] || return
			# A directory: kbuild would read the Makefile there.
			[[ ! $line =~ ^' '*subdir- && ! $line =~ /([[:blank:]]|$) ]] || return
		done <"$file" || return
	done
}

# replay_kbuild_notes_all: whether kbuild leaves object files as the commands that it notes have made them. With recordmcount it does
# not, nor before Linux 5.17, whose objtool no command names. How clang's LTO is noted has not been looked at.
replay_kbuild_notes_all()
{
	local config
	config=$(grep -E '^CONFIG_(FTRACE_MCOUNT_(RECORD|USE_[A-Z_]*)|OBJTOOL|STACK_VALIDATION|UNWINDER_ORC|LTO_CLANG)=y' \
		"$kdir/include/config/auto.conf" 2>/dev/null) || (($? == 1)) || return
	[[ $config != *_LTO_CLANG=* && $config != *_USE_RECORDMCOUNT=* ]] || return
	[[ $config != *_MCOUNT_RECORD=* || $config == *_MCOUNT_USE_* ]] || return
	replay_objtool=''
	[[ $config != *_OBJTOOL=y* && $config != *_STACK_VALIDATION=* && $config != *_UNWINDER_ORC=* ]] || replay_objtool=1
}

# replay_command TARGET: sets REPLY to the command that made this file last time, as make reads it.
replay_command()
{
	local directory=${1%/*} name=${1##*/} line text make='(^|[;|&({])[[:blank:]]*([^[:blank:]]*/)?make[[:blank:]]'
	is_plain "$1" && [[ -f $1 && -r $directory/.$name.cmd ]] && IFS= read -r line <"$directory/.$name.cmd" || return
	[[ $line =~ ^(saved)?cmd_([^ ]+)' := '(.+)$ && ${BASH_REMATCH[2]} == "$1" ]] || return
	REPLY=${BASH_REMATCH[3]}
	text=${REPLY//'$$'/}
	text=${text//"\$(pound)"/}
	# Other variables, and a make, would need those of kbuild.
	[[ $text != *\$* && " $REPLY " == *" -o $1 "* && ! $text =~ $make ]]
}

# replay_compile TARGET FOR: adds the rule for an object file: FOR is what makes it stale.
replay_compile()
{
	local directory=${1%/*} name=${1##*/} depfile noted REPLY
	depfile=$directory/.$name.d
	replay_command "$1" && [[ $REPLY == *,"$depfile "* ]] || return
	[[ ! $REPLY =~ ' -I./arch/'([a-z0-9]+)'/include/generated ' ]] || replay_srcarch=${BASH_REMATCH[1]}
	# As an argument of fixdep it is to arrive as it stands here.
	noted=${REPLY//\$/\$\$}
	noted=${noted//\'/\'\\\'\'}
	# For the versions of what a module exports kbuild runs genksyms.
	replay_text+="$1: $2
	@echo '  CC [M]  $1'; set -e; $REPLY; \
	if grep -q -e __ksymtab_ -e __export_symbol_ $1; then exit 1; fi; \
	scripts/basic/fixdep $depfile $1 '$noted' >$directory/.$name.cmd; rm -f $depfile
"
}

# replay_link WORD TARGET FROM...: adds the rule for what is made of object files, which WORD calls as kbuild does, and sets
# REPLY to the command.
replay_link()
{
	replay_command "$2" || return
	replay_text+="$2: ${*:3}
	@echo '  $1 $2'; set -e; $REPLY
"
}

# replay_write PLACE WORK: writes PLACE/replay.mk, and sets replay_objects and modules; 1 at any doubt.
replay_write()
{
	local place=$1 work=$2 module objects linked=() REPLY
	local -A made=()
	[[ -x $kdir/scripts/basic/fixdep ]] || return
	kbuild_modules "$work"
	((${#modules[@]})) || return
	replay_text='' replay_objects=()
	for module in "${modules[@]}"; do
		replay_module "$work/$module" || return
	done
	replay_link MODPOST "$work/Module.symvers" "${linked[@]}" "$work/modules.order" || return
	replay_stale "${!made[@]}" || return
	# 'pound' is a word of kbuild's commands.
	printf '%s\n' 'pound := \#' 'export SRCARCH' .DELETE_ON_ERROR: '.PHONY: all FORCE' \
		"all: ${linked[*]/%.o/.ko}" $'\t@:' "$replay_text" >"$place/replay.mk"
}

# replay_module PATH: adds the rules for a module, and its object files to made and linked.
replay_module()
{
	local noted='' object REPLY
	[[ -r $1.mod ]] || return
	kbuild_objects "$work" "${1##*/}"
	((${#objects[@]})) || return
	for object in "${objects[@]/#/$work/}"; do
		replay_command "$object" || return
		noted+=$REPLY
		made[$object]=1
	done
	if [[ ${objects[*]} != "${1##*/}.o" ]]; then
		replay_link 'LD [M] ' "$1.o" "${objects[@]/#/$work/}" || return
		noted+=$REPLY
	fi
	[[ -z $replay_objtool || $noted == */objtool\ * ]] || return
	linked+=("$1.o")
	replay_text+="$1.mod.c: $work/Module.symvers ;
"
	replay_compile "$1.mod.o" "$1.mod.c" && replay_link 'LD [M] ' "$1.ko" "$1.o" "$1.mod.o"
}

# replay_stale OBJECT...: adds rules for those that were compiled of what has changed.
replay_stale()
{
	local names=() noted object found
	((${#inputs_changed[@]})) || return 0
	# A name in .NAME.cmd may have any directory before it.
	names=("${inputs_changed[@]##*/}")
	for object; do
		noted=${object%/*}/.${object##*/}.cmd
		found=0
		grep -qF "${names[@]/#/-e/}" -- "$noted" || found=$?
		((found < 2)) || return
		((!found)) || continue
		replay_compile "$object" FORCE || return
		replay_objects+=("$object")
	done
}
