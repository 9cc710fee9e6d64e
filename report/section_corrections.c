// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: what was not measured and what was changed by hand is told before anybody asks, with time, cause, name
 * and reason. Where there is nothing it says so in words: an empty page could as well be a missing one.
 */
#include "sections.h"

static void gaps(struct scribe *s)
{
	static const struct column_words columns[] = {
	    COLUMN("from", "Mulai", "From", REPORT_TIME, 4, 0),
	    COLUMN("until", "Selesai", "Until", REPORT_TIME, 4, 0),
	    COLUMN("seconds", "Lama dalam bulan ini (j:mm:dd)", "Length in this month (h:mm:ss)",
		   REPORT_SECONDS, 3, C_TOTAL),
	    COLUMN("cause", "Sebab", "Cause", REPORT_TEXT, 5, 0),
	    COLUMN("lost", "Ada byte yang hilang", "Bytes were lost", REPORT_TEXT, 2, 0),
	};
	static const struct table_words table = {
	    .key = "gaps",
	    .title = {"Celah pengukuran", "Gaps in the measuring"},
	    .note = {"Bila tidak ada byte yang hilang, yang lewat selama celah tetap terhitung sebagai "
		     "menyusul: ditagihkan, tetapi tidak "
		     "masuk persentil. Yang hilang tidak ditagihkan kepada siapa pun.",
		     "Where no bytes were lost, what passed in the gap is counted as late: billed, and in no "
		     "percentile. What was lost is "
		     "billed to nobody."},
	    .columns = columns,
	    .n = ELEMENTS(columns),
	};
	const struct report_month *month = s->month;

	if (month->n_gaps == 0) {
		TELL(s, REPORT_PARAGRAPH, "Celah pengukuran: tidak ada pada bulan ini.",
		     "Gaps in the measuring: none in this month.");
		return;
	}
	put_table(s, &table);
	for (size_t i = 0; i < month->n_gaps; i++) {
		const struct report_gap *gap = &month->gaps[i];

		PUT_ROW(s, cell(gap->gap.from_wall_usec / 1000000), cell(gap->gap.to_wall_usec / 1000000),
			cell(gap->seconds), cell_text(word_gap(s, gap->gap.cause)),
			cell_text(word_yes(s, gap->gap.lost)));
	}
}

static void correction_row(struct scribe *s, const struct ledger_correction *row)
{
	PUT_ROW(s, cell(row->wall_usec / 1000000), cell(row->day),
		cell_text(label_of(s, row->kind, row->id_of)), cell(row->down_bytes), cell(row->up_bytes),
		cell(row->down_bytes + row->up_bytes), cell_words(row->who), cell_words(row->reason));
}

static void corrections(struct scribe *s)
{
	static const struct column_words columns[] = {
	    COLUMN("made", "Dibuat", "Made", REPORT_TIME, 4, 0),
	    COLUMN("day", "Untuk tanggal", "For the day", REPORT_DAY, 3, 0),
	    COLUMN("whose", "Milik siapa", "Whose", REPORT_TEXT, 4, 0),
	    COLUMN("down_bytes", "Unduh (GB)", "Download (GB)", REPORT_BYTES, 2, C_TOTAL),
	    COLUMN("up_bytes", "Unggah (GB)", "Upload (GB)", REPORT_BYTES, 2, C_TOTAL),
	    COMPUTED("total_bytes", "Jumlah (GB)", "Total (GB)", REPORT_BYTES, 2, C_TOTAL | C_SUM, 3, 4),
	    COLUMN("who", "Oleh", "By", REPORT_TEXT, 3, 0),
	    COLUMN("reason", "Alasan", "Reason", REPORT_TEXT, 5, 0),
	};
	static const struct table_words table = {
	    .key = "corrections",
	    .title = {"Koreksi", "Corrections"},
	    .note = {"Koreksi ditambahkan kepada yang terhitung dan tidak pernah menimpanya; semua angka "
		     "laporan ini sudah memuatnya.",
		     "A correction is added to what was counted and never replaces it; all figures of this "
		     "report include them."},
	    .columns = columns,
	    .n = ELEMENTS(columns),
	};
	const struct report_month *month = s->month;

	if (month->n_corrections == 0) {
		TELL(s, REPORT_PARAGRAPH, "Koreksi: tidak ada pada bulan ini.",
		     "Corrections: none in this month.");
		return;
	}
	put_table(s, &table);
	for (size_t i = 0; i < month->n_corrections; i++)
		correction_row(s, &month->corrections[i]);
}

void section_corrections(struct scribe *s)
{
	put_section(s, "corrections", "Celah dan koreksi", "Gaps and corrections", "Celah dan koreksi",
		    "Gaps and corrections");
	gaps(s);
	corrections(s);
}
