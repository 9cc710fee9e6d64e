// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: daily figures of each office are what auditors found missing elsewhere. Every day on which it was
 * there has a line, also one of nothing: a day that is left out could not be told from one that was
 * forgotten.
 */
#include "sections.h"

static void rows(struct scribe *s, enum ledger_subject kind)
{
	for (size_t i = 0; i < s->month->n_daily; i++) {
		const struct report_daily *daily = &s->month->daily[i];
		const char *name;
		if (daily->kind != kind)
			continue;
		name = label_of(s, kind, daily->id);
		for (size_t j = 0; j < daily->n; j++) {
			const struct report_day *day = &daily->days[j];

			PUT_ROW(s, cell_text(name), cell(day->day), cell((int64_t)day->down_bytes),
				cell((int64_t)day->up_bytes),
				cell((int64_t)(day->down_bytes + day->up_bytes)));
		}
	}
}

#define DAILY_COLUMNS(key, id, en)                                                                           \
	{                                                                                                    \
		COLUMN(key, id, en, REPORT_TEXT, 7, C_OPEN),                                                 \
		    COLUMN("day", "Tanggal", "Day", REPORT_DAY, 3, C_OPEN),                                  \
		    COLUMN("down_bytes", "Unduh (GB)", "Download (GB)", REPORT_BYTES, 3, C_OPEN | C_TOTAL),  \
		    COLUMN("up_bytes", "Unggah (GB)", "Upload (GB)", REPORT_BYTES, 3, C_OPEN | C_TOTAL),     \
		    COMPUTED("total_bytes", "Jumlah (GB)", "Total (GB)", REPORT_BYTES, 3,                    \
			     C_OPEN | C_TOTAL | C_SUM, 2, 3),                                                \
	}

void section_daily(struct scribe *s)
{
	static const struct column_words of_offices[] = DAILY_COLUMNS("office", "Kantor", "Office"),
					 of_zones[] = DAILY_COLUMNS("zone", "Zona", "Zone");
	static const struct table_words offices = {
	    .key = "daily",
	    .title = {"Pemakaian harian tiap kantor", "Daily use by each office"},
	    .columns = of_offices,
	    .n = ELEMENTS(of_offices),
	    .grouped = true,
	    .narrow = true,
	    .description = {"Volume tiap kantor tiap hari", "Volume of each office on each day"},
	};
	static const struct table_words zones = {
	    .key = "daily_zones",
	    .title = {"Pemakaian harian tiap zona publik", "Daily use of each public zone"},
	    .columns = of_zones,
	    .n = ELEMENTS(of_zones),
	    .grouped = true,
	    .narrow = true,
	    .description = {"Volume tiap zona publik tiap hari", "Volume of each public zone on each day"},
	};

	put_section(s, "daily", "Pemakaian harian", "Daily use", "Harian", "Daily");
	TELL(s, REPORT_PARAGRAPH,
	     "Setiap hari ketika kantor atau zona itu ada, termasuk hari tanpa pemakaian; koreksi sudah "
	     "termasuk.",
	     "Every day on which the office or zone was there, also one without use; corrections are "
	     "included.");
	if (s->month->n_offices > 0) {
		put_table(s, &offices);
		rows(s, LEDGER_OFFICE);
	}
	if (s->month->n_zones > 0) {
		put_table(s, &zones);
		rows(s, LEDGER_ZONE);
	}
}
