/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What other programs are told of the policy: the JSON of MESSAGE_PORTAL_SETTINGS and MESSAGE_WATCH_SETTINGS
 * (message.h states the shapes), and dnsmasq's configuration, written to run/daemon/dnsmasq.conf (policy/dnsmasq.h
 * says what is in it). Each is made from the policy alone.
 */
#include "../policy/policy.h"

int settings_portal(const struct policy *policy); /* a sealed memfd, or -errno */
int settings_watch(const struct policy *policy);  /* a sealed memfd, or -errno */
/* Writes the file anew where it differs, by rename. 1: written; 0: as it was; -errno: said in the log, and the old file stays. */
int settings_dnsmasq(const struct policy *policy);
