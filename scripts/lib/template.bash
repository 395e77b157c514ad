# SPDX-License-Identifier: GPL-2.0-only
#
# 'klpmake new DIRECTORY FILE:FUNCTION...': a patch directory made of a template (templates/NAME), filled with what klpdecl
# finds in the kernel's debug information. A line @WORD@ of a template stands for the text of that name. Source target.bash,
# explain.bash and fix/directory.bash first.

template='' # that --template names

# Of each kernel file: its path, its object, and texts for its C file, each a number of whole lines.
template_files=() template_objects=() template_includes=() template_types=() template_declarations=()
# Where functions have files of their own, the header has template_shared, and these have the other types.
template_shared=() template_own_types=()
# Of each function: the number of its file, its name, where it is, its prototype, and what it returns.
template_owner=() template_functions=() template_places=() template_prototypes=() template_results=()
# Of each entry of a struct klp_func: the number of its function, then old_name, new_func and old_sympos, with tabs between.
template_replaced=() template_entries=()

# shellcheck disable=SC2034 # for the help of who takes this option
IFS= read -r -d '' template_usage <<'USAGE' || true
      --template NAME   the template for FILE:FUNCTION: function, module, files
                        (several kernel files), syscall, callbacks, shadow
                        (shadow variables), states (states and replace)
USAGE

# template_option OPTION VALUE: takes the option above, as target_option does.
template_option()
{
	[[ $1 == --template ]] || return
	template=$2
}

# template_check: dies unless there is such a template.
template_check()
{
	[[ -z $template || $template =~ ^[a-z]+$ && -f $home/templates/$template/main.c ]] ||
		usage_error "there is no template '$template' ($(template_list))"
}

# template_list: prints the names of all templates.
template_list()
{
	(cd "$home/templates" && printf '%s\n' */) | paste -sd ' ' | sed 's:/ :, :g; s:/$::'
}

# template_ask FILE:FUNCTION...: reads klpdecl's answer. Nothing of it is evaluated.
template_ask()
{
	local args=() answer line text file=-1 function=-1 dir
	while IFS= read -r dir; do
		args+=(--headers "$dir")
	done < <(explain_headers "$kdir")
	target_cache
	answer=$(verbosely "$(tool klpdecl)" "${target_args[@]}" ${module_args[@]+"${module_args[@]}"} \
		${cache_args[@]+"${cache_args[@]}"} "${args[@]}" -- "$@") || exit 1
	while IFS= read -r line; do
		text=${line#*$'\t'}
		case ${line%%$'\t'*} in
			file)
				template_files[++file]=$text
				template_includes[file]='' template_declarations[file]=''
				template_types[file]='' template_own_types[file]='' template_shared[file]=''
				;;
			object) template_objects[file]=$text ;;
			early | include) template_includes[file]+=$text$'\n' ;;
			type) template_types[file]+=$text$'\n' template_own_types[file]+=$text$'\n' ;;
			shared-type) template_types[file]+=$text$'\n' ;;
			declare | remark) template_declarations[file]+=$text$'\n' ;;
			shared) template_shared[file]+=$text$'\n' ;;
			function)
				template_functions[++function]=$text
				template_owner[function]=$file template_results[function]=''
				;;
			place) template_places[function]=${text//\*\//} ;;
			prototype) template_prototypes[function]=$text ;;
			result) template_results[function]=$text ;;
			replace) template_replaced+=("$function") template_entries+=("$text") ;;
		esac
	done <<<"$answer"
}

# template_is_call FUNCTION: whether it is a system call, whose functions a macro makes.
template_is_call()
{
	[[ ${template_prototypes[$1]} == *SYSCALL_DEFINEx\(* ]]
}

# template_choose: decides which template it is, if the user has not.
template_choose()
{
	local i
	if [[ -z $template ]]; then
		template=function
		[[ ${template_objects[0]} == vmlinux ]] || template=module
		for i in "${!template_functions[@]}"; do
			! template_is_call "$i" || template=syscall
		done
		((${#template_files[@]} == 1)) || template=files
	fi
	((${#template_files[@]} == 1)) || [[ -f $home/templates/$template/file.c ]] ||
		die "the template '$template' is for functions of one file of the kernel: use --template files, and take from the other what the patch needs"
}

# template_write DIRECTORY
template_write()
{
	local directory=$1 i name bases=() header
	fix_name "$directory"
	name=$REPLY header=''
	if [[ -f $home/templates/$template/file.c ]]; then
		header=$name.h
		for i in "${!template_files[@]}"; do
			template_base "$i"
			bases+=("$REPLY")
			template_fill "$home/templates/$template/file.c" "$i" >"$directory/$REPLY.c"
		done
		template_header >"$directory/$header"
	fi
	template_fill "$home/templates/$template/main.c" 0 >"$directory/main.c"
	printf '# SPDX-License-Identifier: GPL-2.0\nobj-m := %s.o\n%s-y := main.o%s\n' "$name" "$name" \
		"${bases[*]+ ${bases[*]/%/.o}}" >"$directory/Makefile"
}

# template_base NUMBER: sets REPLY to the name, without .c, of the patch's file for a kernel file.
template_base()
{
	local i other
	REPLY=${template_files[$1]##*/}
	for i in "${!template_files[@]}"; do
		other=${template_files[i]##*/}
		[[ $i == "$1" || $other != "$REPLY" ]] && [[ $REPLY != main.c ]] || REPLY=${template_files[$1]//\//-}
	done
	REPLY=${REPLY%.c}
	REPLY=${REPLY//[!A-Za-z0-9_.-]/-}
}

# template_fill TEMPLATE NUMBER: prints the template, for the kernel file of that number.
template_fill()
{
	local line lines
	mapfile -t lines <"$1"
	for line in "${lines[@]}"; do
		case $line in
			@TAG@) printf '//KLPMAKE %s\n' "${template_files[$2]}" ;;
			@INCLUDES@) template_new_includes "$1" "$2" ;;
			@DECLARATIONS@) template_declare "$2" ;;
			@FUNCTIONS@) template_define "$2" ;;
			@NAME@) template_object_name "${template_objects[$2]}" ;;
			@FUNCS@) template_funcs "${template_objects[$2]}" ;;
			@OBJECTS@) template_describe ;;
			@UNWRITTEN@) template_unwritten ;;
			*) printf '%s\n' "${line//@HEADER@/$header}" ;;
		esac
	done
}

# template_new_includes TEMPLATE NUMBER: prints those that the template does not have.
template_new_includes()
{
	printf '%s' "${template_includes[$2]}" | grep -vxFf <(grep '^#include' "$1") || true
}

# template_declare NUMBER: types and declarations.
template_declare()
{
	local types=${template_types[$1]}
	[[ -z $header ]] || types=${template_own_types[$1]}
	[[ -z $types ]] || printf '\n/* Types of %s that no header for modules has. */\n%s' "${template_files[$1]}" "$types"
	[[ -z ${template_declarations[$1]} ]] ||
		printf '\n/* What the functions use, of %s and of other files. Remove what the patch does not need. */\n%s' \
			"${template_files[$1]}" "${template_declarations[$1]}"
}

# template_define NUMBER: the new functions of a kernel file.
template_define()
{
	local i static='static '
	[[ -z $header ]] || static=''
	for i in "${!template_functions[@]}"; do
		((template_owner[i] == $1)) || continue
		printf '\n/* In place of %s(), %s. */\n' "${template_functions[i]}" "${template_places[i]}"
		template_is_call "$i" || printf '%s' "$static"
		printf '%s\n{\n\t/* TODO: copy the body to here, and change it; then remove its line from the init function%s. */\n' \
			"${template_prototypes[i]}" "${header:+ in main.c}"
		[[ -z ${template_results[i]} ]] || printf '\treturn %s;\n' "${template_results[i]}"
		printf '}\n'
	done
}

# template_object_name OBJECT: the member of struct klp_object.
template_object_name()
{
	if [[ $1 == vmlinux ]]; then
		printf '\t\t/* no .name: vmlinux */\n'
	else
		printf '\t\t.name = "%s",\n' "$1"
	fi
}

# template_funcs OBJECT: the entries of its struct klp_func.
template_funcs()
{
	local i old new position
	for i in "${!template_entries[@]}"; do
		[[ ${template_objects[template_owner[template_replaced[i]]]} == "$1" ]] || continue
		IFS=$'\t' read -r old new position <<<"${template_entries[i]}"
		printf '\t{\n\t\t.old_name = "%s",\n\t\t.new_func = %s,\n' "$old" "$new"
		[[ $position == 0 ]] || printf '\t\t.old_sympos = %s,\n' "$position"
		printf '\t},\n'
	done
}

# template_describe: all objects, with their functions.
template_describe()
{
	local object number=0
	local -A seen=()
	for object in "${template_objects[@]}"; do
		[[ -z ${seen[$object]-} ]] || continue
		seen[$object]=funcs_$((++number))
		printf '\nstatic struct klp_func %s[] = {\n' "${seen[$object]}"
		template_funcs "$object"
		printf '\t{ }\n};\n'
	done
	printf '\nstatic struct klp_object objs[] = {\n'
	for object in "${template_objects[@]}"; do
		[[ -n ${seen[$object]} ]] || continue
		printf '\t{\n'
		template_object_name "$object"
		printf '\t\t.funcs = %s,\n\t},\n' "${seen[$object]}"
		seen[$object]=''
	done
	printf '\t{ }\n};\n'
}

# template_unwritten: what keeps the kernel from running functions without bodies.
template_unwritten()
{
	local name
	printf '\t/* TODO: remove these lines as the functions get their bodies. Until then the patch refuses to be loaded. */\n'
	for name in "${template_functions[@]}"; do
		printf '\tif (KLP_UNWRITTEN(%s))\n\t\treturn -ENOSYS;\n' "$name"
	done
}

# template_header: declares the new functions to main.c.
template_header()
{
	local i name guard=${name//[!A-Za-z0-9]/_}
	guard=${guard^^}_H
	printf '/* SPDX-License-Identifier: GPL-2.0 */\n#ifndef %s\n#define %s\n\n' "$guard" "$guard"
	printf '#include <linux/kernel.h>\n#include <linux/livepatch.h>\n#include <linux/module.h>\n'
	printf '%s' "${template_shared[@]}" | awk '/^(#include .*|(struct|union) [A-Za-z0-9_]+;)$/ && seen[$0]++ { next } { print }'
	printf '\n'
	for i in "${!template_functions[@]}"; do
		template_is_call "$i" || printf '%s;\n' "${template_prototypes[i]}"
	done
	for i in "${!template_entries[@]}"; do
		! template_is_call "${template_replaced[i]}" ||
			printf 'asmlinkage long %s(const struct pt_regs *regs);\n' "$(cut -f 2 <<<"${template_entries[i]}")"
	done
	printf '\n#endif\n'
}
