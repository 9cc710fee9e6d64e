// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: causes, reasons and verdicts are numbers in the ledger and must be called the same wherever a reader
 * meets them. A value that this program does not know is said to be unknown; it must never be called
 * something that it is not.
 */
#include "sections.h"
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

static const struct words unknown = {"tidak dikenal", "unknown"};

static const char *word(const struct scribe *s, const struct words *all, size_t n, size_t i)
{
	return words_of(s, i < n && all[i].id ? &all[i] : &unknown);
}
#define WORD(s, all, i) word(s, all, ELEMENTS(all), (size_t)(i))

const char *word_outage(const struct scribe *s, enum ledger_outage_cause cause)
{
	static const struct words all[] = {
	    [LEDGER_OUTAGE_CARRIER] = {"saluran fisik putus", "no carrier"},
	    [LEDGER_OUTAGE_SILENT] = {"tidak ada jawaban dari internet", "no answer from the internet"},
	    [LEDGER_OUTAGE_LOSS] = {"paket banyak yang hilang", "many packets lost"},
	};

	return WORD(s, all, cause);
}

const char *word_gap(const struct scribe *s, enum ledger_gap_cause cause)
{
	static const struct words all[] = {
	    [LEDGER_GAP_DAEMON] = {"program pengukur berhenti", "the measuring program was away"},
	    [LEDGER_GAP_POWER] = {"mesin mati (listrik atau gangguan)",
				  "the machine was off (power or failure)"},
	    [LEDGER_GAP_SHAPER] = {"penghitung tidak terbaca", "counters could not be read"},
	    [LEDGER_GAP_DISK] = {"buku besar tidak dapat ditulis", "the ledger could not be written"},
	    [LEDGER_GAP_CLOCK] = {"jam mesin diubah", "the machine's clock was set"},
	    [LEDGER_GAP_COUNTERS] = {"penghitung terhapus", "counters vanished"},
	};

	return WORD(s, all, cause);
}

const char *word_need(const struct scribe *s, enum report_need need)
{
	static const struct words all[] = {
	    [REPORT_NEED_UNKNOWN] = {"belum dapat dinilai", "cannot be judged yet"},
	    [REPORT_NEED_LOWER] = {"terlalu tinggi", "too high"},
	    [REPORT_NEED_FITS] = {"sesuai", "fitting"},
	    [REPORT_NEED_HIGHER] = {"terlalu rendah", "too low"},
	};

	return WORD(s, all, need);
}

const char *word_reason(const struct scribe *s, enum report_need_reason reason)
{
	static const struct words all[] = {
	    [REPORT_REASON_SHORT_TIME] =
		{"data kurang: hari aktif kurang dari 14, atau tanpa persentil atau jaminan",
		 "too little data: fewer than 14 active days, or no percentile or guarantee"},
	    [REPORT_REASON_IDLE] = {"persentil ke-95 tidak pernah mencapai 40 % jaminan",
				    "the 95th percentile never reached 40 % of the guarantee"},
	    [REPORT_REASON_FITS] = {"pemakaian sepadan dengan jaminan",
				    "use is in proportion to the guarantee"},
	    [REPORT_REASON_FULL] = {"persentil ke-95 mencapai atau melampaui jaminan",
				    "the 95th percentile reached or exceeded the guarantee"},
	    [REPORT_REASON_DEMAND] =
		{"membutuhkan lebih dari yang diberikan selama lebih dari 2 % waktu terukur",
		 "needed more than it was given in over 2 % of the measured time"},
	    [REPORT_REASON_QUOTA] = {"kuota habis sedikitnya dalam dua bulan",
				     "the quota was used up in at least two months"},
	};

	return WORD(s, all, reason);
}

const char *word_quota(const struct scribe *s, const struct report_office *office)
{
	static const struct words all[] = {
	    [LEDGER_QUOTA_NONE] = {"di bawah batas", "below the limit"},
	    [LEDGER_QUOTA_NOTICED] = {"sudah diberi tahu", "notice given"},
	    [LEDGER_QUOTA_OVER] = {"terlampaui", "exceeded"},
	};
	static const struct words slowed = {"terlampaui, laju diturunkan", "exceeded, slowed down"};

	if (office->quota_stage == LEDGER_QUOTA_OVER && office->throttle)
		return words_of(s, &slowed);
	return WORD(s, all, office->quota_stage);
}

static const struct change_words {
	const char *what;
	struct words words;
	enum report_unit unit;
} changes[] = {
    {"office", {"kantor", "office"}, REPORT_TEXT},
    {"name", {"nama", "name"}, REPORT_TEXT},
    {"budget_code", {"kode rekening", "accounting code"}, REPORT_TEXT},
    {"budget", {"pagu setahun", "budget of the year"}, REPORT_RUPIAH},
    {"guaranteed.down", {"jaminan unduh (Mbit/s)", "guaranteed download (Mbit/s)"}, REPORT_BPS},
    {"guaranteed.up", {"jaminan unggah (Mbit/s)", "guaranteed upload (Mbit/s)"}, REPORT_BPS},
    {"ceiling.down", {"batas atas unduh (Mbit/s)", "ceiling of download (Mbit/s)"}, REPORT_BPS},
    {"ceiling.up", {"batas atas unggah (Mbit/s)", "ceiling of upload (Mbit/s)"}, REPORT_BPS},
    {"outside.guaranteed.down",
     {"di luar jam kerja: jaminan unduh (Mbit/s)", "outside working hours: guaranteed download (Mbit/s)"},
     REPORT_BPS},
    {"outside.guaranteed.up",
     {"di luar jam kerja: jaminan unggah (Mbit/s)", "outside working hours: guaranteed upload (Mbit/s)"},
     REPORT_BPS},
    {"outside.ceiling.down",
     {"di luar jam kerja: batas atas unduh (Mbit/s)", "outside working hours: ceiling of download (Mbit/s)"},
     REPORT_BPS},
    {"outside.ceiling.up",
     {"di luar jam kerja: batas atas unggah (Mbit/s)", "outside working hours: ceiling of upload (Mbit/s)"},
     REPORT_BPS},
    {"quota", {"kuota sebulan (GB)", "quota of a month (GB)"}, REPORT_BYTES},
    {"over", {"tindakan bila kuota terlampaui", "what follows beyond the quota"}, REPORT_TEXT},
};

static const struct change_words *change_find(const char *what)
{
	for (size_t i = 0; i < ELEMENTS(changes); i++)
		if (!strcmp(what, changes[i].what))
			return &changes[i];
	return NULL;
}

const char *word_change(const struct scribe *s, const char *what)
{
	const struct change_words *found = change_find(what);

	return found ? words_of(s, &found->words) : what;
}

enum report_unit word_change_unit(const char *what)
{
	const struct change_words *found = change_find(what);

	return found ? found->unit : REPORT_TEXT;
}

const char *word_split(const struct scribe *s, enum policy_split split)
{
	static const struct words all[] = {
	    [POLICY_SPLIT_EQUAL] = {"sama rata menurut hari", "equally by days"},
	    [POLICY_SPLIT_GUARANTEED] = {"menurut jaminan", "by guarantee"},
	    [POLICY_SPLIT_DELIVERED] = {"menurut pemakaian", "by bytes delivered"},
	    [POLICY_SPLIT_P95] = {"menurut persentil ke-95", "by 95th percentile"},
	};

	return WORD(s, all, split);
}

const char *word_yes(const struct scribe *s, bool yes)
{
	return yes ? SAY(s, "ya", "yes") : SAY(s, "tidak", "no");
}

const char *word_way(const struct scribe *s, bool up)
{
	return up ? SAY(s, "unggah", "upload") : SAY(s, "unduh", "download");
}

const char *label_of(const struct scribe *s, enum ledger_subject kind, const char *id)
{
	static const struct words others[] = {
	    [LEDGER_OWN] = {"gateway sendiri", "the gateway itself"},
	    [LEDGER_UNATTRIBUTED] = {"tanpa pemilik", "unattributed"},
	    [LEDGER_UPLINK] = {"uplink", "uplink"},
	};

	for (size_t i = 0; kind == LEDGER_OFFICE && i < s->month->n_offices; i++)
		if (!strcmp(s->month->offices[i].id, id))
			return s->offices[i];
	for (size_t i = 0; kind == LEDGER_ZONE && i < s->month->n_zones; i++)
		if (!strcmp(s->month->zones[i].id, id))
			return s->zones[i];
	return *id ? id : WORD(s, others, kind);
}

/* ---- lists ---- */

char *words_say(struct scribe *s, const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0) {
		s->build.error = -ENOMEM;
		text = NULL;
	}
	va_end(arguments);
	return text;
}

char *words_join(struct scribe *s, char *list, const char *separator, const char *format, ...)
{
	_cleanup_(freep) char *before = list, *item = NULL;
	va_list arguments;
	char *joined;
	int n;

	if (!before)
		return NULL;
	va_start(arguments, format);
	n = vasprintf(&item, format, arguments);
	va_end(arguments);
	if (n < 0)
		item = NULL;
	if (item && asprintf(&joined, "%s%s%s", before, *before ? separator : "", item) >= 0)
		return joined;
	s->build.error = -ENOMEM;
	return NULL;
}

char *words_split(struct scribe *s, const struct policy_contract *contract)
{
	char *list = words_say(s, "%s", "");

	for (size_t i = 0; i < POLICY_SPLITS; i++)
		if (contract->split_percent[i])
			list = words_join(s, list, ", ", "%u %% %s", contract->split_percent[i],
					  word_split(s, (enum policy_split)i));
	if (list && !*list)
		list = words_join(s, list, "", "100 %% %s", word_split(s, POLICY_SPLIT_EQUAL));
	return list;
}

char *words_refunds(struct scribe *s, const struct policy_contract *contract)
{
	char *list = words_say(s, "%s", "");

	for (size_t i = 0; i < contract->n_refunds; i++)
		list = words_join(s, list, "; ", s->english ? "below %s: %u %%" : "di bawah %s: %u %%",
				  SHOW(s, (int64_t)contract->refunds[i].below_permille * 10, REPORT_PERCENT),
				  contract->refunds[i].percent);
	return list;
}

char *words_remark(struct scribe *s, const struct report_office *office)
{
	char *list = words_say(s, "%s", "");

	if (office->added)
		list = words_join(s, list, "; ", "%s", SAY(s, "baru bulan ini", "new this month"));
	if (office->removed)
		list = words_join(s, list, "; ", "%s", SAY(s, "berakhir bulan ini", "ended this month"));
	if (office->former && *office->former)
		list = words_join(s, list, "; ", s->english ? "formerly: %s" : "dahulu: %s", office->former);
	return list;
}

/* The day that begins here, as the configuration writes it: 3 letters and no more. -1: none. */
static int weekday(const char *at)
{
	static const char names[7][4] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

	for (int i = 0; i < 7; i++)
		if (!strncmp(at, names[i], 3) && !isalpha((unsigned char)at[3]))
			return i;
	return -1;
}

char *words_hours(struct scribe *s, const char *schedule)
{
	static const struct words days[7] = {{"Senin", "Mon"}, {"Selasa", "Tue"}, {"Rabu", "Wed"},
					     {"Kamis", "Thu"}, {"Jumat", "Fri"},  {"Sabtu", "Sat"},
					     {"Minggu", "Sun"}};
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);
	bool begins = true; /* a word */

	for (const char *at = schedule ? schedule : ""; out && *at; at++) {
		const int day = begins ? weekday(at) : -1;

		begins = !isalpha((unsigned char)*at);
		if (day >= 0) {
			fputs(words_of(s, &days[day]), out);
			at += 2;
		} else if (*at == '-') {
			fputs("–", out);
		} else {
			putc(*at == ':' && !s->english ? '.' : *at, out);
		}
	}
	if (out && fclose(out) == 0)
		return text;
	s->build.error = -ENOMEM;
	free(text);
	return NULL;
}

size_t words_largest(const int64_t *values, size_t n, size_t *out, size_t most)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		size_t at = found;

		for (; at > 0 && values[out[at - 1]] < values[i]; at--)
			if (at < most)
				out[at] = out[at - 1];
		if (at < most)
			out[at] = i;
		if (at < most && found < most)
			found++;
	}
	return found;
}
