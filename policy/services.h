/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What the words of a service mean: the services that a name alone stands for, DSCPs by name, and what a
 * service's rate comes to. Static data and arithmetic; nothing here looks at an office.
 */
#include "policy.h"

/* NULL: no name of ours. Static; `rate` is by percent. */
const struct policy_service *service_known(const char *id);
const char *service_known_names(void); /* "\"voip\", \"conference\", ...", for refusals */
int service_dscp(const char *name);    /* 0..63: "cs0".."cs7", "af11".."af43", "va", "ef", "le"; or -EINVAL */
const char *service_priority_text(enum policy_priority priority); /* "high", ... */
/* Of a guarantee, before anything has to shrink: a multiple of 8 bit/s. */
struct policy_rate service_rate(const struct policy_service *service, struct policy_rate guaranteed);
