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
/* 0; 1: the configuration has faults (said in the log); -EPERM: the file can be written by others than root;
 * -errno. */
int bounds_open(const char *path, struct bounds **out);
struct bounds *bounds_close(struct bounds *bounds);
DEFINE_CLEANUP(struct bounds *, bounds_close)
const struct policy *bounds_policy(const struct bounds *bounds); /* until the next judgement */
bool bounds_has_device(const struct bounds *bounds, const char *name);
/* Reads the file again where it has been edited: for what no plan is judged by. A file with faults changes
 * nothing. */
void bounds_refresh(struct bounds *bounds);

/* 0, or -EPERM with the rule and the value in `text`. A refusal reads the file once more and judges again: it
 * may have been edited since. A file with faults changes nothing. */
int bounds_plan(struct bounds *bounds, const struct plan *plan, char *text, size_t size);
int bounds_session(struct bounds *bounds, const struct plan_session *session, char *text, size_t size);
int bounds_garden(struct bounds *bounds, const struct message_garden *garden, char *text, size_t size);
