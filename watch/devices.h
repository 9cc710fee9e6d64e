/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Devices and their addresses come and go: says so, a little later and once for many changes at a time.
 */
#include <stdbool.h>
#include <systemd/sd-event.h>
#include "../lib/addr.h"

struct devices;

int devices_new(sd_event *event, void (*changed)(void *userdata), void *userdata, struct devices **out);
struct devices *devices_free(struct devices *devices);
void devices_suspect(struct devices *devices); /* as if the kernel had said that something has changed */

/* The index of a device that is there and up; 0. */
unsigned devices_index(const char *name);
struct mac devices_mac(const char *name);
uint32_t devices_mtu(const char *name);
struct addr devices_link_local(const char *name); /* family 0: none yet */
