/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a subject with an office's name, or a text with a line of one dot, must arrive as it is: everything is
 * encoded, so that no server and no relay has anything to change.
 */
#include "letter.h"
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "../lib/cleanup.h"

#define LINE_BYTES 57u /* 76 characters of base64 */
#define WORD_BYTES 42u /* an encoded word is at most 75 characters */

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
	fputs("\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
	      "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n",
	      out);
}

char *letter_write(const struct letter *letter, size_t *length)
{
	char *bytes = NULL;
	FILE *out = open_memstream(&bytes, length);

	if (!out)
		return NULL;
	put_head(out, letter);
	put_lines(out, letter->text, strlen(letter->text));
	if (fclose(out) == EOF) {
		free(bytes);
		return NULL;
	}
	return bytes;
}
