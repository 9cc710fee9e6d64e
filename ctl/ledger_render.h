/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What `verify`, `ledger`, `log` and `quota` say, for people. Sentences of findings and of the journal are English, as in the
 * log: they are for whoever looks into it.
 */
#include <jansson.h>

void render_verified(const json_t *document);
void render_closed_day(const json_t *day);
void render_ledger(const json_t *document);
void render_log(const json_t *document);
void render_quota(const json_t *document);
