// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: whoever signs reads three sentences: what was used, whether the provider delivered, what it costs.
 * Each of them is true by itself, also where something was not measured, not agreed or not yet over; none may
 * sound better than its table.
 */
#include "sections.h"

static char *use(struct scribe *s)
{
	const struct report_month *month = s->month;
	const struct report_uplink *uplink = &month->uplink;
	const char *volume = SHOW_VOLUME(s, uplink->down.bytes + uplink->up.bytes),
		   *name = SHOW(s, month->month, REPORT_MONTH),
		   *bought = SHOW(s, (int64_t)uplink->down.guaranteed_bps, REPORT_BPS);

	if (!uplink->rated)
		return WORDS(
		    s,
		    "Selama %s uplink yang dibeli dengan kapasitas %s Mbit/s unduh mengalirkan %s untuk %zu "
		    "kantor dan %zu zona publik, sedangkan persentil ke-95-nya tidak diketahui.",
		    "During %s the uplink, bought with %s Mbit/s of download, carried %s for %zu offices "
		    "and %zu public zones, while its 95th percentile is not known.",
		    name, bought, volume, month->n_offices, month->n_zones);
	return WORDS(
	    s,
	    "Selama %s uplink yang dibeli dengan kapasitas %s Mbit/s unduh mengalirkan %s untuk %zu kantor "
	    "dan "
	    "%zu zona publik, dengan persentil ke-95 unduh %s Mbit/s atau %s dari kapasitas itu.",
	    "During %s the uplink, bought with %s Mbit/s of download, carried %s for %zu offices and %zu "
	    "public zones, with a 95th percentile of download of %s Mbit/s or %s of that capacity.",
	    name, bought, volume, month->n_offices, month->n_zones,
	    SHOW(s, (int64_t)uplink->down.p95_bps, REPORT_BPS),
	    SHOW(s, uplink->down.used_permyriad, REPORT_PERCENT));
}

/* "... dengan n gangguan selama ...": the part that both sentences on the service begin with. */
static char *availability(struct scribe *s)
{
	const struct report_uplink *uplink = &s->month->uplink;

	if (uplink->measured_min == 0)
		return WORDS(s, "Ketersediaan uplink tidak terukur pada bulan ini",
			     "The availability of the uplink was not measured in this month");
	if (uplink->n_outages == 0)
		return WORDS(s, "Uplink tersedia %s dari waktu terukur tanpa gangguan yang tercatat",
			     "The uplink was available for %s of the measured time without a recorded outage",
			     SHOW(s, uplink->available_permyriad, REPORT_PERCENT));
	return WORDS(
	    s, "Uplink tersedia %s dari waktu terukur dengan %zu %s yang seluruhnya berlangsung %s",
	    "The uplink was available for %s of the measured time, with %zu %s that lasted %s in all",
	    SHOW(s, uplink->available_permyriad, REPORT_PERCENT), uplink->n_outages,
	    SAY(s, "gangguan", uplink->n_outages == 1 ? "outage" : "outages"),
	    SHOW_LENGTH(s, uplink->outage_sec));
}

static char *service(struct scribe *s)
{
	const struct report_contract *contract = &s->month->contract;
	_cleanup_(freep) char *first = availability(s);
	const char *begin = first ? first : "", *sla;

	if (!contract->terms.provider)
		return WORDS(s, "%s, sedangkan kontrak yang menetapkan tingkat layanan (SLA) tidak ada.",
			     "%s, while there is no contract that sets a service level (SLA).", begin);
	if (s->month->uplink.measured_min == 0)
		return WORDS(s, "%s, sehingga tingkat layanan (SLA) tidak dapat dinilai.",
			     "%s, so the service level (SLA) cannot be judged.", begin);
	sla = SHOW(s, (int64_t)contract->terms.sla_permille * 10, REPORT_PERCENT);
	return WORDS(s, "%s, sehingga tingkat layanan (SLA) %s menurut kontrak %s dan restitusinya %s.",
		     "%s, so the service level (SLA) of %s by the contract was %s and the refund is %s.",
		     begin, sla,
		     contract->sla_met ? SAY(s, "terpenuhi", "met") : SAY(s, "tidak terpenuhi", "not met"),
		     SHOW(s, contract->refund, REPORT_RUPIAH));
}

static char *money(struct scribe *s)
{
	const struct report_contract *contract = &s->month->contract;
	const char *net = SHOW(s, contract->net, REPORT_RUPIAH);

	if (!contract->terms.provider)
		return WORDS(
		    s, "Tidak ada kontrak yang mencakup bulan ini, sehingga tidak ada biaya yang dibagi.",
		    "No contract covers this month, so there is no cost to divide.");
	if (contract->year_budget == 0)
		return WORDS(s,
			     "Biaya bulan ini sesudah restitusi sebesar %s dibagi kepada %zu kantor, dan "
			     "realisasi tahun "
			     "berjalan menjadi %s.",
			     "The cost of this month after the refund, %s, is divided among %zu offices, "
			     "and the year's "
			     "realised cost comes to %s.",
			     net, s->month->n_offices, SHOW(s, contract->year_realised, REPORT_RUPIAH));
	return WORDS(s,
		     "Biaya bulan ini sesudah restitusi sebesar %s dibagi kepada %zu kantor, sehingga "
		     "dari pagu setahun %s "
		     "telah terealisasi %s dan tersisa %s.",
		     "The cost of this month after the refund, %s, is divided among %zu offices, so of "
		     "the year's budget "
		     "of %s the realised part is %s and %s is left.",
		     net, s->month->n_offices, SHOW(s, contract->year_budget, REPORT_RUPIAH),
		     SHOW(s, contract->year_realised, REPORT_RUPIAH),
		     SHOW(s, contract->year_left, REPORT_RUPIAH));
}

/* What has to be known before any figure is used. */
static void reservations(struct scribe *s)
{
	const struct report_month *month = s->month;
	const int64_t now = s->settings->now_wall_usec / 1000000;

	if (month->rehearsal)
		TELL(s, REPORT_NOTE,
		     "GELADI: angka dalam laporan ini berasal dari percobaan, bukan dari pemakaian nyata, "
		     "dan bukan "
		     "dasar pembayaran.",
		     "REHEARSAL: the figures of this report come from a trial, not from real use, and "
		     "nothing may be "
		     "paid by them.");
	if (month->provisional && now < month->until_sec)
		TELL(s, REPORT_NOTE,
		     "SEMENTARA: bulan ini belum berakhir; angka dalam laporan ini sampai %s dan masih akan "
		     "berubah.",
		     "PROVISIONAL: this month is not over; the figures of this report go up to %s and will "
		     "still "
		     "change.",
		     SHOW(s, now, REPORT_TIME));
	else if (month->provisional)
		TELL(s, REPORT_NOTE,
		     "SEMENTARA: hari terakhir bulan ini belum ditutup dalam buku besar; angka dalam laporan "
		     "ini "
		     "masih dapat berubah.",
		     "PROVISIONAL: the last day of this month is not closed in the ledger yet; the figures "
		     "of this "
		     "report may still change.");
}

static void needs(struct scribe *s)
{
	static const struct words names[] = {
	    [REPORT_NEED_UNKNOWN] = {"Jaminan belum dapat dinilai (kantor)",
				     "Guarantee cannot be judged yet (offices)"},
	    [REPORT_NEED_LOWER] = {"Jaminan terlalu tinggi (kantor)", "Guarantee too high (offices)"},
	    [REPORT_NEED_FITS] = {"Jaminan sesuai (kantor)", "Guarantee fitting (offices)"},
	    [REPORT_NEED_HIGHER] = {"Jaminan terlalu rendah (kantor)", "Guarantee too low (offices)"},
	};
	int64_t counts[ELEMENTS(names)] = {0};

	for (size_t i = 0; i < s->month->n_offices; i++)
		if (s->month->offices[i].advice.need < ELEMENTS(counts))
			counts[s->month->offices[i].advice.need]++;
	for (size_t i = ELEMENTS(names); i-- > 0;)
		put_fact(s, names[i].id, names[i].en, REPORT_COUNT, cell(counts[i]));
}

static void costs(struct scribe *s)
{
	const struct report_contract *contract = &s->month->contract;
	const bool known = contract->terms.provider != NULL, budget = contract->year_budget != 0;

	put_fact(s, "Biaya bulan ini", "Cost of this month", REPORT_RUPIAH, cell_if(known, contract->cost));
	put_fact(s, "Restitusi dari penyedia", "Refund by the provider", REPORT_RUPIAH,
		 cell_if(known, contract->refund));
	put_fact(s, "Biaya bersih bulan ini", "Net cost of this month", REPORT_RUPIAH,
		 cell_if(known, contract->net));
	put_fact(s, "Pagu setahun", "Budget of the year", REPORT_RUPIAH,
		 cell_if(budget, contract->year_budget));
	put_fact(s, "Realisasi sampai bulan ini", "Realised up to this month", REPORT_RUPIAH,
		 cell(contract->year_realised));
	put_fact(s, "Sisa pagu", "Left of the budget", REPORT_RUPIAH, cell_if(budget, contract->year_left));
}

static void figures(struct scribe *s)
{
	static const struct table_words table = {
	    .key = "summary",
	    .title = {"Angka pokok", "Main figures"},
	    .description = {"Angka pokok bulan ini", "The main figures of the month"},
	};
	const struct report_month *month = s->month;
	const struct report_uplink *uplink = &month->uplink;

	put_table(s, &table);
	put_fact(s, "Uplink, unduh (GB)", "Uplink, download (GB)", REPORT_BYTES,
		 cell((int64_t)uplink->down.bytes));
	put_fact(s, "Uplink, unggah (GB)", "Uplink, upload (GB)", REPORT_BYTES,
		 cell((int64_t)uplink->up.bytes));
	put_fact(s, "Semua kantor, unduh (GB)", "All offices, download (GB)", REPORT_BYTES,
		 cell((int64_t)month->offices_down.bytes));
	put_fact(s, "Semua kantor, unggah (GB)", "All offices, upload (GB)", REPORT_BYTES,
		 cell((int64_t)month->offices_up.bytes));
	put_fact(s, "Kantor", "Offices", REPORT_COUNT, cell((int64_t)month->n_offices));
	put_fact(s, "Zona publik", "Public zones", REPORT_COUNT, cell((int64_t)month->n_zones));
	put_fact(s, "Ketersediaan uplink", "Availability of the uplink", REPORT_PERCENT,
		 cell_if(uplink->measured_min > 0, uplink->available_permyriad));
	costs(s);
	needs(s);
	put_fact(s, "Celah pengukuran", "Gaps in the measuring", REPORT_COUNT, cell((int64_t)month->n_gaps));
	put_fact(s, "Koreksi", "Corrections", REPORT_COUNT, cell((int64_t)month->n_corrections));
}

void section_summary(struct scribe *s)
{
	_cleanup_(freep) char *first = use(s), *second = service(s), *third = money(s);

	put_section(s, "summary", "Ringkasan", "Summary", "Ringkasan", "Summary");
	if (first && second && third)
		TELL(s, REPORT_PARAGRAPH, "%s %s %s", "%s %s %s", first, second, third);
	reservations(s);
	figures(s);
}
