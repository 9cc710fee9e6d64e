// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: each office's part of the cost, to the rupiah, by its accounting code and against its budget: what the
 * finance clerk books. The shares add up to the contract's cost; nothing is rounded here.
 */
#include "sections.h"
#include <errno.h>
#include <string.h>

static void share_row(struct scribe *s, size_t i)
{
	const struct report_office *office = &s->month->offices[i];
	const struct report_money *money = &office->money;

	PUT_ROW(s, cell_text(s->offices[i]), cell_words(office->budget_code), cell(money->share_permyriad),
		cell(money->share), cell(money->refund), cell(money->net));
}

static void shares(struct scribe *s)
{
	static const struct column_words columns[] = {
	    COLUMN("office", "Kantor", "Office", REPORT_TEXT, 6, C_OPEN),
	    COLUMN("budget_code", "Kode rekening", "Accounting code", REPORT_TEXT, 4, C_OPEN),
	    COLUMN("share_permyriad", "Bagian", "Part", REPORT_PERCENT, 2, C_OPEN),
	    COLUMN("share_rupiah", "Bagian biaya", "Share of the cost", REPORT_RUPIAH, 4, C_OPEN | C_TOTAL),
	    COLUMN("refund_rupiah", "Restitusi", "Refund", REPORT_RUPIAH, 4, C_OPEN | C_TOTAL),
	    COMPUTED("net_rupiah", "Biaya bersih", "Net cost", REPORT_RUPIAH, 4,
		     C_OPEN | C_TOTAL | C_DIFFERENCE, 3, 4),
	};
	static const struct table_words table = {
	    .key = "cost",
	    .title = {"Pembagian biaya bulan ini", "Division of the month's cost"},
	    .note = {"Pembagian dengan metode sisa terbesar: setiap kantor menerima bagiannya yang "
		     "dibulatkan ke bawah, lalu rupiah "
		     "yang tersisa diberikan satu per satu kepada sisa pecahan terbesar. Restitusi dibagi "
		     "dengan bobot yang sama.",
		     "Divided by the method of the largest remainder: each office gets its share rounded "
		     "down, then the rupiah that "
		     "are left go one each to the largest remainders. The refund is divided by the same "
		     "weights."},
	    .columns = columns,
	    .n = ELEMENTS(columns),
	    .description = {"Bagian tiap kantor dari biaya bulan ini",
			    "Each office's share of the month's cost"},
	};

	put_table(s, &table);
	for (size_t i = 0; i < s->month->n_offices; i++)
		share_row(s, i);
}

/* ---- the largest, for a picture ---- */

static void largest_chart(struct scribe *s, size_t table)
{
	_cleanup_(freep) char *text = WORDS(s, "Biaya bersih kantor yang terbesar, dari seluruhnya %s.",
					    "The largest net costs of offices, of %s in all.",
					    SHOW(s, s->month->contract.net, REPORT_RUPIAH));
	const struct report_chart chart = {
	    .kind = REPORT_BARS,
	    .title = (char *)SAY(s, "Pembagian biaya: kantor terbesar (Rp)",
				 "Division of cost: largest offices (Rp)"),
	    .description = text,
	    .table = table,
	    .label = 0,
	    .series = {1},
	    .n_series = 1,
	    .most = CHART_MOST,
	};

	build_chart(&s->build, &chart);
}

static void largest_rows(struct scribe *s, const int64_t *nets, const size_t *order, size_t shown)
{
	const size_t n = s->month->n_offices;
	int64_t rest = s->month->contract.net;
	_cleanup_(freep) char *others = WORDS(s, "Kantor lain (%zu)", "Other offices (%zu)", n - shown);

	for (size_t i = 0; i < shown; i++) {
		PUT_ROW(s, cell_text(s->offices[order[i]]), cell(nets[order[i]]));
		rest -= nets[order[i]];
	}
	if (n > shown)
		PUT_ROW(s, cell_words(others), cell(rest));
}

static void largest(struct scribe *s)
{
	static const struct column_words columns[] = {
	    COLUMN("office", "Kantor", "Office", REPORT_TEXT, 6, C_OPEN),
	    COLUMN("net_rupiah", "Biaya bersih", "Net cost", REPORT_RUPIAH, 4, C_OPEN | C_TOTAL),
	};
	static const struct table_words table = {
	    .key = "largest_costs",
	    .title = {"Biaya bersih terbesar", "Largest net costs"},
	    .columns = columns,
	    .n = ELEMENTS(columns),
	    .description = {"Biaya bersih kantor yang terbesar", "The largest net costs of offices"},
	};
	const size_t n = s->month->n_offices;
	_cleanup_(freep) int64_t *nets = calloc(n ? n : 1, sizeof(*nets));
	size_t order[CHART_MOST], shown, block;

	if (!nets) {
		s->build.error = -ENOMEM;
		return;
	}
	for (size_t i = 0; i < n; i++)
		nets[i] = s->month->offices[i].money.net;
	shown = words_largest(nets, n, order, CHART_MOST);
	block = put_table(s, &table);
	largest_rows(s, nets, order, shown);
	largest_chart(s, block);
}

/* ---- by accounting code ---- */

static const char *code_of(const struct report_office *office)
{
	return office->budget_code ? office->budget_code : "";
}

static int by_code(const void *a, const void *b)
{
	const struct report_office *const *one = a, *const *other = b;

	return strcmp(code_of(*one), code_of(*other));
}

static void code_rows(struct scribe *s, const struct report_office *const *offices, size_t n)
{
	for (size_t i = 0, end; i < n; i = end) {
		struct report_money sum = {0};

		for (end = i; end < n && !strcmp(code_of(offices[i]), code_of(offices[end])); end++) {
			sum.share += offices[end]->money.share;
			sum.refund += offices[end]->money.refund;
			sum.net += offices[end]->money.net;
		}
		PUT_ROW(
		    s,
		    cell_text(*code_of(offices[i]) ? code_of(offices[i]) : SAY(s, "tanpa kode", "no code")),
		    cell((int64_t)(end - i)), cell(sum.share), cell(sum.refund), cell(sum.net));
	}
}

static void codes(struct scribe *s)
{
	static const struct column_words columns[] = {
	    COLUMN("budget_code", "Kode rekening", "Accounting code", REPORT_TEXT, 5, C_OPEN),
	    COLUMN("offices", "Kantor", "Offices", REPORT_COUNT, 2, C_OPEN | C_TOTAL),
	    COLUMN("share_rupiah", "Bagian biaya", "Share of the cost", REPORT_RUPIAH, 4, C_OPEN | C_TOTAL),
	    COLUMN("refund_rupiah", "Restitusi", "Refund", REPORT_RUPIAH, 4, C_OPEN | C_TOTAL),
	    COMPUTED("net_rupiah", "Biaya bersih", "Net cost", REPORT_RUPIAH, 4,
		     C_OPEN | C_TOTAL | C_DIFFERENCE, 2, 3),
	};
	static const struct table_words table = {
	    .key = "budget_codes",
	    .title = {"Rekap menurut kode rekening", "By accounting code"},
	    .columns = columns,
	    .n = ELEMENTS(columns),
	    .description = {"Biaya bulan ini menurut kode rekening", "The month's cost by accounting code"},
	};
	const size_t n = s->month->n_offices;
	_cleanup_(freep) const struct report_office **offices = calloc(n ? n : 1, sizeof(*offices));

	if (!offices) {
		s->build.error = -ENOMEM;
		return;
	}
	for (size_t i = 0; i < n; i++)
		offices[i] = &s->month->offices[i];
	qsort(offices, n, sizeof(*offices), by_code);
	put_table(s, &table);
	code_rows(s, offices, n);
}

/* ---- against the budget ---- */

static void budget_row(struct scribe *s, size_t i)
{
	const struct report_office *office = &s->month->offices[i];
	const struct report_money *money = &office->money;
	const bool said = money->budget != 0;

	PUT_ROW(s, cell_text(s->offices[i]), cell_words(office->budget_code), cell_if(said, money->budget),
		cell(money->realised), cell_if(said, money->left));
}

static void budgets(struct scribe *s)
{
	static const struct column_words columns[] = {
	    COLUMN("office", "Kantor", "Office", REPORT_TEXT, 6, C_OPEN),
	    COLUMN("budget_code", "Kode rekening", "Accounting code", REPORT_TEXT, 4, C_OPEN),
	    COLUMN("budget_rupiah", "Pagu setahun", "Budget of the year", REPORT_RUPIAH, 4, C_OPEN | C_TOTAL),
	    COLUMN("realised_rupiah", "Realisasi", "Realised", REPORT_RUPIAH, 4, C_OPEN | C_TOTAL),
	    COMPUTED("left_rupiah", "Sisa", "Left", REPORT_RUPIAH, 4, C_OPEN | C_TOTAL | C_DIFFERENCE, 2, 3),
	};
	static const struct table_words table = {
	    .key = "budgets",
	    .title = {"Pagu, realisasi, dan sisa tiap kantor", "Budget, realised and left of each office"},
	    .note = {"Realisasi: jumlah biaya bersih kantor itu sejak awal tahun sampai bulan ini. Sisa "
		     "hanya ada bila pagunya "
		     "disebut, dan jumlah sisa hanya memuat kantor itu. Kantor yang sudah tidak ada pada "
		     "bulan ini tetap terhitung dalam "
		     "realisasi setahun, tidak dalam tabel ini.",
		     "Realised: the sum of the office's net cost since the begin of the year up to this "
		     "month. Left is there only where "
		     "a budget is, and its sum holds those offices alone. Offices that are gone in this "
		     "month count in the year's "
		     "realised cost, not in this table."},
	    .columns = columns,
	    .n = ELEMENTS(columns),
	    .description = {"Pagu, realisasi, dan sisa anggaran tiap kantor",
			    "Budget, realised and left of each office"},
	};

	put_table(s, &table);
	for (size_t i = 0; i < s->month->n_offices; i++)
		budget_row(s, i);
}

void section_cost_offices(struct scribe *s)
{
	if (s->month->n_offices == 0)
		return;
	if (s->month->contract.terms.provider) {
		shares(s);
		largest(s);
		codes(s);
	}
	budgets(s);
}
