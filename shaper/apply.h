/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Makes the kernel hold a plan: read, diff, emit, read back, and only then forward. The plan has been judged
 * (bounds.c). Devices that are not there are left out, with one warning whenever the set of them changes.
 */
#include "kernel.h"

struct apply_result {
	unsigned operations; /* messages that changed the kernel; 0: it held the plan already */
	char text[240];	     /* after an error: what failed */
};
/* 0 or -errno. After an error the kernel holds what it held before, and the text says so; or it says what is not as before, and
 * the next call goes on from there. */
int apply_plan(struct kernel *kernel, const struct plan *plan, struct apply_result *result);
/* What apply_plan() would do now, a line an operation, in the words of tc, nft, ip and sysctl. Writes nothing to the kernel. */
int apply_try(struct kernel *kernel, const struct plan *plan, FILE *out, struct apply_result *result);
/* Removes all of ours and turns forwarding off (--flush). Goes on after errors; the first is returned. */
int apply_flush(struct kernel *kernel);
