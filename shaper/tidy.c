/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A list of addresses and a timer. It must never be what keeps a guest out.
 */
#include "tidy.h"
#include "conntrack.h"
#include "../lib/log.h"
#include "../lib/units.h"
#include <errno.h>
#include <string.h>

#define LATER_USEC (200 * USEC_PER_MSEC)
#define ADDRESSES_MAX 1024

struct tidy {
	sd_event_source *timer;
	struct addr addresses[ADDRESSES_MAX];
	struct mac macs[ADDRESSES_MAX]; /* whose the address of the same number was */
	size_t n;
	uint16_t keep_ports[2];
};

static int on_timer(_unused_ sd_event_source *source, _unused_ uint64_t usec, void *data)
{
	struct tidy *tidy = data;
	const struct conntrack_forget who = {.addresses = tidy->addresses,
					     .n_addresses = tidy->n,
					     .keep_ports = {tidy->keep_ports[0], tidy->keep_ports[1]}};
	int r = tidy->n ? conntrack_forget(&who, NULL) : 0;

	if (r < 0)
		log_warning("connections of guests who left stay until they time out: %s", strerror(-r));
	tidy->n = 0;
	return 0;
}

int tidy_open(sd_event *event, struct tidy **out)
{
	_cleanup_(tidy_closep) struct tidy *tidy = calloc(1, sizeof(*tidy));
	int r;

	if (!tidy)
		return -ENOMEM;
	r = sd_event_add_time(event, &tidy->timer, CLOCK_MONOTONIC, 0, 0, on_timer, tidy);
	if (r >= 0)
		r = sd_event_source_set_enabled(tidy->timer, SD_EVENT_OFF);
	if (r < 0)
		return r;
	*out = tidy;
	tidy = NULL;
	return 0;
}

struct tidy *tidy_close(struct tidy *tidy)
{
	if (tidy)
		sd_event_source_disable_unref(tidy->timer);
	free(tidy);
	return NULL;
}

void tidy_session(struct tidy *tidy, const struct plan_session *session, const uint16_t keep_ports[static 2])
{
	if (session->address4.family == 0 || tidy->n == ADDRESSES_MAX)
		return;
	memcpy(tidy->keep_ports, keep_ports, sizeof(tidy->keep_ports));
	tidy->macs[tidy->n] = session->mac;
	tidy->addresses[tidy->n++] = session->address4;
	if (tidy->n > 1)
		return;
	(void)sd_event_source_set_time_relative(tidy->timer, LATER_USEC);
	(void)sd_event_source_set_enabled(tidy->timer, SD_EVENT_ONESHOT);
}

void tidy_returned(struct tidy *tidy, const struct plan_session *session)
{
	for (size_t i = 0; i < tidy->n;) {
		if (memcmp(&tidy->macs[i], &session->mac, sizeof(session->mac)) != 0) {
			i++;
			continue;
		}
		tidy->n--;
		tidy->macs[i] = tidy->macs[tidy->n];
		tidy->addresses[i] = tidy->addresses[tidy->n];
	}
}
