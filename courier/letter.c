/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a subject with an office's name, or a text with a line of one dot, must arrive as it is: everything is
 * encoded, so that no server and no relay has anything to change.
 */
#include "letter.h"
#include <errno.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "../lib/cleanup.h"

#define LINE_BYTES 57u /* 76 characters of base64 */
#define LINE_TEXT 76u
#define NAME_BYTES 200u /* longer file names serve nobody */
#define WORD_BYTES 42u	/* an encoded word is at most 75 characters */

int letter_address_check(const char *address)
{
	const char *at = strchr(address, '@');

	if (!at || at == address || !at[1] || strchr(at + 1, '@') || strlen(address) > 254 ||
	    address[0] == '-')
		return -EINVAL;
	for (const char *c = address; *c; c++)
		if (*c <= ' ' || *c > '~' || strchr("<>()[]\\,;:\"", *c))
			return -EINVAL;
	return 0;
}

static void put_base64(FILE *out, const char *bytes, size_t n)
{
	char text[sodium_base64_ENCODED_LEN(LINE_BYTES, sodium_base64_VARIANT_ORIGINAL)];

	sodium_bin2base64(text, sizeof(text), (const unsigned char *)bytes, n,
			  sodium_base64_VARIANT_ORIGINAL);
	fputs(text, out);
}

/* At most `most` bytes of `text`, not within a character. */
static size_t piece(const char *text, size_t most)
{
	size_t n = strlen(text);

	if (n <= most)
		return n;
	n = most;
	while (n && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	return n ? n : most;
}

/* RFC 2047, each word a line of its own. */
static void put_words(FILE *out, const char *text)
{
	const char *before = "";

	while (*text) {
		const size_t n = piece(text, WORD_BYTES);

		fprintf(out, "%s=?UTF-8?B?", before);
		put_base64(out, text, n);
		fputs("?=", out);
		before = "\r\n ";
		text += n;
	}
}

static void put_lines(FILE *out, const char *text, size_t length)
{
	for (size_t at = 0; at < length; at += LINE_BYTES) {
		put_base64(out, text + at, MIN(length - at, LINE_BYTES));
		fputs("\r\n", out);
	}
}

/* RFC 5322, 3.3, whatever the locale. */
static void put_date(FILE *out, int64_t time_sec)
{
	static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const time_t time = (time_t)time_sec;
	struct tm tm = {0};

	gmtime_r(&time, &tm);
	fprintf(out, "Date: %.3s, %02d %.3s %d %02d:%02d:%02d +0000\r\n", days + 3 * tm.tm_wday, tm.tm_mday,
		months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* Ours by make; a character that does not belong is left out all the same. */
static void put_id(FILE *out, const char *id)
{
	fputs("Message-ID: <", out);
	for (; *id; id++)
		if (*id > ' ' && *id <= '~' && !strchr("<>()\\,;:\"", *id))
			fputc(*id, out);
	fputs(">\r\n", out);
}

static void put_head(FILE *out, const struct letter *letter)
{
	put_date(out, letter->time_sec);
	fprintf(out, "From: <%s>\r\nTo: ", letter->from);
	for (size_t i = 0; i < letter->n_to; i++)
		fprintf(out, "%s<%s>", i ? ",\r\n " : "", letter->to[i]);
	fputs("\r\n", out);
	put_id(out, letter->message_id);
	fputs("Subject: ", out);
	put_words(out, letter->subject);
	fputs("\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n", out);
}

static void put_text(FILE *out, const char *text)
{
	fputs("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n", out);
	put_lines(out, text, strlen(text));
}

/* ---- parts ---- */

/* A line of base64 has no "-": this can be in none. The same letter has the same bytes, however often it is
 * tried. */
#define BOUNDARY "----gerbang----"

int letter_base64_check(const char *text)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const size_t n = strspn(text, letters), padding = strspn(text + n, "=");

	return text[n + padding] || padding > 2 || (n + padding) % 4 ? -EINVAL : 0;
}

/* RFC 2045, 5.1: a token. */
static bool is_token(char c)
{
	return c > ' ' && c < 0x7f && !strchr("()<>@,;:\\\"/[]?=", c);
}

static bool is_type(const char *type)
{
	const char *slash = strchr(type, '/');

	if (!slash || slash == type || !slash[1] || strlen(type) > 100)
		return false;
	for (const char *c = type; *c; c++)
		if (c != slash && !is_token(*c))
			return false;
	return true;
}

/* RFC 2231, 3 and 4: "name*0*=UTF-8''gerbang-", "name*1*=...": whatever the name, lines stay short and
 * letters harmless. What is no text of a name at all (control characters, a path) does not get in. */
static void put_name(FILE *out, const char *key, const char *name)
{
	const size_t length = piece(name, NAME_BYTES);
	unsigned column = 0, section = 0;

	for (size_t i = 0; i < length; i++) {
		const unsigned char c = (unsigned char)name[i];

		if (c < ' ' || c == 0x7f || c == '/' || c == '\\')
			continue;
		if (column == 0)
			fprintf(out, ";\r\n %s*%u*=%s", key, section, section ? "" : "UTF-8''");
		if (is_token((char)c) && !strchr("*'%", c))
			fputc(c, out);
		else
			fprintf(out, "%%%02X", c);
		if (++column == 18) {
			column = 0;
			section++;
		}
	}
}

static bool is_plain(const char *name)
{
	for (const char *c = name; *c; c++)
		if (!is_token(*c))
			return false;
	return *name && strlen(name) <= 60;
}

/* Old readers know only the plain form; it is used wherever it can be. */
static void put_parameter(FILE *out, const char *key, const char *name)
{
	if (is_plain(name))
		fprintf(out, ";\r\n %s=\"%s\"", key, name);
	else
		put_name(out, key, name);
}

static void put_part(FILE *out, const struct letter_part *part)
{
	size_t left = strlen(part->base64);
	const char *at = part->base64;

	fprintf(out, "--" BOUNDARY "\r\nContent-Type: %s",
		is_type(part->type) ? part->type : "application/octet-stream");
	put_parameter(out, "name", part->name);
	fputs("\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment", out);
	put_parameter(out, "filename", part->name);
	fputs("\r\n\r\n", out);
	while (left) {
		const size_t n = MIN(left, LINE_TEXT);

		fwrite(at, 1, n, out);
		fputs("\r\n", out);
		at += n;
		left -= n;
	}
}

static void put_body(FILE *out, const struct letter *letter)
{
	if (letter->n_parts == 0) {
		put_text(out, letter->text);
		return;
	}
	fputs("Content-Type: multipart/mixed; boundary=\"" BOUNDARY "\"\r\n\r\n--" BOUNDARY "\r\n", out);
	put_text(out, letter->text);
	for (size_t i = 0; i < letter->n_parts; i++)
		put_part(out, &letter->parts[i]);
	fputs("--" BOUNDARY "--\r\n", out);
}

char *letter_write(const struct letter *letter, size_t *length)
{
	char *bytes = NULL;
	FILE *out = open_memstream(&bytes, length);

	if (!out)
		return NULL;
	put_head(out, letter);
	put_body(out, letter);
	if (fclose(out) == EOF) {
		free(bytes);
		return NULL;
	}
	return bytes;
}
