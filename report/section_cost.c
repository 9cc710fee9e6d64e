// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: from the contract to the month's cost, the refund, the budget, and what the same offices would have
 * paid each for a line of its own: every figure that a payment rests on, with what it was computed from. It
 * must never show an amount that no contract stands behind.
 */
#include "sections.h"
#include "split.h"

static void validity(struct scribe *s, const struct report_contract *contract)
{
	const struct policy_contract *terms = &contract->terms;

	put_fact(s, "Penyedia", "Provider", REPORT_TEXT, cell_words(terms->provider));
	put_fact(s, "Nomor kontrak", "Number of the contract", REPORT_TEXT, cell_words(terms->number));
	put_fact(s, "Berlaku sejak", "Valid from", REPORT_DAY, cell(terms->from_day));
	put_fact(s, "Berlaku sampai", "Valid to", REPORT_DAY, cell(terms->to_day));
	put_fact(s, "Harga sebulan", "Price of a month", REPORT_RUPIAH, cell(terms->monthly_rupiah));
	put_fact(s, "Hari bulan ini yang tercakup", "Days of this month that it covers", REPORT_COUNT,
		 cell(contract->days));
	put_fact(s, "Hari dalam bulan ini", "Days of this month", REPORT_COUNT,
		 cell(s->month->until_day - s->month->from_day));
}

static void contract_facts(struct scribe *s, const struct report_contract *contract)
{
	static const struct table_words table = {
	    .key = "contract",
	    .title = {"Kontrak dan biaya bulan ini", "The contract and the month's cost"},
	    .note = {"Biaya = harga sebulan × hari tercakup / hari dalam bulan, dibulatkan ke rupiah. "
		     "Restitusi = biaya × "
		     "persen restitusi. Biaya bersih = biaya − restitusi.",
		     "Cost = price of a month × days covered / days of the month, rounded to the rupiah. "
		     "Refund = cost × "
		     "percent of refund. Net cost = cost − refund."},
	    .description = {"Kontrak dengan penyedia dan biaya bulan ini",
			    "The contract with the provider and the month's cost"},
	};
	_cleanup_(freep) char *split = words_split(s, &contract->terms);

	put_table(s, &table);
	validity(s, contract);
	put_fact(s, "Biaya bulan ini", "Cost of this month", REPORT_RUPIAH, cell(contract->cost));
	put_fact(s, "Persen restitusi", "Percent of refund", REPORT_PERCENT,
		 cell((int64_t)contract->refund_percent * 100));
	put_fact(s, "Restitusi", "Refund", REPORT_RUPIAH, cell(contract->refund));
	put_fact(s, "Biaya bersih bulan ini", "Net cost of this month", REPORT_RUPIAH, cell(contract->net));
	put_fact(s, "Kunci pembagian", "Key of division", REPORT_TEXT, cell_words(split));
}

static void year_facts(struct scribe *s, const struct report_contract *contract)
{
	static const struct table_words table = {
	    .key = "year",
	    .title = {"Pagu, realisasi, dan sisa tahun berjalan", "Budget, realised and left in this year"},
	    .note = {"Realisasi: jumlah biaya bersih tiap bulan sejak bulan pertama tahun ini yang diketahui "
		     "buku besar, menurut "
		     "kontrak yang berlaku dalam bulan masing-masing.",
		     "Realised: the sum of each month's net cost since the first month of this year that the "
		     "ledger knows, "
		     "by the contract that was valid in each."},
	    .description = {"Pagu, realisasi, dan sisa anggaran tahun berjalan",
			    "Budget, realised and left in this year"},
	};
	const bool budget = contract->year_budget != 0;

	put_table(s, &table);
	put_fact(s, "Dihitung sejak", "Counted from", REPORT_MONTH,
		 cell_if(contract->year_from_month != 0, contract->year_from_month));
	put_fact(s, "Pagu setahun", "Budget of the year", REPORT_RUPIAH,
		 cell_if(budget, contract->year_budget));
	put_fact(s, "Realisasi sampai bulan ini", "Realised up to this month", REPORT_RUPIAH,
		 cell(contract->year_realised));
	put_fact(s, "Sisa pagu", "Left of the budget", REPORT_RUPIAH, cell_if(budget, contract->year_left));
	put_fact(
	    s, "Realisasi dari pagu", "Realised of the budget", REPORT_PERCENT,
	    cell_if(budget && contract->year_realised >= 0,
		    split_permyriad((uint64_t)contract->year_realised, (uint64_t)contract->year_budget)));
}

static void comparison(struct scribe *s, const struct report_contract *contract)
{
	static const struct table_words table = {
	    .key = "comparison",
	    .title = {"Perbandingan dengan satu saluran tiap kantor", "Comparison with one line per office"},
	    .note = {"Pembanding = biaya satu saluran sebulan × jumlah kantor bulan ini. Selisih = "
		     "pembanding − biaya bersih "
		     "bulan ini.",
		     "Comparison = cost of one line in a month × offices of this month. Difference = "
		     "comparison − net cost of "
		     "this month."},
	    .description = {"Biaya bulan ini dibandingkan dengan satu saluran tersendiri tiap kantor",
			    "The month's cost compared with a line of its own for each office"},
	};

	if (contract->baseline_each == 0)
		return;
	put_table(s, &table);
	put_fact(s, "Satu saluran sebulan", "One line in a month", REPORT_RUPIAH,
		 cell(contract->baseline_each));
	put_fact(s, "Kantor bulan ini", "Offices of this month", REPORT_COUNT,
		 cell((int64_t)s->month->n_offices));
	put_fact(s, "Pembanding: satu saluran tiap kantor", "Comparison: one line per office", REPORT_RUPIAH,
		 cell(contract->baseline));
	put_fact(s, "Biaya bersih bulan ini", "Net cost of this month", REPORT_RUPIAH, cell(contract->net));
	put_fact(s, "Selisih (positif: lebih hemat)", "Difference (positive: saved)", REPORT_RUPIAH,
		 cell(contract->baseline - contract->net));
}

/* Terms that somebody recorded only after the month are valid all the same, and a reader has to know. */
static void recorded_later(struct scribe *s, const struct report_contract *contract)
{
	if (contract->recorded_wall_usec / 1000000 >= s->month->until_sec)
		TELL(s, REPORT_NOTE,
		     "Ketentuan kontrak ini baru dicatat dalam buku besar pada %s, sesudah bulan ini "
		     "berakhir.",
		     "These terms of the contract were recorded in the ledger only on %s, after this month "
		     "had ended.",
		     SHOW(s, contract->recorded_wall_usec / 1000000, REPORT_TIME));
	if (contract->days > 0 && (int32_t)contract->days < s->month->until_day - s->month->from_day)
		TELL(s, REPORT_NOTE,
		     "Kontrak mencakup %u hari dari bulan ini; biayanya dihitung menurut hari.",
		     "The contract covers %u days of this month; its cost goes by days.", contract->days);
}

void section_cost(struct scribe *s)
{
	const struct report_contract *contract = &s->month->contract;

	put_section(s, "cost", "Biaya, pagu, dan realisasi", "Cost, budget and realised", "Biaya", "Cost");
	if (!contract->terms.provider) {
		TELL(s, REPORT_PARAGRAPH,
		     "Tidak ada kontrak yang mencakup satu hari pun dari bulan ini. Karena itu tidak ada "
		     "biaya yang dibagi; "
		     "lengkapi kontrak dalam konfigurasi, lalu buat laporan ini lagi.",
		     "No contract covers a single day of this month. So there is no cost to divide; complete "
		     "the contract in "
		     "the configuration, then make this report again.");
	} else {
		contract_facts(s, contract);
		recorded_later(s, contract);
		comparison(s, contract);
	}
	year_facts(s, contract);
}
