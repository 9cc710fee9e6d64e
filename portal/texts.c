// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The languages: which there are, which one a browser asks for, and a sentence in one of them. A language
 * whose catalogue cannot be read stays on the list and speaks English: a missing file must not take away a
 * page.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <errno.h>
#include "../lib/cleanup.h"
#include "../lib/log.h"
#include "catalogue.h"
#include "texts.h"

struct speech {
	char code[12];		     /* RFC 5646, as in lang= and ?lang= */
	struct catalogue *catalogue; /* NULL: English */
};

static struct speech languages[LANGUAGES_MAX] = {[LANGUAGE_ID] = {"id"}, [LANGUAGE_EN] = {"en"}};
static unsigned n_languages = LANGUAGES;

static bool known(enum language language)
{
	return (unsigned)language < n_languages;
}

static struct speech *speech_for(const char *code, size_t length)
{
	for (unsigned i = 0; i < n_languages; i++) {
		if (strlen(languages[i].code) == length && strncmp(languages[i].code, code, length) == 0)
			return &languages[i];
	}
	if (n_languages == LANGUAGES_MAX || length < 2 || length >= sizeof(languages[0].code))
		return NULL;
	snprintf(languages[n_languages].code, sizeof(languages[0].code), "%.*s", (int)length, code);
	return &languages[n_languages++];
}

static int load(struct speech *speech, const char *directory)
{
	_cleanup_(freep) char *path = NULL;
	int r;

	speech->catalogue = catalogue_free(speech->catalogue);
	if (asprintf(&path, "%s/%s/LC_MESSAGES/gerbang.mo", directory, speech->code) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	r = catalogue_read(path, &speech->catalogue);
	if (r < 0)
		log_warning("%s: %s; pages in this language are shown in English", path,
			    r == -EBADMSG ? "not a catalogue of messages" : strerror(-r));
	return r;
}

int texts_load(const char *directory, const char *names)
{
	int r, result = 0;

	for (size_t length; *names; names += length) {
		struct speech *speech;

		names += strspn(names, " \n");
		length = strcspn(names, " \n");
		if (length == 0)
			break;
		speech = speech_for(names, length);
		if (!speech) {
			log_warning("\"%.*s\" is one language too many, or no language", (int)length, names);
			continue;
		}
		r = load(speech, directory);
		if (r < 0)
			result = r;
	}
	return result;
}

const char *text_of(enum language language, const char *english)
{
	const struct catalogue *catalogue = known(language) ? languages[language].catalogue : NULL;
	const char *text = catalogue ? catalogue_find(catalogue, english) : NULL;

	return text ? text : english;
}

unsigned language_count(void)
{
	return n_languages;
}

const char *language_code(enum language language)
{
	return languages[known(language) ? language : LANGUAGE_EN].code;
}

const char *language_name(enum language language)
{
	/* TRANSLATORS: the name of your own language, in your own language. */
	const char *name = text_of(language, N_("English"));

	if (language == LANGUAGE_ID && !languages[LANGUAGE_ID].catalogue)
		return "Bahasa Indonesia"; /* the site's default: its name needs no catalogue */
	return name;
}

enum language language_theme(enum language language)
{
	return language < LANGUAGES ? language : LANGUAGE_ID;
}

bool language_find(const char *code, enum language *out)
{
	for (unsigned i = 0; code && i < n_languages; i++) {
		if (strcmp(code, languages[i].code) == 0) {
			*out = i;
			return true;
		}
	}
	return false;
}

/* "in" is what old Android devices still call Indonesian. */
static bool tag_language(const char *tag, size_t length, enum language *out)
{
	size_t primary = 0;

	while (primary < length && tag[primary] != '-')
		primary++;
	if (primary == 2 && strncasecmp(tag, "in", 2) == 0) {
		*out = LANGUAGE_ID;
		return true;
	}
	for (unsigned i = 0; i < n_languages; i++) {
		if (strlen(languages[i].code) == primary &&
		    strncasecmp(tag, languages[i].code, primary) == 0) {
			*out = i;
			return true;
		}
	}
	return false;
}

/* ";q=0.8" in thousandths; 1000 without one, 0 for anything else. */
static int quality(const char *parameters, size_t length)
{
	int value, scale = 100;
	size_t i = 0;

	while (i < length && (parameters[i] == ';' || parameters[i] == ' '))
		i++;
	if (i == length)
		return 1000;
	if (length - i < 3 || strncasecmp(parameters + i, "q=", 2) != 0)
		return 0;
	i += 2;
	value = parameters[i] == '1' ? 1000 : 0;
	for (i++; i < length && scale > 0; i++) {
		if (parameters[i] >= '0' && parameters[i] <= '9') {
			value += (parameters[i] - '0') * scale;
			scale /= 10;
		}
	}
	return MIN(value, 1000);
}

enum language language_accept(const char *header, enum language otherwise)
{
	enum language best = otherwise, found;
	int best_quality = 0;

	while (header && *header) {
		size_t length, tag;

		header += strspn(header, ", \t");
		length = strcspn(header, ",");
		tag = MIN(strcspn(header, "; \t"), length);
		if (tag_language(header, tag, &found)) {
			int q = quality(header + tag, length - tag);

			if (q > best_quality) {
				best_quality = q;
				best = found;
			}
		}
		header += length;
	}
	return best;
}
