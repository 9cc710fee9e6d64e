/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A stretch of received bytes that can only be taken from its front, and never past its end: every parser of
 * strangers' bytes reads through this, so that lengths are checked in one place.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct view {
	const uint8_t *bytes;
	size_t length;
};

/* NULL: fewer than n are left. */
static inline const uint8_t *view_take(struct view *view, size_t n)
{
	const uint8_t *bytes = view->bytes;

	if (n > view->length)
		return NULL;
	view->bytes += n;
	view->length -= n;
	return bytes;
}

static inline uint16_t read16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static inline uint32_t read32(const uint8_t *bytes)
{
	return (uint32_t)read16(bytes) << 16 | read16(bytes + 2);
}

/* Cuts what is behind the first n bytes off; false: there are fewer. */
static inline bool view_cut(struct view *view, size_t n)
{
	if (n > view->length)
		return false;
	view->length = n;
	return true;
}
