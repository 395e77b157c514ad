// SPDX-License-Identifier: GPL-2.0
/*
 * Looks at what the patch changes, as no shell can.
 *
 *   gcc -static -o nlprobe nlprobe.c
 *
 *   nlprobe peer           three netlink sockets, one connected to port 4242; then, while they are
 *                          open, what /proc/net says about them
 *   nlprobe family NAME    ask for the number of a generic netlink family
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>

enum { MY_PORT = 77777, PEER_PORT = 4242, PATIENCE = 10 };

static int show_file(const char *path, const char *only)
{
	char line[512];
	FILE *file = fopen(path, "r");

	if (!file) {
		perror(path);
		return 1;
	}
	while (fgets(line, sizeof(line), file)) {
		if (!only || strncmp(line, only, strlen(only)) == 0)
			fputs(line, stdout);
	}
	fclose(file);
	return 0;
}

static int show_peer(void)
{
	struct sockaddr_nl mine = {.nl_family = AF_NETLINK, .nl_pid = MY_PORT};
	struct sockaddr_nl peer = {.nl_family = AF_NETLINK, .nl_pid = PEER_PORT};
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);

	if (fd < 0 || bind(fd, (struct sockaddr *)&mine, sizeof(mine)) ||
	    connect(fd, (struct sockaddr *)&peer, sizeof(peer)) ||
	    socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC) < 0 ||
	    socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE) < 0) {
		perror("netlink socket");
		return 1;
	}
	return show_file("/proc/net/netlink", NULL) | show_file("/proc/net/protocols", "NETLINK");
}

static int ask_family(const char *name)
{
	struct {
		struct nlmsghdr header;
		struct genlmsghdr genl;
		struct nlattr attr;
		char name[64];
	} ask = {
		.header.nlmsg_type = GENL_ID_CTRL,
		.header.nlmsg_flags = NLM_F_REQUEST,
		.genl.cmd = CTRL_CMD_GETFAMILY,
		.attr.nla_type = CTRL_ATTR_FAMILY_NAME,
		.attr.nla_len = NLA_HDRLEN + strlen(name) + 1,
	};
	union {
		struct nlmsghdr header;
		char bytes[8192];
	} answer;
	struct timeval patience = {.tv_sec = PATIENCE};
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	struct nlattr *attr;
	ssize_t size;

	strncpy(ask.name, name, sizeof(ask.name) - 1);
	ask.header.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN) + NLMSG_ALIGN(ask.attr.nla_len);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) ||
	    send(fd, &ask, ask.header.nlmsg_len, 0) < 0 ||
	    (size = recv(fd, &answer, sizeof(answer), 0)) < 0) {
		perror("generic netlink");
		return 1;
	}
	if (!NLMSG_OK(&answer.header, size)) {
		fprintf(stderr, "generic netlink: a short answer\n");
		return 1;
	}
	if (answer.header.nlmsg_type == NLMSG_ERROR) {
		struct nlmsgerr *error = NLMSG_DATA(&answer.header);

		printf("%s: %s\n", name, strerror(-error->error));
		return 0;
	}
	attr = (struct nlattr *)((char *)NLMSG_DATA(&answer.header) + GENL_HDRLEN);
	while (attr->nla_type != CTRL_ATTR_FAMILY_NAME)
		attr = (struct nlattr *)((char *)attr + NLA_ALIGN(attr->nla_len));
	printf("%s: found '%s'\n", name, (char *)attr + NLA_HDRLEN);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "peer") == 0)
		return show_peer();
	if (argc == 3 && strcmp(argv[1], "family") == 0)
		return ask_family(argv[2]);
	fprintf(stderr, "Usage: nlprobe peer | nlprobe family NAME\n");
	return 2;
}
