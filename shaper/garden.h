/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Which addresses may ever be a garden's. They come from DNS answers, which strangers write: so nothing of
 * ours, of the gateway's neighbours or of private networks is one, whatever a name says.
 */
#include <stddef.h>
#include "../lib/message.h"
#include "../policy/policy.h"

#define GARDEN_LIFETIME_MAX 86400u

/* 0, or -EPERM with the rule and the value in `text`. */
int garden_judge(const struct policy *policy, const struct message_garden *garden, char *text, size_t size);
