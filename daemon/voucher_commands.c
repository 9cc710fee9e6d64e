/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: vouchers are made in batches, printed, handed out, and sometimes taken back. What is answered here is
 * in the ledger and on the disk; a revoked voucher lets nobody stay.
 */
#include "credentials_commands.h"
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include "daemon.h"
#include "engine.h"
#include "person.h"
#include "../ledger/ledger.h"
#include "../lib/code.h"
#include "../lib/log.h"
#include "../lib/units.h"

#define COUNT_MAX 10000
#define PAGE 5000u /* rows in one answer: some 20 ms of this process */

/* ---- create ---- */

static bool zone_argument(const struct ticket *ticket, const json_t *request, const struct policy_zone **out)
{
	if (!credentials_zone(ticket, request, out))
		return false;
	if (!*out == json_is_true(json_object_get(request, "all_zones")))
		return true;
	control_refuse(ticket, TEXT_ZONE_OR_ALL);
	return false;
}

static bool voucher_argument(const struct ticket *ticket, const json_t *request, struct ledger_voucher *out)
{
	static const struct control_bounds within = {"valid", USEC_PER_MINUTE, CREDENTIALS_USEC_MAX,
						     units_duration_human};
	int64_t now = clock_now().wall_usec, valid, data, devices;

	if (!control_amount(ticket, request, "valid_usec", &within, &valid) ||
	    !credentials_usec(ticket, request, "time_usec", "time", &out->time_usec) ||
	    !credentials_bytes(ticket, request, "data_bytes", "data", &data) ||
	    !credentials_number(ticket, request, "devices", CREDENTIALS_DEVICES_MAX, &devices))
		return false;
	out->created_wall_usec = now;
	out->valid_until_wall_usec = now + valid;
	out->data_bytes = (uint64_t)data;
	out->devices = (unsigned)devices;
	return true;
}

static int add_code(const struct ledger_voucher *voucher, void *userdata)
{
	return json_array_append_new(userdata, json_string(voucher->code)) < 0 ? -ENOMEM : 0;
}

static json_t *sentence_created(const struct ticket *ticket, const struct ledger_voucher *like, int64_t count,
				int64_t batch)
{
	_cleanup_(freep) char *n = text_count(ticket->language, TEXT_VOUCHER, count);
	char number[24], until[CONTROL_TIME_TEXT];

	snprintf(number, sizeof(number), "%jd", (intmax_t)batch);
	control_time_text(like->valid_until_wall_usec - like->valid_until_wall_usec % USEC_PER_MINUTE, until);
	if (*like->zone)
		return control_sentence(ticket, TEXT_VOUCHERS_MADE, n, number, like->zone, until);
	return control_sentence(ticket, TEXT_VOUCHERS_MADE_ALL, n, number, until);
}

void command_voucher_create(const struct ticket *ticket, const json_t *request)
{
	struct ledger *ledger = credentials_ledger(ticket);
	const struct policy_zone *zone;
	struct ledger_voucher like = {0};
	json_t *codes, *document;
	int64_t count, batch;
	int r;

	if (!ledger || !zone_argument(ticket, request, &zone) ||
	    !control_number(ticket, request, "count", 1, COUNT_MAX, &count) ||
	    !voucher_argument(ticket, request, &like))
		return;
	snprintf(like.zone, sizeof(like.zone), "%s", zone ? zone->id : "");
	r = ledger_vouchers_create(ledger, &like, (unsigned)count, &batch);
	if (r < 0) {
		credentials_not_written(ticket, r);
		return;
	}
	log_notice("%jd vouchers were created: batch %jd", (intmax_t)count, (intmax_t)batch);
	codes = json_array();
	ledger_vouchers(ledger, NULL, batch, add_code, codes);
	document = json_pack("{s:I, s:I, s:o, s:o, s:o, s:o}", "batch", (json_int_t)batch, "count",
			     (json_int_t)count, "zone", credentials_name(like.zone), "valid_until",
			     credentials_time(like.valid_until_wall_usec), "codes", codes, "text",
			     sentence_created(ticket, &like, count, batch));
	credentials_warn(ticket, zone, POLICY_LOGIN_VOUCHER, document);
	control_json(ticket, CONTROL_DONE, document);
}

/* ---- list ---- */

static bool is_spent(const struct ledger_voucher *voucher)
{
	return (voucher->time_usec && voucher->used_usec >= voucher->time_usec) ||
	       (voucher->data_bytes && voucher->used_bytes >= voucher->data_bytes);
}

static const char *state_of(const struct ledger_voucher *voucher, int64_t now_wall_usec)
{
	if (voucher->revoked_wall_usec)
		return "revoked";
	if (is_spent(voucher))
		return "spent";
	if (voucher->valid_until_wall_usec <= now_wall_usec)
		return "expired";
	return voucher->first_used_wall_usec ? "in use" : "unused";
}

static json_t *remaining(int64_t limit, int64_t used)
{
	return limit ? json_integer(MAX(limit - used, 0)) : json_null();
}

struct list {
	const struct policy *policy;
	json_t *vouchers;
	int64_t now_wall_usec, skip;
	bool more;
};

/* Where the portal is found: by its name, or else by the gateway's address in the voucher's zone. False:
 * nowhere. */
static bool host_of(const struct policy *policy, const struct policy_zone *zone, char *out, size_t size)
{
	const struct addr *address =
	    zone ? (zone->address4.addr.family ? &zone->address4.addr : &zone->address6.addr) : NULL;
	char text[ADDR_TEXT];

	if (policy->portal.hostname && *policy->portal.hostname)
		snprintf(out, size, "%s", policy->portal.hostname);
	else if (address && address->family)
		snprintf(out, size, address->family == AF_INET ? "%s" : "[%s]", addr_text(address, text));
	else
		return false;
	return true;
}

/* What a printed QR code holds. */
static json_t *url_of(const struct policy *policy, const struct policy_zone *zone, const char *code)
{
	char host[256];

	return host_of(policy, zone, host, sizeof(host))
		   ? json_sprintf("http://%s/voucher?code=%s", host, code)
		   : json_null();
}

static json_t *row_of(const struct list *list, const struct ledger_voucher *voucher)
{
	const struct policy_zone *zone = policy_zone(list->policy, voucher->zone);

	return json_pack(
	    "{s:s, s:I, s:o, s:s?, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "code", voucher->code,
	    "batch", (json_int_t)voucher->batch, "zone", credentials_name(voucher->zone), "zone_name",
	    zone ? zone->name : NULL, "url", url_of(list->policy, zone, voucher->code), "state",
	    state_of(voucher, list->now_wall_usec), "created", credentials_time(voucher->created_wall_usec),
	    "valid_until", credentials_time(voucher->valid_until_wall_usec), "first_used",
	    credentials_time(voucher->first_used_wall_usec), "time_seconds",
	    credentials_limit(voucher->time_usec / USEC_PER_SEC), "seconds_remaining",
	    remaining(voucher->time_usec / USEC_PER_SEC, voucher->used_usec / USEC_PER_SEC), "data_bytes",
	    credentials_limit((int64_t)voucher->data_bytes), "bytes_remaining",
	    remaining((int64_t)voucher->data_bytes, (int64_t)voucher->used_bytes), "devices",
	    credentials_limit(voucher->devices));
}

static int add_row(const struct ledger_voucher *voucher, void *userdata)
{
	struct list *list = userdata;

	if (list->skip > 0) {
		list->skip--;
		return 0;
	}
	list->more = json_array_size(list->vouchers) == PAGE;
	if (list->more)
		return 1;
	return json_array_append_new(list->vouchers, row_of(list, voucher)) < 0 ? -ENOMEM : 0;
}

static bool list_argument(const struct ticket *ticket, const json_t *request, const struct policy_zone **zone,
			  int64_t *batch, int64_t *skip)
{
	return credentials_zone(ticket, request, zone) &&
	       credentials_number(ticket, request, "batch", INT64_MAX, batch) &&
	       credentials_number(ticket, request, "skip", INT64_MAX, skip);
}

void command_voucher_list(const struct ticket *ticket, const json_t *request)
{
	const struct policy *policy = engine_policy(ticket->daemon->engine);
	struct list list = {.policy = policy, .now_wall_usec = clock_now().wall_usec};
	struct ledger *ledger = credentials_ledger(ticket);
	const struct policy_zone *zone;
	int64_t batch;
	int r;

	if (!ledger || !list_argument(ticket, request, &zone, &batch, &list.skip))
		return;
	list.vouchers = json_array();
	r = ledger_vouchers(ledger, zone ? zone->id : NULL, batch, add_row, &list);
	if (r < 0) {
		json_decref(list.vouchers);
		credentials_not_written(ticket, r);
		return;
	}
	control_json(ticket, CONTROL_DONE,
		     json_pack("{s:s, s:s, s:b, s:o}", "site", policy->site_name, "language",
			       policy->language, "more", list.more, "vouchers", list.vouchers));
}

/* ---- revoke ---- */

static bool code_argument(const struct ticket *ticket, const json_t *request, char out[static CODE_TEXT])
{
	const char *typed;

	if (!control_text(ticket, request, "code", &typed))
		return false;
	if (code_read(typed, out))
		return true;
	control_refuse(ticket, TEXT_NOT_CODE, typed);
	return false;
}

static void answer_revoked(const struct ticket *ticket, const char *code, enum text key, size_t ended)
{
	_cleanup_(freep) char *n = text_count(ticket->language, TEXT_SESSION, (int64_t)ended);

	control_json(ticket, CONTROL_DONE,
		     json_pack("{s:s, s:I, s:o}", "code", code, "ended", (json_int_t)ended, "text",
			       control_sentence(ticket, key, code, n)));
}

void command_voucher_revoke(const struct ticket *ticket, const json_t *request)
{
	struct ledger *ledger = credentials_ledger(ticket);
	struct ledger_voucher voucher;
	char code[CODE_TEXT];
	int r, known;

	if (!ledger || !code_argument(ticket, request, code))
		return;
	known = ledger_voucher_by_code(ledger, code, &voucher);
	r = known < 0 ? known : ledger_voucher_revoke(ledger, code, clock_now().wall_usec);
	if (r == -ENOENT)
		control_refuse(ticket, TEXT_NO_VOUCHER, code);
	else if (r < 0)
		credentials_not_written(ticket, r);
	else
		answer_revoked(ticket, code, r ? TEXT_VOUCHER_REVOKED_BEFORE : TEXT_VOUCHER_REVOKED,
			       persons_end(ticket->daemon, LEDGER_VOUCHER, voucher.id));
}
