/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The key of the hashes: 32 random bytes in a file of its own, so that a copy of the ledger alone says
 * nothing of anybody's device.
 */
#include <stddef.h>
#include <stdint.h>

/* Reads DIRECTORY/ledger.key, or makes it: whole and on the disk, or not at all. -EIO: it is there and is no
 * key. */
int key_open(const char *directory, uint8_t *key, size_t size);
/* Reads it and makes nothing: -ENOENT, -EACCES, -EIO as above. */
int key_read(const char *directory, uint8_t *key, size_t size);
