/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order of things. Trees before the classification that points into them, classification before old
 * classes go, redirection last, and forwarding only once the kernel has been read back and holds the plan
 * (design, decision 9). Nothing is torn down in order to be changed; an unchanged plan sends nothing.
 */
#include "apply.h"
#include "apply_steps.h"
#include "conntrack.h"
#include "counters.h"
#include "present.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include <errno.h>
#include <string.h>

static void work_clear(struct work *work)
{
	plan_clear(&work->want);
	actual_clear(&work->actual);
	plan_changes_clear(&work->changes);
	placement_clear(&work->placement);
}

/* ---- classification ---- */

static int write_nft(struct work *work)
{
	struct apply_result *result = work->result;

	return nft_apply(work->kernel->nft, &work->actual.plan, &work->want, &work->changes,
			 &result->operations, result->text, sizeof(result->text));
}

/* Where the tables are built anew, their counter begins anew. */
static int apply_nft(struct work *work)
{
	struct message_counter before, after;
	const bool had = work->changes.n > 0 && counters_own(work->kernel, &work->actual.links, &before) == 0;
	int r = write_nft(work);

	if (had && counters_own(work->kernel, &work->actual.links, &after) == 0 &&
	    after.delivered_bytes < before.delivered_bytes)
		remains_final(work->kernel->remains, &before);
	return apply_fail(work, r, "nftables");
}

/* ---- reading ---- */

static int read_and_diff(struct work *work, struct links *links)
{
	int r;

	actual_clear(&work->actual);
	plan_changes_clear(&work->changes);
	r = actual_read(work->kernel, work->want.uplink, &work->want, links, &work->actual);
	if (r == 0)
		r = plan_diff(&work->actual.plan, &work->want, &work->changes);
	return apply_fail(work, r, "reading the kernel");
}

/* An element may have run out between the plan and now; nothing else may differ. */
static bool has_run_out(const struct work *work, const struct plan_change *change)
{
	const int64_t soon = clock_now().mono_usec + PLAN_TIME_SLACK_USEC;

	if (change->op != PLAN_ADD)
		return false;
	if (change->kind == PLAN_SESSIONS)
		return work->want.sessions[change->want].ends_mono_usec <= soon;
	if (change->kind == PLAN_GATES)
		return work->want.gates[change->want].closes_mono_usec != 0 &&
		       work->want.gates[change->want].closes_mono_usec <= soon;
	return false;
}

static void describe_difference(struct work *work, size_t index)
{
	const struct plan_changes one = {.rows = &work->changes.rows[index], .n = 1};
	_cleanup_(freep) char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	plan_changes_print(out, &work->actual.plan, &work->want, &one);
	fclose(out);
	snprintf(work->result->text, sizeof(work->result->text),
		 "the kernel does not hold what was written: %.150s", text ? text : "");
}

static int verify(struct work *work)
{
	_cleanup_(netlink_batch_clear) struct netlink_batch batch = {};
	int r = read_and_diff(work, NULL);

	if (r < 0)
		return r;
	for (size_t i = 0; i < work->changes.n; i++) {
		if (has_run_out(work, &work->changes.rows[i]))
			continue;
		describe_difference(work, i);
		return -EUCLEAN;
	}
	r = apply_batch_downloads(work, &batch);
	if (r == 0 && batch.messages > 0)
		r = -EUCLEAN;
	return apply_fail(work, r, "the way into the download tree does not hold");
}

/* ---- the whole ---- */

static int close_when_new(struct work *work)
{
	unsigned operations = 0;
	int r;

	if (actual_is_gated(&work->actual.plan))
		return 0;
	r = sysctl_forwarding_off(&operations);
	work->result->operations += operations;
	return apply_fail(work, r, "forwarding");
}

static int write_all(struct work *work)
{
	int r = close_when_new(work);

	if (r == 0)
		r = apply_links(work);
	if (r == 0)
		r = apply_trees(work);
	if (r == 0)
		r = apply_nft(work);
	if (r == 0)
		r = apply_leftovers(work);
	return r;
}

/* What is wanted of what is there, and what the kernel has of it. */
static int begin(struct work *work, const struct plan *plan)
{
	_cleanup_(links_clear) struct links links = {};
	int r = links_read(work->kernel->route, &links);

	if (r == 0)
		r = present_plan(work->kernel, &links, plan, &work->want, &work->placement);
	if (r == 0)
		r = nft_expect(work->kernel->nft, &work->want);
	if (r < 0)
		return apply_fail(work, r, "preparing the plan");
	plan_sort(&work->want);
	return read_and_diff(work, &links);
}

static size_t removed_addresses(const struct work *work, struct addr *out)
{
	size_t n = 0;

	for (size_t i = 0; i < work->changes.n; i++) {
		const struct plan_change *change = &work->changes.rows[i];

		if (change->kind != PLAN_SESSIONS || change->op != PLAN_REMOVE)
			continue;
		out[n] = work->actual.plan.sessions[change->have].address4;
		n += out[n].family != 0;
	}
	return n;
}

/* The connections of guests who are no longer in: tidying, the gate has already closed (design, decision 6).
 */
static void forget_removed(const struct work *work)
{
	_cleanup_(freep) struct addr *addresses = reallocarray(NULL, work->changes.n + 1, sizeof(*addresses));
	struct conntrack_forget who = {.addresses = addresses,
				       .keep_ports = {work->want.portal_port, work->want.tls_port}};

	if (!addresses)
		return;
	who.n_addresses = removed_addresses(work, addresses);
	if (who.n_addresses > 0)
		(void)conntrack_forget(&who, NULL);
}

/* For the next reading, and for whoever watches devices. */
static void remember(struct kernel *kernel, struct work *work)
{
	memcpy(kernel->uplink, work->want.uplink, sizeof(kernel->uplink));
	if (strcmp(kernel->placement.device, work->placement.device) != 0)
		log_notice("downloads are queued on %s: %s", work->placement.device, work->placement.why);
	placement_clear(&kernel->placement);
	kernel->placement = work->placement;
	work->placement = (struct placement){};
}

int apply_plan(struct kernel *kernel, const struct plan *plan, struct apply_result *result)
{
	_cleanup_(work_clear) struct work work = {.kernel = kernel, .result = result};
	const unsigned before = netlink_operations(kernel->route);
	int r;

	*result = (struct apply_result){};
	r = begin(&work, plan);
	if (r == 0)
		r = write_all(&work);
	result->operations += netlink_operations(kernel->route) - before;
	if (r == 0)
		forget_removed(&work);
	if (r == 0 && result->operations > 0)
		r = verify(&work);
	if (r < 0)
		return r;
	remember(kernel, &work);
	return apply_fail(&work, sysctl_forwarding_on(plan->uplink, &result->operations), "forwarding");
}
