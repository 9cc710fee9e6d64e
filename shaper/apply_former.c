/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trees that are no longer where they belong: the uplink has become another device, or downloads are queued
 * elsewhere. They go last, with what their classes have counted put down first. A tree that is somebody
 * else's is never touched here.
 */
#include "apply_steps.h"
#include "../lib/log.h"
#include <errno.h>
#include <string.h>

void figures_clear(struct class_figures *figures)
{
	free(figures->rows);
	*figures = (struct class_figures){};
}

/* Is a tree of ours there that is now on another device? */
static bool has_former(const struct work *work, const struct link *link, enum plan_tree tree)
{
	if (tree == PLAN_UP && work->unwanted_up && strcmp(link->name, work->unwanted_up) == 0)
		return actual_has_tree(&work->actual.qdiscs, link, tree);
	return strcmp(link->name, work->want.uplink) != 0 && strcmp(link->name, work->want.download) != 0 &&
	       actual_has_tree(&work->actual.qdiscs, link, tree) &&
	       (tree == PLAN_DOWN || strcmp(link->name, work->kernel->uplink) == 0);
}

/* What is still in its queue is lost: a few milliseconds of traffic, once. The IFB goes as a whole; its queue
 * first, so that what has left it and was counted reaches its device before the IFB is gone. */
static int batch_gone(const struct work *work, struct netlink_batch *batch, const struct link *link)
{
	const bool ifb = strcmp(link->name, PLAN_IFB) == 0 && strcmp(link->kind, "ifb") == 0;
	int r = 0;

	if (has_former(work, link, PLAN_UP) || has_former(work, link, PLAN_DOWN))
		r = tc_root_delete(batch, link->index);
	if (r == 0 && ifb && strcmp(work->want.download, PLAN_IFB) != 0)
		r = link_delete(batch, PLAN_IFB);
	return r;
}

int apply_batch_former(const struct work *work, struct netlink_batch *batch)
{
	int r = 0;

	for (size_t i = 0; i < work->actual.links.n && r == 0; i++)
		r = batch_gone(work, batch, &work->actual.links.rows[i]);
	return r;
}

static int keep_class(const struct tc_class_seen *seen, void *data)
{
	struct class_figures *figures = data;

	if (figures->n == figures->size) {
		size_t size = MAX(figures->size * 2, 256);
		struct tc_class_seen *rows = reallocarray(figures->rows, size, sizeof(*rows));

		if (!rows)
			return -ENOMEM;
		figures->rows = rows;
		figures->size = size;
	}
	figures->rows[figures->n++] = *seen;
	return 0;
}

static int compare_minors(const void *a, const void *b)
{
	const struct tc_class_seen *x = a, *y = b;

	return (x->class.minor > y->class.minor) - (x->class.minor < y->class.minor);
}

static int read_figures(const struct work *work, const struct link *link, enum plan_tree tree,
			struct class_figures *figures)
{
	int r;

	do {
		figures->n = 0;
		r = tc_read_classes(work->kernel->route, link->index, tree, &work->actual.qdiscs, keep_class,
				    figures);
	} while (r == -EINTR);
	if (r < 0)
		figures->n = 0;
	else if (figures->n > 0)
		qsort(figures->rows, figures->n, sizeof(*figures->rows), compare_minors);
	return r;
}

static const struct tc_class_seen *figures_find(const struct class_figures *figures, uint16_t minor)
{
	const struct tc_class_seen key = {.class.minor = minor};

	return figures->n ? bsearch(&key, figures->rows, figures->n, sizeof(key), compare_minors) : NULL;
}

static void note_tree(const struct work *work, const struct link *link, enum plan_tree tree)
{
	_cleanup_(figures_clear) struct class_figures figures = {};
	int r = read_figures(work, link, tree, &figures);

	if (r < 0)
		log_warning("%s: the last figures of its queues are lost: %s", link->name, strerror(-r));
	else
		remains_tree_gone(work->kernel->remains, figures.rows, figures.n);
}

/* ---- downloads that pass two trees ---- */

static const struct link *former_download(const struct work *work)
{
	for (size_t i = 0; i < work->actual.links.n; i++)
		if (has_former(work, &work->actual.links.rows[i], PLAN_DOWN))
			return &work->actual.links.rows[i];
	return NULL;
}

void apply_begin_former(const struct work *work, struct class_figures *before)
{
	const struct link *link = work->dry ? NULL : former_download(work);

	if (link && (strcmp(link->name, PLAN_IFB) == 0 || strcmp(work->want.download, PLAN_IFB) == 0))
		(void)read_figures(work, link, PLAN_DOWN, before);
}

static uint64_t less(uint64_t last, uint64_t doubled, uint64_t floor)
{
	return last > doubled ? MAX(last - doubled, floor) : floor;
}

/* All that the new tree has counted up to now has passed the former as well. No figure falls below what it
 * was before: that may have been told. */
static void note_download(const struct work *work, const struct link *link,
			  const struct class_figures *before)
{
	const struct link *now = links_find(&work->actual.links, work->want.download);
	_cleanup_(figures_clear) struct class_figures doubled = {}, last = {};

	if (now)
		(void)read_figures(work, now, PLAN_DOWN, &doubled);
	(void)read_figures(work, link, PLAN_DOWN, &last);
	for (size_t i = 0; i < last.n; i++) {
		struct tc_class_seen *row = &last.rows[i];
		const struct tc_class_seen *twice = figures_find(&doubled, row->class.minor);
		const struct tc_class_seen *floor = figures_find(before, row->class.minor);

		if (!twice || !floor)
			continue;
		row->delivered_bytes =
		    less(row->delivered_bytes, twice->delivered_bytes, floor->delivered_bytes);
		row->delivered_packets =
		    less(row->delivered_packets, twice->delivered_packets, floor->delivered_packets);
	}
	remains_tree_gone(work->kernel->remains, last.rows, last.n);
}

void apply_note_former(const struct work *work, const struct class_figures *before)
{
	for (size_t i = 0; i < work->actual.links.n && !work->dry; i++) {
		const struct link *link = &work->actual.links.rows[i];

		if (has_former(work, link, PLAN_UP))
			note_tree(work, link, PLAN_UP);
		if (!has_former(work, link, PLAN_DOWN))
			continue;
		if (before->n > 0)
			note_download(work, link, before);
		else
			note_tree(work, link, PLAN_DOWN);
	}
}

void apply_note_root(const struct work *work, const struct link *link, uint32_t handle)
{
	const struct kernel *kernel = work->kernel;

	if (work->dry)
		return;
	if (handle == TC_ROOT(PLAN_UP) && strcmp(link->name, kernel->uplink) == 0)
		note_tree(work, link, PLAN_UP);
	else if (handle == TC_ROOT(PLAN_DOWN) && strcmp(link->name, kernel->placement.device) == 0)
		note_tree(work, link, PLAN_DOWN);
}
