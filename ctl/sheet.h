/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Vouchers as an A4 PDF to be cut: ten cards a page, each with the code in big type and as a QR code of the
 * portal's page. Fonts are embedded; no display is needed.
 */
#include <jansson.h>

/* `vouchers` as voucher-list answers them, `language` "id" or "en" (any other: Indonesian). Written whole or
 * not at all, readable by its owner alone. 0 or -errno; *pages is how many. */
int sheet_write(const char *path, const char *site, const char *language, const json_t *vouchers,
		unsigned *pages);
