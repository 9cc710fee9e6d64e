/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * On whose word something is decided, for the journal: --by, or who stands behind sudo. The daemon itself sees which user asks.
 */
#include <jansson.h>
#include "command.h"

/* Adds "by", where there is somebody. 0, or CONTROL_USAGE: said. */
int who_add(const struct invocation *invocation, json_t *request);
