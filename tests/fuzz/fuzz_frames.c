/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes into what gerbang-watch does with strangers' frames. The first byte chooses the way in: a frame
 *that comes in, one that goes out, a DNS message by itself. Whatever is told must be bounded and of the zone.
 *
 *   clang-14 -std=gnu11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined tests/fuzz/fuzz_frames.c
 *watch/sight.c \ watch/neighbours.c watch/frames.c watch/dhcp.c watch/dns.c lib/addr.c -o fuzz_frames
 *   ./fuzz_frames -max_total_time=60 -max_len=1601 tests/fuzz/corpus/frames
 *
 * The corpus is made by frames.py, of frames as honest senders make them.
 */
#include "../../lib/cleanup.h"
#include "../../watch/dns.h"
#include "../../watch/frames.h"
#include "../../watch/sight.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static char *garden[] = {(char *)"kotim.test"};
static const struct settings_zone zone = {
    .id = "taman",
    .device = "zone0",
    .address4 = {{AF_INET, {10, 200, 0, 1}}, 20},
    .address6 = {{AF_INET6, {0x20, 0x01, 0x0d, 0xb8, 0x02, [15] = 1}}, 64},
    .garden = garden,
    .n_garden = 1,
};

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void tell(void *userdata, const struct message_watch_event *event)
{
	unsigned *n = userdata;

	check(++*n <= DNS_ADDRESSES);
	check(event->event >= WATCH_NEIGHBOUR && event->event <= WATCH_GARDEN);
	check(memchr(event->device, '\0', sizeof(event->device)) &&
	      memchr(event->name, '\0', sizeof(event->name)));
	check(event->event != WATCH_GARDEN || dns_is_within(event->name, "kotim.test"));
	check(event->event != WATCH_GARDEN || (event->lifetime_seconds >= SIGHT_GARDEN_MIN_SECONDS &&
					       event->lifetime_seconds <= SIGHT_GARDEN_MAX_SECONDS));
	check(event->event != WATCH_NEIGHBOUR || mac_is_unicast(&event->mac));
}

static void check_dns(const uint8_t *bytes, size_t length)
{
	struct dns_answer answer = {.n_addresses = 0};

	if (dns_read(bytes, length, &answer) != 0)
		return;
	check(answer.n_addresses <= DNS_ADDRESSES && *answer.name && strlen(answer.name) < DNS_NAME);
	check(strspn(answer.name, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == strlen(answer.name));
	for (size_t i = 0; i < answer.n_addresses; i++)
		check(answer.addresses[i].address.family == AF_INET ||
		      answer.addresses[i].address.family == AF_INET6);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct sight sight;
	unsigned n = 0;

	if (length == 0 || length > FRAME_MAX + 1 || sight_init(&sight, &zone, tell, &n) < 0)
		return 0;
	if (bytes[0] % 3 == 0)
		sight_in(&sight, bytes + 1, length - 1, 0);
	else if (bytes[0] % 3 == 1)
		sight_out(&sight, bytes + 1, length - 1, 0);
	else
		check_dns(bytes + 1, length - 1);
	sight_clear(&sight);
	return 0;
}
