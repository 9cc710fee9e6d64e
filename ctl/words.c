// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which language is spoken, and how something is said in it. It must never depend on a locale that the
 * machine may not have.
 */
#include <stdarg.h>
#include <string.h>
#include "words_table.h"

static enum words_language language;

void words_open(void)
{
	static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < ELEMENTS(variables); i++) {
		const char *value = getenv(variables[i]);

		if (value && *value) {
			language = strncmp(value, "id", 2) == 0 &&
					   !strchr("abcdefghijklmnopqrstuvwxyz", value[2] ? value[2] : '_')
				       ? WORDS_ID
				       : WORDS_EN;
			return;
		}
	}
}

enum words_language words_language(void)
{
	return language;
}

const char *words_language_name(void)
{
	return language == WORDS_ID ? "id" : "en";
}

const char *word(enum word key)
{
	return key < WORDS_IN_TABLE ? words_table[key][language]
				    : words_review[key - WORDS_IN_TABLE][language];
}

char *word_decimal(char *text)
{
	for (char *point = text; language == WORDS_ID && (point = strchr(point, '.'));)
		*point = ',';
	return text;
}

void complain(enum word format, ...)
{
	va_list arguments;

	fputs("gerbang: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, word(format), arguments);
	va_end(arguments);
	fputc('\n', stderr);
}
