// SPDX-License-Identifier: GPL-2.0-only
//KLPMAKE features.c
#include <klpmake-user.h>

/* What vsftpd-dbg says of these; vsftpd's own headers are not needed. */
struct vsf_session;
void vsf_cmdio_write_hyphen(struct vsf_session *p_sess, int status, const char *p_text);
void vsf_cmdio_write_raw(struct vsf_session *p_sess, const char *p_text);
void vsf_cmdio_write(struct vsf_session *p_sess, int status, const char *p_text);

static void new_handle_feat(struct vsf_session *p_sess)
{
	vsf_cmdio_write_hyphen(p_sess, 211, "Features:");
	vsf_cmdio_write_raw(p_sess, " UTF8\r\n");
	vsf_cmdio_write(p_sess, 211, "End");
}

static struct klp_func funcs[] = {{.old_name = "handle_feat", .new_func = new_handle_feat}, {}};
static struct klp_object objs[] = {{.funcs = funcs}, {}};
static struct klp_patch patch = {.objs = objs};
KLP_PATCH(patch);
