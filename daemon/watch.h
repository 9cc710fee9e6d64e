/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * run/daemon/watch: what gerbang-watch has seen (message.h). Strangers' frames stand behind each event: it is judged
 * here against the policy (is the device a zone's, the name in its garden, the address in its network) and bounded in
 * rate before anything comes of it. Garden addresses go to the shaper, neighbours to roam_seen(), probes to uplink.h and evidence.h, conflicts to the
 * log (each once in a while) and to `gerbang status`.
 */
#include <stdbool.h>
#include <stdint.h>
#include <jansson.h>

struct daemon;
struct watch;

int watch_new(struct daemon *daemon, const char *path, struct watch **out);
struct watch *watch_free(struct watch *watch);
void watch_settings(struct watch *watch); /* the policy has changed: gerbang-watch hears of it */
/* MESSAGE_WATCH_TALK: who talks? The answer goes to top_answered() with that number. `office` "": everybody. False: gerbang-watch is
 * away. */
bool watch_talk(struct watch *watch, uint64_t id, const char *office);
/* The last conflicts, newest first: [{"time", "zone", "mac", "other_mac", "address", "what"}], at most 32. */
json_t *watch_conflicts(const struct watch *watch);
