// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A document that is hard on paper, as a PDF: tables of many offices with the names that strangers choose,
 * one that only fits across, small ones side by side, charts, and before the signature as many lines as are
 * asked for. It knows no figure that does not follow from a row's number (pages.py knows them too).
 *
 *   report-paper FILE [OFFICES [LINES [id|en [MARK [LOGO]]]]]
 */
#include <errno.h>
#include <string.h>
#include "../../report/writers.h"

/* Fontconfig keeps its caches until the program ends. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\n";
}

#define DAY 20758 /* 2026-11-01 */

static const char *const names[] = {
    "Dinas Pendidikan",
    "Dinas Sumber Daya Air, Bina Marga, Bina Konstruksi, Perumahan Rakyat dan Kawasan Permukiman Kabupaten "
    "Kotawaringin Timur",
    "DinasTanpaSpasiYangNamanyaSangatPanjangSekaliSehinggaTidakMuatDalamSatuBarisDanHarusDipotongDiManaSaja",
    "\xE2\x80\xAErotkaK \xE2\x81\xA6terbalik",
    "مكتب الشؤون الدينية",
    "משרד החינוך",
    "Rusak \xFF\xC3( \x01\x1F\x7F",
    "Baris\nkedua",
    "日本語の名前",
    "Été — “Écologie” … −1",
};

static char *name_of(size_t office)
{
	char *name;

	if (office == 10) { /* longer than any line, page or patience */
		name = malloc(12001);
		for (size_t i = 0; name && i < 12000; i++)
			name[i] = i % 9 == 8 ? ' ' : 'x';
		if (name)
			name[12000] = '\0';
		return name;
	}
	if (office < ELEMENTS(names))
		return strdup(names[office]);
	return asprintf(&name, "%s %zu", names[office % 2], office) < 0 ? NULL : name;
}

static int64_t value_of(size_t office, size_t column)
{
	return (int64_t)(office + 1) * INT64_C(1234567891) * (int64_t)(column + 1) % INT64_C(98765432109876);
}

static void rows(struct report_build *build, const char *key, const char *title, size_t offices,
		 size_t columns, size_t weight)
{
	static const enum report_unit units[] = {REPORT_BYTES, REPORT_RUPIAH, REPORT_COUNT};
	struct report_column all[16] = {
	    {.key = "office", .title = (char *)"Kantor", .unit = REPORT_TEXT, .weight = (unsigned)weight}};
	struct report_cell cells[16];

	for (size_t i = 1; i <= columns; i++)
		all[i] = (struct report_column){.key = "value",
						.title = (char *)"Jumlah yang diterima",
						.unit = units[i % 3],
						.total = true,
						.weight = 2};
	build_table(build, &(struct report_table){.key = key,
						  .title = (char *)title,
						  .note = (char *)"Catatan di bawah tabel ini.",
						  .columns = all,
						  .n_columns = columns + 1,
						  .total = true,
						  .group = -1});
	for (size_t office = 0; office < offices; office++) {
		_cleanup_(freep) char *name = name_of(office);

		cells[0] = cell_text(name);
		for (size_t i = 1; i <= columns; i++)
			cells[i] = cell(value_of(office, i));
		build_row(build, cells, columns + 1);
	}
}

static void charts(struct report_build *build, bool lying)
{
	for (int kind = REPORT_BARS; kind <= REPORT_STACK; kind++)
		build_chart(build, &(struct report_chart){.kind = (enum report_chart_kind)kind,
							  .title = (char *)"Bagan",
							  .description = (char *)"Kalimat di bawah bagan.",
							  .table = 0,
							  .label = 0,
							  .series = {1, 2},
							  .n_series = 2,
							  .most = lying ? 12 : 0});
}

/* `days` of each office; every seventh office has more than a page of them. */
static void groups(struct report_build *build, const char *key, const char *title, size_t offices,
		   bool narrow)
{
	struct report_column all[] = {
	    {.key = "office", .title = (char *)"Kantor", .unit = REPORT_TEXT, .weight = 4},
	    {.key = "day", .title = (char *)"Tanggal", .unit = REPORT_DAY, .weight = 2},
	    {.key = "down", .title = (char *)"Unduh (GB)", .unit = REPORT_BYTES, .total = true, .weight = 2},
	    {.key = "up", .title = (char *)"Unggah (GB)", .unit = REPORT_BYTES, .total = true, .weight = 2},
	};

	build_table(build, &(struct report_table){.key = key,
						  .title = (char *)title,
						  .columns = all,
						  .n_columns = ELEMENTS(all),
						  .total = true,
						  .group = 0,
						  .narrow = narrow});
	for (size_t office = 0; office < offices; office++) {
		_cleanup_(freep) char *name = name_of(office);

		for (size_t day = 0; day < (office % 7 == 6 ? 150U : 31U); day++) {
			struct report_cell cells[] = {cell_text(name), cell(DAY + (int64_t)day),
						      cell(value_of(office, day)),
						      cell(value_of(day, office))};

			build_row(build, cells, ELEMENTS(cells));
		}
	}
}

static void facts(struct report_build *build)
{
	build_table(build, &(struct report_table){
			       .key = "facts", .title = (char *)"Fakta", .group = -1, .facts = true});
	build_fact(build, "Biaya bulan ini", REPORT_RUPIAH, cell(INT64_C(180000001)));
	build_fact(build, "Bulan", REPORT_MONTH, cell(2026 * 12 + 10));
	build_fact(build, names[1], REPORT_TEXT, cell_text(names[2]));
	build_fact(build, names[4], REPORT_TEXT, cell_text(names[5]));
	build_fact(build, "Tidak diketahui", REPORT_COUNT, cell_absent());
}

static void sections(struct report_build *build, size_t offices, size_t lines)
{
	build_section(build, "first", "Bagian pertama", "A");
	build_text(
	    build, REPORT_PARAGRAPH, "%s",
	    "Alinea yang membuka laporan dan cukup panjang sehingga tidak muat pada satu baris saja di "
	    "atas kertas dengan lebar ini, apa pun hurufnya.");
	facts(build);
	build_section(build, "offices", "Bagian kantor", "B");
	rows(build, "offices", "Tabel kantor", offices, 3, 6);
	charts(build, true);
	build_section(build, "wide", "Bagian lebar", "C");
	rows(build, "wide", "Tabel lebar", offices, 9, 6);
	build_section(build, "groups", "Bagian kelompok", "D");
	groups(build, "groups", "Tabel kelompok", MIN(offices, 8), false);
	build_section(build, "daily", "Bagian harian", "E");
	groups(build, "daily", "Tabel harian", offices, true);
	build_section(build, "empty", "Bagian kosong", "F");
	rows(build, "empty", "Tabel kosong", 0, 2, 6);
	build_chart(build, &(struct report_chart){
			       .title = (char *)"Bagan kosong", .table = 0, .series = {1}, .n_series = 1});
	build_section(build, "last", "Bagian terakhir", "G");
	for (size_t i = 0; i < lines; i++) {
		if (i % 5 == 0)
			build_text(build, REPORT_HEADING, "Judul %zu", i);
		build_text(build, REPORT_PARAGRAPH, "Alinea %zu.", i);
	}
	rows(build, "small", "Tabel kecil", MIN(offices, 4), 3, 6);
	build_text(build, REPORT_PARAGRAPH, "Kata terakhir.");
}

static void front(struct report_document *document, int argc, char **argv)
{
	static const char *const lines[] = {"PEMERINTAH KABUPATEN KOTAWARINGIN TIMUR",
					    "DINAS KOMUNIKASI DAN INFORMATIKA",
					    "Jalan Jenderal Sudirman Km. 5, Sampit 74322"};

	document->english = argc > 4 && strcmp(argv[4], "en") == 0;
	document->mark = argc > 5 && *argv[5] ? strdup(argv[5]) : NULL;
	document->logo = argc > 6 ? strdup(argv[6]) : NULL;
	document->month = 2026 * 12 + 10;
	document->letterhead = calloc(ELEMENTS(lines), sizeof(char *));
	for (; document->letterhead && document->n_letterhead < ELEMENTS(lines); document->n_letterhead++)
		document->letterhead[document->n_letterhead] = strdup(lines[document->n_letterhead]);
	document->title = strdup("Laporan Pemakaian Internet");
	document->subtitle = strdup("November 2026");
	document->sign_place_date = strdup("Sampit, 1 Desember 2026");
	document->sign_office = strdup("Kepala Dinas Komunikasi dan Informatika");
	document->sign_name = strdup("Dra. Siti Rahmawati, M.Si.");
	document->sign_nip = strdup("NIP 19700101 199003 2 001");
	document->verify = strdup("https://gerbang.example.go.id/v?m=2026-11&h=0123456789abcdef");
	document->verify_words = strdup("Sidik rantai 0123456789abcdef. Cara memeriksa: gerbang verify");
	document->footer = strdup("Laporan November 2026 · Diskominfo");
}

static int write_it(const struct report_document *document, const char *path)
{
	_cleanup_(fclosep) FILE *out = fopen(path, "we");

	return out ? pdf_write(document, out) : -errno;
}

int main(int argc, char **argv)
{
	_cleanup_(report_document_freep) struct report_document *document =
	    calloc(1, sizeof(struct report_document));
	struct report_build build = {.document = document};
	int r;

	if (argc < 2 || !document)
		return 2;
	front(document, argc, argv);
	sections(&build, argc > 2 ? strtoul(argv[2], NULL, 10) : 20,
		 argc > 3 ? strtoul(argv[3], NULL, 10) : 5);
	r = build.error ? build.error : write_it(document, argv[1]);
	if (r < 0)
		fprintf(stderr, "report-paper: %s: %s\n", argv[1], strerror(-r));
	return r < 0;
}
