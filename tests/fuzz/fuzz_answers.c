/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as what gerbang is answered. The first byte chooses what is done with it: shown, in one of the
 * forms of the command line, or compared with another answer, or, as a rollback does as root, put back as
 * files. What is shown brings no control character to the terminal, whatever names hold. What is put back
 * lies below the configuration's folder and nowhere else, nothing is written through a symbolic link, what
 * was there can be had again, and after a failure or an undo all is as it was.
 *
 *   clang -std=gnu11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined tests/fuzz/fuzz_answers.c \
 *	ctl/changes.c ctl/history_render.c ctl/patch.c ctl/people.c ctl/put_back.c ctl/render.c \
 *	ctl/render_books.c ctl/render_head.c ctl/review.c ctl/review_lines.c ctl/table.c \
 *	ctl/values.c ctl/words.c ctl/words_table.c ctl/words_review.c lib/clock.c lib/units.c \
 *	-lgit2 -ljansson -lsodium -lm -o fuzz_answers
 *   ./fuzz_answers -max_total_time=60 -max_len=4096 tests/fuzz/corpus/answers
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include "../../ctl/history_render.h"
#include "../../ctl/patch.h"
#include "../../ctl/people.h"
#include "../../ctl/put_back.h"
#include "../../ctl/render.h"
#include "../../ctl/review.h"
#include "../../ctl/values.h"
#include "../../lib/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static char top[64]; /* holds "outside" and "conf", the configuration's folder */

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* ---- shown ---- */

static void show_patches(const json_t *document)
{
	json_t *patches = patch_files(json_object_get(document, "from"), json_object_get(document, "to")),
	       *patch;
	size_t i;

	check(patches != NULL);
	json_array_foreach(patches, i, patch) patch_print(patch);
	json_decref(patches);
}

static void show(const json_t *document, void (*render)(const json_t *document))
{
	_cleanup_(freep) char *text = NULL;
	FILE *terminal = stdout;
	size_t size;
	json_t *tame = value_tame(document); /* as ctl/ask.c does */

	stdout = open_memstream(&text, &size);
	check(stdout && tame);
	render(tame);
	json_decref(tame);
	fclose(stdout);
	stdout = terminal;
	check(strlen(text) == size);
	for (const char *c = text; *c; c++)
		check(*c == '\n' || *c == '\t' || ((unsigned char)*c >= ' ' && *c != 0x7f));
}

/* ---- put back ---- */

static const char *at(const char *name)
{
	static char paths[4][160];
	static unsigned turn;
	char *path = paths[turn++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", top, name);
	return path;
}

static void put(const char *name, const char *text)
{
	_cleanup_(closep) int fd = open(at(name), O_WRONLY | O_CREAT | O_TRUNC, 0640);

	check(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
}

static bool holds(const char *name, const char *text)
{
	_cleanup_(closep) int fd = open(at(name), O_RDONLY | O_NOFOLLOW);
	char now[64];
	ssize_t n = fd < 0 ? -1 : read(fd, now, sizeof(now));

	return n == (ssize_t)strlen(text) && memcmp(now, text, (size_t)n) == 0;
}

static int remove_one(const char *path, const struct stat *st _unused_, int type _unused_,
		      struct FTW *ftw _unused_)
{
	return strcmp(path, top) == 0 ? 0 : remove(path);
}

static unsigned n_entries; /* of the folder that is looked at */

static int count_one(const char *path _unused_, const struct stat *st _unused_, int type _unused_,
		     struct FTW *ftw _unused_)
{
	n_entries++;
	return 0;
}

static unsigned entries_of(const char *name)
{
	n_entries = 0;
	nftw(at(name), count_one, 8, FTW_PHYS);
	return n_entries;
}

/* A small folder, with two ways out of it. */
static void make_folder(void)
{
	nftw(top, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	check(mkdir(at("outside"), 0755) == 0 && mkdir(at("conf"), 0755) == 0);
	check(mkdir(at("conf/theme"), 0755) == 0);
	put("outside/secret", "secret");
	put("conf/gerbang.conf", "site");
	put("conf/offices.conf", "offices");
	check(symlink("../outside", at("conf/away")) == 0);
	check(symlink("../outside/secret", at("conf/link.conf")) == 0);
}

static void check_outside(void)
{
	check(entries_of("outside") == 2 && holds("outside/secret", "secret"));
	check(entries_of(".") == entries_of("conf") + 3);
}

static void check_former(void)
{
	check(holds("conf/gerbang.conf", "site") && holds("conf/offices.conf", "offices"));
}

static void put_files(const json_t *document)
{
	_cleanup_(put_back_clear) struct put_back files = {0};
	bool undo = json_is_true(json_object_get(document, "undo"));
	int r;

	make_folder();
	r = put_back(at("conf/gerbang.conf"), json_object_get(document, "files"), &files);
	check_outside();
	if (r == 0)
		put_back_say(&files);
	if (r == 0 && undo)
		put_back_undo(&files);
	if (r < 0 || undo)
		check_former();
	else
		check((holds("conf/gerbang.conf", "site") ||
		       holds("conf/gerbang.conf.before-rollback", "site")) &&
		      (holds("conf/offices.conf", "offices") ||
		       holds("conf/offices.conf.before-rollback", "offices")));
	check_outside();
}

/* ---- the input ---- */

static void remove_all(void)
{
	nftw(top, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	rmdir(top);
}

/* What is complained of goes nowhere: the fuzzer keeps the true one. */
int LLVMFuzzerInitialize(int *argc _unused_, char ***argv _unused_)
{
	snprintf(top, sizeof(top), "%s/fuzz_answers.XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	check(mkdtemp(top) != NULL);
	atexit(remove_all);
	stdout = fopen("/dev/null", "w");
	stderr = fopen("/dev/null", "w");
	check(stdout && stderr);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static void (*const shown[])(const json_t *document) = {
	    render_history,  render_review,   render_status, render_plan, render_sessions,
	    render_changes,  render_schedule, render_apply,  render_done, render_created,
	    render_vouchers, render_accounts, show_patches};
	const unsigned way = length ? bytes[0] % (ELEMENTS(shown) + 1) : 0;
	json_t *document =
	    length ? json_loadb((const char *)bytes + 1, length - 1, JSON_DECODE_ANY, NULL) : NULL;

	if (document && way < ELEMENTS(shown))
		show(document, shown[way]);
	else if (document)
		put_files(document);
	json_decref(document);
	return 0;
}
