/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Log lines. One write() a line, so that lines of several programs on one terminal do not mix, and no control
 * character of a stranger's ever reaches the terminal. It must never fail its caller, change errno or block
 * on anything but stderr.
 */
#include "log.h"
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#define LINE_MAX_BYTES 2048

static const char *log_program = "gerbang";
static bool log_to_journal;
static bool log_debugging;

static const char *const level_words[] = {
    [LOG_EMERG] = "error: ",	 [LOG_ALERT] = "error: ", [LOG_CRIT] = "error: ", [LOG_ERR] = "error: ",
    [LOG_WARNING] = "warning: ", [LOG_NOTICE] = "",	  [LOG_INFO] = "",	  [LOG_DEBUG] = "debug: ",
};

/* systemd names the device and inode of the stream that it gave us: a redirected stderr is not the journal.
 */
static bool stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	struct stat st;
	char own[64];

	if (!stream || fstat(STDERR_FILENO, &st) < 0)
		return false;
	snprintf(own, sizeof(own), "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	return strcmp(stream, own) == 0;
}

void log_open(const char *program)
{
	log_program = program;
	log_to_journal = stderr_is_journal();
	log_debugging = getenv("GERBANG_DEBUG") != NULL;
}

static size_t append(char *line, size_t at, const char *format, va_list args)
{
	int n = vsnprintf(line + at, LINE_MAX_BYTES - at, format, args);

	if (n < 0)
		return at;
	return MIN(at + (size_t)n, (size_t)LINE_MAX_BYTES - 1);
}

static _printf_(2, 3) size_t start(char *line, const char *format, ...)
{
	va_list args;
	size_t n;

	va_start(args, format);
	n = append(line, 0, format, args);
	va_end(args);
	return n;
}

static void blank_controls(char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			text[i] = '?';
}

void log_line(int priority, const char *format, ...)
{
	int saved = errno;
	char line[LINE_MAX_BYTES + 1];
	va_list args;
	size_t n;

	priority = CLAMP(priority, LOG_EMERG, LOG_DEBUG);
	if (priority == LOG_DEBUG && !log_debugging)
		return;
	if (log_to_journal)
		n = start(line, "<%d>", priority);
	else
		n = start(line, "%s: %s", log_program, level_words[priority]);
	va_start(args, format);
	n = append(line, n, format, args);
	va_end(args);
	blank_controls(line, n);
	line[n++] = '\n';
	while (write(STDERR_FILENO, line, n) < 0 && errno == EINTR)
		;
	errno = saved;
}
