/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loaded into dnsmasq (LD_PRELOAD, gerbang-dnsmasq.service), because dnsmasq 2.90 refuses to serve DHCPv4 unless capget()
 * says that it holds CAP_NET_ADMIN. It wants that for one thing: to write a client's address into the ARP table before an
 * answer by unicast. With dhcp-broadcast, which Gerbang configures, it never does. So capget() is answered here with
 * that one bit added, and the process really has CAP_NET_BIND_SERVICE and CAP_NET_RAW alone: whoever takes dnsmasq over can
 * change nothing in the kernel's network. It must never give a capability, only the impression of one.
 */
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

int capget(cap_user_header_t header, cap_user_data_t data);

int capget(cap_user_header_t header, cap_user_data_t data)
{
	long r = syscall(SYS_capget, header, data);

	if (r == 0 && data)
		data->permitted |= 1u << CAP_NET_ADMIN;
	return (int)r;
}
