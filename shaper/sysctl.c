/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Forwarding, the last thing that is switched on and the first that goes off. Turning IPv6 forwarding on
 * makes the kernel drop what it learnt from router advertisements unless the uplink says otherwise first
 * (accept_ra 2, Documentation/networking/ip-sysctl). CAP_NET_ADMIN is enough for all of it (kernel-facts.md
 * 28).
 */
#include "kernel.h"
#include "../lib/log.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define IPV4_FORWARD "/proc/sys/net/ipv4/ip_forward"
#define IPV6_FORWARD "/proc/sys/net/ipv6/conf/all/forwarding"

/* The first character of the value: all of ours are one digit. */
static int read_value(const char *path, char *out)
{
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, out, 1);
	return n == 1 ? 0 : n < 0 ? -errno : -EIO;
}

static int write_value(const char *path, char value)
{
	_cleanup_(closep) int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return write(fd, &value, 1) == 1 ? 0 : -errno;
}

static int set(const char *path, char value, unsigned *operations)
{
	char have;
	int r = read_value(path, &have);

	if (r == 0 && have == value)
		return 0;
	if (r == 0)
		r = write_value(path, value);
	if (r == 0)
		(*operations)++;
	else
		log_error("%s: cannot be set to %c: %s", path, value, strerror(-r));
	return r;
}

/* 1 means "unless forwarding"; 0 is an admin's choice and stays. */
static int keep_accepting(const char *uplink, unsigned *operations)
{
	char path[64 + IFNAMSIZ], have;
	int r;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/accept_ra", uplink);
	r = read_value(path, &have);
	if (r == -ENOENT)
		return 0; /* the uplink is away, or has no IPv6 */
	if (r < 0)
		return r;
	return have == '1' ? set(path, '2', operations) : 0;
}

static bool has_ipv6(void)
{
	return access(IPV6_FORWARD, F_OK) == 0;
}

int sysctl_forwarding_on(const char *uplink, unsigned *operations)
{
	int r = keep_accepting(uplink, operations);

	if (r == 0)
		r = set(IPV4_FORWARD, '1', operations);
	if (r == 0 && has_ipv6())
		r = set(IPV6_FORWARD, '1', operations);
	return r;
}

int sysctl_forwarding_read(struct forwarding *out)
{
	struct forwarding forwarding = {};
	int r = read_value(IPV4_FORWARD, &forwarding.ip4);

	if (r == 0 && has_ipv6())
		r = read_value(IPV6_FORWARD, &forwarding.ip6);
	if (r == 0)
		*out = forwarding;
	return r;
}

int sysctl_forwarding_restore(const struct forwarding *former, unsigned *operations)
{
	int r = set(IPV4_FORWARD, former->ip4, operations);

	if (r == 0 && former->ip6 && has_ipv6())
		r = set(IPV6_FORWARD, former->ip6, operations);
	return r;
}

int sysctl_forwarding_words(const char *uplink, FILE *out)
{
	struct forwarding now;
	char path[64 + IFNAMSIZ], accepts;
	int r = sysctl_forwarding_read(&now);

	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/accept_ra", uplink);
	if (read_value(path, &accepts) == 0 && accepts == '1')
		fprintf(out, "sysctl net.ipv6.conf.%s.accept_ra=2\n", uplink);
	if (now.ip4 != '1')
		fputs("sysctl net.ipv4.ip_forward=1\n", out);
	if (now.ip6 && now.ip6 != '1')
		fputs("sysctl net.ipv6.conf.all.forwarding=1\n", out);
	return 0;
}

int sysctl_forwarding_off(unsigned *operations)
{
	int r = set(IPV4_FORWARD, '0', operations);

	if (has_ipv6()) {
		int six = set(IPV6_FORWARD, '0', operations);

		r = r < 0 ? r : six;
	}
	return r;
}
