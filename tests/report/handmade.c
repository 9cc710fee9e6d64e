// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A small document made by hand, with one of everything that a writer has to draw and with the names that
 * strangers choose, so that the writers are proven without a ledger. The same arguments give the same
 * document; it knows no figure that is not written here or follows from the row's number.
 *
 *   report-handmade DIRECTORY [id|en] [plain|marked] [OFFICES]
 */
#include <errno.h>
#include <locale.h>
#include <string.h>
#include "../../report/writers.h"

#define NOVEMBER_2026 (2026 * 12 + 10)
#define FIRST_DAY 20758 /* 2026-11-01 */
#define DAYS 30
#define COST INT64_C(180000001)

static const char *const names[] = {
    "Dinas Pendidikan",
    "=HYPERLINK(\"http://example.invalid\",\"Klik\")",
    "+1+1|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "-2+3",
    "<script>alert(1)</script> & \"Rekan\"",
    "</style><img src=x onerror=alert(1)>",
    "\xE2\x80\xAE"
    "rotkaK \xE2\x81\xA6"
    "terbalik",
    "مكتب الشؤون الدينية",
    "Dinas Sumber Daya Air, Bina Marga, Bina Konstruksi, Perumahan Rakyat dan Kawasan Permukiman Kabupaten "
    "Kotawaringin Timur",
    "DinasTanpaSpasiYangNamanyaSangatPanjangSekaliSehinggaTidakMuatDalamSatuBarisDanHarusDipotongDiManaSaja",
    "Rusak \xFF\xC3( \x01\x1F\x7F _x0041_",
    "2026-11-23",
    "0812",
};

/* With a number behind the names, so that there are as many as are asked for. */
static const char *name_of(size_t office, char out[static 300])
{
	if (office < ELEMENTS(names))
		return names[office];
	snprintf(out, 300, "%s %zu", names[office % 2 ? 9 : 0], office);
	return out;
}

static uint64_t bytes_of(size_t office, size_t day, bool up)
{
	return (office + 1) * UINT64_C(1234567891) / (up ? 7 : 1) + day * UINT64_C(98765432) % 777777777;
}

static void summary(struct report_build *build, bool english)
{
	build_section(build, "summary", english ? "Summary" : "Ringkasan", english ? "Summary" : "Ringkasan");
	build_text(build, REPORT_PARAGRAPH, "%s",
		   english ? "The uplink was there for 99.87 % of the month.\nThe provider met what the "
			     "contract promises. Nothing is to be paid back."
			   : "Sambungan tersedia 99,87 % dari bulan ini.\nPenyedia memenuhi janji kontrak. "
			     "Tidak ada pengembalian.");
	build_text(build, REPORT_NOTE, "%s: %s", english ? "Names" : "Nama", names[7]);
	build_table(build, &(struct report_table){.key = "facts",
						  .title = english ? "Contract" : "Kontrak",
						  .group = -1,
						  .facts = true});
	build_fact(build, english ? "Provider" : "Penyedia", REPORT_TEXT, cell_text("=1+1"));
	build_fact(build, english ? "Cost" : "Biaya", REPORT_RUPIAH, cell(COST));
	build_fact(build, english ? "Availability" : "Ketersediaan", REPORT_PERCENT, cell(9987));
	build_fact(build, english ? "Month" : "Bulan", REPORT_MONTH, cell(NOVEMBER_2026));
	build_fact(build, english ? "First day" : "Hari pertama", REPORT_DAY, cell(FIRST_DAY));
	build_fact(build, english ? "Closed" : "Ditutup", REPORT_TIME, cell(INT64_C(1796058309)));
	build_fact(build, english ? "Down for" : "Lama gangguan", REPORT_SECONDS, cell(27 * 3600 + 62));
	build_fact(build, english ? "Bought" : "Dibeli", REPORT_BPS, cell(300000000));
	build_fact(build, english ? "Carried" : "Dibawa", REPORT_BYTES, cell(INT64_C(12345678901234)));
	build_fact(build, english ? "Visitors" : "Pengunjung", REPORT_COUNT, cell_absent());
}

static void uplink(struct report_build *build, bool english)
{
	struct report_column columns[] = {
	    {.key = "day", .title = english ? "Day" : "Tanggal", .unit = REPORT_DAY, .weight = 3},
	    {.key = "down_bytes",
	     .title = english ? "Download (GB)" : "Unduh (GB)",
	     .unit = REPORT_BYTES,
	     .total = true,
	     .weight = 3},
	    {.key = "up_bytes",
	     .title = english ? "Upload (GB)" : "Unggah (GB)",
	     .unit = REPORT_BYTES,
	     .total = true,
	     .weight = 3},
	    {.key = "total_bytes",
	     .title = english ? "Total (GB)" : "Jumlah (GB)",
	     .unit = REPORT_BYTES,
	     .total = true,
	     .weight = 3,
	     .formula = REPORT_SUM_OF,
	     .a = 1,
	     .b = 2},
	    {.key = "busy_bps",
	     .title = english ? "Busiest hour (Mbit/s)" : "Jam tersibuk (Mbit/s)",
	     .unit = REPORT_BPS,
	     .weight = 3},
	    {.key = "bought_bps",
	     .title = english ? "Bought (Mbit/s)" : "Dibeli (Mbit/s)",
	     .unit = REPORT_BPS,
	     .weight = 3},
	};
	struct report_chart stack = {.kind = REPORT_STACK,
				     .title = english ? "Volume by day" : "Volume harian",
				     .description = english ? "From 6.2 to 7.9 GB a day"
							    : "Antara 6,2 dan 7,9 GB sehari",
				     .table = 0,
				     .label = 0,
				     .series = {1, 2},
				     .n_series = 2};
	struct report_chart lines = {.kind = REPORT_LINES,
				     .title = english ? "Busiest hour" : "Jam tersibuk",
				     .description =
					 english ? "Below what was bought" : "Di bawah yang dibeli",
				     .table = 0,
				     .label = 0,
				     .series = {4, 5},
				     .n_series = 2};

	build_section(build, "uplink", english ? "Uplink" : "Sambungan", english ? "Uplink" : "Sambungan");
	build_table(build, &(struct report_table){.key = "uplink_days",
						  .title = english ? "Uplink by day" : "Sambungan tiap hari",
						  .columns = columns,
						  .n_columns = ELEMENTS(columns),
						  .total = true,
						  .group = -1,
						  .note = english ? "GB: 10^9 bytes." : "GB: 10^9 bita."});
	for (size_t day = 0; day < DAYS; day++) {
		int64_t down = (int64_t)bytes_of(4, day, false), up = (int64_t)bytes_of(4, day, true);
		struct report_cell cells[] = {cell(FIRST_DAY + (int64_t)day),
					      cell(down),
					      cell(up),
					      cell(down + up),
					      cell_if(day != 11, 120000000 + (int64_t)day * 3456789),
					      cell(300000000)};

		build_row(build, cells, ELEMENTS(cells));
	}
	build_chart(build, &stack);
	build_chart(build, &lines);
}

static void offices(struct report_build *build, bool english, size_t n)
{
	struct report_column columns[] = {
	    {.key = "office", .title = english ? "Office" : "Kantor", .unit = REPORT_TEXT, .weight = 8},
	    {.key = "code", .title = english ? "Account" : "Kode rekening", .unit = REPORT_TEXT, .weight = 4},
	    {.key = "down_bytes",
	     .title = english ? "Download (GB)" : "Unduh (GB)",
	     .unit = REPORT_BYTES,
	     .total = true,
	     .weight = 3},
	    {.key = "up_bytes",
	     .title = english ? "Upload (GB)" : "Unggah (GB)",
	     .unit = REPORT_BYTES,
	     .total = true,
	     .weight = 3},
	    {.key = "total_bytes",
	     .title = english ? "Total (GB)" : "Jumlah (GB)",
	     .unit = REPORT_BYTES,
	     .total = true,
	     .weight = 3,
	     .formula = REPORT_SUM_OF,
	     .a = 2,
	     .b = 3},
	    {.key = "p95_bps",
	     .title = english ? "95th percentile (Mbit/s)" : "Persentil ke-95 (Mbit/s)",
	     .unit = REPORT_BPS,
	     .weight = 3},
	    {.key = "available",
	     .title = english ? "Availability" : "Ketersediaan",
	     .unit = REPORT_PERCENT,
	     .weight = 3},
	    {.key = "days",
	     .title = english ? "Days active" : "Hari aktif",
	     .unit = REPORT_COUNT,
	     .weight = 2},
	    {.key = "share",
	     .title = english ? "Share" : "Bagian",
	     .unit = REPORT_RUPIAH,
	     .total = true,
	     .weight = 5},
	    {.key = "refund",
	     .title = english ? "Refund" : "Pengembalian",
	     .unit = REPORT_RUPIAH,
	     .total = true,
	     .weight = 5},
	    {.key = "net",
	     .title = english ? "To pay" : "Dibayar",
	     .unit = REPORT_RUPIAH,
	     .total = true,
	     .weight = 5,
	     .formula = REPORT_DIFFERENCE,
	     .a = 8,
	     .b = 9},
	    {.key = "down_sec",
	     .title = english ? "Down for" : "Gangguan",
	     .unit = REPORT_SECONDS,
	     .total = true,
	     .weight = 3},
	};
	struct report_chart bars = {.kind = REPORT_BARS,
				    .title = english ? "=Largest offices" : "=Kantor terbesar",
				    .description = "<svg onload=alert(1)>",
				    .table = 1,
				    .label = 0,
				    .series = {4},
				    .n_series = 1,
				    .most = 10};

	build_section(build, "offices", english ? "Offices & \"others\"" : "Kantor & \"lainnya\"",
		      english ? "Offices" : "Kantor");
	build_text(build, REPORT_PARAGRAPH, "%s", english ? "Each office." : "Tiap kantor.");
	build_table(build, &(struct report_table){.key = "offices",
						  .title = english ? "Use and cost" : "Pemakaian dan biaya",
						  .columns = columns,
						  .n_columns = ELEMENTS(columns),
						  .total = true,
						  .group = -1});
	for (size_t i = 0; i < n; i++) {
		char name[300];
		int64_t down = (int64_t)bytes_of(i, 0, false), up = (int64_t)bytes_of(i, 0, true);
		int64_t share = COST / (int64_t)n + (i < (size_t)(COST % (int64_t)n)),
			refund = (int64_t)i * 1001;
		struct report_cell cells[] = {cell_text(name_of(i, name)),
					      cell_text(i == 3 ? "" : "5.1.02.02.01.0063"),
					      cell(down),
					      cell(up),
					      cell_if(i != 2, down + up),
					      cell_if(i != 1, down / 2592),
					      cell(10000 - (int64_t)i % 900),
					      cell((int64_t)i % 31),
					      cell(share),
					      cell_if(i != 5, refund),
					      cell(share - (i != 5 ? refund : 0)),
					      cell((int64_t)i * 3723)};

		build_row(build, cells, ELEMENTS(cells));
	}
	build_chart(build, &bars);
}

static void zones(struct report_build *build, bool english)
{
	struct report_column columns[] = {
	    {.key = "zone", .title = english ? "Zone" : "Zona", .unit = REPORT_TEXT, .weight = 4},
	    {.key = "began", .title = english ? "Began" : "Mulai", .unit = REPORT_TIME, .weight = 4},
	    {.key = "lasted",
	     .title = english ? "Lasted" : "Lamanya",
	     .unit = REPORT_SECONDS,
	     .total = true,
	     .weight = 2},
	};

	build_section(build, "zones", english ? "Zones" : "Zona", "A1");
	build_table(build, &(struct report_table){.key = "openings",
						  .title = english ? "Openings" : "Pembukaan",
						  .columns = columns,
						  .n_columns = ELEMENTS(columns),
						  .total = true,
						  .group = 0,
						  .narrow = false});
	for (size_t i = 0; i < 6; i++) {
		struct report_cell cells[] = {cell_text(i < 4 ? "Taman <Kota>" : "Ikon Jelawat"),
					      cell(INT64_C(1793840400) + (int64_t)i * 86400),
					      cell(3600 + (int64_t)i * 61)};

		build_row(build, cells, ELEMENTS(cells));
	}
	build_text(build, REPORT_HEADING, "%s", english ? "Corrections" : "Koreksi");
	build_table(build, &(struct report_table){.key = "corrections",
						  .title = english ? "Corrections" : "Koreksi",
						  .columns = columns,
						  .n_columns = ELEMENTS(columns),
						  .total = true,
						  .group = -1});
}

static void daily(struct report_build *build, bool english, size_t n)
{
	struct report_column columns[] = {
	    {.key = "office", .title = english ? "Office" : "Kantor", .unit = REPORT_TEXT, .weight = 7},
	    {.key = "day", .title = english ? "Day" : "Tanggal", .unit = REPORT_DAY, .weight = 3},
	    {.key = "down_bytes",
	     .title = english ? "Download (GB)" : "Unduh (GB)",
	     .unit = REPORT_BYTES,
	     .total = true,
	     .weight = 3},
	    {.key = "up_bytes",
	     .title = english ? "Upload (GB)" : "Unggah (GB)",
	     .unit = REPORT_BYTES,
	     .total = true,
	     .weight = 3},
	    {.key = "total_bytes",
	     .title = english ? "Total (GB)" : "Jumlah (GB)",
	     .unit = REPORT_BYTES,
	     .total = true,
	     .weight = 3,
	     .formula = REPORT_SUM_OF,
	     .a = 2,
	     .b = 3},
	};

	build_section(build, "daily", english ? "Daily use" : "Pemakaian harian",
		      "Kantor" /* the same tab once more */);
	build_table(build, &(struct report_table){.key = "daily",
						  .title = english ? "Daily use by office"
								   : "Pemakaian harian tiap kantor",
						  .columns = columns,
						  .n_columns = ELEMENTS(columns),
						  .total = true,
						  .group = 0,
						  .narrow = true});
	for (size_t i = 0; i < n; i++)
		for (size_t day = 0; day < DAYS; day++) {
			char name[300];
			int64_t down = (int64_t)bytes_of(i, day, false), up = (int64_t)bytes_of(i, day, true);
			struct report_cell cells[] = {cell_text(name_of(i, name)),
						      cell(FIRST_DAY + (int64_t)day), cell(down), cell(up),
						      cell(down + up)};

			build_row(build, cells, ELEMENTS(cells));
		}
}

static void front(struct report_document *document, bool english, bool marked)
{
	static const char *const lines[] = {"Pemerintah Kabupaten Kotawaringin Timur",
					    "Dinas Komunikasi dan Informatika",
					    "Jalan Jenderal Sudirman, Sampit"};

	document->english = english;
	document->month = NOVEMBER_2026;
	document->letterhead = calloc(ELEMENTS(lines), sizeof(char *));
	for (; document->letterhead && document->n_letterhead < ELEMENTS(lines); document->n_letterhead++)
		document->letterhead[document->n_letterhead] = strdup(lines[document->n_letterhead]);
	document->title = strdup(english ? "Report on Internet Use" : "Laporan Pemakaian Internet");
	document->subtitle = strdup("November 2026");
	document->mark = marked ? strdup(english ? "PROVISIONAL · REHEARSAL" : "SEMENTARA · GELADI") : NULL;
	document->sign_place_date = strdup(english ? "Sampit, 1 December 2026" : "Sampit, 1 Desember 2026");
	document->sign_office = strdup("Kepala Dinas Komunikasi dan Informatika");
	document->sign_name = strdup("Dra. Siti & Rekan <M.Si.>");
	document->sign_nip = strdup("NIP 19700101 199003 2 001");
	document->verify =
	    strdup("https://gerbang.example.go.id/v?m=2026-11&h=0123456789abcdef0123456789abcdef");
	document->verify_words = strdup(english ? "Scan to verify." : "Pindai untuk memeriksa.");
	document->footer = strdup("Laporan November 2026 · Diskominfo \"A&B\" </style>");
}

static int make(bool english, bool marked, size_t n, struct report_document **out)
{
	struct report_build build = {.document = calloc(1, sizeof(struct report_document))};

	if (!build.document)
		return -ENOMEM;
	front(build.document, english, marked);
	summary(&build, english);
	uplink(&build, english);
	offices(&build, english, n);
	zones(&build, english);
	daily(&build, english, n < 40 ? n : 40);
	*out = build.document;
	return build.error;
}

static int write_all(const struct report_document *document, const char *directory)
{
	_cleanup_(fclosep) FILE *page = NULL;
	char path[4096];
	int r;

	snprintf(path, sizeof(path), "%s/handmade.xlsx", directory);
	r = xlsx_write(document, path);
	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "%s/handmade.html", directory);
	page = fopen(path, "we");
	return page ? html_write(document, page) : -errno;
}

int main(int argc, char **argv)
{
	_cleanup_(report_document_freep) struct report_document *document = NULL;
	bool english = argc > 2 && strcmp(argv[2], "en") == 0,
	     marked = argc > 3 && strcmp(argv[3], "marked") == 0;
	int r;

	setlocale(LC_ALL, "");
	if (argc < 2)
		return 2;
	r = make(english, marked, argc > 4 ? strtoul(argv[4], NULL, 10) : ELEMENTS(names), &document);
	if (r == 0)
		r = write_all(document, argv[1]);
	if (r < 0)
		fprintf(stderr, "report-handmade: %s: %s\n", argv[1], strerror(-r));
	return r < 0;
}
