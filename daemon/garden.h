/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The addresses that guests may reach before login, learned from the answers to their own questions: judged here once more, sent
 * to the shaper, remembered so that the same is not sent with every answer.
 */
#include <stdint.h>
#include "../lib/addr.h"

struct daemon;
struct garden;

struct garden *garden_new(struct daemon *daemon); /* NULL: no memory */
struct garden *garden_free(struct garden *garden);
/* A guest behind `device` was told that `name` (lower case) has this address for so long. */
void garden_heard(struct garden *garden, const char *device, const char *name, const struct addr *address,
		  uint32_t lifetime_seconds);
