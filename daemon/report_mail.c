/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: what is sent under the office's name must be the report and nothing else that somebody could put in
 * its place: a link, a device, a pipe that never ends. It must never wait.
 */
#include "report_mail.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "../lib/log.h"

/* What `gerbang report --due` remembers beside the files. */
static const char *const marks[] = {"written", "sent"};

static const struct {
	const char *suffix, *type;
} types[] = {{".pdf", "application/pdf"},
	     {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	     {".html", "text/html"},
	     {".csv", "text/csv"},
	     {".json", "application/json"}};

DEFINE_CLEANUP(DIR *, closedir)

/* ---- words ---- */

enum words { WORDS_ID, WORDS_EN, WORDS };

static const char *const month_names[WORDS][12] = {
    {"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober",
     "November", "Desember"},
    {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
     "November", "December"},
};

/* The mail: site, month, year; site. */
static const char *const subjects[WORDS] = {"[%s] %sLaporan pemakaian internet %s %.4s",
					    "[%s] %sInternet usage report %s %.4s"};
static const char *const marks_of_rehearsal[WORDS] = {"GELADI: ", "REHEARSAL: "};
static const char *const letters[WORDS] = {"Bersama ini disampaikan laporan pemakaian internet bulan %s "
					   "%.4s.\n\nDisimpan di: %s\n\n-- \n%s\nDikirim "
					   "oleh Gerbang.\n",
					   "The internet usage report of %s %.4s comes with this "
					   "mail.\n\nKept in: %s\n\n-- \n%s\nSent by Gerbang.\n"};
static const char *const too_large[WORDS] = {
    "Berkas laporan terlalu besar untuk surel ini, dan tidak dilampirkan.",
    "The report's files are too large for this mail, and are not in it."};
static const char *const unreadable[WORDS] = {"Berkas laporan tidak dapat dibaca, dan tidak dilampirkan.",
					      "The report's files cannot be read, and are not in this mail."};

static enum words language_of(const struct policy *policy)
{
	return policy->report.english ? WORDS_EN : WORDS_ID;
}

/* A text that was cut short ends with a whole character: nothing else is UTF-8. */
static void end_whole(char *text)
{
	size_t length = strlen(text), lead = length;

	while (lead && length - lead < 3 && ((unsigned char)text[lead - 1] & 0xc0) == 0x80)
		lead--;
	if (lead && (unsigned char)text[lead - 1] >= 0xc0) {
		const unsigned char c = (unsigned char)text[lead - 1];

		if (length - lead < (c >= 0xf0 ? 3u : c >= 0xe0 ? 2u : 1u))
			text[lead - 1] = '\0';
	}
}

/* ---- which month, where ---- */

bool report_mail_is_month(const char *text)
{
	if (strlen(text) != 7 || text[4] != '-' || strspn(text, "0123456789") != 4 ||
	    strspn(text + 5, "0123456789") != 2)
		return false;
	return *text >= '2' && strcmp(text + 5, "00") > 0 && strcmp(text + 5, "12") <= 0;
}

char *report_mail_directory(const struct policy *policy, const char *month)
{
	char *directory;

	if (asprintf(&directory, "%s%s/reports/%s", policy->state_directory,
		     clock_is_rehearsal() ? "/rehearsal" : "", month) < 0)
		return NULL;
	return directory;
}

/* ---- the files ---- */

static bool is_meant(const char *name)
{
	for (size_t i = 0; i < ELEMENTS(marks); i++)
		if (strcmp(name, marks[i]) == 0)
			return false;
	return name[0] != '.';
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct names {
	char *rows[REPORT_MAIL_FILES];
	size_t n;
};

static void names_clear(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->rows[i]);
	names->n = 0;
}

/* 0; 1: too many; -errno. */
static int list(DIR *directory, struct names *names)
{
	const struct dirent *entry;

	while ((errno = 0, entry = readdir(directory))) {
		if (!is_meant(entry->d_name))
			continue;
		if (names->n == REPORT_MAIL_FILES)
			return 1;
		names->rows[names->n] = strdup(entry->d_name);
		if (!names->rows[names->n])
			return -ENOMEM;
		names->n++;
	}
	qsort(names->rows, names->n, sizeof(names->rows[0]), by_name);
	return -errno;
}

static const char *type_of(const char *name)
{
	const char *suffix = strrchr(name, '.');

	for (size_t i = 0; i < ELEMENTS(types) && suffix; i++)
		if (strcmp(types[i].suffix, suffix) == 0)
			return types[i].type;
	return "application/octet-stream";
}

/* The size, or -errno: -ENOENT is also what is no file to be sent. */
static ssize_t open_regular(int directory, const char *name, int *out)
{
	_cleanup_(closep) int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat status;

	if (fd < 0)
		return errno == ELOOP || errno == ENXIO ? -ENOENT : -errno;
	if (fstat(fd, &status) < 0)
		return -errno;
	if (!S_ISREG(status.st_mode))
		return -ENOENT;
	*out = fd;
	fd = -1;
	return status.st_size;
}

/* As many bytes as there are, at most `size`: -EAGAIN where it was cut short meanwhile. */
static int read_whole(int fd, unsigned char *bytes, size_t size)
{
	for (size_t at = 0; at < size;) {
		ssize_t n = read(fd, bytes + at, size - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EAGAIN;
		at += (size_t)n;
	}
	return 0;
}

static json_t *file_json(const char *name, const unsigned char *bytes, size_t size)
{
	const size_t room = sodium_base64_ENCODED_LEN(size, sodium_base64_VARIANT_ORIGINAL);
	_cleanup_(freep) char *text = malloc(room);

	if (!text)
		return NULL;
	sodium_bin2base64(text, room, bytes, size, sodium_base64_VARIANT_ORIGINAL);
	return json_pack("{s:s, s:s, s:s}", "name", name, "type", type_of(name), "base64", text);
}

/* What has been found, and how much more there may be. */
struct basket {
	json_t *files; /* NULL: they are only counted */
	size_t n, left;
};

/* 0, also where it is no file that is sent; 1: with it they are too large; -errno. */
static int add_file(int directory, const char *name, struct basket *basket)
{
	_cleanup_(closep) int fd = -1;
	_cleanup_(freep) unsigned char *bytes = NULL;
	const ssize_t size = open_regular(directory, name, &fd);
	int r;

	if (size < 0)
		return size == -ENOENT ? 0 : (int)size;
	if ((size_t)size > basket->left)
		return 1;
	basket->left -= (size_t)size;
	basket->n++;
	if (!basket->files)
		return 0;
	bytes = malloc((size_t)size + 1);
	if (!bytes)
		return -ENOMEM;
	r = read_whole(fd, bytes, (size_t)size);
	if (r < 0)
		return r;
	return json_array_append_new(basket->files, file_json(name, bytes, (size_t)size)) < 0 ? -ENOMEM : 0;
}

static int add_files(DIR *directory, struct basket *basket)
{
	_cleanup_(names_clear) struct names names = {0};
	int r = list(directory, &names);

	for (size_t i = 0; i < names.n && r == 0; i++)
		r = add_file(dirfd(directory), names.rows[i], basket);
	return r == 0 && basket->n == 0 ? -ENOENT : r;
}

int report_mail_files(const char *path, json_t **out)
{
	const int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	_cleanup_(closedirp) DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	struct basket basket = {.left = REPORT_MAIL_MOST};
	int r;

	if (!directory) {
		r = -errno;
		if (fd >= 0)
			close(fd);
		return r;
	}
	basket.files = out ? json_array() : NULL;
	r = out && !basket.files ? -ENOMEM : add_files(directory, &basket);
	if (r != 0)
		json_decref(basket.files);
	else if (out)
		*out = basket.files;
	return r;
}

/* ---- the mail ---- */

void report_mail_notice(const struct policy *policy, const char *month, struct ledger_notice *out)
{
	_cleanup_(freep) char *directory = report_mail_directory(policy, month);
	const enum words language = language_of(policy);
	const char *name = month_names[language][(month[5] - '0') * 10 + month[6] - '0' - 1];

	*out = (struct ledger_notice){.created_wall_usec = clock_now().wall_usec, .way = LEDGER_NOTICE_MAIL};
	snprintf(out->kind, sizeof(out->kind), "report");
	snprintf(out->month, sizeof(out->month), "%s", month);
	snprintf(out->subject, sizeof(out->subject), subjects[language], policy->site_name,
		 clock_is_rehearsal() ? marks_of_rehearsal[language] : "", name, month);
	snprintf(out->text, sizeof(out->text), letters[language], name, month, directory ? directory : "-",
		 policy->site_name);
	end_whole(out->subject);
	end_whole(out->text);
}

void report_mail_attach(const struct policy *policy, const struct ledger_notice *notice, json_t *errand)
{
	_cleanup_(freep) char *directory = report_mail_directory(policy, notice->month);
	json_t *files = NULL;
	int r = directory ? report_mail_files(directory, &files) : -ENOMEM;
	const char *const *why = r == 1 ? too_large : unreadable;

	if (r == 0) {
		json_object_set_new(errand, "attachments", files);
		return;
	}
	log_warning("the report of %s goes without its files: %s", notice->month,
		    r == 1 ? "they are too large" : strerror(-r));
	json_object_set_new(errand, "text", json_sprintf("%s\n\n%s", why[language_of(policy)], notice->text));
}
