// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The look of the pages: the folder portal.theme with theme.conf and the files that it names, read once with
 * the configuration, so that no page ever waits for a file and a fault is told by `gerbang check`. Colours
 * that a weak eye could not read are refused here (WCAG 2.1, 1.4.3), not on the page.
 */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <string.h>
#include "config_reader.h"

#define ACCENT "#0a6353"
#define BACKGROUND "#eaf1ee"
#define CONTRAST_LEAST 4.5
enum { LINKS_MOST = 8, LINK_TEXT_MOST = 60, NAME_MOST = 80, TERMS_BYTES_MOST = 16000, PARAGRAPHS_MOST = 64 };

/* ---- colours ---- */

static int read_colour(_unused_ struct config_reader *r, config_setting_t *setting,
		       const struct config_key *key, void *base)
{
	const char *text = config_setting_get_string(setting);
	char *to = CONFIG_AT(char, base, key);

	if (*text != '#' || strlen(text) != 7 || strspn(text + 1, "0123456789abcdefABCDEF") != 6)
		return -EINVAL;
	for (size_t i = 0; i < 8; i++)
		to[i] = (char)tolower((unsigned char)text[i]);
	return 0;
}

/* WCAG 2.1, "relative luminance". */
static double luminance(const char *colour)
{
	static const double weights[] = {0.0722, 0.7152, 0.2126}; /* blue, green, red */
	unsigned long rgb = strtoul(colour + 1, NULL, 16);
	double sum = 0;

	for (size_t i = 0; i < ELEMENTS(weights); i++, rgb >>= 8) {
		double c = (double)(rgb & 0xff) / 255;

		sum += weights[i] * (c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
	}
	return sum;
}

static double contrast(const char *a, const char *b)
{
	double x = luminance(a), y = luminance(b);

	return (MAX(x, y) + 0.05) / (MIN(x, y) + 0.05);
}

/* Text on either colour is black or white, whichever contrasts more: that always reaches 4.58. What is left
 * to judge is the accent itself as the text of a link. */
static void check_colours(struct config_reader *r, config_setting_t *group, void *row)
{
	const struct policy_theme *theme = row;
	config_setting_t *accent = config_setting_get_member(group, "accent");
	config_setting_t *background = config_setting_get_member(group, "background");
	bool typed = accent && config_setting_source_line(accent);

	if (!*theme->accent || !*theme->background ||
	    contrast(theme->accent, theme->background) >= CONTRAST_LEAST)
		return;
	config_fault(
	    r, typed ? accent : background,
	    "must contrast by at least %.1f to 1 with the %s \"%s\" (WCAG 2.1, 1.4.3; this is %.1f to 1)",
	    CONTRAST_LEAST, typed ? "background" : "accent", typed ? theme->background : theme->accent,
	    contrast(theme->accent, theme->background));
}

/* ---- files beside theme.conf ---- */

/* 1: the fault is reported. */
static int read_named(struct config_reader *r, config_setting_t *setting, size_t most, char **bytes,
		      size_t *length)
{
	const char *name = config_setting_get_string(setting);
	_cleanup_(freep) char *path = NULL;
	unsigned line;
	int error;

	if (!*name || *name == '.' || strchr(name, '/') || strlen(name) > 255 || !config_is_text(name)) {
		config_fault(r, setting, "must be the name of a file in the theme's folder");
		return 1;
	}
	path = config_source_beside(
	    config_source_place(r->source, config_setting_source_line(setting), &line), name);
	if (!path || config_source_add(r->source, path) < 0)
		return -ENOMEM;
	error = config_file_read_by(r, path, most, bytes, length);
	if (error == -ENOMEM)
		return error;
	if (error == -EFBIG)
		config_fault(r, setting, "must be a file of at most %zu bytes", most);
	else if (error < 0)
		config_fault(r, setting, "must be a readable file in the theme's folder (%s)",
			     error == -ENOTSUP ? "not a regular file" : strerror(-error));
	return error < 0;
}

/* By what the bytes are, not by what the name says. SVG can hold programs, so it is none of these. */
static const char *image_type(const char *bytes, size_t length)
{
	static const struct {
		const char *type, *magic;
		size_t length, offset;
	} types[] = {
	    {"image/png", "\x89PNG\r\n\x1a\n", 8, 0},
	    {"image/jpeg", "\xff\xd8\xff", 3, 0},
	    {"image/webp", "WEBP", 4, 8},
	};

	for (size_t i = 0; i < ELEMENTS(types); i++) {
		if (length < types[i].offset + types[i].length ||
		    memcmp(bytes + types[i].offset, types[i].magic, types[i].length))
			continue;
		if (types[i].offset == 0 || !memcmp(bytes, "RIFF", 4))
			return types[i].type;
	}
	return NULL;
}

static int read_logo(struct config_reader *r, config_setting_t *setting, const struct config_key *key,
		     void *base)
{
	struct policy_theme *theme = CONFIG_AT(struct policy_theme, base, key);
	_cleanup_(freep) char *bytes = NULL;
	const char *type;
	size_t length;
	int error = read_named(r, setting, POLICY_LOGO_MAX, &bytes, &length);

	if (error)
		return error;
	type = image_type(bytes, length);
	if (!type) {
		config_fault(r, setting, "must be a PNG, JPEG or WebP image");
		return 1;
	}
	free(theme->logo);
	theme->logo = bytes;
	theme->logo_size = length;
	theme->logo_type = type;
	bytes = NULL;
	return 0;
}

/* ---- terms ---- */

/* Where the paragraphs of one file go. */
struct terms {
	char ***rows;
	size_t *n;
};

static int add_paragraph(const struct terms *terms, const char *text)
{
	char **grown = reallocarray(*terms->rows, *terms->n + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	*terms->rows = grown;
	grown[*terms->n] = strdup(text);
	if (!grown[*terms->n])
		return -ENOMEM;
	++*terms->n;
	return 0;
}

/* The line without what surrounds it. */
static size_t trim(char **line)
{
	size_t n;

	*line += strspn(*line, " \t\r");
	for (n = strlen(*line); n && strchr(" \t\r", (*line)[n - 1]); n--)
		;
	return n;
}

/* Lines up to an empty one are a paragraph; `paragraph` has room for the whole text. */
static int split_terms(const struct terms *terms, char *text, char *paragraph)
{
	size_t used = 0, n;
	int error = 0;

	for (char *line = text, *next; line && error == 0; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		n = trim(&line);
		if (n && used)
			paragraph[used++] = ' ';
		for (size_t i = 0; i < n; i++)
			paragraph[used++] = line[i] == '\t' ? ' ' : line[i];
		paragraph[used] = '\0';
		if (used && (!n || !next)) {
			error = add_paragraph(terms, paragraph);
			used = 0;
		}
	}
	return error;
}

/* UTF-8 without control characters but for the ends of lines and tabs: config_is_text() with these out of the
 * way. */
static bool is_plain_text(const char *text, size_t length, char *copy)
{
	if (memchr(text, '\0', length))
		return false;
	for (size_t i = 0; i <= length; i++)
		copy[i] = text[i] && strchr("\r\n\t", text[i]) ? ' ' : text[i];
	return config_is_text(copy);
}

static int read_terms(struct config_reader *r, config_setting_t *setting, const struct config_key *key,
		      void *base)
{
	const struct terms terms = {CONFIG_AT(char **, base, key), (size_t *)((char *)base + key->count_to)};
	_cleanup_(freep) char *bytes = NULL;
	_cleanup_(freep) char *room = NULL;
	size_t length, mark;
	int error = read_named(r, setting, TERMS_BYTES_MOST, &bytes, &length);

	if (error)
		return error;
	room = malloc(length + 1);
	if (!room)
		return -ENOMEM;
	mark = strncmp(bytes, "\xef\xbb\xbf", 3) ? 0 : 3; /* a byte-order mark */
	if (!is_plain_text(bytes + mark, length - mark, room)) {
		config_fault(r, setting, "must be a file of UTF-8 text without control characters");
		return 1;
	}
	error = split_terms(&terms, bytes + mark, room);
	if (error == 0 && (*terms.n < 1 || *terms.n > PARAGRAPHS_MOST)) {
		config_fault(r, setting, "must be a text of 1 to %d paragraphs", PARAGRAPHS_MOST);
		return 1;
	}
	return error;
}

/* ---- theme.conf ---- */

static const struct config_kind colour_kind = {
    CONFIG_TYPE_STRING, "must be a colour, \"#rrggbb\" in hexadecimal digits", read_colour};
static const struct config_kind logo_kind = {CONFIG_TYPE_STRING, "must be the name of a file in quotes",
					     read_logo};
static const struct config_kind terms_kind = {CONFIG_TYPE_STRING, "must be the name of a file in quotes",
					      read_terms};

#define TO(type, field) .to = offsetof(type, field)
#define COUNT(type, field) .count_to = offsetof(type, field)

static const struct config_key link_keys[] = {
    {"url", &config_url, TO(struct policy_link, url), .flags = KEY_REQUIRED},
    {"id", &config_text, TO(struct policy_link, text[0]), .flags = KEY_REQUIRED, .most = LINK_TEXT_MOST},
    {"en", &config_text, TO(struct policy_link, text[1]), .flags = KEY_REQUIRED, .most = LINK_TEXT_MOST},
};
static const struct config_group link_group = {link_keys, ELEMENTS(link_keys), sizeof(struct policy_link),
					       NULL};

static const struct config_key theme_keys[] = {
    {"name", &config_text, TO(struct policy_theme, name), .most = NAME_MOST},
    {"accent", &colour_kind, TO(struct policy_theme, accent), .fallback = ACCENT},
    {"background", &colour_kind, TO(struct policy_theme, background), .fallback = BACKGROUND},
    {"logo", &logo_kind, .to = 0},
    {"terms_id", &terms_kind, TO(struct policy_theme, terms[0]), COUNT(struct policy_theme, n_terms[0])},
    {"terms_en", &terms_kind, TO(struct policy_theme, terms[1]), COUNT(struct policy_theme, n_terms[1])},
    {"links", &config_rows, TO(struct policy_theme, links), COUNT(struct policy_theme, n_links),
     .most = LINKS_MOST, .more = &link_group},
};

static void check_theme(struct config_reader *r, config_setting_t *group, void *row)
{
	config_setting_t *id = config_setting_get_member(group, "terms_id");
	config_setting_t *en = config_setting_get_member(group, "terms_en");

	check_colours(r, group, row);
	if (!id != !en)
		config_warn(r, id ? id : en,
			    "without %s too, pages in that language show the portal's own terms",
			    id ? "terms_en" : "terms_id");
}

static const struct config_group theme_group = {theme_keys, ELEMENTS(theme_keys), sizeof(struct policy_theme),
						check_theme};

/* What was read belongs to the configuration's files: an editor of one of them decides what guests read. */
static int take_files(struct config_reader *r, const struct config_source *from)
{
	int error = 0;

	for (size_t i = 0; i < from->n_files && error == 0; i++)
		error = config_source_add(r->source, from->files[i]);
	return error;
}

static void read_folder(struct config_reader *r, config_setting_t *setting, const char *path)
{
	_cleanup_(config_source_clear) struct config_source source = {0};
	struct config_reader theme = {
	    .policy = r->policy, .source = &source, .path = r->path, .copy = r->copy};
	int error = config_source_read(&theme, path, &source);

	if (error < 0)
		theme.error = error;
	else if (error == 0)
		config_read_source(&theme, &theme_group, &r->policy->theme, NULL);
	config_notes_take(r, setting, &theme);
	if (!r->error)
		r->error = take_files(r, &source);
}

static void set_defaults(struct config_reader *r, struct policy_theme *theme)
{
	const char *site = r->policy->site_name ? r->policy->site_name : "";

	if (!*theme->accent)
		memcpy(theme->accent, ACCENT, sizeof(ACCENT));
	if (!*theme->background)
		memcpy(theme->background, BACKGROUND, sizeof(BACKGROUND));
	if (!theme->name && config_keep(&theme->name, site) < 0)
		r->error = -ENOMEM;
}

void config_read_theme(struct config_reader *r, config_setting_t *setting)
{
	const char *folder = r->policy->portal.theme_directory;
	_cleanup_(freep) char *path = NULL, *where = NULL;

	if (setting && folder) {
		if (asprintf(&path, "%s/theme.conf", folder) < 0)
			path = NULL;
		where = path ? config_path_by(r, path) : NULL;
		if (!where) {
			r->error = -ENOMEM;
			return;
		}
		if (access(where, R_OK) < 0)
			config_fault(r, setting, "must be a folder with a readable theme.conf (%s)",
				     strerror(errno));
		else
			read_folder(r, setting, path);
	}
	set_defaults(r, &r->policy->theme);
}
