/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is done with a plan that the daemon sends: judged, applied or only rehearsed; its configuration kept
 * once it has proved good; and applied once more where something was damaged and there is no daemon to ask. A
 * plan that was not judged never gets near the kernel.
 */
#include "server_private.h"
#include "actual.h"
#include "../lib/log.h"
#include <errno.h>
#include <string.h>

static int judge_and_apply(struct server *server, const struct plan *plan, struct apply_result *result)
{
	int r;

	bounds_refresh(server->bounds); /* which queue is said by no plan */
	r = bounds_plan(server->bounds, plan, result->text, sizeof(result->text));
	if (r == 0)
		r = choose_leaves(server->kernel, bounds_policy(server->bounds)->queue);
	if (r < 0)
		return r;
	drift_pause(server->drift, true);
	r = apply_plan(server->kernel, plan, result);
	drift_pause(server->drift, false);
	if (r < 0 || result->operations > 0)
		drift_touch(server->drift);
	if (r < 0)
		bounds_tried(server->bounds);
	else
		bounds_applied(server->bounds);
	if (r == 0)
		collect_place(server->collect);
	return r;
}

static int read_plan(int blob, struct plan *out)
{
	_cleanup_(freep) void *bytes = NULL;
	size_t length;
	int r = wire_blob_read(blob, PLAN_BYTES_MAX, &bytes, &length);

	return r < 0 ? r : plan_decode(bytes, length, out);
}

static void keep_last(struct server *server, struct plan *plan)
{
	plan_clear(&server->last);
	server->last = *plan;
	*plan = (struct plan){};
}

int plans_apply(struct server *server, const union message *message, int blob)
{
	_cleanup_(plan_clear) struct plan plan = {};
	struct apply_result result = {};
	int r = read_plan(blob, &plan);

	if (r == -EBADMSG)
		return r;
	if (r == 0)
		r = judge_and_apply(server, &plan, &result);
	if (r == 0)
		keep_last(server, &plan);
	if (r < 0)
		log_error("the plan was not applied: %s", result.text[0] ? result.text : strerror(-r));
	else if (result.operations > 0)
		log_notice("plan applied: %u operations", result.operations);
	return server_result(server, message->header.id, r, result.operations, result.text);
}

/* ---- a rehearsal ---- */

static int judge_and_try(struct server *server, const struct plan *plan, FILE *out,
			 struct apply_result *result)
{
	struct kernel *kernel = server->kernel;
	const struct leaves leaves = kernel->leaves;
	char reason[sizeof(kernel->leaf_reason)];
	int r;

	memcpy(reason, kernel->leaf_reason, sizeof(reason));
	bounds_refresh(server->bounds);
	r = bounds_plan(server->bounds, plan, result->text, sizeof(result->text));
	if (r == 0)
		r = choose_leaves(kernel, bounds_policy(server->bounds)->queue);
	if (r == 0)
		r = apply_try(kernel, plan, out, result);
	bounds_tried(server->bounds);
	kernel->leaves = leaves;
	memcpy(kernel->leaf_reason, reason, sizeof(reason));
	return r;
}

int plans_try(struct server *server, const union message *message, int blob)
{
	_cleanup_(freep) char *text = NULL;
	_cleanup_(plan_clear) struct plan plan = {};
	struct apply_result result = {};
	size_t length;
	FILE *out;
	int r = read_plan(blob, &plan);

	if (r == -EBADMSG)
		return r;
	out = r == 0 ? open_memstream(&text, &length) : NULL;
	if (!out)
		return server_result(server, message->header.id, r < 0 ? r : -ENOMEM, 0, "");
	r = judge_and_try(server, &plan, out, &result);
	if (fclose(out) == EOF && r == 0)
		r = -ENOMEM;
	if (r < 0)
		return server_result(server, message->header.id, r, 0, result.text);
	return server_blob(server, MESSAGE_TRIED, message->header.id, text, length);
}

int plans_settled(struct server *server, const union message *message, _unused_ int blob)
{
	int r = bounds_settle(server->bounds);

	if (r < 0)
		log_warning("the configuration of the plan in force cannot be kept: %s; only the edited one "
			    "allows plans after a restart",
			    strerror(-r));
	return server_result(server, message->header.id, r, 0, r < 0 ? "the settled configuration" : "");
}

/* ---- without a daemon ---- */

static void take_rows(void *to, size_t *n_to, void *from, size_t *n_from)
{
	void *rows;

	memcpy(&rows, to, sizeof(rows));
	free(rows);
	memcpy(to, from, sizeof(rows));
	memset(from, 0, sizeof(rows));
	*n_to = *n_from;
	*n_from = 0;
}

/* Who has left since the plan was made must not come back by it, nor a zone open that was closed: in doubt
 * fewer are in. */
static int with_those_who_are_in(struct server *server, struct plan *plan)
{
	_cleanup_(actual_clear) struct actual actual = {};
	int r = actual_read(server->kernel, server->kernel->uplink, NULL, NULL, &actual);

	if (r < 0)
		return r;
	server_drop_broken(&actual.plan);
	take_rows(&plan->sessions, &plan->n_sessions, &actual.plan.sessions, &actual.plan.n_sessions);
	take_rows(&plan->gates, &plan->n_gates, &actual.plan.gates, &actual.plan.n_gates);
	plan_sort(plan);
	return 0;
}

void plans_repair(struct server *server)
{
	_cleanup_(plan_clear) struct plan plan = {};
	struct apply_result result = {};
	int r;

	if (server->last.n_devices == 0)
		return;
	r = plan_copy(&plan, &server->last);
	if (r == 0)
		r = with_those_who_are_in(server, &plan);
	if (r == 0)
		r = judge_and_apply(server, &plan, &result);
	if (r < 0)
		log_error("not repaired: %s", result.text[0] ? result.text : strerror(-r));
	else if (result.operations > 0)
		log_notice("repaired without the daemon: %u operations", result.operations);
}
