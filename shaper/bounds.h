/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * How far the daemon may go. The shaper reads the root-owned configuration itself; a plan may name only its
 * devices in their roles, its prefixes and addresses, its uplink, and rates within its budget. So a daemon in
 * a stranger's hands cannot touch another device, take another address, or let the queue move to the
 * provider.
 */
#include <stddef.h>
#include "../lib/cleanup.h"
#include "../lib/message.h"
#include "../lib/plan.h"
#include "../policy/policy.h"

struct bounds;
/* `path`: the configuration; `state`: the directory where the last settled one is kept (NULL: nowhere). With a settled one the edited file may
 * have faults, or be anybody's. 0; 1: the configuration has faults (said in the log); -EPERM: a file can be written by others than root;
 * -errno. */
int bounds_open(const char *path, const char *state, struct bounds **out);
struct bounds *bounds_close(struct bounds *bounds);
DEFINE_CLEANUP(struct bounds *, bounds_close)
const struct policy *bounds_policy(const struct bounds *bounds); /* by which the last judgement was; until the next */
bool bounds_has_device(const struct bounds *bounds, const char *name);
/* Reads the file again where it has been edited: for what no plan is judged by. A file with faults changes
 * nothing. */
void bounds_refresh(struct bounds *bounds);

/* The plan that was judged last is in the kernel: until another is, what allowed it may allow it again, whatever becomes of the file. */
void bounds_applied(struct bounds *bounds);
/* The plan that was judged last is not: back to what is. */
void bounds_tried(struct bounds *bounds);
/* What is in the kernel is good: what allowed it is written down, and allows it also after a restart. 0, -ENODATA: nothing was applied,
 * -errno: it could not be written, and all stays as it was. */
int bounds_settle(struct bounds *bounds);

/* 0, or -EPERM with the rule and the value in `text`. A refusal reads the file once more and judges again: it
 * may have been edited since. A file with faults changes nothing. */
int bounds_plan(struct bounds *bounds, const struct plan *plan, char *text, size_t size);
int bounds_session(struct bounds *bounds, const struct plan_session *session, char *text, size_t size);
int bounds_garden(struct bounds *bounds, const struct message_garden *garden, char *text, size_t size);
