/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Cleanup attributes and the few macros that every file uses.
 * A `x_freep(struct x **)` made by DEFINE_CLEANUP frees the local when it leaves its scope.
 */
#include <stddef.h>
#include <stdlib.h>
#include <stdio.h>
#include <unistd.h>

#define _cleanup_(f) __attribute__((cleanup(f)))
#define _unused_ __attribute__((unused))
#define _printf_(a, b) __attribute__((format(printf, a, b)))
#define ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define CLAMP(v, lo, hi) MIN(MAX(v, lo), hi)

#define DEFINE_CLEANUP(type, func)                                                                             \
	static inline _unused_ void func##p(type *p)                                                           \
	{                                                                                                      \
		if (*p)                                                                                        \
			func(*p);                                                                              \
	}

static inline void freep(void *p)
{
	free(*(void **)p);
}

static inline void closep(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

DEFINE_CLEANUP(FILE *, fclose)
