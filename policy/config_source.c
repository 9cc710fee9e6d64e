// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads the configuration file and its @includes into one text for libconfig, remembering where each line
 * came from. It only knows as much of the syntax as that needs: strings, comments, names, numbers and
 * @include. It must never follow an include without a bound (depth, number, bytes), nor open anything but a
 * regular file.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include "config_reader.h"

enum { FILE_MOST = 4 << 20, TEXT_MOST = 16 << 20, DEPTH_MOST = 10, FILES_MOST = 256 };

int config_file_read(const char *path, size_t most, char **out, size_t *length)
{
	_cleanup_(freep) char *text = NULL;
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	size_t done = 0;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -ENOTSUP;
	if ((uintmax_t)st.st_size > most)
		return -EFBIG;
	text = malloc((size_t)st.st_size + 1);
	if (!text)
		return -ENOMEM;
	while (done < (size_t)st.st_size) {
		n = read(fd, text + done, (size_t)st.st_size - done);
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	text[done] = '\0';
	*length = done;
	*out = text;
	text = NULL;
	return 0;
}

const char *config_below(const char *path, const char *file)
{
	const char *slash = strrchr(path, '/'), *below;
	size_t folder = slash ? (size_t)(slash - path) + 1 : 0;

	if (strncmp(path, file, folder))
		return NULL;
	below = file + folder;
	below += strspn(below, "/");
	if (!*below || (!folder && *file == '/'))
		return NULL;
	for (const char *at = below; at; at = strchr(at, '/')) {
		at += strspn(at, "/");
		if (at[0] == '.' && at[1] == '.' && (!at[2] || at[2] == '/'))
			return NULL;
	}
	return below;
}

char *config_path_by(const struct config_reader *r, const char *path)
{
	const char *below = r->copy ? config_below(r->path, path) : NULL;
	char *copy;

	if (!below)
		return strdup(path);
	return asprintf(&copy, "%s/%s", r->copy, below) < 0 ? NULL : copy;
}

int config_file_read_by(const struct config_reader *r, const char *path, size_t most, char **out,
			size_t *length)
{
	_cleanup_(freep) char *where = config_path_by(r, path);

	return where ? config_file_read(where, most, out, length) : -ENOMEM;
}

/* One file being copied into the text. */
struct scan {
	struct config_reader *r;
	struct config_source *source;
	const char *at, *end;
	unsigned line;
	size_t file;
	unsigned depth;
};

static int append(struct config_source *source, const char *bytes, size_t n)
{
	if (source->room <= source->length + n) {
		size_t room = 2 * (source->length + n) + 4096;
		char *grown = realloc(source->text, room);

		if (!grown)
			return -ENOMEM;
		source->text = grown;
		source->room = room;
	}
	memcpy(source->text + source->length, bytes, n);
	source->length += n;
	source->text[source->length] = '\0';
	for (size_t i = 0; i < n; i++)
		source->lines += bytes[i] == '\n';
	return 0;
}

/* Copies up to `to`, counting lines. */
static int copy(struct scan *scan, const char *to)
{
	int r = append(scan->source, scan->at, (size_t)(to - scan->at));

	for (; scan->at < to; scan->at++)
		scan->line += *scan->at == '\n';
	return r;
}

static int add_span(struct config_source *source, size_t file, unsigned line)
{
	struct config_source_span *grown;

	grown = realloc(source->spans, (source->n_spans + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	source->spans = grown;
	grown[source->n_spans++] =
	    (struct config_source_span){.first = source->lines + 1, .line = line, .file = file};
	return 0;
}

static int add_file(struct config_source *source, const char *path, size_t *index)
{
	char **grown = realloc(source->files, (source->n_files + 1) * sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	source->files = grown;
	grown[source->n_files] = strdup(path);
	if (!grown[source->n_files])
		return -ENOMEM;
	*index = source->n_files++;
	return 0;
}

int config_source_add(struct config_source *source, const char *path)
{
	size_t index;

	return add_file(source, path, &index);
}

void config_source_files(struct config_source *source, char ***files, size_t *n)
{
	*files = source->files;
	*n = source->n_files;
	source->files = NULL;
	source->n_files = 0;
}

static int fault(const struct scan *scan, const char *rule, const char *value)
{
	char got[CONFIG_GOT];

	config_fault_line(scan->r, NULL, scan->source->files[scan->file], scan->line, "%s, got %s", rule,
			  config_quote(value, got));
	return 1;
}

static const char *reason(int error)
{
	switch (error) {
	case -ENOTSUP:
		return "not a regular file";
	case -EFBIG:
		return "too large";
	default:
		return strerror(-error);
	}
}

static int read_file(struct scan *from, const char *path);

static int refuse_include(const struct scan *scan, const char *at)
{
	_cleanup_(freep) char *rest = strndup(at, strcspn(at, "\r\n"));

	return rest ? fault(scan, "@include: must be followed by a file name in quotes", rest) : -ENOMEM;
}

/* `at` stands behind "@include". */
static int include(struct scan *scan, const char *at)
{
	_cleanup_(freep) char *name = NULL;
	_cleanup_(freep) char *path = NULL;
	const char *close;
	int r;

	while (at < scan->end && (*at == ' ' || *at == '\t'))
		at++;
	close = at < scan->end && *at == '"' ? memchr(at + 1, '"', (size_t)(scan->end - at - 1)) : NULL;
	if (!close || memchr(at, '\n', (size_t)(close - at)))
		return refuse_include(scan, at);
	name = strndup(at + 1, (size_t)(close - at - 1));
	if (!name)
		return -ENOMEM;
	path = config_source_beside(scan->source->files[0], name);
	if (!path)
		return -ENOMEM;
	if (scan->depth >= DEPTH_MOST || scan->source->n_files >= FILES_MOST)
		return fault(scan, "@include: must not be nested more than 10 deep, nor more than 255 in all",
			     name);
	r = read_file(scan, path);
	if (r)
		return r;
	scan->at = close + 1;
	r = append(scan->source, "\n", 1);
	return r ? r : add_span(scan->source, scan->file, scan->line);
}

/* Number tokens go through untouched but for those that libconfig would cut to 32 bits: they get its suffix
 * L. */
static int number(struct scan *scan)
{
	const char *stop = scan->at + 1;
	char digits[32];
	char *end;
	long long value;
	int r;

	while (stop < scan->end && (isalnum((unsigned char)*stop) || *stop == '.'))
		stop++;
	if (stop - scan->at >= (ptrdiff_t)sizeof(digits))
		return fault(scan, "number: must have at most 31 characters", "more");
	memcpy(digits, scan->at, (size_t)(stop - scan->at));
	digits[stop - scan->at] = '\0';
	errno = 0;
	value = strtoll(digits, &end, strncasecmp(digits, "0x", 2) ? 10 : 16);
	if (errno == ERANGE && (!*end || *end == 'L'))
		return fault(scan, "number: must fit in 64 bits", digits);
	r = copy(scan, stop);
	if (r == 0 && end != digits && !*end && (value > INT_MAX || value < INT_MIN))
		r = append(scan->source, "L", 1);
	return r;
}

static const char *end_of_string(const struct scan *scan)
{
	const char *at = scan->at + 1;

	while (at < scan->end && *at != '"')
		at += *at == '\\' && at + 1 < scan->end ? 2 : 1;
	return at < scan->end ? at + 1 : NULL;
}

static const char *end_of_comment(const struct scan *scan)
{
	const char *at = scan->at, *close;

	if (*at == '/' && at[1] == '*') { /* the text ends with a NUL, so at[1] is there */
		close = memmem(at + 2, (size_t)(scan->end - at) - 2, "*/", 2);
		return close ? close + 2 : NULL;
	}
	close = memchr(at, '\n', (size_t)(scan->end - at));
	return close ? close : scan->end;
}

static const char *end_of_name(const struct scan *scan)
{
	const char *at = scan->at;

	while (at < scan->end && (isalnum((unsigned char)*at) || strchr("*_-", *at)))
		at++;
	return at;
}

/* Copies one token. */
static int token(struct scan *scan, bool line_start)
{
	const char *at = scan->at, *stop = at + 1;

	if (*at == '@' && line_start && scan->end - at > 8 && !strncmp(at, "@include", 8))
		return include(scan, at + 8);
	if (*at == '"')
		stop = end_of_string(scan);
	else if (*at == '#' || (*at == '/' && (at[1] == '/' || at[1] == '*')))
		stop = end_of_comment(scan);
	else if (isalpha((unsigned char)*at) || *at == '*')
		stop = end_of_name(scan);
	else if (isdigit((unsigned char)*at) || *at == '-' || *at == '+')
		return number(scan);
	if (!stop)
		return fault(scan,
			     *at == '"' ? "syntax: a string must end with a quote"
					: "syntax: a comment must end with */",
			     "");
	return copy(scan, stop);
}

static int scan_all(struct scan *scan)
{
	bool line_start = true;
	int r = 0;

	while (r == 0 && scan->at < scan->end) {
		char c = *scan->at;

		if (scan->source->length > TEXT_MOST)
			return fault(scan, "@include: must not make more than 16 MB in all", "more");
		r = token(scan, line_start);
		line_start = c == '\n' || (line_start && (c == ' ' || c == '\t'));
	}
	return r;
}

/* `from` is the includer, with itself as the place of a fault; for the configuration file its files are
 * empty. */
static int read_file(struct scan *from, const char *path)
{
	_cleanup_(freep) char *text = NULL;
	struct scan scan = {.r = from->r, .source = from->source, .line = 1, .depth = from->depth + 1};
	char got[CONFIG_GOT];
	size_t length;
	int r = config_file_read_by(from->r, path, FILE_MOST, &text, &length);

	if (r == -ENOMEM)
		return r;
	if (r < 0) {
		bool first = from->source->n_files == 0;

		config_fault_line(from->r, NULL, first ? path : from->source->files[from->file], from->line,
				  "%s: must be a readable file of at most 4 MB (%s), got %s",
				  first ? "configuration" : "@include", reason(r), config_quote(path, got));
		return 1;
	}
	r = add_file(from->source, path, &scan.file);
	if (r < 0)
		return r;
	if (memchr(text, '\0', length))
		return fault(&scan, "syntax: must be text without NUL bytes", path);
	scan.at =
	    text +
	    (strncmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0); /* a byte-order mark, as some editors write */
	scan.end = text + length;
	r = add_span(from->source, scan.file, 1);
	if (r == 0)
		r = append(from->source, "", 0); /* even an empty file is a text */
	return r ? r : scan_all(&scan);
}

int config_source_read(struct config_reader *r, const char *path, struct config_source *out)
{
	struct scan scan = {.r = r, .source = out, .line = 1};

	return read_file(&scan, path);
}

void config_source_clear(struct config_source *source)
{
	for (size_t i = 0; i < source->n_files; i++)
		free(source->files[i]);
	free(source->files);
	free(source->spans);
	free(source->text);
	*source = (struct config_source){0};
}

const char *config_source_place(const struct config_source *source, unsigned text_line, unsigned *line)
{
	size_t low = 0, high = source->n_spans; /* the last span with first <= text_line */

	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		*(source->spans[middle].first <= text_line ? &low : &high) = middle;
	}
	*line = source->spans[low].line + (text_line - source->spans[low].first);
	return source->files[source->spans[low].file];
}

char *config_source_beside(const char *beside, const char *name)
{
	const char *slash = strrchr(beside, '/');
	char *path = NULL;

	if (*name == '/' || !slash)
		return strdup(name);
	return asprintf(&path, "%.*s%s", (int)(slash - beside + 1), beside, name) < 0 ? NULL : path;
}
