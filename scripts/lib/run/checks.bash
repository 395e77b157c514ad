# SPDX-License-Identifier: GPL-2.0-only
#
# What would go wrong if the module of facts.bash were loaded here, said before the kernel is asked. All reasons are
# said at once. Source facts.bash and patches.bash first.

checks_failed=0

# refuse TEXT
refuse()
{
	complain "error: $1"
	checks_failed=1
}

# checks_module FILE: what it is.
checks_module()
{
	if [[ -z ${facts[vermagic]-} ]]; then
		die "'$1' is not a kernel module: it does not say which kernel it is for"
	fi
	[[ ${facts[livepatch]} == yes ]] ||
		die "'$1' is not a livepatch module; 'modprobe' loads others"
	is_module_name "${facts[name]}" ||
		die "'$1' says that its name is '${facts[name]}': no module can have that"
}

# checks_kernel: is it for this kernel?
checks_kernel()
{
	local running id built=${facts[kernel_build_id]-}
	running_release
	running=$REPLY
	if [[ ${facts[vermagic]%% *} != "$running" ]]; then
		refuse "it is for kernel '${facts[vermagic]%% *}', and '$running' is running: build it with 'klpmake -k $running'"
		return 0
	fi
	[[ -n $built ]] || return 0
	if ! id=$(klpinfo --notes "$run_sys/kernel/notes" 2>/dev/null); then
		warn "whether it is for this build of the kernel is not known: '$run_sys/kernel/notes' cannot be read"
	elif [[ $id != "$built" ]]; then
		refuse "it is for another build of kernel '$running': for build-id $built, and $id is running; its functions may lie elsewhere: build it for this one"
	fi
}

# checks_policy: does the kernel take modules, unsigned ones as well?
# Rule: kernel/module/signing.c, module_sig_check(); security/lockdown/lockdown.c.
checks_policy()
{
	local locked=''
	if first_line "$run_proc/sys/kernel/modules_disabled" && [[ $REPLY == 1 ]]; then
		refuse "this kernel takes no modules until it is booted again (kernel.modules_disabled is 1)"
	fi
	if first_line "$run_proc/sys/kernel/ftrace_enabled" && [[ $REPLY == 0 ]]; then
		refuse "function tracing is off, which livepatches need: 'sysctl kernel.ftrace_enabled=1' turns it on"
	fi
	[[ ${facts[signed]} == no ]] || return 0
	if first_line "$run_sys/kernel/security/lockdown" && [[ $REPLY == *'['@(integrity|confidentiality)']'* ]]; then
		locked="it is locked down, as with Secure Boot"
	elif first_line "$run_sys/module/module/parameters/sig_enforce" && [[ $REPLY == Y ]]; then
		locked='module.sig_enforce is on'
	fi
	[[ -z $locked ]] ||
		refuse "it has no signature, and this kernel takes signed modules only ($locked): 'klpmake sign' signs it, with a key that the kernel has to know"
}

# checks_loaded: what is there already.
checks_loaded()
{
	local name=${facts[name]}
	if patch_is_there "$name"; then
		refuse "a livepatch '$name' is loaded already: 'klpmake unload $name' takes it back"
	elif is_loaded "$name"; then
		refuse "a module '$name' is loaded already: if it is a livepatch that was replaced, 'klpmake unload $name' removes it"
	fi
	if moving_patch && [[ $REPLY != "$name" ]]; then
		refuse "'$REPLY' is in transition, and the kernel has one at a time: 'klpmake why' says what keeps it, 'klpmake unload $REPLY' takes it back"
	fi
}

# checks_stack: says what other patches do with the same functions, which is allowed, and what will not be patched yet.
checks_stack()
{
	local key object
	local -A told=()
	[[ -z $facts_unknown ]] ||
		note "what it patches cannot be read from the file: it makes its lists when it runs; 'klpmake list' will show them"
	for key in ${facts_functions[@]+"${facts_functions[@]}"}; do
		object=${key%% *}
		[[ -z ${function_owner[$key]-} || ${facts[replace]-} == yes ]] ||
			note "'${key#* }' of $object is '${function_owner[$key]}''s now: this patch lies on top and wins, until it is unloaded"
		[[ $object == vmlinux || -n ${told[$object]-} || -d $run_sys/module/$object ]] ||
			note "the module '$object' is not loaded: it will be patched when it is"
		told[$object]=1
	done
	if [[ ${facts[replace]-} == yes ]] && ((${#patches[@]})); then
		note "it replaces all other livepatches, which will be disabled: ${patches[*]}; taking it back does not bring them back"
	elif [[ ${facts[replace]-unknown} == unknown ]] && ((${#patches[@]})); then
		note "whether it replaces the other livepatches cannot be read from the file: ${patches[*]}"
	fi
}

note()
{
	complain "note: $1"
}

# checks_all: dies if there is a reason not to load it.
checks_all()
{
	checks_kernel
	checks_policy
	checks_loaded
	((!checks_failed)) || exit 1
	patches_read
	checks_stack
}
