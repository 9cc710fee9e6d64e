/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way back. What the kernel held before is itself a plan, so it is applied by the same steps and read
 * back the same way. What no reading gives back (NAT, the ports of the portal) is found by its effect: the
 * options with which the chains come out as they were. Where something was damaged before, there is nothing
 * to go back to: then the repaired form stays. Never opens what was closed.
 */
#include "apply_steps.h"
#include "../lib/log.h"
#include <errno.h>
#include <string.h>

#define TRIES 3 /* a way back that fails for want of memory may not fail again */

void former_clear(struct former *former)
{
	plan_clear(&former->plan);
}

static int read_roots(struct kernel *kernel, const struct actual *actual, const struct plan *tried,
		      struct former *former)
{
	int r = former_root_read(kernel, actual, tried->uplink, PLAN_UP, &former->roots[PLAN_UP]);

	return r < 0
		   ? r
		   : former_root_read(kernel, actual, tried->download, PLAN_DOWN, &former->roots[PLAN_DOWN]);
}

static int read_as_it_is(struct kernel *kernel, const struct plan *tried, struct former *former)
{
	_cleanup_(actual_clear) struct actual actual = {};
	const struct link *uplink;
	int r = actual_read(kernel, kernel->uplink, NULL, NULL, &actual);

	if (r == 0)
		r = sysctl_forwarding_read(&former->forwarding);
	if (r == 0)
		r = read_roots(kernel, &actual, tried, former);
	if (r < 0)
		return r;
	uplink = actual_tree_device(&actual.links, &actual.plan, PLAN_UP);
	former->has_up = uplink && actual_has_tree(&actual.qdiscs, uplink, PLAN_UP);
	former->plan = actual.plan;
	actual.plan = (struct plan){};
	former->known = true;
	return 0;
}

/* By the leaves that were in force: those of the new plan may look for other queues. */
int former_read(struct kernel *kernel, const struct plan *tried, struct former *out)
{
	struct former former = {.leaves = kernel->remembered ? kernel->held : kernel->leaves};
	const struct leaves now = kernel->leaves;
	int r;

	kernel->leaves = former.leaves;
	r = read_as_it_is(kernel, tried, &former);
	kernel->leaves = now;
	if (r == 0)
		*out = former;
	else
		former_clear(&former);
	return r;
}

/* ---- what was damaged ---- */

static bool is_inner(const struct plan_class *class)
{
	return remains_is_inner(class->minor);
}

/* As it was, or, where that was nobody's, as it was to be. false: it was not to be at all. */
static bool mend_class(struct plan_class *class, const struct plan *tried)
{
	const struct plan_class *wanted;

	if (class->rate_bps != 0 && (class->leaf != PLAN_LEAF_NONE || is_inner(class)))
		return true;
	wanted = plan_find_class(tried, class->tree, class->minor);
	if (wanted)
		*class = *wanted;
	return wanted != NULL;
}

static void mend(struct plan *former, const struct plan *tried)
{
	size_t n = 0;

	for (size_t i = 0; i < former->n_classes; i++)
		if (mend_class(&former->classes[i], tried))
			former->classes[n++] = former->classes[i];
	former->n_classes = n;
	n = 0;
	for (size_t i = 0; i < former->n_sessions; i++)
		if (former->sessions[i].minor != 0)
			former->sessions[n++] = former->sessions[i];
	former->n_sessions = n;
}

/* ---- options, by their effect ---- */

static bool same_chains(const struct plan *a, const struct plan *b)
{
	if (a->n_chains != b->n_chains)
		return false;
	for (size_t i = 0; i < a->n_chains; i++)
		if (memcmp(&a->chains[i], &b->chains[i], sizeof(a->chains[i])) != 0)
			return false;
	return true;
}

static void set_options(struct plan *plan, const struct plan *ports, unsigned bits)
{
	plan->nat = bits & 1;
	plan->nat66 = bits & 2;
	plan->between_offices = bits & 4;
	plan->dscp_clear = bits & 8;
	plan->portal_port = ports->portal_port;
	plan->tls_port = ports->tls_port;
}

static unsigned bits_of(const struct plan *plan)
{
	return (unsigned)plan->nat | (unsigned)plan->nat66 << 1 | (unsigned)plan->between_offices << 2 |
	       (unsigned)plan->dscp_clear << 3;
}

static int expect(struct kernel *kernel, struct plan *plan)
{
	int r;

	plan->n_chains = 0;
	r = nft_expect(kernel->nft, plan);
	plan_sort(plan);
	return r;
}

/* 1: found, and plan's chains are what they were; 0: not found, and they are those of `tried`'s options. */
static int find_options(struct kernel *kernel, const struct plan *former, const struct plan *tried,
			struct plan *plan)
{
	const struct plan *sources[] = {&kernel->applied, tried};
	int r = 0;

	for (unsigned i = 0; i < 16 && r == 0; i++) {
		for (size_t k = 0; k < ELEMENTS(sources) && r == 0; k++) {
			set_options(plan, sources[k], bits_of(sources[k]) ^ i);
			r = expect(kernel, plan);
			if (r == 0 && same_chains(plan, former))
				return 1;
		}
	}
	if (r == 0) {
		set_options(plan, tried, bits_of(tried));
		r = expect(kernel, plan);
	}
	return r;
}

/* ---- the way back ---- */

static int want_former(struct work *work, const struct former *former, const struct plan *tried)
{
	int r = plan_copy(&work->want, &former->plan);

	if (r < 0)
		return r;
	mend(&work->want, tried);
	r = apply_read(work, NULL);
	if (r < 0 || former->plan.n_chains == 0 || same_chains(&work->actual.plan, &former->plan))
		return r;
	r = find_options(work->kernel, &former->plan, tried, &work->want);
	if (r == 0)
		log_warning("the tables as they were found cannot be written again: they stay repaired");
	return r < 0 ? r : apply_read(work, NULL);
}

/* There were no tables of ours: first nothing is forwarded, then they go. */
static int remove_tables(struct work *work)
{
	const struct apply_result kept = *work->result;
	unsigned operations = 0;
	int r;

	if (work->actual.plan.n_chains == 0)
		return 0;
	r = sysctl_forwarding_off(&operations);
	if (r == 0)
		r = nft_flush(work->kernel->nft, &operations);
	*work->result = kept;
	return r < 0 ? apply_fail(work, r, "removing the tables") : apply_read(work, NULL);
}

/* Where ours has gone again. */
static int restore_roots(struct kernel *kernel, const struct former *former)
{
	int r = 0;

	for (enum plan_tree tree = PLAN_UP; tree < PLAN_TREES && r == 0; tree++)
		r = former_root_restore(kernel, &former->roots[tree]);
	return r;
}

static int go_back(struct kernel *kernel, const struct former *former, const struct plan *tried,
		   struct apply_result *result)
{
	const bool moved = strcmp(tried->uplink, former->plan.uplink) != 0;
	_cleanup_(work_clear) struct work work = {.kernel = kernel, .result = result};
	unsigned operations = 0;
	int r;

	*result = (struct apply_result){};
	if (moved || !former->has_up)
		work.unwanted_up = tried->uplink;
	r = apply_fail(&work, want_former(&work, former, tried), "reading the kernel");
	if (r == 0 && former->plan.n_chains == 0)
		r = remove_tables(&work);
	if (r == 0)
		r = apply_write(&work);
	if (r == 0)
		r = restore_roots(kernel, former);
	if (r == 0)
		r = apply_verify(&work);
	if (r == 0)
		r = apply_fail(&work, sysctl_forwarding_restore(&former->forwarding, &operations),
			       "forwarding");
	return r;
}

void apply_say(struct apply_result *result, const char *text)
{
	const size_t length = strlen(result->text);

	snprintf(result->text + length, sizeof(result->text) - length, "%s%s", length ? "; " : "", text);
}

void former_restore(struct kernel *kernel, struct former *former, const struct plan *tried,
		    struct apply_result *result)
{
	struct apply_result back = {};
	char text[128];
	int r = -EAGAIN;

	if (!former->known) { /* only what redirection or forwarding lacked was written */
		apply_say(result, "nothing else was changed");
		return;
	}
	kernel->leaves = former->leaves;
	for (unsigned i = 0; i < TRIES && r < 0; i++)
		r = go_back(kernel, former, tried, &back);
	if (r == 0) {
		apply_say(result, "the former state is whole again");
		return;
	}
	snprintf(text, sizeof(text), "the former state is not whole: %.90s", back.text);
	apply_say(result, text);
}
