/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The steps of an application that speak rtnetlink: devices, trees, redirection, each a batch built from the
 * difference. When they run is apply.c's to say. A class changes in place; what is somebody else's is left
 * alone, but for the root of a device that carries a tree.
 */
#include "apply_steps.h"
#include "../lib/log.h"
#include <errno.h>
#include <string.h>

int apply_fail(struct work *work, int r, const char *what)
{
	if (r < 0 && !work->result->text[0])
		snprintf(work->result->text, sizeof(work->result->text), "%s: %s", what, strerror(-r));
	return r;
}

/* ---- sending ---- */

static const struct {
	uint16_t type;
	const char *what;
} message_kinds[] = {
    {RTM_NEWTCLASS, "class"},	   {RTM_DELTCLASS, "removal of class"},
    {RTM_NEWQDISC, "qdisc at"},	   {RTM_DELQDISC, "removal of qdisc at"},
    {RTM_NEWTFILTER, "filter at"}, {RTM_DELTFILTER, "removal of filter at"},
};

/* "class 1:1002 on wan0", for the message that the kernel refused. */
static void describe_failed(const struct netlink_batch *batch, char *text, size_t size)
{
	const struct nlmsghdr *message = (const void *)batch->bytes;
	const struct tcmsg *tc;
	char device[IFNAMSIZ] = "?";
	uint32_t id;

	for (unsigned i = 0; i < batch->failed; i++)
		message = (const void *)((const char *)message + MNL_ALIGN(message->nlmsg_len));
	snprintf(text, size, "device or address");
	tc = mnl_nlmsg_get_payload(message);
	for (size_t i = 0; i < ELEMENTS(message_kinds); i++) {
		if (message_kinds[i].type != message->nlmsg_type)
			continue;
		id = tc->tcm_handle && i < 2 ? tc->tcm_handle : tc->tcm_parent;
		if_indextoname((unsigned)tc->tcm_ifindex, device);
		snprintf(text, size, "%s %x:%x on %s", message_kinds[i].what, id >> 16, id & 0xffff, device);
	}
}

/* The last figures of a class that this batch deletes. */
static int see_gone(const struct nlmsghdr *message, void *data)
{
	const struct work *work = data;
	struct tc_class_seen seen;

	for (enum plan_tree tree = PLAN_UP; tree < PLAN_TREES; tree++) {
		const struct link *link = actual_tree_device(&work->actual.links, &work->want, tree);

		if (message->nlmsg_type == RTM_DELTCLASS && link &&
		    tc_class_parse(message, link->index, tree, &work->actual.qdiscs, &seen) == 1)
			remains_gone(work->kernel->remains, &seen);
	}
	return 0;
}

static int send_batch(struct work *work, struct netlink_batch *batch)
{
	char text[128] = "", place[80];
	int r;

	netlink_on_echo(work->kernel->route, see_gone, work);
	r = netlink_batch_send(work->kernel->route, batch, text, sizeof(text));
	netlink_on_echo(work->kernel->route, NULL, NULL);
	if (r == 0)
		return 0;
	describe_failed(batch, place, sizeof(place));
	snprintf(work->result->text, sizeof(work->result->text), "%s: %s", place, text);
	return r;
}

/* ---- devices and addresses ---- */

static const struct link *find(const struct work *work, const char *name)
{
	return links_find(&work->actual.links, name);
}

static bool is_direct(const struct work *work)
{
	return actual_is_direct(work->want.download, PLAN_DOWN);
}

static int batch_ifb(struct work *work, struct netlink_batch *batch)
{
	const struct link *ifb = find(work, PLAN_IFB);
	int r = 0;

	if (!ifb)
		return link_put_ifb(batch, PLAN_IFB, PLAN_IFB_QUEUE);
	if (strcmp(ifb->kind, "ifb") != 0)
		return apply_fail(work, -EEXIST,
				  "the name " PLAN_IFB " is taken by a device that is not an IFB");
	if (ifb->tx_queue != PLAN_IFB_QUEUE)
		r = link_put_queue(batch, ifb->index, PLAN_IFB_QUEUE);
	if (r < 0 || ifb->up)
		return r;
	if (!work->dry)
		log_warning("somebody else changed what is ours: device " PLAN_IFB " was set down");
	return link_put_up(batch, ifb->index);
}

/* Zones are ours to address, so ours to bring up; every other device is the system's. */
static int batch_zones_up(const struct work *work, struct netlink_batch *batch)
{
	int r = 0;

	for (size_t i = 0; i < work->want.n_devices && r == 0; i++) {
		const struct plan_device *row = &work->want.devices[i];
		const struct link *link = find(work, row->name);

		if (row->role == PLAN_ZONE && link && !link->up)
			r = link_put_up(batch, link->index);
	}
	return r;
}

static int batch_addresses(const struct work *work, struct netlink_batch *batch, enum plan_op op)
{
	int r = 0;

	for (size_t i = 0; i < work->changes.n && r == 0; i++) {
		const struct plan_change *change = &work->changes.rows[i];
		const struct plan_address *row;
		const struct link *link;

		if (change->kind != PLAN_ADDRESSES || change->op != op)
			continue;
		row = op == PLAN_ADD ? &work->want.addresses[change->want]
				     : &work->actual.plan.addresses[change->have];
		link = find(work, row->device);
		if (link && op == PLAN_ADD)
			r = address_put(batch, link->index, &row->prefix);
		else if (link)
			r = address_delete(batch, link->index, &row->prefix);
	}
	return r;
}

int apply_links(struct work *work)
{
	_cleanup_(netlink_batch_clear) struct netlink_batch batch = {};
	const bool on_ifb = !is_direct(work), made = on_ifb && !find(work, PLAN_IFB);
	int r = on_ifb ? batch_ifb(work, &batch) : 0;

	if (r == 0)
		r = batch_zones_up(work, &batch);
	if (r == 0)
		r = batch_addresses(work, &batch, PLAN_ADD);
	if (r == 0)
		r = send_batch(work, &batch);
	if (r == 0 && made && work->dry)
		r = links_pretend(&work->actual.links, PLAN_IFB, "ifb");
	else if (r == 0 && made) { /* its index is needed from here on */
		links_clear(&work->actual.links);
		r = links_read(work->kernel->route, &work->actual.links);
	}
	return apply_fail(work, r, "devices");
}

/* ---- trees ---- */

static int batch_root(const struct work *work, struct netlink_batch *batch, enum plan_tree tree)
{
	const struct link *link = actual_tree_device(&work->actual.links, &work->want, tree);
	const struct tc_qdisc *root =
	    link ? tc_find_qdisc(&work->actual.qdiscs, link->index, TC_H_ROOT) : NULL;
	int r = 0;

	if (!link || actual_has_tree(&work->actual.qdiscs, link, tree))
		return 0;
	if (tree == PLAN_UP && work->unwanted_up && strcmp(link->name, work->unwanted_up) == 0)
		return 0;	    /* going back to none */
	if (root && root->handle) { /* two roots with one handle cannot be told apart by the kernel */
		apply_note_root(work, link, root->handle);
		r = tc_root_delete(batch, link->index);
	}
	return r < 0 ? r : tc_root_put(batch, link->index, tree, actual_is_direct(link->name, tree));
}

static int class_ifindex(const struct work *work, const struct plan_class *class)
{
	const struct link *link = actual_tree_device(&work->actual.links, &work->want, class->tree);

	return link ? link->index : 0;
}

/* A class cannot change its parent: it goes and comes back. */
static bool moves(const struct work *work, const struct plan_change *change)
{
	return change->op == PLAN_CHANGE &&
	       work->actual.plan.classes[change->have].parent != work->want.classes[change->want].parent;
}

/* Rows are sorted by minor and a parent's is the smaller, so children go first when walked backwards. */
static int batch_class_removals(const struct work *work, struct netlink_batch *batch, bool moving)
{
	int r = 0;

	for (size_t i = work->changes.n; i-- > 0 && r == 0;) {
		const struct plan_change *change = &work->changes.rows[i];
		const struct plan_class *class;

		if (change->kind != PLAN_CLASSES ||
		    !(moving ? moves(work, change) : change->op == PLAN_REMOVE))
			continue;
		class = &work->actual.plan.classes[change->have];
		r = tc_class_delete(batch, class_ifindex(work, class), class);
	}
	return r;
}

/* Everything but the leaf. */
static bool same_rates(struct plan_class have, struct plan_class want)
{
	have.leaf = want.leaf;
	have.limit_bytes = want.limit_bytes;
	have.rtt_usec = want.rtt_usec;
	return memcmp(&have, &want, sizeof(have)) == 0;
}

static bool same_leaf(const struct plan_class *have, const struct plan_class *want)
{
	return have->leaf == want->leaf && have->limit_bytes == want->limit_bytes &&
	       have->rtt_usec == want->rtt_usec;
}

/* `have`: NULL for a new class. A queue of another make cannot be changed into ours. */
static int batch_leaf(const struct work *work, struct netlink_batch *batch, int ifindex,
		      const struct plan_class *have, const struct plan_class *want)
{
	const struct leaves *leaves = &work->kernel->leaves;
	const bool fresh = !have || !leaf_changes_in_place(leaves, have, want);
	int r = 0;

	if (have && fresh && tc_find_qdisc(&work->actual.qdiscs, ifindex, TC_CLASS(want->tree, want->minor)))
		r = leaf_delete(batch, ifindex, want);
	return r < 0 ? r : leaf_put(batch, leaves, ifindex, want, fresh);
}

static int batch_class(const struct work *work, struct netlink_batch *batch, const struct plan_change *change)
{
	const struct plan_class *want = &work->want.classes[change->want];
	const bool fresh = change->op == PLAN_ADD || moves(work, change);
	const struct plan_class *have = fresh ? NULL : &work->actual.plan.classes[change->have];
	const int ifindex = class_ifindex(work, want);
	int r = 0;

	if (!have || have->leaf != want->leaf || !same_rates(*have, *want))
		r = tc_class_put(batch, ifindex, want);
	if (r < 0 || want->leaf == PLAN_LEAF_NONE)
		return r;
	if (have && same_leaf(have, want))
		return 0;
	return batch_leaf(work, batch, ifindex, have, want);
}

static int batch_classes(const struct work *work, struct netlink_batch *batch)
{
	int r = batch_class_removals(work, batch, true);

	for (size_t i = 0; i < work->changes.n && r == 0; i++) {
		const struct plan_change *change = &work->changes.rows[i];

		if (change->kind == PLAN_CLASSES && change->op != PLAN_REMOVE)
			r = batch_class(work, batch, change);
	}
	return r;
}

int apply_trees(struct work *work)
{
	_cleanup_(netlink_batch_clear) struct netlink_batch batch = {};
	int r = batch_root(work, &batch, PLAN_UP);

	if (r == 0)
		r = batch_root(work, &batch, PLAN_DOWN);
	if (r == 0)
		r = batch_classes(work, &batch);
	if (r == 0)
		r = send_batch(work, &batch);
	return apply_fail(work, r, "classes");
}

/* ---- redirection ---- */

static bool is_lan(const struct plan *plan, const char *name)
{
	const struct plan_device *device = plan_find_device(plan, name);

	return device && device->role != PLAN_UPLINK;
}

/* Every device with a clsact is looked at: one that is no longer ours may still carry our filters. */
static int batch_redirect(struct work *work, struct netlink_batch *batch, const struct link *link)
{
	const struct link *ifb = find(work, PLAN_IFB);
	const bool wanted = !is_direct(work) && is_lan(&work->want, link->name);
	struct tc_redirect redirect;
	int r;

	if (!wanted && !tc_find_qdisc(&work->actual.qdiscs, link->index, TC_H_CLSACT))
		return 0;
	r = tc_read_redirect(work->kernel->route, &work->actual.qdiscs, link->index, ifb ? ifb->index : 0,
			     !wanted, &redirect);
	if (r < 0 || (wanted && !ifb))
		return r;
	if (wanted)
		return tc_redirect_put(batch, link->index, ifb->index, &redirect);
	if (redirect.ours[0] || redirect.ours[1])
		return tc_redirect_delete(batch, link->index, &redirect);
	return 0;
}

static int batch_redirects(struct work *work, struct netlink_batch *batch)
{
	const struct links *links = &work->actual.links;
	int r = 0;

	for (size_t i = 0; i < links->n && r == 0; i++)
		r = batch_redirect(work, batch, &links->rows[i]);
	return r;
}

int apply_batch_downloads(struct work *work, struct netlink_batch *batch)
{
	int r = batch_redirects(work, batch);

	return r < 0 ? r : apply_batch_former(work, batch);
}

/* First no packet is sent to a tree any more, then it goes. */
int apply_leftovers(struct work *work)
{
	_cleanup_(netlink_batch_clear) struct netlink_batch redirects = {}, batch = {};
	_cleanup_(figures_clear) struct class_figures before = {};
	int r = batch_redirects(work, &redirects);

	apply_begin_former(work, &before);
	if (r == 0)
		r = send_batch(work, &redirects);
	if (r == 0)
		r = batch_class_removals(work, &batch, false);
	if (r == 0)
		r = batch_addresses(work, &batch, PLAN_REMOVE);
	if (r == 0)
		r = apply_batch_former(work, &batch);
	if (r < 0)
		return apply_fail(work, r, "redirection");
	apply_note_former(work, &before);
	return apply_fail(work, send_batch(work, &batch), "redirection");
}
