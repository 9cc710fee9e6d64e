/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The IPv6 prefixes that devices of offices with `delegated` have now, kept up to date by the kernel's own
 * events; a change is planned at once. Needs no capability. All functions accept NULL.
 */
#include "../policy/planner.h"

struct daemon;
struct delegated;

int delegated_new(struct daemon *daemon, struct delegated **out); /* 0 or -errno */
struct delegated *delegated_free(struct delegated *delegated);
/* The policy is another, or there is one: looks at once. Does not plan. */
void delegated_policy(struct delegated *delegated);
/* Valid until the next event. */
const struct planner_delegated *delegated_rows(const struct delegated *delegated, size_t *n);
