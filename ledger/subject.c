/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a city has some hundreds of subjects and millions of rows. The dictionary is made as subjects appear,
 * and nothing is ever taken out of it: what an office that no longer exists has used must still have its
 * name.
 */
#include "subject.h"
#include <errno.h>
#include <string.h>

static const char find[] = "SELECT number FROM subject WHERE kind = ? AND id = ?";
static const char insert[] = "INSERT INTO subject (kind, id) VALUES (?, ?)";
static const char every[] = "SELECT number, kind, id FROM subject ORDER BY number";
static const char highest[] = "SELECT coalesce(max(number), 0) FROM subject";

static const char *const kinds[LEDGER_SUBJECTS] = {
    [LEDGER_OFFICE] = "office", [LEDGER_ZONE] = "zone",
    [LEDGER_OWN] = "own",	[LEDGER_UNATTRIBUTED] = "unattributed",
    [LEDGER_UPLINK] = "uplink",
};

int subject_judge(enum ledger_subject kind, const char id[static LEDGER_ID])
{
	bool named = kind == LEDGER_OFFICE || kind == LEDGER_ZONE;

	if (kind < LEDGER_OFFICE || kind >= LEDGER_SUBJECTS || !memchr(id, '\0', LEDGER_ID))
		return -EINVAL;
	return named == (id[0] != '\0') ? 0 : -EINVAL;
}

int subject_find(struct ledger *ledger, enum ledger_subject kind, const char *id, int64_t *number)
{
	sqlite3_stmt *row;
	int r = store_find(ledger, find, VALUES(INT(kind), TEXT(id)), &row);

	if (r < 0)
		return r;
	*number = sqlite3_column_int64(row, 0);
	store_done(row);
	return 0;
}

int subject_make(struct ledger *ledger, enum ledger_subject kind, const char *id, int64_t *number)
{
	int r = subject_find(ledger, kind, id, number);

	if (r != -ENOENT)
		return r;
	r = store_run(ledger, insert, VALUES(INT(kind), TEXT(id)));
	if (r == 0)
		*number = sqlite3_last_insert_rowid(ledger->db);
	return r;
}

/* ---- all of them ---- */

static int on_row(sqlite3_stmt *row, void *userdata)
{
	struct subjects *subjects = userdata;
	int64_t number = sqlite3_column_int64(row, 0);

	if (number < 1 || (size_t)number >= subjects->n)
		return 0;
	subjects->by_number[number].kind = sqlite3_column_int64(row, 1);
	store_text(row, 2, subjects->by_number[number].id, LEDGER_ID);
	return 0;
}

int subjects_load(struct ledger *ledger, struct subjects *out)
{
	struct subjects subjects = {0};
	int64_t last;
	int r = store_integer(ledger, highest, &last);

	if (r < 0)
		return r;
	subjects.n = (size_t)CLAMP(last, 0, SUBJECT_MAX) + 1;
	subjects.by_number = calloc(subjects.n, sizeof(*subjects.by_number));
	if (!subjects.by_number)
		return -ENOMEM;
	r = store_each(ledger, every, NULL, 0, on_row, &subjects);
	if (r < 0)
		subjects_done(&subjects);
	else
		*out = subjects;
	return r;
}

void subjects_done(struct subjects *subjects)
{
	free(subjects->by_number);
	*subjects = (struct subjects){0};
}

const struct subject *subject_at(const struct subjects *subjects, int64_t number)
{
	if (number < 1 || (size_t)number >= subjects->n || !subjects->by_number[number].kind)
		return NULL;
	return &subjects->by_number[number];
}

const char *subject_text(const struct subject *subject, char text[static SUBJECT_TEXT])
{
	const char *kind =
	    subject && subject->kind > 0 && subject->kind < LEDGER_SUBJECTS ? kinds[subject->kind] : "nobody";

	snprintf(text, SUBJECT_TEXT, "%s%s%s", kind, subject && subject->id[0] ? " " : "",
		 subject ? subject->id : "");
	return text;
}
