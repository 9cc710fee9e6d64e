// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table of commands: what each takes, what it is for in both languages, and who does it. Nothing here
 * runs; dispatch.c finds the row, help.c shows it.
 */
#include "command.h"

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
		"Kesalahan dan peringatan ditulis ke standard error, sebagai FILE:BARIS: KUNCI: ATURAN, "
		"dalam bahasa Inggris. Status keluar 1 bila ada kesalahan."}},
    {.name = "plan",
     .arguments = "[--at TIME] [--json]",
     .options = BIT(OPTION_AT) | JSON,
     .run = command_plan,
     .help = {"what the kernel would hold at a time, and what would change from now",
	      "isi kernel pada suatu waktu, dan apa yang berubah dari sekarang"},
     .detail = {"TIME is \"YYYY-MM-DD HH:MM[:SS]\", or \"HH:MM[:SS]\" today. A daemon answers from what "
		"it has loaded, not from an edit; without one it is the plan of the file alone. Exit status "
		"4 when there are changes.",
		"TIME ialah \"YYYY-MM-DD HH:MM[:SS]\", atau \"HH:MM[:SS]\" hari ini. Daemon menjawab menurut "
		"yang sudah dimuat, bukan berkas yang baru diubah; tanpa daemon hanya rencana dari berkas. "
		"Status keluar 4 bila ada perubahan."}},
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
     .help = {"gives a zone back to the calendar", "mengembalikan zona ke jadwal"},
     .detail = {"Ends what `zone open` or `zone close` began.",
		"Mengakhiri yang dimulai `zone open` atau `zone close`."}},
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
     .help = {"ends an office's overtime", "mengakhiri lembur kantor"},
     .detail = {"The office has the rates of its schedule again.",
		"Kantor kembali pada laju menurut jadwalnya."}},
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
     .help = {"who is online", "siapa yang terhubung"},
     .detail =
	 {"One line a guest: zone, device, address, since when, what is left, and what went down and up.",
	  "Satu baris tiap tamu: zona, perangkat, alamat, sejak kapan, sisa waktu, serta unduhan dan "
	  "unggahannya."}},
    {.name = "kick",
     .arguments = "GUEST",
     .n_words = 1,
     .missing = "IP | MAC",
     .options = JSON,
     .run = command_kick,
     .help = {"ends a guest's session; GUEST is its IP or MAC address",
	      "mengakhiri sesi tamu; GUEST ialah alamat IP atau MAC"},
     .detail = {"Its running connections end with it. The device may log in again.",
		"Sambungan yang sedang berjalan ikut berakhir. Perangkat itu boleh masuk lagi."}},
    {.name = "confirm", .later = true},
    {.name = "rollback", .later = true},
    {.name = "voucher", .later = true},
    {.name = "account", .later = true},
    {.name = "usage", .later = true},
    {.name = "report", .later = true},
    {.name = "verify", .later = true},
};

const struct command *command_table(size_t *n)
{
	*n = ELEMENTS(commands);
	return commands;
}
