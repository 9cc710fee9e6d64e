/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a review shows values as they stand in the file, whatever form the policy keeps them in. Here are
 * those of one field each; lists are in review_lists.c. Never decides whether two values mean the same: equal
 * JSON does.
 */
#include "review_values.h"
#include "calendar.h"
#include "services.h"
#include "../lib/cleanup.h"
#include <stdio.h>
#include <string.h>

#define FIELD(type) (*(const type *)(const void *)((const char *)object + offset))

json_t *review_text(const void *object, size_t offset)
{
	const char *text = FIELD(char *);

	return text && *text ? json_string(text) : json_null();
}

/* Text in place. */
json_t *review_device(const void *object, size_t offset)
{
	const char *text = (const char *)object + offset;

	return *text ? json_string(text) : json_null();
}

json_t *review_flag(const void *object, size_t offset)
{
	return json_boolean(FIELD(bool));
}

json_t *review_unsigned(const void *object, size_t offset)
{
	return json_integer(FIELD(unsigned));
}

json_t *review_signed(const void *object, size_t offset)
{
	return json_integer(FIELD(int64_t));
}

json_t *review_int(const void *object, size_t offset)
{
	return FIELD(int) < 0 ? json_null() : json_integer(FIELD(int));
}

json_t *review_byte(const void *object, size_t offset)
{
	return json_integer(FIELD(uint8_t));
}

json_t *review_port(const void *object, size_t offset)
{
	return json_integer(FIELD(uint16_t));
}

json_t *review_minute(const void *object, size_t offset)
{
	return json_sprintf("%02u:%02u", FIELD(uint16_t) / 60u, FIELD(uint16_t) % 60u);
}

const char *review_date(int32_t day, char text[static REVIEW_DATE])
{
	int year, month, mday;

	calendar_civil(day, &year, &month, &mday);
	snprintf(text, REVIEW_DATE, "%04d-%02d-%02d", CLAMP(year, 0, 9999), month, mday);
	return text;
}

json_t *review_day(const void *object, size_t offset)
{
	char text[REVIEW_DATE];

	return FIELD(int32_t) ? json_string(review_date(FIELD(int32_t), text)) : json_null();
}

json_t *review_rate(const void *object, size_t offset)
{
	const struct policy_rate rate = FIELD(struct policy_rate);

	if (!rate.down_bps && !rate.up_bps)
		return json_null();
	return json_pack("{sI,sI}", "down_bps", (json_int_t)rate.down_bps, "up_bps", (json_int_t)rate.up_bps);
}

json_t *review_volume(const void *object, size_t offset)
{
	uint64_t bytes = FIELD(uint64_t);

	return bytes ? json_pack("{sI}", "bytes", (json_int_t)bytes) : json_null();
}

json_t *review_duration(const void *object, size_t offset)
{
	uint64_t usec = FIELD(uint64_t);

	return usec ? json_pack("{sI}", "usec", (json_int_t)usec) : json_null();
}

json_t *review_schedule(const void *object, size_t offset)
{
	const struct policy_schedule *schedule = FIELD(struct policy_schedule *);

	return schedule ? json_string(schedule->id) : json_null();
}

json_t *review_prefix(const void *object, size_t offset)
{
	char text[PREFIX_TEXT];

	return FIELD(struct prefix).addr.family ? json_string(prefix_text(&FIELD(struct prefix), text))
						: json_null();
}

json_t *review_address(const void *object, size_t offset)
{
	char text[ADDR_TEXT];

	return FIELD(struct addr).family ? json_string(addr_text(&FIELD(struct addr), text)) : json_null();
}

/* ---- choices ---- */

json_t *review_queue(const void *object, size_t offset)
{
	static const char *const names[] = {[POLICY_QUEUE_AUTO] = "auto",
					    [POLICY_QUEUE_CAKE] = "cake",
					    [POLICY_QUEUE_FQ_CODEL] = "fq_codel",
					    [POLICY_QUEUE_FIFO] = "fifo"};

	return json_string(names[FIELD(enum policy_queue)]);
}

json_t *review_dscp_clear(const void *object, size_t offset)
{
	return json_string(FIELD(bool) ? "clear" : "keep");
}

json_t *review_ifb(const void *object, size_t offset)
{
	return json_string(FIELD(bool) ? "always" : "auto");
}

json_t *review_english(const void *object, size_t offset)
{
	return json_string(FIELD(bool) ? "en" : "id");
}

json_t *review_priority(const void *object, size_t offset)
{
	return json_string(service_priority_text(FIELD(enum policy_priority)));
}

struct bit {
	unsigned bit;
	const char *name;
};

static json_t *bits_json(unsigned set, const struct bit *bits, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		if (set & bits[i].bit)
			json_array_append_new(array, json_string(bits[i].name));
	return array;
}

json_t *review_logins(const void *object, size_t offset)
{
	static const struct bit bits[] = {{POLICY_LOGIN_CLICK, "click"},
					  {POLICY_LOGIN_VOUCHER, "voucher"},
					  {POLICY_LOGIN_ACCOUNT, "account"},
					  {POLICY_LOGIN_RADIUS, "radius"}};

	return bits_json(FIELD(unsigned), bits, ELEMENTS(bits));
}

json_t *review_formats(const void *object, size_t offset)
{
	static const struct bit bits[] = {{POLICY_FORMAT_HTML, "html"},
					  {POLICY_FORMAT_PDF, "pdf"},
					  {POLICY_FORMAT_XLSX, "xlsx"},
					  {POLICY_FORMAT_CSV, "csv"}};

	return bits_json(FIELD(unsigned), bits, ELEMENTS(bits));
}

json_t *review_notify(const void *object, size_t offset)
{
	static const struct bit bits[] = {{POLICY_NOTIFY_QUOTA, "quota"},
					  {POLICY_NOTIFY_OUTAGE, "outage"},
					  {POLICY_NOTIFY_ENTITLEMENT, "entitlement"},
					  {POLICY_NOTIFY_LEDGER, "ledger"},
					  {POLICY_NOTIFY_UPLINK, "uplink"}};

	return bits_json(FIELD(unsigned), bits, ELEMENTS(bits));
}

json_t *review_weekdays(const void *object, size_t offset)
{
	static const struct bit bits[] = {{1u << 1, "mon"}, {1u << 2, "tue"}, {1u << 3, "wed"},
					  {1u << 4, "thu"}, {1u << 5, "fri"}, {1u << 6, "sat"},
					  {1u << 0, "sun"}};

	return bits_json(FIELD(uint8_t), bits, ELEMENTS(bits));
}
