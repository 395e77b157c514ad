# SPDX-License-Identifier: GPL-2.0-only
#
# What to write for the names that the compiler did not know, beside its own messages. klpsyms finds that in
# the kernel's debug information, for all names at once. Source common.bash and target.bash first.

# explain_messages FILE WORK PLACE: prints the compiler's messages of FILE; behind each that is about an unknown name
# stands klpsyms's answer. klpmake's own files go into PLACE.
explain_messages()
{
	local file=$1 work=$2 unknown=$3/unknown answers=$3/answers dir args=()
	explain_awk names '' "$file" >"$unknown"
	if [[ ! -s $unknown ]]; then
		cat "$file"
		return
	fi
	while IFS= read -r dir; do
		args+=(--headers "$dir")
	done < <(explain_headers "$kdir")
	# It may fail for reasons of its own, which it prints: the compiler's messages are printed in any case.
	(cd "$work" && verbosely "$(tool klpsyms)" "${target_args[@]}" ${module_args[@]+"${module_args[@]}"} \
		"${args[@]}" --explain "$unknown") >"$answers" || true
	explain_awk messages "$answers" "$file"
}

# explain_headers KDIR: where the kernel's headers lie as in its tree; distributions keep what all their
# kernels have in another directory, whose Makefile that of KDIR includes.
explain_headers()
{
	local kdir=$1 path
	printf '%s\n' "$kdir"
	[[ ! -d $kdir/source ]] || printf '%s\n' "$kdir/source"
	path=$(sed -nE 's|^include (.*)/Makefile$|\1|p' "$kdir/Makefile" | tail -n 1)
	# shellcheck disable=SC2016 # make's words
	path=${path/'$(dir $(realpath $(lastword $(MAKEFILE_LIST))))'/"$kdir/"}
	# shellcheck disable=SC2016 # as scripts/lib/debian writes it
	path=${path/'$(fetched_src)'/"$(readlink -f -- "$kdir/..")"}
	[[ $path == *'$'* || ! -d $path ]] || printf '%s\n' "$path"
}

# explain_awk names|messages ANSWERS FILE: lists what the compiler did not know, as klpsyms(1) --explain
# takes it; or prints FILE with klpsyms's answers.
explain_awk()
{
	awk -v mode="$1" -v answers="$2" '
		# A word in quotation marks, which may be UTF-8, consists of letters that no such mark has.
		function quoted(text, behind,    at) {
			at = match(text, behind)
			if (!at) return ""
			text = substr(text, at + RLENGTH)
			return match(text, /^[^A-Za-z0-9_]*((struct|union|enum) )?[A-Za-z0-9_]+/) ? word(substr(text, 1, RLENGTH)) : ""
		}
		function word(text) {
			gsub(/[^A-Za-z0-9_ ]/, "", text)
			sub(/^ *((struct|union|enum) )?/, "", text)
			return text
		}
		# about KIND NAME: notes what this message is about, once for each file of the patch.
		function about(kind, name) {
			if (name == "" || source == "" || seen[source, kind, name]++) return
			if (mode == "names") print source "\t" kind "\t" name
			else pending = source SUBSEP kind SUBSEP name
		}
		function tell() {
			if (pending != "") printf "%s", answer[pending]
			pending = ""
		}
		function look(text,    name) {
			if (text ~ /implicit declaration of function/) about("name", quoted(text, "implicit declaration of function"))
			else if (text ~ /call to undeclared function/) about("name", quoted(text, "call to undeclared function"))
			else if (text ~ /use of undeclared identifier/) about("name", quoted(text, "use of undeclared identifier"))
			else if (text ~ / undeclared (\(|here)/) about("name", quoted(text, "^"))
			else if (text ~ /unknown type name/) about("type", quoted(text, "unknown type name"))
			else if (text ~ /has no member named/)
				about("member", quoted(text, "^") "." quoted(text, "has no member named"))
			else if (text ~ /no member named .* in /)
				about("member", quoted(text, " in ") "." quoted(text, "no member named"))
			else if (text ~ /(incomplete|undefined) (result |element )?type [^ ]*(struct|union|enum) /)
				about("type", quoted(text, "(incomplete|undefined) (result |element )?type"))
			else if (text ~ /incomplete definition of type/) about("type", quoted(text, "definition of type"))
			else if (text ~ /will not be visible outside/) about("type", quoted(text, "^(declaration of)?"))
			else if (text ~ /storage size of/) excerpt = 1
		}
		BEGIN {
			while (answers != "" && (getline line < answers) > 0) {
				n = split(line, part, "\t")
				text = substr(line, length(part[1] part[2] part[3]) + 4)
				if (n > 3) answer[part[1], part[2], part[3]] = answer[part[1], part[2], part[3]] text "\n"
			}
		}
		!/^[ \t]/ { tell(); excerpt = 0 }
		/^In file included from / || /^ +from / {
			from = $0
			sub(/^(In file included)? *from /, "", from)
			sub(/:[0-9]+([:,].*)?$/, "", from)
		}
		match($0, /^[^ :]+:[0-9]+:([0-9]+:)? (error|warning): /) {
			text = substr($0, RLENGTH + 1)
			source = $0
			sub(/:[0-9]+:.*/, "", source)
			# A header has no tag; what includes it has.
			if (source !~ /\.c$/) source = from
			look(text)
		}
		excerpt && /^ *[0-9]* *\|/ && match($0, /(struct|union|enum) +[A-Za-z0-9_]+/) {
			name = substr($0, RSTART, RLENGTH)
			sub(/^[a-z]+ +/, "", name)
			excerpt = 0
			about("type", name)
		}
		mode == "messages" { print }
		END { tell() }
	' "$3"
}
