/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: the garden is made of names and the kernel knows addresses. The answer was made by the gateway's own
 * resolver, but what stands in it was written by whoever serves the name. It must never credit a name with an
 * address that the message does not lead to from it.
 */
#include "dns.h"
#include <errno.h>
#include "view.h"

#define HEADER 12u
#define NAME_OCTETS 255u /* RFC 1035, 3.1 */
#define CLASS_IN 1
#define FLAG_RESPONSE 0x8000
#define FLAGS_OPCODE_AND_RCODE 0x780f

enum { TYPE_A = 1, TYPE_CNAME = 5, TYPE_AAAA = 28 };

struct message {
	const uint8_t *bytes;
	size_t length;
	size_t at;
};

struct record {
	char owner[DNS_NAME];
	bool named; /* `owner` is a name that a garden can hold */
	uint16_t type, class;
	uint32_t ttl_seconds;
	size_t data, data_length;
};

struct alias {
	char owner[DNS_NAME], target[DNS_NAME];
};

struct aliases {
	struct alias rows[DNS_ALIASES];
	size_t n;
};

/* ---- names ---- */

static bool append_label(char out[static DNS_NAME], size_t *length, const uint8_t *label, size_t n)
{
	bool plain = true;

	if (*length)
		out[(*length)++] = '.';
	for (size_t i = 0; i < n; i++) {
		char c = (char)label[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c + ('a' - 'A'));
		plain = plain && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_');
		out[(*length)++] = c;
	}
	return plain;
}

/* Where the label at `at` really is: pointers go strictly back, so they come to an end. -EBADMSG. */
static int follow(const struct message *message, size_t *at, size_t *barrier, size_t *behind)
{
	while (*at < message->length && (message->bytes[*at] & 0xc0) == 0xc0) {
		size_t to;

		if (*at + 2 > message->length)
			return -EBADMSG;
		to = read16(message->bytes + *at) & 0x3fff;
		if (*behind == 0)
			*behind = *at + 2;
		if (to >= *barrier || to < HEADER)
			return -EBADMSG;
		*at = *barrier = to;
	}
	return *at < message->length && !(message->bytes[*at] & 0xc0) ? 0 : -EBADMSG;
}

/* 0: a name that a garden can hold; 1: another name; -EBADMSG. The message stands behind it afterwards. */
static int read_name(struct message *message, char out[static DNS_NAME])
{
	size_t at = message->at, barrier = message->at, behind = 0, octets = 1, length = 0;
	bool plain = true;

	for (;;) {
		size_t n;

		if (follow(message, &at, &barrier, &behind) < 0)
			return -EBADMSG;
		n = message->bytes[at++];
		if (n == 0)
			break;
		octets += n + 1;
		if (octets > NAME_OCTETS || n > message->length - at)
			return -EBADMSG;
		plain = append_label(out, &length, message->bytes + at, n) && plain;
		at += n;
	}
	out[length] = '\0';
	message->at = behind ? behind : at;
	return plain && length ? 0 : 1;
}

bool dns_is_within(const char *name, const char *suffix)
{
	size_t length = strlen(name), tail = strlen(suffix);

	if (tail == 0 || length < tail || strcmp(name + length - tail, suffix) != 0)
		return false;
	return length == tail || name[length - tail - 1] == '.';
}

/* ---- records ---- */

static const uint8_t *take(struct message *message, size_t n)
{
	const uint8_t *bytes = message->bytes + message->at;

	if (n > message->length - message->at)
		return NULL;
	message->at += n;
	return bytes;
}

static int read_record(struct message *message, struct record *out)
{
	const uint8_t *fixed;
	int r = read_name(message, out->owner);

	if (r < 0)
		return r;
	out->named = r == 0;
	fixed = take(message, 10);
	if (!fixed)
		return -EBADMSG;
	out->type = read16(fixed);
	out->class = read16(fixed + 2);
	out->ttl_seconds = read32(fixed + 4);
	out->data_length = read16(fixed + 8);
	out->data = message->at;
	return take(message, out->data_length) ? 0 : -EBADMSG;
}

static int add_alias(const struct message *message, const struct record *record, struct aliases *aliases)
{
	struct message data = {message->bytes, record->data + record->data_length, record->data};
	struct alias *row = &aliases->rows[aliases->n];
	int r;

	if (aliases->n >= DNS_ALIASES)
		return 0;
	r = read_name(&data, row->target);
	if (r)
		return r < 0 ? r : 0;
	memcpy(row->owner, record->owner, sizeof(row->owner));
	aliases->n++;
	return 0;
}

/* Calls `row` for each answer record that could matter. */
static int each_answer(struct message message, unsigned n, void *userdata,
		       int (*row)(const struct message *, const struct record *, void *))
{
	struct record record;

	for (unsigned i = 0; i < n; i++) {
		int r = read_record(&message, &record);

		if (r >= 0 && record.named && record.class == CLASS_IN)
			r = row(&message, &record, userdata);
		if (r < 0)
			return r;
	}
	return 0;
}

static int on_alias(const struct message *message, const struct record *record, void *userdata)
{
	return record->type == TYPE_CNAME ? add_alias(message, record, userdata) : 0;
}

/* ---- from the name that was asked for to addresses ---- */

/* The names reached: the question's, and each alias's target; pointers into the caller's. */
struct reached {
	const char *names[DNS_ALIASES + 1];
	size_t n;
	struct dns_answer *answer;
};

static bool is_reached(const struct reached *reached, const char *name)
{
	for (size_t i = 0; i < reached->n; i++)
		if (strcmp(reached->names[i], name) == 0)
			return true;
	return false;
}

/* Each alias is taken at most once, in whatever order they stand. */
static void follow_aliases(const struct aliases *aliases, struct reached *reached)
{
	bool grown = true;

	while (grown) {
		grown = false;
		for (size_t i = 0; i < aliases->n; i++) {
			const struct alias *alias = &aliases->rows[i];

			if (!is_reached(reached, alias->owner) || is_reached(reached, alias->target))
				continue;
			reached->names[reached->n++] = alias->target;
			grown = true;
		}
	}
}

static int on_address(const struct message *message, const struct record *record, void *userdata)
{
	const struct reached *reached = userdata;
	struct dns_answer *answer = reached->answer;
	const bool v4 = record->type == TYPE_A && record->data_length == 4;
	struct dns_address *row = &answer->addresses[answer->n_addresses];

	if ((!v4 && (record->type != TYPE_AAAA || record->data_length != 16)) ||
	    answer->n_addresses >= DNS_ADDRESSES || !is_reached(reached, record->owner))
		return 0;
	*row = (struct dns_address){.address.family = v4 ? AF_INET : AF_INET6,
				    .ttl_seconds = record->ttl_seconds};
	memcpy(row->address.octets, message->bytes + record->data, record->data_length);
	answer->n_addresses++;
	return 0;
}

/* 0, 1: asks for something else; -EBADMSG */
static int read_question(struct message *message, char name[static DNS_NAME])
{
	const uint8_t *fixed;
	int r = read_name(message, name);

	if (r < 0)
		return r;
	fixed = take(message, 4);
	if (!fixed)
		return -EBADMSG;
	return r == 0 && (read16(fixed) == TYPE_A || read16(fixed) == TYPE_AAAA) &&
		       read16(fixed + 2) == CLASS_IN
		   ? 0
		   : 1;
}

int dns_read(const uint8_t *bytes, size_t length, struct dns_answer *out)
{
	struct message message = {bytes, length, HEADER};
	struct aliases aliases = {.n = 0};
	struct dns_answer answer = {.n_addresses = 0};
	struct reached reached = {.names = {answer.name}, .n = 1, .answer = &answer};
	unsigned n_answers;
	int r;

	if (length < HEADER)
		return -EBADMSG;
	if (!(read16(bytes + 2) & FLAG_RESPONSE) || (read16(bytes + 2) & FLAGS_OPCODE_AND_RCODE) ||
	    read16(bytes + 4) != 1)
		return 1;
	n_answers = read16(bytes + 6);
	r = read_question(&message, answer.name);
	if (r)
		return r;
	r = each_answer(message, n_answers, &aliases, on_alias);
	if (r < 0)
		return r;
	follow_aliases(&aliases, &reached);
	r = each_answer(message, n_answers, &reached, on_address);
	if (r < 0)
		return r;
	*out = answer;
	return 0;
}
