# SPDX-License-Identifier: GPL-2.0-only
#
# The patch directory of a fix: one that 'klpmake new' has made, or a temporary one for 'klpmake FIX.patch'. Source
# fix/diff.bash first.

# fix_directory DIRECTORY NAME [PATCH...]: fills a new directory with copies of the patches, a main file and a Makefile
# for this module.
fix_directory()
{
	local directory=$1 name=$2 patch sorted number='' prefix=''
	shift 2
	sorted=$(printf '%s\n' "${@##*/}")
	# They are applied in the order of their names.
	[[ $sorted == "$(sort -u <<<"$sorted")" ]] || number=0
	for patch; do
		[[ -z $number ]] || printf -v prefix '%03d-' "$((++number))"
		cat "$patch" >"$directory/$prefix${patch##*/}"
	done
	fix_main >"$directory/main.c"
	fix_makefile "$name" >"$directory/Makefile"
}

# fix_name FILE: sets REPLY to the module's name: that of the patch or kernel file, without the number that git gives it.
fix_name()
{
	REPLY=${1##*/}
	REPLY=${REPLY%.*}
	[[ ! $REPLY =~ ^[0-9]+-(.+)$ ]] || REPLY=${BASH_REMATCH[1]}
	REPLY=${REPLY//[!A-Za-z0-9_-]/-}
	# A module's name may have 55 characters.
	REPLY=klp-${REPLY#klp-}
	REPLY=${REPLY:0:50}
}

# fix_main: prints the main file, which is the author's from then on.
fix_main()
{
	# Only the tabs of this script go.
	sed 's/^\t\t//' <<'END'
		// SPDX-License-Identifier: GPL-2.0
		/*
		 * The description of the patch. klpmake makes klpmake_objects.h of what the patch changes, each time; its first
		 * lines say how to give it callbacks and more functions.
		 */
		#include <linux/kernel.h>
		#include <linux/livepatch.h>
		#include <linux/module.h>
		#include <klpmake.h>

		#include "klpmake_objects.h"

		static struct klp_patch patch = {
			.mod = THIS_MODULE,
			.objs = klpmake_objects,
		};

		static int __init klp_fix_init(void)
		{
			return KLP_START(&patch);
		}

		static void __exit klp_fix_exit(void)
		{
			KLP_STOP(&patch);
		}

		module_init(klp_fix_init);
		module_exit(klp_fix_exit);
		MODULE_LICENSE("GPL");
		MODULE_INFO(livepatch, "Y");
END
}

# fix_makefile NAME: prints the Makefile.
fix_makefile()
{
	cat <<-END
		# SPDX-License-Identifier: GPL-2.0
		obj-m := $1.o
		# KLPMAKE_CUT is what klpmake cuts out of the patched kernel files; files of your own may follow.
		$1-y := main.o \$(KLPMAKE_CUT)
	END
	((!${#fix_whole[@]})) || printf '# Kernel files that are edited as a whole; what they were made of lies beside them (FILE.base).\nKLPMAKE_WHOLE := %s\n' "${fix_whole[*]##*/}"
	((!${#fix_added[@]})) || printf '# Kernel files that the patch does not touch, but that include a header that it touches.\nKLPMAKE_ADD := %s\n' "${fix_added[*]}"
}

# fix_directory_patches DIRECTORY: sets fix_patches to the patches in it, in order, and fix_whole to the whole kernel
# files, if its Makefile asks for what is cut out, and adds the files that the Makefile adds.
fix_directory_patches()
{
	local words text=''
	fix_patches=()
	[[ ! -f $1/Makefile || ! -r $1/Makefile ]] || { text=$'\n'$(<"$1/Makefile"); } 2>/dev/null
	[[ $text =~ $'\n'[^#$'\n']*KLPMAKE_CUT ]] || return 0
	[[ ! -e $1/Kbuild ]] || die "'$1/Kbuild' is in the way of the one that klpmake makes: call it Makefile"
	mapfile -t fix_patches < <(compgen -G "$1/*.patch"; compgen -G "$1/*.diff")
	fix_whole_find "$1" "$text"
	fix_is_asked ||
		die "'$1/Makefile' names KLPMAKE_CUT, but there is no patch beside it (*.patch), and KLPMAKE_WHOLE lists no whole kernel file"
	((!${#fix_patches[@]})) || mapfile -t fix_patches < <(printf '%s\n' "${fix_patches[@]}" | sort)
	read -r -a words < <(sed -n 's/^KLPMAKE_ADD *[:+]*= *//p' "$1/Makefile") || true
	fix_added+=(${words[@]+"${words[@]}"})
}
