// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: capacity was bought without an analysis of need. Here is one for each office, with the figures it
 * rests on and its reason in words; it advises and decides nothing.
 */
#include "sections.h"

static void counts(struct scribe *s)
{
	size_t n[4] = {0};

	for (size_t i = 0; i < s->month->n_offices; i++)
		if (s->month->offices[i].advice.need < ELEMENTS(n))
			n[s->month->offices[i].advice.need]++;
	TELL(s, REPORT_PARAGRAPH,
	     "Menurut paling banyak tiga bulan terakhir, jaminan %zu kantor terlalu rendah, %zu kantor "
	     "sesuai, %zu kantor terlalu "
	     "tinggi, dan %zu kantor belum dapat dinilai.",
	     "By at most the last three months, the guarantee of %zu offices is too low, of %zu fitting, of "
	     "%zu too high, and of %zu "
	     "it cannot be judged yet.",
	     n[REPORT_NEED_HIGHER], n[REPORT_NEED_FITS], n[REPORT_NEED_LOWER], n[REPORT_NEED_UNKNOWN]);
}

static void measured_row(struct scribe *s, size_t i)
{
	const struct report_office *office = &s->month->offices[i];
	const struct report_advice *advice = &office->advice;
	const bool known = advice->months > 0;

	PUT_ROW(s, cell_text(s->offices[i]), cell(advice->months), cell(advice->active_days),
		cell((int64_t)office->down.guaranteed_bps), cell_if(known, (int64_t)advice->p95_down_bps),
		cell((int64_t)office->up.guaranteed_bps), cell_if(known, (int64_t)advice->p95_up_bps),
		cell_if(known, advice->demand_permyriad));
}

static void measured(struct scribe *s)
{
	static const struct column_words columns[] = {
	    COLUMN("office", "Kantor", "Office", REPORT_TEXT, 6, C_OPEN),
	    COLUMN("months", "Bulan", "Months", REPORT_COUNT, 2, C_OPEN),
	    COLUMN("active_days", "Hari aktif", "Days active", REPORT_COUNT, 2, C_OPEN),
	    COLUMN("guaranteed_down_bps", "Jaminan unduh (Mbit/s)", "Guaranteed download (Mbit/s)",
		   REPORT_BPS, 3, C_OPEN),
	    COLUMN("p95_down_bps", "Persentil ke-95 unduh tertinggi (Mbit/s)",
		   "Highest 95th percentile, download (Mbit/s)", REPORT_BPS, 3, C_OPEN),
	    COLUMN("guaranteed_up_bps", "Jaminan unggah (Mbit/s)", "Guaranteed upload (Mbit/s)", REPORT_BPS,
		   3, C_OPEN),
	    COLUMN("p95_up_bps", "Persentil ke-95 unggah tertinggi (Mbit/s)",
		   "Highest 95th percentile, upload (Mbit/s)", REPORT_BPS, 3, C_OPEN),
	    COLUMN("demand_permyriad", "Kebutuhan melebihi yang diberikan", "Demand beyond what was given",
		   REPORT_PERCENT, 3, C_OPEN),
	};
	static const struct table_words table = {
	    .key = "need_measured",
	    .title = {"Dasar penilaian", "What it is judged by"},
	    .columns = columns,
	    .n = ELEMENTS(columns),
	    .description = {"Angka yang menjadi dasar penilaian jaminan tiap kantor",
			    "The figures that each office's guarantee is judged by"},
	};

	put_table(s, &table);
	for (size_t i = 0; i < s->month->n_offices; i++)
		measured_row(s, i);
}

static void advice_row(struct scribe *s, size_t i)
{
	const struct report_advice *advice = &s->month->offices[i].advice;
	const bool suggested = advice->suggested_down_bps || advice->suggested_up_bps;

	PUT_ROW(s, cell_text(s->offices[i]), cell_text(word_need(s, advice->need)),
		cell_text(word_reason(s, advice->reason)),
		cell_if(suggested, (int64_t)advice->suggested_down_bps),
		cell_if(suggested, (int64_t)advice->suggested_up_bps));
}

static void advice(struct scribe *s)
{
	static const struct column_words columns[] = {
	    COLUMN("office", "Kantor", "Office", REPORT_TEXT, 6, C_OPEN),
	    COLUMN("verdict", "Jaminan", "Guarantee", REPORT_TEXT, 3, C_OPEN),
	    COLUMN("reason", "Alasan", "Reason", REPORT_TEXT, 7, C_OPEN),
	    COLUMN("suggested_down_bps", "Saran unduh (Mbit/s)", "Suggested download (Mbit/s)", REPORT_BPS, 3,
		   C_OPEN),
	    COLUMN("suggested_up_bps", "Saran unggah (Mbit/s)", "Suggested upload (Mbit/s)", REPORT_BPS, 3,
		   C_OPEN),
	};
	static const struct table_words table = {
	    .key = "need",
	    .title = {"Rekomendasi kebutuhan tiap kantor", "Recommendation of need for each office"},
	    .note = {"Yang pertama benar berlaku: kurang dari 14 hari aktif: belum dapat dinilai; persentil "
		     "ke-95 mencapai jaminan: "
		     "terlalu rendah; kebutuhan melebihi yang diberikan lebih dari 2 % waktu terukur: "
		     "terlalu rendah; kuota habis dalam "
		     "dua bulan: terlalu rendah; persentil ke-95 unduh dan unggah selalu di bawah 40 % "
		     "jaminan: terlalu tinggi; selain itu "
		     "sesuai. Saran: persentil ke-95 tertinggi × 1,25, dibulatkan ke atas ke Mbit/s penuh, "
		     "paling sedikit 1 Mbit/s.",
		     "The first that is true holds: fewer than 14 days active: cannot be judged yet; a 95th "
		     "percentile that reaches the "
		     "guarantee: too low; demand beyond what was given in over 2 % of the measured time: too "
		     "low; quota used up in two "
		     "months: too low; the 95th percentiles of download and upload always below 40 % of the "
		     "guarantee: too high; else "
		     "fitting. Suggested: the highest 95th percentile × 1.25, up to whole Mbit/s, at least 1 "
		     "Mbit/s."},
	    .columns = columns,
	    .n = ELEMENTS(columns),
	    .description = {"Penilaian dan saran jaminan tiap kantor",
			    "Verdict and suggestion on each office's guarantee"},
	};

	put_table(s, &table);
	for (size_t i = 0; i < s->month->n_offices; i++)
		advice_row(s, i);
}

void section_need(struct scribe *s)
{
	put_section(s, "need", "Analisis kebutuhan", "Analysis of need", "Kebutuhan", "Need");
	if (s->month->n_offices == 0) {
		TELL(s, REPORT_PARAGRAPH, "Tidak ada kantor pada bulan ini.",
		     "There was no office in this month.");
		return;
	}
	counts(s);
	advice(s);
	measured(s);
}
