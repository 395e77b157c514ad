# SPDX-License-Identifier: GPL-2.0-only
#
# Debug information from the servers in DEBUGINFOD_URLS. debuginfod-find of elfutils gets it, and keeps it in its own
# cache. Nobody is asked where that variable is not set. Source common.bash first.

# shellcheck disable=SC2034,SC2154 # verbosity is common.bash's, and others use what is set here

debuginfod_said='' # why it has not found anything, as lines for the end of a message

# debuginfod_find BUILD-ID: sets REPLY to a file with that build's debug information. 1 if there is none, and debuginfod_said
# says of whom it was asked.
debuginfod_find()
{
	local id=$1 servers from job text='' status=0
	debuginfod_said=''
	[[ -n ${DEBUGINFOD_URLS-} ]] || return 1
	if ! type debuginfod-find >/dev/null 2>&1; then
		debuginfod_said="
  DEBUGINFOD_URLS is set, and there is no debuginfod-find to ask with: install the package 'debuginfod' (elfutils)"
		return 1
	fi
	debuginfod_servers
	# It tells of its progress in the same pipe, so that it ends, by SIGPIPE, when this script has been killed.
	exec {from}< <(
		unset -v DEBUGINFOD_VERBOSE
		export DEBUGINFOD_PROGRESS=1 DEBUGINFOD_MAXTIME="${DEBUGINFOD_MAXTIME:-3600}"
		exec debuginfod-find debuginfo "$id" 2>&1
	)
	job=$!
	debuginfod_listen
	exec {from}<&-
	wait "$job" || status=$?
	REPLY=${text##*$'\n'}
	if ((status)) || [[ ! -f $REPLY ]]; then
		debuginfod_said="
  'debuginfod-find debuginfo $id' has asked $servers: ${REPLY:-status $status}"
	elif [[ $(elf_build_id "$REPLY") != "$id" ]]; then
		debuginfod_said="
  what $servers gave for build-id $id is another build: '$REPLY': remove it"
	else
		return 0
	fi
	return 1
}

# debuginfod_servers: sets servers to those that are asked, without the passwords in it.
debuginfod_servers()
{
	local url urls
	servers=''
	read -r -a urls <<<"$DEBUGINFOD_URLS"
	for url in ${urls[@]+"${urls[@]}"}; do
		[[ $url != *://*@* ]] || url=${url%%://*}://${url#*@}
		servers+="${servers:+, }'$url'"
	done
}

# debuginfod_listen: reads what debuginfod-find says from $from, and sets text to what comes after the last word about its
# progress, of which people hear after two seconds, and then every ten.
debuginfod_listen()
{
	local begun=$SECONDS told=-8 begin='' part status=0
	# Newer ones say nothing while they wait for a server.
	while ((status != 1)); do
		status=0
		IFS= read -r -d $'\r' -t 2 -u "$from" part || status=$?
		text=$begin$part begin=''
		((status <= 128)) || begin=$text
		((status != 1 && SECONDS - begun >= told + 10)) || continue
		told=$((SECONDS - begun))
		((verbosity < 1)) || if [[ $text =~ \ ([0-9]+)/([0-9]+)$ ]]; then
			printf 'debug information from %s: %d of %d MB\n' "$servers" $((BASH_REMATCH[1] >> 20)) $((BASH_REMATCH[2] >> 20)) >&2
		else
			printf 'waiting for %s\n' "$servers" >&2
		fi
	done
	text=${text%$'\n'}
}

# elf_build_id FILE: prints the build-id of an ELF file.
elf_build_id()
{
	local line
	while IFS= read -r line; do
		[[ $line != *'Build ID: '* ]] || printf '%s\n' "${line##*: }"
	done < <(readelf -nW "$1" 2>/dev/null)
}
