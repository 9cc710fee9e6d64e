// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: public Wi-Fi is given from what offices leave over, and this section has to show both: what people
 * got, and that no office went short for it. Where one did, it says so first. It knows visitors as numbers
 * only.
 */
#include "sections.h"

static void zone_row(struct scribe *s, size_t i)
{
	const struct report_zone *zone = &s->month->zones[i];
	const bool known = zone->visitors > 0 || zone->sessions == 0;
	_cleanup_(freep) char *open = words_hours(s, zone->open), *closed = words_hours(s, zone->not_during);

	PUT_ROW(s, cell_text(s->zones[i]), cell_words(open), cell_words(closed), cell(zone->open_min),
		cell((int64_t)zone->sessions), cell_if(known, (int64_t)zone->visitors),
		cell((int64_t)zone->anonymous), cell((int64_t)zone->online_sec));
}

static void visits(struct scribe *s)
{
	static const struct column_words columns[] = {
	    COLUMN("zone", "Zona", "Zone", REPORT_TEXT, 6, C_OPEN),
	    COLUMN("open", "Jam buka", "Opening hours", REPORT_TEXT, 4, C_OPEN),
	    COLUMN("not_during", "Tidak selama", "Not during", REPORT_TEXT, 4, C_OPEN),
	    COLUMN("open_min", "Menit buka", "Minutes open", REPORT_COUNT, 2, C_OPEN | C_TOTAL),
	    COLUMN("sessions", "Sesi", "Sessions", REPORT_COUNT, 2, C_OPEN | C_TOTAL),
	    COLUMN("visitors", "Pengunjung", "Visitors", REPORT_COUNT, 2, C_OPEN),
	    COLUMN("anonymous_sessions", "Sesi tanpa pemilik", "Sessions of nobody known", REPORT_COUNT, 2,
		   C_OPEN | C_TOTAL),
	    COLUMN("online_seconds", "Lama daring (j:mm:dd)", "Time online (h:mm:ss)", REPORT_SECONDS, 3,
		   C_OPEN | C_TOTAL),
	};
	static const struct table_words table = {
	    .key = "zones",
	    .title = {"Jam buka, sesi, dan pengunjung", "Opening hours, sessions and visitors"},
	    .note = {"Pengunjung: perangkat yang berbeda, dihitung dari sidik beracak, bukan dari nama. "
		     "Perangkat yang "
		     "mendatangi dua zona dihitung di keduanya, tetapi sekali dalam jumlah semua zona.",
		     "Visitors: distinct devices, counted by keyed hashes, never by name. A device that came "
		     "to two zones "
		     "counts in both, and once among all zones."},
	    .columns = columns,
	    .n = ELEMENTS(columns),
	    .description = {"Jam buka, sesi, dan pengunjung tiap zona publik",
			    "Opening hours, sessions and visitors of each public zone"},
	};

	put_table(s, &table);
	for (size_t i = 0; i < s->month->n_zones; i++)
		zone_row(s, i);
}

static void volume_row(struct scribe *s, size_t i)
{
	const struct report_zone *zone = &s->month->zones[i];
	const struct report_rate *down = &zone->down, *up = &zone->up;

	PUT_ROW(s, cell_text(s->zones[i]), cell((int64_t)down->bytes), cell((int64_t)up->bytes),
		cell((int64_t)(down->bytes + up->bytes)), cell((int64_t)zone->lent_bytes),
		cell((int64_t)down->guaranteed_bps), cell((int64_t)up->guaranteed_bps),
		cell_if(zone->rated, (int64_t)down->p95_bps), cell_if(zone->rated, (int64_t)up->p95_bps));
}

static void volumes(struct scribe *s)
{
	static const struct column_words columns[] = {
	    COLUMN("zone", "Zona", "Zone", REPORT_TEXT, 6, C_OPEN),
	    COLUMN("down_bytes", "Unduh (GB)", "Download (GB)", REPORT_BYTES, 3, C_OPEN | C_TOTAL),
	    COLUMN("up_bytes", "Unggah (GB)", "Upload (GB)", REPORT_BYTES, 3, C_OPEN | C_TOTAL),
	    COMPUTED("total_bytes", "Jumlah (GB)", "Total (GB)", REPORT_BYTES, 3, C_OPEN | C_TOTAL | C_SUM, 1,
		     2),
	    COLUMN("lent_bytes", "Dipinjamkan kepada zona (GB)", "Lent to the zone (GB)", REPORT_BYTES, 3,
		   C_OPEN | C_TOTAL),
	    COLUMN("guaranteed_down_bps", "Jaminan unduh (Mbit/s)", "Guaranteed download (Mbit/s)",
		   REPORT_BPS, 3, C_OPEN),
	    COLUMN("guaranteed_up_bps", "Jaminan unggah (Mbit/s)", "Guaranteed upload (Mbit/s)", REPORT_BPS,
		   3, C_OPEN),
	    COLUMN("p95_down_bps", "Persentil ke-95 unduh (Mbit/s)", "95th percentile, download (Mbit/s)",
		   REPORT_BPS, 3, C_OPEN),
	    COLUMN("p95_up_bps", "Persentil ke-95 unggah (Mbit/s)", "95th percentile, upload (Mbit/s)",
		   REPORT_BPS, 3, C_OPEN),
	};
	static const struct table_words table = {
	    .key = "zone_volumes",
	    .title = {"Pemakaian tiap zona publik", "Use of each public zone"},
	    .note = {"Dipinjamkan: yang terkirim di atas jaminan zona itu sendiri, dari kapasitas yang tidak "
		     "dipakai kantor.",
		     "Lent: delivered above the zone's own guarantee, out of what offices did not use."},
	    .columns = columns,
	    .n = ELEMENTS(columns),
	    .description = {"Volume dan laju tiap zona publik", "Volume and rates of each public zone"},
	};

	put_table(s, &table);
	for (size_t i = 0; i < s->month->n_zones; i++)
		volume_row(s, i);
}

static void together(struct scribe *s)
{
	const struct ledger_visits *all = &s->month->all_zones;

	if (all->sessions > 0 && all->visitors == 0)
		TELL(s, REPORT_PARAGRAPH,
		     "Semua zona bersama: %s sesi; jumlah pengunjung yang berbeda tidak diketahui lagi.",
		     "All zones together: %s sessions; the number of distinct visitors is no longer known.",
		     SHOW(s, (int64_t)all->sessions, REPORT_COUNT));
	else
		TELL(s, REPORT_PARAGRAPH, "Semua zona bersama: %s sesi oleh %s pengunjung yang berbeda.",
		     "All zones together: %s sessions by %s distinct visitors.",
		     SHOW(s, (int64_t)all->sessions, REPORT_COUNT),
		     SHOW(s, (int64_t)all->visitors, REPORT_COUNT));
}

/* ---- what was lent, and whether anybody went short ---- */

static void harm(struct scribe *s)
{
	const struct report_month *month = s->month;
	const char *lent = SHOW_VOLUME(s, month->lent_bytes), *all = SHOW_VOLUME(s, month->public_bytes);

	if (month->short_minutes == 0)
		TELL(s, REPORT_PARAGRAPH,
		     "Dari %s pemakaian publik, %s dipinjam dari kapasitas yang tidak dipakai kantor. Tidak "
		     "ada kantor "
		     "yang dirugikan: tidak satu menit pun kantor yang membutuhkan menerima kurang dari 95 "
		     "%% haknya.",
		     "Of %s of public use, %s was lent from what offices did not use. No office was harmed: "
		     "in not "
		     "one minute did an office with demand get less than 95 %% of its entitlement.",
		     all, lent);
	else
		TELL(s, REPORT_PARAGRAPH,
		     "Dari %s pemakaian publik, %s dipinjam dari kapasitas yang tidak dipakai kantor. Ada %s "
		     "menit (satu "
		     "menit satu kantor) ketika kantor yang membutuhkan menerima kurang dari 95 %% haknya; "
		     "sebabnya "
		     "harus diperiksa, lihat tabel kekurangan.",
		     "Of %s of public use, %s was lent from what offices did not use. There were %s minutes "
		     "(one of "
		     "one office) in which an office with demand got less than 95 %% of its entitlement; the "
		     "cause has "
		     "to be looked into, see the table of shortages.",
		     all, lent, SHOW(s, month->short_minutes, REPORT_COUNT));
}

static void lending(struct scribe *s)
{
	static const struct column_words columns[] = {
	    COLUMN("day", "Tanggal", "Day", REPORT_DAY, 3, C_OPEN),
	    COLUMN("public_bytes", "Pemakaian publik (GB)", "Public use (GB)", REPORT_BYTES, 3,
		   C_OPEN | C_TOTAL),
	    COLUMN("lent_bytes", "Dipinjamkan (GB)", "Lent (GB)", REPORT_BYTES, 3, C_OPEN | C_TOTAL),
	    COLUMN("spare_bytes", "Kapasitas tersisa (GB)", "Capacity left (GB)", REPORT_BYTES, 3,
		   C_OPEN | C_TOTAL),
	    COLUMN("short_minutes", "Menit kekurangan kantor", "Minutes short, offices", REPORT_COUNT, 3,
		   C_OPEN | C_TOTAL),
	};
	static const struct table_words table = {
	    .key = "lending",
	    .title = {"Yang dipinjamkan kepada publik", "What was lent to the public"},
	    .note = {"Kapasitas tersisa: yang masih dapat dialirkan uplink dalam waktu terukur, unduh dan "
		     "unggah bersama.",
		     "Capacity left: what the uplink could have carried besides in the measured time, "
		     "download plus upload."},
	    .columns = columns,
	    .n = ELEMENTS(columns),
	    .description = {"Kapasitas kantor yang dipinjamkan kepada zona publik tiap hari",
			    "Capacity of offices that was lent to public zones on each day"},
	};

	put_table(s, &table);
	for (size_t i = 0; i < s->month->uplink.n_days; i++) {
		const struct report_uplink_day *day = &s->month->uplink.days[i];

		PUT_ROW(s, cell(day->day), cell((int64_t)day->public_bytes), cell((int64_t)day->lent_bytes),
			cell((int64_t)day->spare_bytes), cell(day->short_minutes));
	}
}

static void shortfalls(struct scribe *s)
{
	static const struct column_words columns[] = {
	    COLUMN("minute", "Menit", "Minute", REPORT_TIME, 4, 0),
	    COLUMN("office", "Kantor", "Office", REPORT_TEXT, 6, 0),
	    COLUMN("direction", "Arah", "Direction", REPORT_TEXT, 2, 0),
	    COLUMN("entitled_bps", "Hak (Mbit/s)", "Entitled to (Mbit/s)", REPORT_BPS, 3, 0),
	    COLUMN("achieved_bps", "Diterima (Mbit/s)", "Got (Mbit/s)", REPORT_BPS, 3, 0),
	    COMPUTED("lacking_bps", "Kekurangan (Mbit/s)", "Short by (Mbit/s)", REPORT_BPS, 3, C_DIFFERENCE,
		     3, 4),
	};
	static const struct table_words table = {
	    .key = "shortfalls",
	    .title = {"Kekurangan terbesar kantor (paling banyak 50)",
		      "Offices' largest shortages (at most 50)"},
	    .columns = columns,
	    .n = ELEMENTS(columns),
	};
	const struct report_month *month = s->month;

	if (month->n_shortfalls == 0)
		return;
	put_table(s, &table);
	for (size_t i = 0; i < month->n_shortfalls; i++) {
		const struct ledger_shortfall *row = &month->shortfalls[i];

		PUT_ROW(s, cell(row->minute_sec), cell_text(label_of(s, row->kind, row->id)),
			cell_text(word_way(s, row->up)), cell((int64_t)row->entitled_bps),
			cell((int64_t)row->achieved_bps),
			cell((int64_t)(row->entitled_bps - row->achieved_bps)));
	}
}

void section_zones(struct scribe *s)
{
	put_section(s, "zones", "Zona publik dan kapasitas yang dipinjamkan",
		    "Public zones and capacity that was lent", "Zona publik", "Public zones");
	if (s->month->n_zones == 0)
		TELL(s, REPORT_PARAGRAPH, "Tidak ada zona publik pada bulan ini.",
		     "There was no public zone in this month.");
	harm(s);
	if (s->month->n_zones > 0) {
		together(s);
		visits(s);
		volumes(s);
		lending(s);
	}
	shortfalls(s);
}
