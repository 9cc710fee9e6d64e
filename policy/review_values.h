/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Values of a policy as JSON, in the words of the configuration: for review_settings.c's tables alone. Each reads the field at `offset` of
 * `object`; those for lists and pairs know their object, and take no offset. A new reference, JSON null where nothing is set; NULL: memory.
 */
#include <jansson.h>
#include "policy.h"

typedef json_t *(*review_value)(const void *object, size_t offset);

#define REVIEW_VALUE(name) json_t *review_##name(const void *object, size_t offset)
REVIEW_VALUE(text);
REVIEW_VALUE(device);
REVIEW_VALUE(flag);
REVIEW_VALUE(unsigned);
REVIEW_VALUE(signed);
REVIEW_VALUE(int);
REVIEW_VALUE(byte);
REVIEW_VALUE(port);
REVIEW_VALUE(minute);
REVIEW_VALUE(weekdays);
REVIEW_VALUE(day);
REVIEW_VALUE(rate);
REVIEW_VALUE(volume);
REVIEW_VALUE(duration);
REVIEW_VALUE(schedule);
REVIEW_VALUE(prefix);
REVIEW_VALUE(address);
REVIEW_VALUE(queue);
REVIEW_VALUE(dscp_clear);
REVIEW_VALUE(ifb);
REVIEW_VALUE(english);
REVIEW_VALUE(priority);
REVIEW_VALUE(logins);
REVIEW_VALUE(formats);
REVIEW_VALUE(notify);
/* of a policy */
REVIEW_VALUE(probes);
REVIEW_VALUE(dns);
REVIEW_VALUE(logo);
REVIEW_VALUE(terms);
REVIEW_VALUE(links);
REVIEW_VALUE(split);
REVIEW_VALUE(refunds);
REVIEW_VALUE(letterhead);
REVIEW_VALUE(mail_to);
/* of a schedule */
REVIEW_VALUE(windows);
REVIEW_VALUE(periods);
/* of an office, a service, a zone */
REVIEW_VALUE(devices);
REVIEW_VALUE(prefixes);
REVIEW_VALUE(quota_notice);
REVIEW_VALUE(quota_over);
REVIEW_VALUE(service_rate);
REVIEW_VALUE(ports);
REVIEW_VALUE(service_prefixes);
REVIEW_VALUE(dscp);
REVIEW_VALUE(garden);

#define REVIEW_DATE 16
const char *review_date(int32_t day, char text[static REVIEW_DATE]);
