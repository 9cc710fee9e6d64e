// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gerbang: the command line. This file is the table of commands, the help that is made from it, and the
 * judgement of what was typed; what a command does is in commands.c.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "../lib/log.h"
#include "command.h"
#include "options.h"

#define JSON BIT(OPTION_JSON)

static const struct command commands[] = {
    {.name = "check",
     .arguments = "[--json]",
     .options = JSON,
     .run = command_check,
     .help = {"checks the configuration, without a daemon and without root",
	      "memeriksa konfigurasi, tanpa daemon dan tanpa root"},
     .detail = {"Faults and warnings go to standard error, as FILE:LINE: KEY: RULE. Exit status 1 when there "
		"is a fault.",
		"Kesalahan dan peringatan ditulis ke standard error, sebagai FILE:BARIS: KUNCI: ATURAN. "
		"Status keluar 1 bila ada kesalahan."}},
    {.name = "plan",
     .arguments = "[--at TIME] [--json]",
     .options = BIT(OPTION_AT) | JSON,
     .run = command_plan,
     .help = {"what the kernel would hold at a time, and what would change from now",
	      "isi kernel pada suatu waktu, dan apa yang berubah dari sekarang"},
     .detail =
	 {"Without a daemon it prints the plan of the file alone. Exit status 4 when there are changes.",
	  "Tanpa daemon hanya rencana dari berkas. Status keluar 4 bila ada perubahan."}},
    {.name = "schedule",
     .arguments = "[--days N] [--json]",
     .options = BIT(OPTION_DAYS) | JSON,
     .run = command_schedule,
     .help = {"every coming change, dated, with its cause",
	      "semua perubahan mendatang, dengan tanggal dan sebabnya"},
     .detail = {"N is from 1 to 366 days, 14 without --days.", "N dari 1 sampai 366 hari, 14 tanpa --days."}},
    {.name = "apply",
     .arguments = "",
     .options = BIT(OPTION_CONFIRM) | JSON,
     .run = command_apply,
     .help = {"checks and loads the edited files", "memeriksa dan memuat berkas yang diubah"},
     .detail = {"A file with a fault is refused whole; what runs goes on unchanged.",
		"Berkas yang salah ditolak seluruhnya; yang berjalan tidak berubah."}},
    {.name = "status",
     .arguments = "[--json]",
     .options = JSON,
     .run = command_status,
     .help = {"phase, next change, uplink, each office and zone",
	      "fase, perubahan berikut, uplink, tiap kantor dan zona"},
     .detail =
	 {"NOW is the rate of the last seconds; DELIVERED counts layer-2 bytes after the queue.",
	  "SEKARANG ialah laju beberapa detik terakhir; TERKIRIM menghitung byte lapis 2 sesudah antrean."}},
    {.name = "zone open",
     .arguments = "ID [--for DURATION]",
     .n_words = 1,
     .missing = "ID",
     .options = BIT(OPTION_FOR) | JSON,
     .run = command_zone_open,
     .help = {"opens a zone against the calendar", "membuka zona di luar jadwal"},
     .detail = {"Until `gerbang zone auto ID`, or for DURATION (\"2 h\"). Where its guarantee does not fit "
		"it only borrows, and the answer says so.",
		"Sampai `gerbang zone auto ID`, atau selama DURATION (\"2 h\"). Bila jaminannya tidak muat, "
		"zona hanya meminjam, dan itu dikatakan."}},
    {.name = "zone close",
     .arguments = "ID [--for DURATION]",
     .n_words = 1,
     .missing = "ID",
     .options = BIT(OPTION_FOR) | JSON,
     .run = command_zone_close,
     .help = {"closes a zone against the calendar", "menutup zona di luar jadwal"},
     .detail = {"Until `gerbang zone auto ID`, or for DURATION (\"2 h\"). Its guests' sessions end.",
		"Sampai `gerbang zone auto ID`, atau selama DURATION (\"2 h\"). Sesi tamunya berakhir."}},
    {.name = "zone auto",
     .arguments = "ID",
     .n_words = 1,
     .missing = "ID",
     .options = JSON,
     .run = command_zone_auto,
     .help = {"gives a zone back to the calendar", "mengembalikan zona ke jadwal"}},
    {.name = "office inside",
     .arguments = "ID --until TIME",
     .n_words = 1,
     .missing = "ID",
     .options = BIT(OPTION_UNTIL) | JSON,
     .run = command_office_inside,
     .help = {"overtime: the office keeps its inside rates", "lembur: kantor tetap pada laju jam kerja"},
     .detail = {"TIME is \"YYYY-MM-DD HH:MM\", or \"HH:MM\" today.",
		"TIME ialah \"YYYY-MM-DD HH:MM\", atau \"HH:MM\" hari ini."}},
    {.name = "office auto",
     .arguments = "ID",
     .n_words = 1,
     .missing = "ID",
     .options = JSON,
     .run = command_office_auto,
     .help = {"ends an office's overtime", "mengakhiri lembur kantor"}},
    {.name = "rehearse to",
     .arguments = "TIME",
     .n_words = 1,
     .missing = "TIME",
     .options = JSON,
     .run = command_rehearse,
     .help = {"rehearsal only: moves the clock, forward or back",
	      "hanya latihan: memindahkan jam, maju atau mundur"},
     .detail = {"TIME is \"YYYY-MM-DD HH:MM[:SS]\", or \"HH:MM[:SS]\" on the rehearsal's day. A daemon that "
		"was not started with --rehearse refuses.",
		"TIME ialah \"YYYY-MM-DD HH:MM[:SS]\", atau \"HH:MM[:SS]\" pada hari latihan. Daemon tanpa "
		"--rehearse menolak."}},
    {.name = "sessions",
     .arguments = "[--zone ID] [--json]",
     .options = BIT(OPTION_ZONE) | JSON,
     .run = command_sessions,
     .help = {"who is online", "siapa yang terhubung"}},
    {.name = "kick",
     .arguments = "GUEST",
     .n_words = 1,
     .missing = "IP | MAC",
     .options = JSON,
     .run = command_kick,
     .help = {"ends a guest's session; GUEST is its IP or MAC address",
	      "mengakhiri sesi tamu; GUEST ialah alamat IP atau MAC"}},
    {.name = "confirm", .later = true},
    {.name = "rollback", .later = true},
    {.name = "voucher", .later = true},
    {.name = "account", .later = true},
    {.name = "usage", .later = true},
    {.name = "report", .later = true},
    {.name = "verify", .later = true},
};

void complain(enum word format, ...)
{
	va_list arguments;

	fputs("gerbang: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, word(format), arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

static void print_overview(FILE *out)
{
	fprintf(out, "%s: gerbang [-c FILE] COMMAND ...\n\n%s:\n", word(WORD_USAGE), word(WORD_COMMANDS));
	for (size_t i = 0; i < ELEMENTS(commands); i++) {
		char line[80];

		if (commands[i].later)
			continue;
		snprintf(line, sizeof(line), "%s %s", commands[i].name, commands[i].arguments);
		fprintf(out, "  %-34s %s\n", line, commands[i].help[words_language()]);
	}
	fprintf(out,
		"\n%s:\n  -c, --config FILE                  /etc/gerbang/gerbang.conf\n"
		"      --json\n      --help\n      --version\n\n%s\n",
		word(WORD_OPTIONS), word(WORD_MORE_HELP));
}

static void print_help(const struct command *command)
{
	printf("%s: gerbang [-c FILE] %s %s\n\n%s\n", word(WORD_USAGE), command->name, command->arguments,
	       command->help[words_language()]);
	if (command->detail[words_language()])
		printf("%s\n", command->detail[words_language()]);
}

static int say_later(const char *name)
{
	complain(WORD_LATER, name);
	return CONTROL_REFUSED;
}

static int unknown_command(const struct options *options)
{
	const char *like = command_suggest(commands, ELEMENTS(commands), options);
	char typed[80];

	snprintf(typed, sizeof(typed), "%.32s%s%.32s", options->words[0], options->n_words > 1 ? " " : "",
		 options->n_words > 1 ? options->words[1] : "");
	fputs("gerbang: ", stderr);
	fprintf(stderr, word(WORD_UNKNOWN_COMMAND), typed);
	if (like)
		fprintf(stderr, word(WORD_DID_YOU_MEAN), like);
	fputc('\n', stderr);
	return CONTROL_USAGE;
}

/* 0, or the exit status of what is wrong with the options. */
static int judge_options(const struct command *command, const struct options *options)
{
	if (options->unknown) {
		complain(WORD_UNKNOWN_OPTION, options->unknown);
		return CONTROL_USAGE;
	}
	if (options->valueless) {
		complain(WORD_NEEDS_VALUE, options->valueless);
		return CONTROL_USAGE;
	}
	for (enum option option = 0; option < OPTIONS; option++) {
		if (options->values[option] && option != OPTION_CONFIG && !(command->options & BIT(option))) {
			complain(WORD_NOT_FOR, option_name(option), command->name);
			return CONTROL_USAGE;
		}
	}
	return options->values[OPTION_CONFIRM] ? say_later("apply --confirm") : 0;
}

static int judge_words(const struct command *command, const struct options *options, size_t used)
{
	size_t n = options->n_words - used;

	if (n < command->n_words) {
		complain(WORD_MISSING, command->name, command->missing);
		return CONTROL_USAGE;
	}
	if (n > command->n_words || options->extra) {
		complain(WORD_TOO_MANY, command->name,
			 n > command->n_words ? options->words[used + command->n_words] : options->extra);
		return CONTROL_USAGE;
	}
	return 0;
}

static int run(const struct command *command, const struct options *options, size_t used)
{
	struct invocation invocation = {.command = command, .n_words = options->n_words - used};
	int r;

	if (command->later)
		return say_later(command->name);
	if (options->values[OPTION_HELP]) {
		print_help(command);
		return 0;
	}
	r = judge_options(command, options);
	if (r == 0)
		r = judge_words(command, options, used);
	if (r != 0)
		return r;
	memcpy(invocation.words, options->words + used, invocation.n_words * sizeof(invocation.words[0]));
	memcpy(invocation.values, options->values, sizeof(invocation.values));
	return command->run(&invocation);
}

/* `gerbang help zone open` is `gerbang zone open --help`; `gerbang help zone` lists what begins with it. */
static bool help_words(struct options *options)
{
	if (options->n_words == 0 || strcmp(options->words[0], "help") != 0)
		return false;
	memmove(options->words, options->words + 1, --options->n_words * sizeof(options->words[0]));
	options->values[OPTION_HELP] = "";
	return true;
}

/* `gerbang zone`, `gerbang help office`: one line for each command of the group. False: there is none. */
static bool print_group(const struct options *options, FILE *out)
{
	size_t length = strlen(options->words[0]);
	bool any = false;

	for (size_t i = 0; i < ELEMENTS(commands) && options->n_words == 1; i++) {
		if (strncmp(commands[i].name, options->words[0], length) != 0 ||
		    commands[i].name[length] != ' ')
			continue;
		fprintf(out, "%s: gerbang %s %s\n", word(WORD_USAGE), commands[i].name,
			commands[i].arguments);
		any = true;
	}
	return any;
}

static int dispatch(struct options *options)
{
	const struct command *command;
	size_t used;

	help_words(options);
	if (options->n_words == 0) {
		if (options->values[OPTION_VERSION]) {
			puts("gerbang " GERBANG_VERSION);
			return 0;
		}
		if (options->values[OPTION_HELP]) {
			print_overview(stdout);
			return 0;
		}
		complain(WORD_NEEDS_COMMAND);
		print_overview(stderr);
		return CONTROL_USAGE;
	}
	command = command_find(commands, ELEMENTS(commands), options, &used);
	if (command)
		return run(command, options, used);
	if (print_group(options, options->values[OPTION_HELP] ? stdout : stderr))
		return options->values[OPTION_HELP] ? 0 : CONTROL_USAGE;
	return unknown_command(options);
}

int main(int argc, char **argv)
{
	struct options options;
	int status;

	words_open();
	log_open("gerbang");
	options_read(argc, argv, &options);
	status = dispatch(&options);
	if (fflush(stdout) != 0 || ferror(stdout))
		return CONTROL_REFUSED;
	return status;
}
