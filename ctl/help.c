// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Help from the same rows that commands are found by: it cannot speak of a command or an option that is not
 * there, nor forget one.
 */
#include <ctype.h>
#include <string.h>
#include "help.h"

#define COLUMN 34

static const struct {
	enum option option;
	const char *text;
	const char *help[WORDS_LANGUAGES];
} options[] = {
    {OPTION_CONFIG,
     "-c, --config FILE",
     {"the configuration (/etc/gerbang/gerbang.conf)", "berkas konfigurasi (/etc/gerbang/gerbang.conf)"}},
    {OPTION_JSON, "    --json", {"one JSON document in place of a table", "satu dokumen JSON, bukan tabel"}},
    {OPTION_AT, "    --at TIME", {"at that local time, not now", "pada waktu setempat itu, bukan sekarang"}},
    {OPTION_DAYS, "    --days N", {"how far to look: 1 to 366", "sejauh apa: 1 sampai 366 hari"}},
    {OPTION_MONTH,
     "    --month YYYY-MM",
     {"that local month; the present one without it", "bulan itu; tanpa ini bulan ini"}},
    {OPTION_SINCE,
     "    --since TIME",
     {"from then on; a date alone is its whole day", "sejak waktu itu; tanggal saja berarti sehari penuh"}},
    {OPTION_UNTIL, "    --until TIME", {"when it ends", "kapan berakhir"}},
    {OPTION_FOR, "    --for DURATION", {"how long: \"90 min\", \"2h\"", "berapa lama: \"90 min\", \"2h\""}},
    {OPTION_ZONE, "    --zone ID", {"this zone alone", "hanya zona ini"}},
    {OPTION_ALL_ZONES, "    --all-zones", {"for every zone", "untuk semua zona"}},
    {OPTION_COUNT, "    --count N", {"how many: 1 to 10000", "berapa banyak: 1 sampai 10000"}},
    {OPTION_VALID,
     "    --valid DURATION",
     {"may be used for that long from now", "boleh dipakai selama itu sejak sekarang"}},
    {OPTION_TIME,
     "    --time DURATION",
     {"time online; no limit without it", "waktu daring; tanpa ini tak dibatasi"}},
    {OPTION_DATA,
     "    --data VOLUME",
     {"down plus up: \"2 GB\"; no limit without it",
      "unduh tambah unggah: \"2 GB\"; tanpa ini tak dibatasi"}},
    {OPTION_DEVICES,
     "    --devices N",
     {"devices at one time; as the zone says without it", "perangkat sekaligus; tanpa ini menurut zona"}},
    {OPTION_BATCH, "    --batch N", {"this batch alone", "hanya kumpulan ini"}},
    {OPTION_OUTPUT, "    --output FILE|DIR", {"where to", "ke mana"}},
    {OPTION_SESSION,
     "    --session DURATION",
     {"a visit; as the zone says without it", "lama satu kunjungan; tanpa ini menurut zona"}},
    {OPTION_DAILY,
     "    --daily VOLUME",
     {"data in a day; as the zone says without it", "data sehari; tanpa ini menurut zona"}},
    {OPTION_OFFICE, "    --office ID", {"this office alone", "hanya kantor ini"}},
    {OPTION_ONCE, "    --once", {"one table, and no more", "satu tabel saja"}},
    {OPTION_BY,
     "    --by WHAT",
     {"month, day, hour or row; of an exemption: who decides",
      "month, day, hour atau row; pada pengecualian: siapa"}},
    {OPTION_HOSTS,
     "    --hosts [N]",
     {"by machine, the N largest an office (10)", "per komputer, N terbesar tiap kantor (10)"}},
    {OPTION_LENDING, "    --lending", {"what was lent, day by day", "yang dipinjamkan, hari demi hari"}},
    {OPTION_BUSY, "    --busy", {"each day's busiest hour", "jam tersibuk tiap hari"}},
    {OPTION_DETAIL,
     "    --detail",
     {"with percentiles, peaks, drops", "dengan persentil, puncak, paket dibuang"}},
    {OPTION_CSV, "    --csv", {"RFC 4180, for spreadsheets", "RFC 4180, untuk lembar kerja"}},
    {OPTION_REHEARSAL, "    --rehearsal", {"the ledger of rehearsals", "buku besar latihan"}},
    {OPTION_DAY, "    --day YYYY-MM-DD", {"that local day", "hari itu"}},
    {OPTION_DOWN,
     "    --down VOLUME",
     {"\"+1.5 GB\", \"-300 MB\", or bytes", "\"+1.5 GB\", \"-300 MB\", atau byte"}},
    {OPTION_UP, "    --up VOLUME", {"likewise, of uploads", "sama, untuk unggahan"}},
    {OPTION_REASON, "    --reason TEXT", {"why; it is kept", "sebabnya; disimpan"}},
    {OPTION_KIND, "    --kind PREFIX", {"\"quota\", \"outage.end\", ...", "\"quota\", \"outage.end\", ..."}},
    {OPTION_FORMAT,
     "    --format LIST",
     {"html,pdf,xlsx,csv; all without it", "html,pdf,xlsx,csv; tanpa ini semuanya"}},
    {OPTION_LANGUAGE,
     "    --language id|en",
     {"as report.language without it", "tanpa ini menurut report.language"}},
    {OPTION_OPEN, "    --open", {"also the open data, for publishing", "juga data terbuka, untuk diumumkan"}},
    {OPTION_DUE,
     "    --due",
     {"for the timer: last month's, when it is due", "untuk timer: bulan lalu, bila jatuh tempo"}},
    {OPTION_OPS, "    --ops", {"each operation of the kernel, too", "juga setiap operasi kernel"}},
    {OPTION_CONFIRM,
     "    --confirm DURATION",
     {"goes back unless `gerbang confirm` comes", "kembali kecuali `gerbang confirm` datang"}},
    {OPTION_HELP, "-h, --help", {"what a command does and takes", "kegunaan dan isi perintah"}},
    {OPTION_VERSION, "    --version", {"the version", "versi program"}},
};

static void print_options(FILE *out, uint64_t wanted)
{
	fprintf(out, "\n%s:\n", word(WORD_OPTIONS));
	for (size_t i = 0; i < ELEMENTS(options); i++) {
		if (wanted & BIT(options[i].option))
			fprintf(out, "  %-*s %s\n", COLUMN, options[i].text,
				options[i].help[words_language()]);
	}
}

void help_overview(FILE *out)
{
	size_t n;
	const struct command *commands = command_table(&n);

	fprintf(out, "%s: gerbang [-c FILE] COMMAND ...\n\n%s:\n", word(WORD_USAGE), word(WORD_COMMANDS));
	for (size_t i = 0; i < n; i++) {
		char line[80];

		snprintf(line, sizeof(line), "%s %s", commands[i].name, commands[i].arguments);
		if (strlen(line) > COLUMN)
			fprintf(out, "  %s\n  %-*s %s\n", line, COLUMN, "",
				commands[i].help[words_language()]);
		else
			fprintf(out, "  %-*s %s\n", COLUMN, line, commands[i].help[words_language()]);
	}
	print_options(out, BIT(OPTION_CONFIG) | BIT(OPTION_JSON) | BIT(OPTION_HELP) | BIT(OPTION_VERSION));
	fprintf(out, "\n%s\n", word(WORD_MORE_HELP));
}

/* The table's lines are halves of sentences: here one stands alone. */
static void print_sentence(const char *text)
{
	printf("%c%s.\n", toupper((unsigned char)*text), text + 1);
}

/* `gerbang help quota` also says what else begins with it. */
static void print_below(const struct command *command)
{
	size_t n, length = strlen(command->name);
	const struct command *commands = command_table(&n);
	const char *before = "\n";

	for (size_t i = 0; i < n; i++) {
		if (strncmp(commands[i].name, command->name, length) != 0 || commands[i].name[length] != ' ')
			continue;
		printf("%s%s: gerbang %s %s\n", before, word(WORD_USAGE), commands[i].name,
		       commands[i].arguments);
		before = "";
	}
}

void help_command(const struct command *command)
{
	printf("%s: gerbang [-c FILE] %s%s%s\n\n", word(WORD_USAGE), command->name,
	       *command->arguments ? " " : "", command->arguments);
	print_sentence(command->help[words_language()]);
	if (command->detail[words_language()])
		printf("%s\n", command->detail[words_language()]);
	print_options(stdout, command->options | BIT(OPTION_CONFIG));
	print_below(command);
}

bool help_group(const char *typed, FILE *out)
{
	size_t n, length = strlen(typed);
	const struct command *commands = command_table(&n);
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		if (strncmp(commands[i].name, typed, length) != 0 || commands[i].name[length] != ' ')
			continue;
		fprintf(out, "%s: gerbang %s %s\n", word(WORD_USAGE), commands[i].name,
			commands[i].arguments);
		any = true;
	}
	return any;
}
