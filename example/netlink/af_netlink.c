// SPDX-License-Identifier: GPL-2.0
//KLPMAKE net/netlink/af_netlink.c
/*
 * The first half of a patch to two kernel files, and the patch's description, which is in the
 * file of one's choice: /proc/net/netlink gets a column with the peer that a socket is connected
 * to, and its title says how many sockets there are.
 */
#include <linux/bpf.h>
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/seq_file.h>
#include <net/sock.h>
#include <klpmake.h>

#include "klp-netlink.h"

/* From net/netlink/af_netlink.h, which no headers package has: the members up to the last used. */
struct netlink_sock {
	/* struct sock has to be the first member of netlink_sock */
	struct sock		sk;
	unsigned long		flags;
	u32			portid;
	u32			dst_portid;
	u32			dst_group;
	u32			subscriptions;
	u32			ngroups;
	unsigned long		*groups;
	unsigned long		state;
	size_t			max_recvmsg_len;
	wait_queue_head_t	wait;
	bool			bound;
	bool			cb_running;
};

static inline struct netlink_sock *nlk_sk(struct sock *sk)
{
	return container_of(sk, struct netlink_sock, sk);
}

/* Static in net/netlink/af_netlink.c. */
extern struct proto netlink_proto;
extern int netlink_getname(struct socket *sock, struct sockaddr *addr, int peer);

/* New. netlink_getname() looks at nothing but sock->sk, and a socket being closed loses its own. */
static u32 peer_portid(struct sock *sk)
{
	struct socket sock = { .sk = sk };
	struct sockaddr_nl addr;

	netlink_getname(&sock, (struct sockaddr *)&addr, 1);
	return addr.nl_pid;
}

/* From net/netlink/af_netlink.c, where netlink_seq_show() has it inlined. */
static int livepatch_netlink_native_seq_show(struct seq_file *seq, void *v)
{
	if (v == SEQ_START_TOKEN) {
		seq_printf(seq,
			   "sk               Eth Pid        Groups   "
			   "Rmem     Wmem     Dump  Locks    Drops    Inode    "
			   "Peer (%d sockets)\n",
			   sock_prot_inuse_get(seq_file_net(seq), &netlink_proto));
	} else {
		struct sock *s = v;
		struct netlink_sock *nlk = nlk_sk(s);

		seq_printf(seq, "%pK %-3d %-10u %08x %-8d %-8d %-5d %-8d %-8u %-8llu %u\n",
			   s,
			   s->sk_protocol,
			   nlk->portid,
			   nlk->groups ? (u32)nlk->groups[0] : 0,
			   sk_rmem_alloc_get(s),
			   sk_wmem_alloc_get(s),
			   READ_ONCE(nlk->cb_running),
			   refcount_read(&s->sk_refcnt),
			   atomic_read(&s->sk_drops),
			   (u64)sock_i_ino(s),
			   peer_portid(s)
			);

	}
	return 0;
}

#ifdef CONFIG_BPF_SYSCALL
struct bpf_iter__netlink {
	__bpf_md_ptr(struct bpf_iter_meta *, meta);
	__bpf_md_ptr(struct netlink_sock *, sk);
};

/* From net/netlink/af_netlink.c, inlined there. */
static int netlink_prog_seq_show(struct bpf_prog *prog,
				  struct bpf_iter_meta *meta,
				  void *v)
{
	struct bpf_iter__netlink ctx;

	meta->seq_num--;  /* skip SEQ_START_TOKEN */
	ctx.meta = meta;
	ctx.sk = nlk_sk((struct sock *)v);
	return bpf_iter_run_prog(prog, &ctx);
}

/* From net/netlink/af_netlink.c: netlink_seq_show(). */
static int livepatch_netlink_seq_show(struct seq_file *seq, void *v)
{
	struct bpf_iter_meta meta;
	struct bpf_prog *prog;

	meta.seq = seq;
	prog = bpf_iter_get_info(&meta, false);
	if (!prog)
		return livepatch_netlink_native_seq_show(seq, v);

	if (v != SEQ_START_TOKEN)
		return netlink_prog_seq_show(prog, &meta, v);

	return 0;
}
#else
static int livepatch_netlink_seq_show(struct seq_file *seq, void *v)
{
	return livepatch_netlink_native_seq_show(seq, v);
}
#endif

static struct klp_func funcs[] = {
	{
		.old_name = "netlink_seq_show",
		.new_func = livepatch_netlink_seq_show,
	}, {
		.old_name = "ctrl_getfamily",
		.new_func = livepatch_ctrl_getfamily,
	}, { }
};

static struct klp_object objs[] = {
	{
		/* name being NULL means vmlinux */
		.funcs = funcs,
	}, { }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
};

static int __init klp_netlink_init(void)
{
	return KLP_START(&patch);
}

static void __exit klp_netlink_exit(void)
{
	KLP_STOP(&patch);
}

module_init(klp_netlink_init);
module_exit(klp_netlink_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
