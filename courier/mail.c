/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a notice by SMTP (RFC 5321). With a password: TLS and a certificate that holds, or not at all. Without
 * one: TLS where it is offered, whoever's certificate (RFC 7435: better than none).
 */
#include <curl/curl.h>
#include <errno.h>
#include <string.h>
#include "letter.h"
#include "secret.h"
#include "transfer.h"

struct bytes {
	const char *at;
	size_t left;
};

static size_t on_read(char *out, size_t size, size_t n, void *userdata)
{
	struct bytes *bytes = userdata;
	const size_t take = MIN(size * n, bytes->left);

	memcpy(out, bytes->at, take);
	bytes->at += take;
	bytes->left -= take;
	return take;
}

static size_t recipients(const json_t *errand, const char *out[static LETTER_TO])
{
	const json_t *to = json_object_get(errand, "to"), *one;
	size_t n = 0, i;

	json_array_foreach(to, i, one)
	{
		const char *address = json_string_value(one);

		if (n < LETTER_TO && address && letter_address_check(address) == 0)
			out[n++] = address;
	}
	return n;
}

/* False: one of them is no file; said in the answer. Nothing is sent with half of what belongs to it. */
static bool attachments(const json_t *errand, struct letter_part parts[static LETTER_PARTS], size_t *n,
			struct errand_answer *answer)
{
	const json_t *rows = json_object_get(errand, "attachments"), *row;
	size_t i;

	*n = 0;
	json_array_foreach(rows, i, row)
	{
		const struct letter_part part = {errand_text(row, "name"), errand_text(row, "type"),
						 errand_text(row, "base64")};

		if (i >= LETTER_PARTS || !*part.name || letter_base64_check(part.base64) < 0) {
			errand_fail(answer, false, "attachment", "number %zu is no file that can be sent",
				    i + 1);
			return false;
		}
		parts[(*n)++] = part;
	}
	return true;
}

/* The connection itself is TLS. */
static bool is_smtps(const char *server)
{
	return strncmp(server, "smtps://", 8) == 0;
}

static void set_tls(struct transfer *transfer, const char *server, bool password)
{
	const bool strict = password || is_smtps(server);

	transfer_set(transfer, CURLOPT_USE_SSL, (long)(password ? CURLUSESSL_ALL : CURLUSESSL_TRY));
	transfer_set(transfer, CURLOPT_SSL_VERIFYPEER, strict ? 1L : 0L);
	transfer_set(transfer, CURLOPT_SSL_VERIFYHOST, strict ? 2L : 0L);
}

/* False: said in the answer. */
static bool set_login(struct transfer *transfer, const json_t *errand, struct errand_answer *answer)
{
	const char *path = errand_text(errand, "password_file");
	struct secret secret;
	int r;

	if (!*errand_text(errand, "user"))
		return true;
	r = secret_read(path, &secret);
	if (r < 0) {
		errand_fail(answer, true, transfer->name, "mail.password_file \"%s\": %s", path,
			    secret_error(r));
		return false;
	}
	transfer_set(transfer, CURLOPT_USERNAME, errand_text(errand, "user"));
	transfer_set(transfer, CURLOPT_PASSWORD, secret.bytes);
	secret_wipe(&secret);
	return true;
}

/* What a server says of an address or a letter for ever (RFC 5321, 4.2.1: 5yz); a login may be put right. */
static bool is_final(const struct transfer *transfer, CURLcode code)
{
	long reply = 0;

	if (code == CURLE_LOGIN_DENIED)
		return false;
	curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &reply);
	return reply == 550 || reply == 551 || reply == 552 || reply == 553 || reply == 554 || reply == 555;
}

/* A slow line gets the time that so many bytes need on it. */
static void set_size(struct transfer *transfer, size_t length)
{
	transfer_set(transfer, CURLOPT_INFILESIZE_LARGE, (curl_off_t)length);
	transfer_set(transfer, CURLOPT_TIMEOUT, TRANSFER_SEC + (long)errand_bytes_sec(length));
}

static void send_letter(struct transfer *transfer, const struct letter *letter, struct errand_answer *answer)
{
	_cleanup_(curl_slist_free_allp) struct curl_slist *to = NULL;
	struct bytes bytes;
	_cleanup_(freep) char *text = letter_write(letter, &bytes.left);
	CURLcode code;

	for (size_t i = 0; i < letter->n_to; i++) {
		struct curl_slist *longer = curl_slist_append(to, letter->to[i]);

		to = longer ? longer : to;
	}
	if (!text || !to) {
		errand_fail(answer, true, transfer->name, "no memory");
		return;
	}
	bytes.at = text;
	set_size(transfer, bytes.left);
	transfer_set(transfer, CURLOPT_MAIL_FROM, letter->from);
	transfer_set(transfer, CURLOPT_MAIL_RCPT, to);
	transfer_set(transfer, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
	transfer_set(transfer, CURLOPT_UPLOAD, 1L);
	transfer_set(transfer, CURLOPT_READFUNCTION, on_read);
	transfer_set(transfer, CURLOPT_READDATA, &bytes);
	code = transfer_run(transfer);
	if (code != CURLE_OK)
		transfer_failed(transfer, code, !is_final(transfer, code), answer);
}

void mail_run(const json_t *errand, struct errand_answer *answer)
{
	const char *server = errand_text(errand, "server"), *to[LETTER_TO];
	struct letter_part parts[LETTER_PARTS];
	struct letter letter = {.from = errand_text(errand, "from"),
				.to = to,
				.n_to = recipients(errand, to),
				.subject = errand_text(errand, "subject"),
				.text = errand_text(errand, "text"),
				.message_id = errand_text(errand, "message_id"),
				.time_sec = json_integer_value(json_object_get(errand, "time")),
				.parts = parts};
	struct transfer transfer;

	if (!transfer_begin(&transfer, server, "smtp,smtps", answer))
		return;
	set_tls(&transfer, server, *errand_text(errand, "user"));
	if (!letter.n_to || letter_address_check(letter.from) < 0)
		errand_fail(answer, false, transfer.name, "mail.from and mail.to must be addresses");
	else if (attachments(errand, parts, &letter.n_parts, answer) && set_login(&transfer, errand, answer))
		send_letter(&transfer, &letter, answer);
	transfer_end(&transfer);
}
