// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: what was bought is held against what came: the rate, the hours, the level of service, and each outage
 * with its cause, so that a claim on the provider can be made from this page alone. It must never count as
 * available what nobody measured.
 */
#include "sections.h"

static void rates(struct scribe *s, const struct report_uplink *uplink)
{
	const struct report_rate *down = &uplink->down, *up = &uplink->up;
	const bool rated = uplink->rated;

	put_fact(s, "Dibeli, unduh (Mbit/s)", "Bought, download (Mbit/s)", REPORT_BPS,
		 cell((int64_t)down->guaranteed_bps));
	put_fact(s, "Dibeli, unggah (Mbit/s)", "Bought, upload (Mbit/s)", REPORT_BPS,
		 cell((int64_t)up->guaranteed_bps));
	put_fact(s, "Rata-rata unduh (Mbit/s)", "Average download (Mbit/s)", REPORT_BPS,
		 cell((int64_t)down->mean_bps));
	put_fact(s, "Rata-rata unggah (Mbit/s)", "Average upload (Mbit/s)", REPORT_BPS,
		 cell((int64_t)up->mean_bps));
	put_fact(s, "Persentil ke-95 unduh (Mbit/s)", "95th percentile of download (Mbit/s)", REPORT_BPS,
		 cell_if(rated, (int64_t)down->p95_bps));
	put_fact(s, "Persentil ke-95 unggah (Mbit/s)", "95th percentile of upload (Mbit/s)", REPORT_BPS,
		 cell_if(rated, (int64_t)up->p95_bps));
	put_fact(s, "Puncak lima menit, unduh (Mbit/s)", "Peak of five minutes, download (Mbit/s)",
		 REPORT_BPS, cell_if(rated, (int64_t)down->peak_bps));
	put_fact(s, "Puncak lima menit, unggah (Mbit/s)", "Peak of five minutes, upload (Mbit/s)", REPORT_BPS,
		 cell_if(rated, (int64_t)up->peak_bps));
	put_fact(s, "Jam tersibuk, unduh (Mbit/s)", "Busiest hour, download (Mbit/s)", REPORT_BPS,
		 cell_if(uplink->busy_down_bps > 0, (int64_t)uplink->busy_down_bps));
	put_fact(s, "Jam tersibuk, unggah (Mbit/s)", "Busiest hour, upload (Mbit/s)", REPORT_BPS,
		 cell_if(uplink->busy_up_bps > 0, (int64_t)uplink->busy_up_bps));
	put_fact(s, "Utilisasi unduh (persentil ke-95 / dibeli)",
		 "Utilisation of download (95th percentile / bought)", REPORT_PERCENT,
		 cell_if(rated && down->guaranteed_bps, down->used_permyriad));
	put_fact(s, "Utilisasi unggah (persentil ke-95 / dibeli)",
		 "Utilisation of upload (95th percentile / bought)", REPORT_PERCENT,
		 cell_if(rated && up->guaranteed_bps, up->used_permyriad));
	put_fact(s, "Cadangan yang tidak dibagikan", "Headroom that is not given out", REPORT_PERCENT,
		 cell((int64_t)uplink->headroom_percent * 100));
}

static void volumes(struct scribe *s, const struct report_uplink *uplink)
{
	put_fact(s, "Terkirim, unduh (GB)", "Delivered, download (GB)", REPORT_BYTES,
		 cell((int64_t)uplink->down.bytes));
	put_fact(s, "Terkirim, unggah (GB)", "Delivered, upload (GB)", REPORT_BYTES,
		 cell((int64_t)uplink->up.bytes));
	put_fact(s, "Di antaranya menyusul, unduh (GB)", "Of it late, download (GB)", REPORT_BYTES,
		 cell((int64_t)uplink->down.late_bytes));
	put_fact(s, "Di antaranya menyusul, unggah (GB)", "Of it late, upload (GB)", REPORT_BYTES,
		 cell((int64_t)uplink->up.late_bytes));
}

static void measured(struct scribe *s)
{
	static const struct table_words table = {
	    .key = "uplink",
	    .title = {"Kapasitas yang dibeli dan yang terukur", "Capacity bought and measured"},
	    .description = {"Uplink: kapasitas yang dibeli, laju dan volume yang terukur",
			    "The uplink: capacity bought, rates and volume measured"},
	};

	put_table(s, &table);
	rates(s, &s->month->uplink);
	volumes(s, &s->month->uplink);
}

static void minutes(struct scribe *s)
{
	const struct report_uplink *uplink = &s->month->uplink;
	const bool known = uplink->measured_min > 0;

	put_fact(s, "Menit dalam bulan ini", "Minutes of this month", REPORT_COUNT, cell(uplink->month_min));
	put_fact(s, "Menit terukur", "Minutes measured", REPORT_COUNT, cell(uplink->measured_min));
	put_fact(s, "Menit putus", "Minutes down", REPORT_COUNT, cell(uplink->down_min));
	put_fact(s, "Menit putus: saluran fisik putus", "Minutes down: no carrier", REPORT_COUNT,
		 cell(uplink->carrier_min));
	put_fact(s, "Menit putus: tidak ada jawaban dari internet",
		 "Minutes down: no answer from the internet", REPORT_COUNT, cell(uplink->silent_min));
	put_fact(s, "Menit putus: paket banyak yang hilang", "Minutes down: many packets lost", REPORT_COUNT,
		 cell(uplink->loss_min));
	put_fact(s, "Ketersediaan", "Availability", REPORT_PERCENT,
		 cell_if(known, uplink->available_permyriad));
}

static void level(struct scribe *s)
{
	static const struct table_words table = {
	    .key = "service_level",
	    .title = {"Ketersediaan dan tingkat layanan (SLA)", "Availability and service level (SLA)"},
	    .note =
		{"Ketersediaan = (menit terukur − menit putus) / menit terukur. Menit yang tidak terukur "
		 "tidak "
		 "dihitung sebagai tersedia maupun sebagai putus.",
		 "Availability = (minutes measured − minutes down) / minutes measured. A minute that was not "
		 "measured counts neither as available nor as down."},
	    .description =
		{"Ketersediaan uplink, tingkat layanan (SLA) menurut kontrak, dan restitusi",
		 "Availability of the uplink, service level (SLA) of the contract, and the refund"},
	};
	const struct report_contract *contract = &s->month->contract;
	const bool agreed = contract->terms.provider != NULL,
		   judged = agreed && s->month->uplink.measured_min > 0;
	_cleanup_(freep) char *refunds = agreed ? words_refunds(s, &contract->terms) : NULL;

	put_table(s, &table);
	minutes(s);
	put_fact(s, "Tingkat layanan (SLA) menurut kontrak", "Service level (SLA) of the contract",
		 REPORT_PERCENT, cell_if(agreed, (int64_t)contract->terms.sla_permille * 10));
	put_fact(s, "Tingkat layanan terpenuhi", "Service level met", REPORT_TEXT,
		 judged ? cell_text(word_yes(s, contract->sla_met)) : cell_absent());
	put_fact(s, "Ketentuan restitusi", "Terms of refund", REPORT_TEXT, cell_words(refunds));
	put_fact(s, "Restitusi dari biaya bulan ini", "Refund, of the month's cost", REPORT_PERCENT,
		 cell_if(judged, (int64_t)contract->refund_percent * 100));
	put_fact(s, "Restitusi", "Refund", REPORT_RUPIAH, cell_if(agreed, contract->refund));
	put_fact(s, "Jumlah gangguan", "Number of outages", REPORT_COUNT,
		 cell((int64_t)s->month->uplink.n_outages));
	put_fact(s, "Lama semua gangguan (jam:menit:detik)", "Length of all outages (hours:minutes:seconds)",
		 REPORT_SECONDS, cell(s->month->uplink.outage_sec));
}

static void verdict(struct scribe *s)
{
	const struct report_contract *contract = &s->month->contract;
	const struct report_uplink *uplink = &s->month->uplink;

	if (!contract->terms.provider)
		TELL(s, REPORT_PARAGRAPH,
		     "Tidak ada kontrak yang mencakup bulan ini: tingkat layanan tidak dinilai.",
		     "No contract covers this month: the service level is not judged.");
	else if (uplink->measured_min == 0)
		TELL(s, REPORT_PARAGRAPH,
		     "Tidak ada menit yang terukur: tingkat layanan tidak dapat dinilai.",
		     "No minute was measured: the service level cannot be judged.");
	else
		TELL(s, REPORT_PARAGRAPH,
		     "Tingkat layanan (SLA) %s: ketersediaan %s terhadap %s yang dijanjikan, terukur selama "
		     "%s dari %s menit "
		     "bulan ini. Restitusi: %u %% dari biaya bulan ini, yaitu %s.",
		     "Service level (SLA) %s: availability of %s against %s as agreed, measured in %s of %s "
		     "minutes of this "
		     "month. Refund: %u %% of the month's cost, which is %s.",
		     contract->sla_met ? SAY(s, "terpenuhi", "met") : SAY(s, "TIDAK TERPENUHI", "NOT MET"),
		     SHOW(s, uplink->available_permyriad, REPORT_PERCENT),
		     SHOW(s, (int64_t)contract->terms.sla_permille * 10, REPORT_PERCENT),
		     SHOW(s, uplink->measured_min, REPORT_COUNT), SHOW(s, uplink->month_min, REPORT_COUNT),
		     contract->refund_percent, SHOW(s, contract->refund, REPORT_RUPIAH));
}

static void outages(struct scribe *s)
{
	static const struct column_words columns[] = {
	    COLUMN("began", "Mulai", "Began", REPORT_TIME, 4, 0),
	    COLUMN("ended", "Selesai", "Ended", REPORT_TIME, 4, 0),
	    COLUMN("seconds", "Lama (j:mm:dd)", "Length (h:mm:ss)", REPORT_SECONDS, 2, C_TOTAL),
	    COLUMN("cause", "Sebab", "Cause", REPORT_TEXT, 5, 0),
	};
	static const struct table_words table = {
	    .key = "outages",
	    .title = {"Rekap gangguan", "Outages"},
	    .note = {"Gangguan yang belum berakhir tidak punya waktu selesai; lamanya dihitung sampai akhir "
		     "bulan atau "
		     "sampai laporan ini. Yang melewati awal atau akhir bulan dipotong di situ.",
		     "An outage that is not over has no end; its length counts up to the end of the month or "
		     "up to this "
		     "report. One that crosses the month's begin or end is cut there."},
	    .columns = columns,
	    .n = ELEMENTS(columns),
	};
	const struct report_uplink *uplink = &s->month->uplink;

	if (uplink->n_outages == 0) {
		TELL(s, REPORT_PARAGRAPH, "Rekap gangguan: tidak ada gangguan yang tercatat pada bulan ini.",
		     "Outages: none was recorded in this month.");
		return;
	}
	put_table(s, &table);
	for (size_t i = 0; i < uplink->n_outages; i++) {
		const struct report_outage *outage = &uplink->outages[i];

		PUT_ROW(s, cell(outage->began_sec), cell_if(outage->ended_sec != 0, outage->ended_sec),
			cell(outage->seconds), cell_text(word_outage(s, outage->cause)));
	}
}

void section_uplink(struct scribe *s)
{
	put_section(s, "uplink", "Uplink: kapasitas, ketersediaan, tingkat layanan",
		    "Uplink: capacity, availability, service level", "Uplink", "Uplink");
	verdict(s);
	measured(s);
	level(s);
	outages(s);
}
