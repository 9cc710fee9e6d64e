/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What the portal says, in the guest's language. The sentences stand in English where they are said; other
 * languages come from gettext catalogues (po/). A text is plain text, never markup; "{}" stands for a value,
 * and "~" in the patterns of values.c for a space that does not break.
 *
 * The language belongs to a request, not to the process: so the catalogues are read once at start
 * (catalogue.c) and asked by language. libintl has one language a process, and none at all in the C.UTF-8
 * locale of newer systems (glibc 2.39), which is the only one that every system has.
 *
 * Another language, "xx": po/xx.po (msginit -i po/gerbang.pot -l xx), its name in po/LINGUAS. Nothing in C:
 * it appears in the footer under the name that its catalogue gives for "English". A theme has texts in
 * Indonesian and English alone; others show the former.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Those that a theme has texts in. Further ones, from catalogues, count on from LANGUAGES up to
 * language_count(). */
enum language { LANGUAGE_ID, LANGUAGE_EN, LANGUAGES };
#define LANGUAGES_MAX 8

#define N_(english) english /* marks a text of a table for translation */

/* Finds the catalogues beside the program (in a build directory) or where they are installed. Before
 * privileges are dropped. What is missing is said in the log, and is English. */
void texts_open(void);
/* The same from a given directory: languages by name ("id jv"), in DIRECTORY/NAME/LC_MESSAGES/gerbang.mo. 0,
 * or the last error of a catalogue that could not be read. */
int texts_load(const char *directory, const char *languages);

/* The text in this language; the English one where it has none. Valid until texts_load(). */
const char *text_of(enum language language, const char *english);

unsigned language_count(void);
const char *language_code(enum language language);    /* "id", "en": for lang= */
const char *language_name(enum language language);    /* "Bahasa Indonesia" */
enum language language_theme(enum language language); /* below LANGUAGES: whose texts of the theme it shows */
bool language_find(const char *code, enum language *out); /* exactly "id", "en" ... */
/* RFC 9110, 12.5.4: the language of ours that the browser likes best, or `otherwise` where it names none. */
enum language language_accept(const char *header, enum language otherwise);

#define TEXT_VALUE 64
/* "1 jam 59 menit": hours and minutes, or seconds below one minute. */
const char *text_duration(enum language language, int64_t seconds, char out[static TEXT_VALUE]);
/* "10 Mbit/s", "1,24 GB": with the language's decimal sign. */
const char *text_rate(enum language language, uint64_t bps, char out[static TEXT_VALUE]);
const char *text_volume(enum language language, uint64_t bytes, char out[static TEXT_VALUE]);
/* An instant as the daemon says it: `local` "2026-11-24 16:00" at `wall_usec`, seen at `now_usec` (0:
 * unknown). The date is left out when it is today. Empty where `local` is not such a time. */
const char *text_moment(enum language language, const char *local, int64_t wall_usec, int64_t now_usec,
			char out[static TEXT_VALUE]);
/* The same of an instant that lies behind: "14.05", with the date where it is not today. */
const char *text_since(enum language language, const char *local, int64_t wall_usec, int64_t now_usec,
		       char out[static TEXT_VALUE]);
