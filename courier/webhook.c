/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a notice as JSON by POST. With a key the receiver can tell that it is ours: HMAC-SHA256 (RFC 2104)
 * over the body's bytes. No redirect is followed: the body goes where the configuration says or nowhere.
 */
#include <curl/curl.h>
#include <errno.h>
#include <sodium.h>
#include <string.h>
#include "secret.h"
#include "transfer.h"

#define SIGNATURE "X-Gerbang-Signature: sha256="

static struct curl_slist *append(struct curl_slist *list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(list, line);

	return longer ? longer : list;
}

static void sign(const struct secret *secret, const char *body, char out[static sizeof(SIGNATURE) + 64])
{
	crypto_auth_hmacsha256_state state;
	unsigned char mac[crypto_auth_hmacsha256_BYTES];

	crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret->bytes, secret->length);
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)body, strlen(body));
	crypto_auth_hmacsha256_final(&state, mac);
	memcpy(out, SIGNATURE, sizeof(SIGNATURE));
	sodium_bin2hex(out + sizeof(SIGNATURE) - 1, 2 * sizeof(mac) + 1, mac, sizeof(mac));
	explicit_bzero(&state, sizeof(state));
}

/* False: said in the answer. */
static bool add_signature(struct curl_slist **headers, const struct transfer *transfer, const char *path,
			  const char *body, struct errand_answer *answer)
{
	char line[sizeof(SIGNATURE) + 64];
	struct secret secret;
	int r;

	if (!*path)
		return true;
	r = secret_read(path, &secret);
	if (r < 0) {
		errand_fail(answer, true, transfer->name, "webhook.key_file \"%s\": %s", path,
			    secret_error(r));
		return false;
	}
	sign(&secret, body, line);
	secret_wipe(&secret);
	*headers = append(*headers, line);
	return true;
}

/* Whether to come again: not where the receiver says that this body is wrong for ever. */
static bool is_final(long status)
{
	return status == 400 || status == 410 || status == 413 || status == 415 || status == 422;
}

static void judge(struct transfer *transfer, CURLcode code, struct errand_answer *answer)
{
	long status = 0;

	if (code != CURLE_OK) {
		transfer->reply[0] = '\0';
		transfer_failed(transfer, code, true, answer);
		return;
	}
	curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status >= 300 && status < 400)
		errand_fail(answer, true, transfer->name,
			    "answers %ld, which leads elsewhere: name that place itself", status);
	else if (status < 200 || status > 299)
		errand_fail(answer, !is_final(status), transfer->name, "answers %ld", status);
}

static void post(struct transfer *transfer, const json_t *errand, const char *body,
		 struct errand_answer *answer)
{
	_cleanup_(curl_slist_free_allp) struct curl_slist *headers = NULL;

	headers = append(headers, "Content-Type: application/json");
	headers = append(headers, "Expect:");
	if (!add_signature(&headers, transfer, errand_text(errand, "key_file"), body, answer))
		return;
	transfer_set(transfer, CURLOPT_HTTPHEADER, headers);
	transfer_set(transfer, CURLOPT_USERAGENT, "gerbang/" GERBANG_VERSION);
	transfer_set(transfer, CURLOPT_POSTFIELDS, body);
	judge(transfer, transfer_run(transfer), answer);
}

void webhook_run(const json_t *errand, struct errand_answer *answer)
{
	_cleanup_(freep) char *body = json_dumps(json_object_get(errand, "body"), JSON_COMPACT);
	struct transfer transfer;

	if (!transfer_begin(&transfer, errand_text(errand, "url"), "http,https", answer))
		return;
	if (!body)
		errand_fail(answer, false, transfer.name, "there is no body to send");
	else
		post(&transfer, errand, body, answer);
	transfer_end(&transfer);
}
