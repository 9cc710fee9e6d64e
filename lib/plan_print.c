/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A plan as text, one line a row, for golden tests, logs and people. The form is stable: golden files depend
 * on it. Minors are in hexadecimal as tc prints them. It must never print what varies between two runs with
 * the same arguments.
 */
#include "plan_rows.h"
#include "cleanup.h"
#include "units.h"
#include <inttypes.h>
#include <netinet/in.h>
#include <linux/netfilter.h>

static const char *word(const char *const *words, size_t n, unsigned value)
{
	return value < n && words[value] ? words[value] : "?";
}
#define WORD(words, value) word(words, ELEMENTS(words), value)

static const char *const leaf_words[] = {[PLAN_LEAF_NONE] = "inner",
					 [PLAN_LEAF_SHARED] = "shared",
					 [PLAN_LEAF_WIDE] = "wide",
					 [PLAN_LEAF_GUEST] = "guest"};
static const char *const role_words[] = {
    [PLAN_UPLINK] = "uplink", [PLAN_OFFICE] = "office", [PLAN_ZONE] = "zone"};
static const char *const family_words[] = {[NFPROTO_INET] = "inet", [NFPROTO_NETDEV] = "netdev"};

/* "12.500 s" */
#define SECONDS_TEXT 32
static const char *seconds_text(int64_t usec, char text[static SECONDS_TEXT])
{
	uint64_t size = usec < 0 ? -(uint64_t)usec : (uint64_t)usec;
	uint64_t msec = size / 1000;

	snprintf(text, SECONDS_TEXT, "%s%" PRIu64 ".%03" PRIu64 " s", usec < 0 && msec ? "-" : "",
		 msec / 1000, msec % 1000);
	return text;
}

static void class_print(FILE *out, const void *row, int64_t mono_usec _unused_)
{
	const struct plan_class *c = row;
	char rate[UNITS_TEXT], ceiling[UNITS_TEXT];

	fprintf(out,
		"class %d:%x parent %d:%x %s prio %u rate %s ceiling %s burst %u us cburst %u us quantum %u "
		"limit %u",
		c->tree + 1, c->minor, c->tree + 1, c->parent, WORD(leaf_words, c->leaf), c->prio,
		units_rate_text(c->rate_bps, rate), units_rate_text(c->ceiling_bps, ceiling), c->burst_usec,
		c->cburst_usec, c->quantum_bytes, c->limit_bytes);
	if (c->rtt_usec)
		fprintf(out, " rtt %u us", c->rtt_usec);
	if (c->overhead_bytes || c->mpu_bytes)
		fprintf(out, " overhead %u mpu %u", c->overhead_bytes, c->mpu_bytes);
}

static void device_print(FILE *out, const void *row, int64_t mono_usec _unused_)
{
	const struct plan_device *d = row;

	fprintf(out, "device %s %s", d->name, WORD(role_words, d->role));
	if (d->minor)
		fprintf(out, " class %x", d->minor);
}

static void prefix_row_print(FILE *out, const void *row, int64_t mono_usec _unused_)
{
	const struct plan_prefix *p = row;
	char text[PREFIX_TEXT];

	fprintf(out, "prefix %s %s class %x", p->device, prefix_text(&p->prefix, text), p->minor);
}

static const char *protocol_text(unsigned protocol, char text[static 16])
{
	switch (protocol) {
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	default:
		snprintf(text, 16, "protocol %u", protocol);
		return text;
	}
}

static void match_print(FILE *out, const void *row, int64_t mono_usec _unused_)
{
	const struct plan_match *m = row;
	char prefix[PREFIX_TEXT], protocol[16];

	fprintf(out, "match %x", m->office);
	if (m->prefix.addr.family)
		fprintf(out, " %s", prefix_text(&m->prefix, prefix));
	if (m->protocol)
		fprintf(out, " %s %u-%u", protocol_text(m->protocol, protocol), m->first_port, m->last_port);
	if (m->dscp != PLAN_DSCP_NONE)
		fprintf(out, " dscp %u", m->dscp);
	fprintf(out, " class %x", m->minor);
}

static void mark_print(FILE *out, const void *row, int64_t mono_usec _unused_)
{
	const struct plan_mark *m = row;

	fprintf(out, "mark %x dscp %u", m->minor, m->dscp);
}

static void address_print(FILE *out, const void *row, int64_t mono_usec _unused_)
{
	const struct plan_address *a = row;
	char text[PREFIX_TEXT];

	fprintf(out, "address %s %s", a->device, prefix_text(&a->prefix, text));
}

static void gate_print(FILE *out, const void *row, int64_t mono_usec)
{
	const struct plan_gate *g = row;
	char text[SECONDS_TEXT];

	if (g->closes_mono_usec)
		fprintf(out, "gate %s closes in %s", g->device,
			seconds_text(g->closes_mono_usec - mono_usec, text));
	else
		fprintf(out, "gate %s open", g->device);
}

static void session_print(FILE *out, const void *row, int64_t mono_usec)
{
	const struct plan_session *s = row;
	char mac[MAC_TEXT], address[ADDR_TEXT], ends[SECONDS_TEXT], started[SECONDS_TEXT];

	fprintf(out,
		"session %s %s %s id %" PRIu64
		" class %x ends in %s started %s ago login %u base down %" PRIu64 " up %" PRIu64,
		s->device, mac_text(&s->mac, mac), addr_text(&s->address4, address), s->id, s->minor,
		seconds_text(s->ends_mono_usec - mono_usec, ends),
		seconds_text(mono_usec - s->started_mono_usec, started), s->login, s->down_base_bytes,
		s->up_base_bytes);
}

static void chain_print(FILE *out, const void *row, int64_t mono_usec _unused_)
{
	const struct plan_chain *c = row;

	fprintf(out, "chain %s %s", WORD(family_words, c->family), c->name);
	if (c->device[0])
		fprintf(out, " device %s", c->device);
	fprintf(out, " digest %016" PRIx64, c->digest);
}

static void (*const printers[PLAN_KINDS])(FILE *out, const void *row, int64_t mono_usec) = {
    [PLAN_CLASSES] = class_print, [PLAN_DEVICES] = device_print,   [PLAN_PREFIXES] = prefix_row_print,
    [PLAN_MATCHES] = match_print, [PLAN_MARKS] = mark_print,	   [PLAN_ADDRESSES] = address_print,
    [PLAN_GATES] = gate_print,	  [PLAN_SESSIONS] = session_print, [PLAN_CHAINS] = chain_print,
};

void plan_print(FILE *out, const struct plan *plan, int64_t mono_usec)
{
	fprintf(out, "uplink %s nat %s nat66 %s between-offices %s portal-port %u",
		plan->uplink[0] ? plan->uplink : "-", plan->nat ? "yes" : "no", plan->nat66 ? "yes" : "no",
		plan->between_offices ? "yes" : "no", plan->portal_port);
	if (plan->tls_port)
		fprintf(out, " tls-port %u", plan->tls_port);
	if (plan->dscp_clear)
		fputs(" dscp clear", out);
	if (plan->ifb_always)
		fputs(" ifb always", out);
	if (plan->download[0])
		fprintf(out, " download %s", plan->download);
	fputc('\n', out);
	for (unsigned kind = 0; kind < PLAN_KINDS; kind++) {
		size_t n;

		plan_rows(plan, kind, &n);
		for (size_t i = 0; i < n; i++) {
			printers[kind](out, plan_row(plan, kind, i), mono_usec);
			fputc('\n', out);
		}
	}
}

static void marked(FILE *out, const char *mark, const struct plan *plan, enum plan_kind kind, size_t i)
{
	fprintf(out, "%s ", mark);
	printers[kind](out, plan_row(plan, kind, i), 0);
	fputc('\n', out);
}

/* "+" added, "-" removed, and a change as "<" what is and ">" what shall be. */
void plan_changes_print(FILE *out, const struct plan *have, const struct plan *want,
			const struct plan_changes *changes)
{
	for (size_t i = 0; i < changes->n; i++) {
		const struct plan_change *c = &changes->rows[i];

		switch ((enum plan_op)c->op) {
		case PLAN_ADD:
			marked(out, "+", want, c->kind, c->want);
			break;
		case PLAN_REMOVE:
			marked(out, "-", have, c->kind, c->have);
			break;
		case PLAN_CHANGE:
			marked(out, "<", have, c->kind, c->have);
			marked(out, ">", want, c->kind, c->want);
			break;
		}
	}
}
