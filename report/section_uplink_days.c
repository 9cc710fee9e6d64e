// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: a month's figure hides its days. Volume, busy hour and minutes down of each day, the provider's line
 * as it was tested, and the sum of all that was metered beside the uplink's own counter, which an auditor
 * asks for first.
 */
#include "sections.h"
#include "split.h"

static void volume_chart(struct scribe *s, size_t table)
{
	const struct report_uplink *uplink = &s->month->uplink;
	_cleanup_(freep) char *text =
	    WORDS(s, "Unduh dan unggah uplink tiap hari, seluruhnya %s dan %s.",
		  "Download and upload of the uplink on each day, %s and %s in all.",
		  SHOW_VOLUME(s, uplink->down.bytes), SHOW_VOLUME(s, uplink->up.bytes));
	const struct report_chart chart = {
	    .kind = REPORT_STACK,
	    .title = (char *)SAY(s, "Volume harian uplink (GB)", "Daily volume of the uplink (GB)"),
	    .description = text,
	    .table = table,
	    .label = 0,
	    .series = {1, 2},
	    .n_series = 2,
	};

	build_chart(&s->build, &chart);
}

static void volume(struct scribe *s)
{
	static const struct column_words columns[] = {
	    COLUMN("day", "Tanggal", "Day", REPORT_DAY, 3, C_OPEN),
	    COLUMN("down_bytes", "Unduh (GB)", "Download (GB)", REPORT_BYTES, 3, C_OPEN | C_TOTAL),
	    COLUMN("up_bytes", "Unggah (GB)", "Upload (GB)", REPORT_BYTES, 3, C_OPEN | C_TOTAL),
	    COMPUTED("total_bytes", "Jumlah (GB)", "Total (GB)", REPORT_BYTES, 3, C_OPEN | C_TOTAL | C_SUM, 1,
		     2),
	};
	static const struct table_words table = {
	    .key = "uplink_daily",
	    .title = {"Volume harian uplink", "Daily volume of the uplink"},
	    .columns = columns,
	    .n = ELEMENTS(columns),
	    .narrow = true,
	    .description = {"Volume uplink tiap hari", "Volume of the uplink on each day"},
	};
	const struct report_uplink *uplink = &s->month->uplink;
	const size_t block = put_table(s, &table);

	for (size_t i = 0; i < uplink->n_days; i++) {
		const struct report_uplink_day *day = &uplink->days[i];

		PUT_ROW(s, cell(day->day), cell((int64_t)day->down_bytes), cell((int64_t)day->up_bytes),
			cell((int64_t)(day->down_bytes + day->up_bytes)));
	}
	volume_chart(s, block);
}

static void busy_chart(struct scribe *s, size_t table)
{
	const struct report_uplink *uplink = &s->month->uplink;
	_cleanup_(freep) char *text =
	    WORDS(s,
		  "Jam tersibuk tiap hari terhadap kapasitas yang dibeli; tertinggi %s Mbit/s unduh "
		  "dari %s Mbit/s.",
		  "The busiest hour of each day against the capacity bought; the highest is %s Mbit/s "
		  "of download, of %s Mbit/s.",
		  SHOW(s, (int64_t)uplink->busy_down_bps, REPORT_BPS),
		  SHOW(s, (int64_t)uplink->down.guaranteed_bps, REPORT_BPS));
	const struct report_chart chart = {
	    .kind = REPORT_LINES,
	    .title = (char *)SAY(s, "Jam tersibuk dan kapasitas yang dibeli (Mbit/s)",
				 "Busiest hour and capacity bought (Mbit/s)"),
	    .description = text,
	    .table = table,
	    .label = 0,
	    .series = {1, 2, 3, 4},
	    .n_series = 4,
	};

	build_chart(&s->build, &chart);
}

static void busy_row(struct scribe *s, const struct report_uplink_day *day)
{
	const uint64_t down = s->month->uplink.down.guaranteed_bps, up = s->month->uplink.up.guaranteed_bps;
	const bool known = day->busy_down_bps || day->busy_up_bps;

	PUT_ROW(s, cell(day->day), cell_if(known, (int64_t)day->busy_down_bps), cell((int64_t)down),
		cell_if(known, (int64_t)day->busy_up_bps), cell((int64_t)up),
		cell_if(known && down, split_permyriad(day->busy_down_bps, down)),
		cell_if(known && up, split_permyriad(day->busy_up_bps, up)));
}

static void busy(struct scribe *s)
{
	static const struct column_words columns[] = {
	    COLUMN("day", "Tanggal", "Day", REPORT_DAY, 3, C_OPEN),
	    COLUMN("busy_down_bps", "Jam tersibuk unduh (Mbit/s)", "Busiest hour, download (Mbit/s)",
		   REPORT_BPS, 3, C_OPEN),
	    COLUMN("bought_down_bps", "Dibeli unduh (Mbit/s)", "Bought, download (Mbit/s)", REPORT_BPS, 3,
		   C_OPEN),
	    COLUMN("busy_up_bps", "Jam tersibuk unggah (Mbit/s)", "Busiest hour, upload (Mbit/s)", REPORT_BPS,
		   3, C_OPEN),
	    COLUMN("bought_up_bps", "Dibeli unggah (Mbit/s)", "Bought, upload (Mbit/s)", REPORT_BPS, 3,
		   C_OPEN),
	    COLUMN("used_down_permyriad", "Utilisasi unduh", "Utilisation, download", REPORT_PERCENT, 2,
		   C_OPEN),
	    COLUMN("used_up_permyriad", "Utilisasi unggah", "Utilisation, upload", REPORT_PERCENT, 2, C_OPEN),
	};
	static const struct table_words table = {
	    .key = "busy_hours",
	    .title = {"Utilisasi pada jam tersibuk", "Utilisation in the busiest hour"},
	    .note = {"Jam tersibuk: jam setempat dengan rata-rata tertinggi pada hari itu, unduh dan unggah "
		     "sendiri-sendiri. Utilisasi = jam tersibuk / kapasitas yang dibeli.",
		     "Busiest hour: the local hour with the day's highest average, download and upload each "
		     "by itself. "
		     "Utilisation = busiest hour / capacity bought."},
	    .columns = columns,
	    .n = ELEMENTS(columns),
	    .description = {"Jam tersibuk tiap hari terhadap kapasitas yang dibeli",
			    "The busiest hour of each day against the capacity bought"},
	};
	const struct report_uplink *uplink = &s->month->uplink;
	const size_t block = put_table(s, &table);

	for (size_t i = 0; i < uplink->n_days; i++)
		busy_row(s, &uplink->days[i]);
	busy_chart(s, block);
}

static void availability_chart(struct scribe *s, size_t table)
{
	const struct report_uplink *uplink = &s->month->uplink;
	_cleanup_(freep) char *text =
	    WORDS(s, "Menit putus tiap hari: %s dari %s yang terukur.",
		  "Minutes down on each day: %s of %s measured.", SHOW(s, uplink->down_min, REPORT_COUNT),
		  SHOW(s, uplink->measured_min, REPORT_COUNT));
	const struct report_chart chart = {
	    .kind = REPORT_BARS,
	    .title = (char *)SAY(s, "Menit putus tiap hari", "Minutes down on each day"),
	    .description = text,
	    .table = table,
	    .label = 0,
	    .series = {2},
	    .n_series = 1,
	};

	build_chart(&s->build, &chart);
}

static void availability(struct scribe *s)
{
	static const struct column_words columns[] = {
	    COLUMN("day", "Tanggal", "Day", REPORT_DAY, 3, C_OPEN),
	    COLUMN("measured_min", "Menit terukur", "Minutes measured", REPORT_COUNT, 2, C_OPEN | C_TOTAL),
	    COLUMN("down_min", "Menit putus", "Minutes down", REPORT_COUNT, 2, C_OPEN | C_TOTAL),
	    COLUMN("available_permyriad", "Ketersediaan", "Availability", REPORT_PERCENT, 2, C_OPEN),
	};
	static const struct table_words table = {
	    .key = "availability",
	    .title = {"Ketersediaan harian", "Daily availability"},
	    .columns = columns,
	    .n = ELEMENTS(columns),
	    .narrow = true,
	    .description = {"Ketersediaan uplink tiap hari", "Availability of the uplink on each day"},
	};
	const struct report_uplink *uplink = &s->month->uplink;
	const size_t block = put_table(s, &table);

	for (size_t i = 0; i < uplink->n_days; i++) {
		const struct report_uplink_day *day = &uplink->days[i];
		const uint32_t up = day->measured_min > day->down_min ? day->measured_min - day->down_min : 0;

		PUT_ROW(s, cell(day->day), cell(day->measured_min), cell(day->down_min),
			cell_if(day->measured_min > 0, split_permyriad(up, day->measured_min)));
	}
	availability_chart(s, block);
}

static void tests(struct scribe *s)
{
	static const struct column_words columns[] = {
	    COLUMN("time", "Waktu", "Time", REPORT_TIME, 3, 0),
	    COLUMN("server", "Server uji", "Server", REPORT_TEXT, 4, 0),
	    COLUMN("down_bps", "Unduh (Mbit/s)", "Download (Mbit/s)", REPORT_BPS, 2, 0),
	    COLUMN("up_bps", "Unggah (Mbit/s)", "Upload (Mbit/s)", REPORT_BPS, 2, 0),
	    COLUMN("error", "Kegagalan", "Failure", REPORT_TEXT, 4, 0),
	};
	static const struct table_words table = {
	    .key = "tests",
	    .title = {"Uji laju saluran", "Tests of the line"},
	    .columns = columns,
	    .n = ELEMENTS(columns),
	};
	const struct report_uplink *uplink = &s->month->uplink;

	if (uplink->n_tests == 0)
		return;
	put_table(s, &table);
	for (size_t i = 0; i < uplink->n_tests; i++) {
		const struct ledger_test *test = &uplink->tests[i];
		const bool worked = !*test->error;

		PUT_ROW(s, cell(test->wall_usec / 1000000), cell_words(test->server),
			cell_if(worked, (int64_t)test->down_bps), cell_if(worked, (int64_t)test->up_bps),
			cell_words(test->error));
	}
}

/* One line of the reconciliation, and what it adds to what was counted: corrections are no packets. */
static void account(struct scribe *s, const char *id, const char *en, const struct report_rate *down,
		    const struct report_rate *up, int64_t counted[2])
{
	PUT_ROW(s, cell_text(SAY(s, id, en)), cell((int64_t)down->bytes), cell((int64_t)up->bytes),
		cell((int64_t)(down->bytes + up->bytes)));
	counted[0] += (int64_t)down->bytes - down->corrected;
	counted[1] += (int64_t)up->bytes - up->corrected;
}

static void difference(struct scribe *s, const int64_t counted[2])
{
	const struct report_uplink *uplink = &s->month->uplink;

	TELL(s, REPORT_NOTE,
	     "Penghitung perangkat uplink sendiri mencatat %s GB unduh dan %s GB unggah; dikurangi yang "
	     "terhitung di atas (tanpa "
	     "koreksi) tersisa %s GB unduh dan %s GB unggah. Selisih unduh terutama berupa paket yang "
	     "dibuang antrean sesudah uplink.",
	     "The uplink's own counters show %s GB of download and %s GB of upload; less what is counted "
	     "above (without corrections), "
	     "%s GB of download and %s GB of upload remain. The difference in download is mainly packets "
	     "that a queue dropped behind "
	     "the uplink.",
	     SHOW(s, (int64_t)uplink->down.bytes, REPORT_BYTES),
	     SHOW(s, (int64_t)uplink->up.bytes, REPORT_BYTES),
	     SHOW(s, (int64_t)uplink->down.bytes - counted[0], REPORT_BYTES),
	     SHOW(s, (int64_t)uplink->up.bytes - counted[1], REPORT_BYTES));
}

static void accounts(struct scribe *s)
{
	const struct report_month *month = s->month;
	const struct report_uplink *uplink = &month->uplink;
	const struct report_rate own[2] = {{.bytes = uplink->own_down}, {.bytes = uplink->own_up}},
				 nobody[2] = {{.bytes = uplink->unattributed_down},
					      {.bytes = uplink->unattributed_up}};
	struct report_rate zones[2] = {{0}, {0}};
	int64_t counted[2] = {0, 0};

	for (size_t i = 0; i < month->n_zones; i++) {
		zones[0].bytes += month->zones[i].down.bytes;
		zones[0].corrected += month->zones[i].down.corrected;
		zones[1].bytes += month->zones[i].up.bytes;
		zones[1].corrected += month->zones[i].up.corrected;
	}
	account(s, "Kantor", "Offices", &month->offices_down, &month->offices_up, counted);
	account(s, "Zona publik", "Public zones", &zones[0], &zones[1], counted);
	account(s, "Gateway sendiri", "The gateway itself", &own[0], &own[1], counted);
	account(s, "Tanpa pemilik", "Unattributed", &nobody[0], &nobody[1], counted);
	difference(s, counted);
}

static void accounted(struct scribe *s)
{
	static const struct column_words columns[] = {
	    COLUMN("whose", "Milik siapa", "Whose", REPORT_TEXT, 5, C_OPEN),
	    COLUMN("down_bytes", "Unduh (GB)", "Download (GB)", REPORT_BYTES, 3, C_OPEN | C_TOTAL),
	    COLUMN("up_bytes", "Unggah (GB)", "Upload (GB)", REPORT_BYTES, 3, C_OPEN | C_TOTAL),
	    COMPUTED("total_bytes", "Jumlah (GB)", "Total (GB)", REPORT_BYTES, 3, C_OPEN | C_TOTAL | C_SUM, 1,
		     2),
	};
	static const struct table_words table = {
	    .key = "accounted",
	    .title = {"Rekonsiliasi: pemakaian menurut pemiliknya", "Reconciliation: whose use it was"},
	    .columns = columns,
	    .n = ELEMENTS(columns),
	    .description = {"Seluruh pemakaian menurut pemiliknya", "All use by whose it was"},
	};

	put_table(s, &table);
	accounts(s);
}

void section_uplink_days(struct scribe *s)
{
	volume(s);
	busy(s);
	availability(s);
	tests(s);
	accounted(s);
}
