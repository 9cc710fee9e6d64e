/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a report that somebody pays by is either whole or the one before. Nothing here is ever written under
 * its own name, and a file that could not be written leaves nothing behind.
 */
#include "files.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include "../lib/cleanup.h"
#include "../policy/policy.h"
#include "open_data.h"
#include "writers.h"

/* One file in the making: below a name of its own, which begins with a dot, until it is whole. */
struct draft {
	char path[PATH_MAX];
	int fd;
};

struct job {
	const struct report_document *document;
	const char *directory;
	struct report_files *files;
};

/* What writes a file: `table` is a CSV's alone; else NULL. */
typedef int (*file_writer)(const struct report_document *document, const struct report_table *table,
			   FILE *out);

/* ---- names ---- */

static char *name_of(int32_t month, const char *middle, const char *key, const char *suffix)
{
	char *name;

	if (asprintf(&name, "gerbang-%04d-%02d%s%s%s", month / 12, month % 12 + 1, middle, key, suffix) < 0)
		return NULL;
	return name;
}

static int remember(struct report_files *files, char *name)
{
	char **longer = reallocarray(files->names, files->n + 1, sizeof(*longer));

	if (!longer) {
		free(name);
		return -ENOMEM;
	}
	files->names = longer;
	files->names[files->n++] = name;
	return 0;
}

static int failed(const struct job *job, const char *name, int error)
{
	snprintf(job->files->failed, sizeof(job->files->failed), "%s: %s", name ? name : job->directory,
		 error == -ENOPKG ? "no font is installed (fonts-liberation or fonts-dejavu-core)"
				  : strerror(-error));
	return error;
}

/* ---- one file ---- */

static int draft_begin(const char *directory, const char *name, struct draft *out)
{
	const int n = snprintf(out->path, sizeof(out->path), "%s/.%s.XXXXXX", directory, name);

	if (n < 0 || (size_t)n >= sizeof(out->path))
		return -ENAMETOOLONG;
	out->fd = mkostemp(out->path, O_CLOEXEC);
	return out->fd < 0 ? -errno : 0;
}

/* What is on the disk, then whose it may be, then its name: in this order a power cut leaves the former file.
 */
static int draft_end(const struct draft *draft, const char *directory, const char *name)
{
	char path[PATH_MAX];
	const int n = snprintf(path, sizeof(path), "%s/%s", directory, name);

	if (n < 0 || (size_t)n >= sizeof(path))
		return -ENAMETOOLONG;
	if (fchmod(draft->fd, 0644) < 0 || fsync(draft->fd) < 0 || rename(draft->path, path) < 0)
		return -errno;
	return 0;
}

static int write_stream(int fd, file_writer writer, const struct report_document *document,
			const struct report_table *table)
{
	const int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	FILE *out = copy < 0 ? NULL : fdopen(copy, "w");
	int r;

	if (!out) {
		r = -errno;
		if (copy >= 0)
			close(copy);
		return r;
	}
	errno = 0;
	r = writer(document, table, out);
	if ((r >= 0 && ferror(out)) || r == -EIO)
		r = errno ? -errno : -EIO; /* the reason, where it is still to be had */
	if (fclose(out) == EOF && r >= 0)
		r = -errno;
	return MIN(r, 0);
}

/* `writer` NULL: the one that wants a path (the spreadsheet's library opens its file itself). */
static int write_draft(const struct job *job, const struct draft *draft, file_writer writer,
		       const struct report_table *table)
{
	if (writer)
		return write_stream(draft->fd, writer, job->document, table);
	return MIN(xlsx_write(job->document, draft->path), 0);
}

/* Steals `name` (NULL: no memory). */
static int write_file(const struct job *job, char *name, file_writer writer, const struct report_table *table)
{
	struct draft draft = {.fd = -1};
	int r = name ? draft_begin(job->directory, name, &draft) : -ENOMEM;

	if (r >= 0) {
		r = write_draft(job, &draft, writer, table);
		if (r >= 0)
			r = draft_end(&draft, job->directory, name);
		if (r < 0)
			unlink(draft.path);
		close(draft.fd);
	}
	if (r < 0) {
		failed(job, name, r);
		free(name);
		return r;
	}
	return remember(job->files, name);
}

/* ---- the formats ---- */

static int put_html(const struct report_document *document, const struct report_table *table _unused_,
		    FILE *out)
{
	return html_write(document, out);
}

static int put_pdf(const struct report_document *document, const struct report_table *table _unused_,
		   FILE *out)
{
	return pdf_write(document, out);
}

static int put_json(const struct report_document *document, const struct report_table *table _unused_,
		    FILE *out)
{
	return open_json(document, out);
}

static int put_dictionary(const struct report_document *document, const struct report_table *table _unused_,
			  FILE *out)
{
	return open_dictionary(document, out);
}

static const struct {
	enum policy_format format;
	const char *suffix;
	file_writer writer;
} singles[] = {{POLICY_FORMAT_PDF, ".pdf", put_pdf},
	       {POLICY_FORMAT_XLSX, ".xlsx", NULL},
	       {POLICY_FORMAT_HTML, ".html", put_html}};

static int write_tables(const struct job *job, const char *middle)
{
	const struct report_document *document = job->document;
	int r = 0;

	for (size_t i = 0; i < document->n_sections; i++) {
		const struct report_section *section = &document->sections[i];

		for (size_t j = 0; j < section->n_blocks && r >= 0; j++) {
			const struct report_table *table = &section->blocks[j].table;

			if (section->blocks[j].kind == REPORT_TABLE)
				r = write_file(job, name_of(document->month, middle, table->key, ".csv"),
					       csv_write, table);
		}
	}
	return r;
}

static int write_open(const struct job *job)
{
	_cleanup_(report_document_freep) struct report_document *open = NULL;
	struct job of = *job;
	int r = open_document(job->document, &open);

	if (r < 0)
		return failed(job, NULL, r);
	of.document = open;
	r = write_file(&of, name_of(open->month, "-open", "", ".json"), put_json, NULL);
	if (r >= 0)
		r = write_tables(&of, "-open-");
	if (r >= 0)
		r = write_file(&of, name_of(open->month, "-open-", "dictionary", ".csv"), put_dictionary,
			       NULL);
	return r;
}

static int write_formats(const struct job *job, unsigned formats)
{
	int r = 0;

	for (size_t i = 0; i < ELEMENTS(singles) && r >= 0; i++)
		if (formats & singles[i].format)
			r = write_file(job, name_of(job->document->month, "", "", singles[i].suffix),
				       singles[i].writer, NULL);
	if (r >= 0 && (formats & POLICY_FORMAT_CSV))
		r = write_tables(job, "-");
	return r;
}

/* The names, too, survive a power cut. */
static int sync_directory(const char *path)
{
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

static int make_directory(const char *path)
{
	if (mkdir(path, 0755) == 0)
		return chmod(path, 0755) < 0 ? -errno : 0; /* whatever the umask */
	return errno == EEXIST ? 0 : -errno;
}

int report_files_write(const struct report_document *document, const char *directory, unsigned formats,
		       bool open, struct report_files *out)
{
	const struct job job = {document, directory, out};
	int r = make_directory(directory);

	*out = (struct report_files){0};
	if (r < 0)
		return failed(&job, NULL, r);
	r = write_formats(&job, formats);
	if (r >= 0 && open)
		r = write_open(&job);
	if (r < 0)
		return r;
	r = sync_directory(directory);
	return r < 0 ? failed(&job, NULL, r) : 0;
}

void report_files_clear(struct report_files *files)
{
	for (size_t i = 0; i < files->n; i++)
		free(files->names[i]);
	free(files->names);
	*files = (struct report_files){0};
}
