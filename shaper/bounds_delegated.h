/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Whether a prefix that the configuration does not name may be an office's all the same: because that office
 * takes delegated prefixes, and its device has it now.
 */
#include <stddef.h>
#include "../lib/cleanup.h"
#include "../lib/plan.h"
#include "../policy/policy.h"

/* The global and unique local IPv6 networks of this machine's devices, as the kernel says. */
struct bounds_network {
	char device[IFNAMSIZ];
	struct prefix prefix;
};
struct bounds_networks {
	struct bounds_network *rows;
	size_t n;
};
int bounds_networks_read(struct bounds_networks *out); /* 0 or -errno */
void bounds_networks_clear(struct bounds_networks *networks);

/* The index of the office; -EPERM with the rule and the value in `text`. */
int bounds_delegated(const struct policy *policy, const struct bounds_networks *networks,
		     const struct plan *plan, const struct plan_prefix *row, char *text, size_t size);
