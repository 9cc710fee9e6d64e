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

void work_clear(struct work *work)
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

int apply_read(struct work *work, struct links *links)
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

int apply_verify(struct work *work)
{
	_cleanup_(netlink_batch_clear) struct netlink_batch batch = {};
	int r = apply_read(work, NULL);

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

	if (work->dry || actual_is_gated(&work->actual.plan))
		return 0;
	r = sysctl_forwarding_off(&operations);
	work->result->operations += operations;
	return apply_fail(work, r, "forwarding");
}

int apply_write(struct work *work)
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

int apply_begin(struct work *work, const struct plan *plan)
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
	return apply_read(work, &links);
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

/* Before it is written: reading back forgets who was there. */
static int collect_removed(const struct work *work, struct conntrack_forget *who)
{
	struct addr *addresses = reallocarray(NULL, work->changes.n + 1, sizeof(*addresses));

	if (!addresses)
		return -ENOMEM;
	*who = (struct conntrack_forget){.addresses = addresses,
					 .n_addresses = removed_addresses(work, addresses),
					 .keep_ports = {work->want.portal_port, work->want.tls_port}};
	return 0;
}

static void forget_clear(struct conntrack_forget *who)
{
	free((void *)who->addresses);
}

/* For the next reading, for a way back, and for whoever watches devices. */
static void remember(struct kernel *kernel, struct work *work)
{
	memcpy(kernel->uplink, work->want.uplink, sizeof(kernel->uplink));
	if (strcmp(kernel->placement.device, work->placement.device) != 0)
		log_notice("downloads are queued on %s: %s", work->placement.device, work->placement.why);
	placement_clear(&kernel->placement);
	kernel->placement = work->placement;
	work->placement = (struct placement){};
	kernel->held = kernel->leaves;
	kernel->remembered = true;
	plan_clear(&kernel->applied);
	kernel->applied = work->want;
	work->want = (struct plan){};
}

static int switch_on(struct work *work)
{
	const unsigned before = work->result->operations;
	int r = sysctl_forwarding_on(work->want.uplink, &work->result->operations);

	if (r == 0 && work->result->operations > before && work->kernel->remembered)
		log_warning("repair: the kernel is not as it was left: forwarding was switched off");
	return apply_fail(work, r, "forwarding");
}

static int write_and_verify(struct work *work)
{
	struct apply_result *result = work->result;
	const unsigned before = netlink_operations(work->kernel->route);
	int r = apply_write(work);

	result->operations += netlink_operations(work->kernel->route) - before;
	if (r == 0 && result->operations > 0)
		r = apply_verify(work);
	return r < 0 ? r : switch_on(work);
}

int apply_plan(struct kernel *kernel, const struct plan *plan, struct apply_result *result)
{
	_cleanup_(work_clear) struct work work = {.kernel = kernel, .result = result};
	_cleanup_(former_clear) struct former former = {};
	_cleanup_(forget_clear) struct conntrack_forget removed = {};
	int r;

	*result = (struct apply_result){};
	r = apply_begin(&work, plan);
	if (r == 0)
		r = apply_fail(&work, collect_removed(&work, &removed), "preparing the plan");
	if (r == 0 && work.changes.n > 0)
		r = apply_fail(&work, former_read(kernel, &work.want, &former), "reading the kernel");
	if (r < 0) {
		if (kernel->remembered)
			kernel->leaves = kernel->held;
		apply_say(result, "nothing was changed");
		return r;
	}
	apply_say_damage(&work);
	r = write_and_verify(&work);
	if (r < 0) {
		former_restore(kernel, &former, &work.want, result);
		return r;
	}
	/* Tidying: the gate has already closed (design, decision 6). */
	if (removed.n_addresses > 0)
		(void)conntrack_forget(&removed, NULL);
	remember(kernel, &work);
	return 0;
}
