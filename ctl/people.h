/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Vouchers and accounts for people, as render.h does it: {"vouchers": [...]}, {"accounts": [...]}, what was
 * created, and what was printed.
 */
#include <jansson.h>

void render_created(const json_t *document); /* {"text", "warning"?, "batch", "codes"} */
void render_vouchers(const json_t *document);
void render_accounts(const json_t *document);
void render_sheet(const json_t *document); /* {"file", "vouchers", "pages"} */
