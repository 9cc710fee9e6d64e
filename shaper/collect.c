/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the trees are, the leaves' drops, the classes of one tree, those of the other; each a dump on a
 * socket that lives as long as this collection. Where the trees are is asked only after somebody else has
 * done something to them, for that is a dump of all qdiscs, whose cost grows with the square of their number.
 * It writes nothing, and answers with all classes as they were between two changes, or not at all.
 */
#include "collect.h"
#include "actual.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../lib/units.h"
#include <errno.h>
#include <string.h>
#include <time.h>

#define TRIES 8
/* The drops that a leaf knows of and its class does not (CoDel's, and those of a part of an offloaded packet)
 * cost more than all the rest, and the more so the more leaves there are: they may take this part of a
 * processor's time. */
#define LEAVES_SHARE 1000
#define LEAVES_FREE_USEC 2000 /* of so little nobody takes notice */

enum stage { IDLE, ROOTS, LEAVES, CLASSES_UP, CLASSES_DOWN };

struct collect {
	sd_event *event;
	sd_event_source *source;
	struct kernel *kernel;
	struct drift *drift;
	collect_fn done;
	void *data;

	struct netlink *netlink;
	enum stage stage;
	unsigned tries;
	unsigned changes; /* drift's, when this try began */
	struct counters counters;

	/* Where the trees are, as long as drift's changes are these. */
	bool placed;
	unsigned placed_changes;
	struct links links;
	struct tc_qdiscs roots;
	int ifindex[PLAN_TREES];  /* 0: nowhere; while not placed: where they were */
	int64_t leaves_usec;	  /* when they were read; 0: never */
	int64_t leaves_cost_usec; /* what that took of the processor */
};

static void halt(struct collect *collect)
{
	collect->source = sd_event_source_disable_unref(collect->source);
	collect->netlink = netlink_close(collect->netlink);
	collect->stage = IDLE;
}

static void finish(struct collect *collect, int error)
{
	_cleanup_(counters_clear) struct counters counters = collect->counters;

	collect->counters = (struct counters){};
	halt(collect);
	collect->done(collect->data, error, counters.rows, error < 0 ? 0 : counters.n);
}

/* ---- dumps ---- */

/* Before the classes, so that their rows find it. The inner qdisc's drops are the outer's, too. */
static void see_leaf(struct collect *collect, const struct tc_qdisc *row)
{
	for (enum plan_tree tree = PLAN_UP; tree < PLAN_TREES; tree++)
		if (TC_H_MAJ(row->parent) == TC_ROOT(tree) && row->ifindex == collect->ifindex[tree])
			remains_leaf(collect->kernel->remains, tree, TC_H_MIN(row->parent),
				     row->dropped_packets);
}

static int see_qdisc(struct collect *collect, const struct tc_qdisc *row)
{
	if (row->parent != TC_H_ROOT)
		see_leaf(collect, row);
	else if (collect->stage == ROOTS)
		return tc_qdiscs_add(&collect->roots, row);
	return 0;
}

static int see_class(struct collect *collect, const struct nlmsghdr *message, enum plan_tree tree)
{
	struct tc_class_seen seen;

	if (!tc_class_figures(message, collect->ifindex[tree], tree, &seen))
		return 0;
	return counters_add(&collect->counters, collect->kernel->remains, &seen);
}

static int see(const struct nlmsghdr *message, void *data)
{
	struct collect *collect = data;
	struct tc_qdisc row;

	switch (collect->stage) {
	case ROOTS:
	case LEAVES:
		return tc_qdisc_brief(message, &row) ? see_qdisc(collect, &row) : 0;
	case CLASSES_UP:
		return see_class(collect, message, PLAN_UP);
	case CLASSES_DOWN:
		return see_class(collect, message, PLAN_DOWN);
	case IDLE:
		break;
	}
	return 0;
}

static int dump(struct collect *collect, struct netlink_batch *batch)
{
	struct nlmsghdr *message = NULL;

	switch (collect->stage) {
	case ROOTS:
	case LEAVES:
		collect->leaves_cost_usec = 0;
		message = tc_qdisc_dump(batch);
		break;
	case CLASSES_UP:
		message = tc_class_dump(batch, collect->ifindex[PLAN_UP], PLAN_UP);
		break;
	case CLASSES_DOWN:
		message = tc_class_dump(batch, collect->ifindex[PLAN_DOWN], PLAN_DOWN);
		break;
	case IDLE:
		break;
	}
	return message ? netlink_dump_begin(collect->netlink, message) : -ENOMEM;
}

/* ---- where the trees are ---- */

static void unplace(struct collect *collect)
{
	collect->placed = false;
	links_clear(&collect->links);
	tc_qdiscs_clear(&collect->roots);
}

/* Where they are still where they were, this was the reading of their leaves, too. */
static void place(struct collect *collect)
{
	struct plan where = {};
	bool same = true;

	tc_qdiscs_sort(&collect->roots);
	memcpy(where.uplink, collect->kernel->uplink, sizeof(where.uplink));
	actual_find_download(&collect->links, &collect->roots, collect->kernel->placement.device,
			     where.download);
	for (enum plan_tree tree = PLAN_UP; tree < PLAN_TREES; tree++) {
		const struct link *link = actual_tree_device(&collect->links, &where, tree);
		const bool there = link && actual_has_tree(&collect->roots, link, tree);

		same = same && collect->ifindex[tree] == (there ? link->index : 0);
		collect->ifindex[tree] = there ? link->index : 0;
	}
	if (same)
		collect->stage = LEAVES;
	collect->placed = true;
	collect->placed_changes = collect->changes;
}

static bool want_leaves(const struct collect *collect)
{
	const int64_t cost = collect->leaves_cost_usec;

	return collect->leaves_usec == 0 || cost <= LEAVES_FREE_USEC ||
	       clock_now().mono_usec - collect->leaves_usec >= cost * LEAVES_SHARE;
}

/* ---- one try ---- */

static void enter(struct collect *collect, enum stage stage)
{
	_cleanup_(netlink_batch_clear) struct netlink_batch batch = {};
	int r;

	collect->stage = stage;
	r = dump(collect, &batch);
	if (r < 0)
		finish(collect, r);
}

static bool is_stale(const struct collect *collect)
{
	return drift_changes(collect->drift) != collect->changes;
}

static int begin(struct collect *collect);

/* The classes have changed under it. */
static void again(struct collect *collect)
{
	int r = -EAGAIN;

	halt(collect);
	if (++collect->tries < TRIES)
		r = begin(collect);
	if (r < 0)
		finish(collect, r);
}

/* A final that waits at the event socket belongs into this answer, and its class's row does not. */
static void end(struct collect *collect)
{
	drift_read(collect->drift);
	if (is_stale(collect))
		again(collect);
	else
		finish(collect, counters_end(&collect->counters, collect->kernel, &collect->links));
}

/* From one dump to the next that is needed. */
static void next(struct collect *collect)
{
	if (collect->stage == ROOTS)
		place(collect);
	if (collect->stage == LEAVES)
		collect->leaves_usec = clock_now().mono_usec;
	if (!collect->placed)
		enter(collect, ROOTS);
	else if (collect->stage < LEAVES && want_leaves(collect))
		enter(collect, LEAVES);
	else if (collect->stage < CLASSES_UP && collect->ifindex[PLAN_UP])
		enter(collect, CLASSES_UP);
	else if (collect->stage < CLASSES_DOWN && collect->ifindex[PLAN_DOWN])
		enter(collect, CLASSES_DOWN);
	else
		end(collect);
}

static int64_t processor_usec(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * USEC_PER_SEC + t.tv_nsec / 1000;
}

static int read_piece(struct collect *collect)
{
	const bool leaves = collect->stage == ROOTS || collect->stage == LEAVES;
	const int64_t began = processor_usec();
	int r = netlink_dump_piece(collect->netlink, see, collect);

	if (leaves)
		collect->leaves_cost_usec += processor_usec() - began;
	return r;
}

static int on_piece(_unused_ sd_event_source *source, _unused_ int fd, _unused_ uint32_t events, void *data)
{
	struct collect *collect = data;
	int r = is_stale(collect) ? -EINTR : read_piece(collect);

	if (r == -EINTR)
		again(collect);
	else if (r == 1)
		next(collect);
	else if (r < 0)
		finish(collect, r);
	return 0;
}

static int open_socket(struct collect *collect)
{
	int r = netlink_open(NETLINK_ROUTE, 0, &collect->netlink);

	if (r == 0)
		r = sd_event_add_io(collect->event, &collect->source, netlink_fd(collect->netlink), EPOLLIN,
				    on_piece, collect);
	return r < 0 ? r : 0;
}

static int begin(struct collect *collect)
{
	int r = 0;

	drift_read(collect->drift);
	collect->changes = drift_changes(collect->drift);
	if (!collect->placed || collect->placed_changes != collect->changes) {
		unplace(collect);
		r = links_read(collect->kernel->route, &collect->links);
	}
	if (r == 0)
		r = counters_begin(&collect->counters);
	if (r == 0)
		r = open_socket(collect);
	if (r == 0)
		next(collect);
	return r;
}

/* ---- the outside ---- */

void collect_place(struct collect *collect)
{
	const char *devices[PLAN_TREES] = {collect->kernel->uplink, collect->kernel->placement.device};
	const unsigned changes = drift_changes(collect->drift);

	if (collect->placed && collect->placed_changes == changes)
		return;
	collect->changes = changes - 1; /* one that runs begins anew */
	unplace(collect);
	if (links_read(collect->kernel->route, &collect->links) < 0)
		return;
	for (enum plan_tree tree = PLAN_UP; tree < PLAN_TREES; tree++) {
		const struct link *link = links_find(&collect->links, devices[tree]);

		collect->ifindex[tree] = link ? link->index : 0;
	}
	collect->placed = true;
	collect->placed_changes = changes;
}

int collect_start(struct collect *collect)
{
	int r;

	if (collect->stage != IDLE)
		return 0;
	collect->tries = 0;
	r = begin(collect);
	if (r < 0)
		halt(collect);
	return r;
}

void collect_stop(struct collect *collect)
{
	halt(collect);
	counters_clear(&collect->counters);
}

int collect_open(sd_event *event, struct kernel *kernel, struct drift *drift, collect_fn done, void *data,
		 struct collect **out)
{
	struct collect *collect = calloc(1, sizeof(*collect));

	if (!collect)
		return -ENOMEM;
	*collect = (struct collect){
	    .event = sd_event_ref(event), .kernel = kernel, .drift = drift, .done = done, .data = data};
	*out = collect;
	return 0;
}

struct collect *collect_close(struct collect *collect)
{
	if (!collect)
		return NULL;
	collect_stop(collect);
	unplace(collect);
	sd_event_unref(collect->event);
	free(collect);
	return NULL;
}
