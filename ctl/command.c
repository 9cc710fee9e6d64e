// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table of commands: what each takes, what it is for in both languages, and who does it. Nothing here
 * runs; dispatch.c finds the row, help.c shows it.
 */
#include "command.h"

#define JSON BIT(OPTION_JSON)
#define SPAN (BIT(OPTION_MONTH) | BIT(OPTION_SINCE) | BIT(OPTION_UNTIL) | BIT(OPTION_REHEARSAL) | JSON)

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
     .arguments = "[--at TIME] [--ops] [--json]",
     .options = BIT(OPTION_AT) | BIT(OPTION_OPS) | JSON,
     .run = command_plan,
     .help = {"what the edited files would change, before they are applied",
	      "yang akan berubah oleh berkas yang diubah, sebelum diterapkan"},
     .detail =
	 {"Now and in each coming state of the calendar, whether all guarantees fit, whose sessions and\n"
	  "connections feel it. --ops asks for every operation of the kernel; nothing is done. --at shows the\n"
	  "whole plan at that time, \"YYYY-MM-DD HH:MM[:SS]\" or \"HH:MM[:SS]\" today; without a daemon it is\n"
	  "the file's alone. Exit status 0: no change, 4: changes, 1: faults, with file and line.",
	  "Sekarang dan pada tiap keadaan jadwal mendatang, apakah semua jaminan muat, sesi dan sambungan\n"
	  "siapa yang terganggu. --ops meminta setiap operasi kernel; tidak ada yang dilakukan. --at\n"
	  "menampilkan seluruh rencana pada waktu itu, \"YYYY-MM-DD HH:MM[:SS]\" atau \"HH:MM[:SS]\" hari ini;\n"
	  "tanpa daemon hanya menurut berkas. Status keluar 0: tidak ada perubahan, 4: ada, 1: ada kesalahan,\n"
	  "dengan berkas dan barisnya."}},
    {.name = "schedule",
     .arguments = "[--days N] [--json]",
     .options = BIT(OPTION_DAYS) | JSON,
     .run = command_schedule,
     .help = {"every coming change, dated, with its cause",
	      "semua perubahan mendatang, dengan tanggal dan sebabnya"},
     .detail = {"N is from 1 to 366 days, 14 without --days.", "N dari 1 sampai 366 hari, 14 tanpa --days."}},
    {.name = "apply",
     .arguments = "[--confirm DURATION]",
     .options = BIT(OPTION_CONFIRM) | JSON,
     .run = command_apply,
     .help = {"checks, records and loads the edited files",
	      "memeriksa, mencatat dan memuat berkas yang diubah"},
     .detail =
	 {"A file with a fault, or a plan that the kernel refuses, is refused whole; what runs goes on "
	  "unchanged.\n"
	  "With --confirm (\"5min\") the former configuration comes back unless `gerbang confirm` comes in "
	  "time, also\n"
	  "after a crash or a reboot.",
	  "Berkas yang salah, atau rencana yang ditolak kernel, ditolak seluruhnya; yang berjalan tidak "
	  "berubah.\n"
	  "Dengan --confirm (\"5min\") konfigurasi semula kembali kecuali `gerbang confirm` datang tepat "
	  "waktu, juga\n"
	  "setelah mesin mati atau dijalankan ulang."}},
    {.name = "confirm",
     .arguments = "",
     .options = JSON,
     .run = command_confirm,
     .help = {"keeps what `apply --confirm` has put on trial",
	      "menetapkan yang dicoba dengan `apply --confirm`"},
     .detail = {"Nothing on trial is refused.", "Ditolak bila tidak ada yang sedang dicoba."}},
    {.name = "history",
     .arguments = "[--json]",
     .options = JSON,
     .run = command_history,
     .help = {"what was applied, when and by whom", "yang pernah diterapkan, kapan dan oleh siapa"},
     .detail =
	 {"The newest first. The one in force is what a boot begins with, whatever is being edited.",
	  "Yang terbaru dulu. Yang berlaku dipakai saat mesin dinyalakan, apa pun yang sedang diubah."}},
    {.name = "diff",
     .arguments = "[N [M]] [--json]",
     .n_words = 2,
     .words_optional = true,
     .missing = "N",
     .options = JSON,
     .run = command_diff,
     .help = {"two configurations of the history, side by side",
	      "dua konfigurasi dari riwayat, berdampingan"},
     .detail =
	 {"Without N: what runs beside the edited files; N: that one beside what runs. A review, then the "
	  "lines of the\n"
	  "files. Exit status 4 when they differ.",
	  "Tanpa N: yang berjalan dan berkas yang diubah; N: yang itu dan yang berjalan. Tinjauan, lalu "
	  "baris "
	  "berkasnya.\n"
	  "Status keluar 4 bila berbeda."}},
    {.name = "rollback",
     .arguments = "[N] [--confirm DURATION]",
     .n_words = 1,
     .words_optional = true,
     .missing = "N",
     .options = BIT(OPTION_CONFIRM) | JSON,
     .run = command_rollback,
     .help = {"puts the files of a former configuration back, and applies them",
	      "mengembalikan berkas konfigurasi terdahulu, lalu menerapkannya"},
     .detail = {"Without N: the good one before what runs. For root. What was there is kept as "
		"NAME.before-rollback;\n"
		"where the apply is refused, it comes back.",
		"Tanpa N: yang baik sebelum yang berjalan. Untuk root. Yang semula ada disimpan sebagai "
		"NAMA.before-rollback;\n"
		"bila penerapan ditolak, berkas itu kembali."}},
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
    {.name = "top",
     .arguments = "[--office ID] [--once] [--json]",
     .options = BIT(OPTION_OFFICE) | BIT(OPTION_ONCE) | JSON,
     .run = command_top,
     .help = {"who uses the line just now, by office and machine",
	      "siapa yang memakai jalur saat ini, per kantor dan komputer"},
     .detail = {"Packets are sampled for two seconds while you look, and nothing is kept: figures are "
		"estimates.\nRefreshed until q or Ctrl-C; --json prints one document.",
		"Paket diambil contohnya selama dua detik saat Anda melihat, dan tidak disimpan: angkanya "
		"perkiraan.\nDiperbarui sampai q atau Ctrl-C; --json mencetak satu dokumen."}},
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
    {.name = "voucher create",
     .arguments = "--zone ID|--all-zones --count N --valid DURATION ...",
     .options = BIT(OPTION_ZONE) | BIT(OPTION_ALL_ZONES) | BIT(OPTION_COUNT) | BIT(OPTION_VALID) |
		BIT(OPTION_TIME) | BIT(OPTION_DATA) | BIT(OPTION_DEVICES) | JSON,
     .run = command_voucher_create,
     .help = {"makes vouchers and shows their codes", "membuat voucher dan menampilkan kodenya"},
     .detail =
	 {"For one zone, or with --all-zones for every one. Time counts while one of its devices is online.\n"
	  "They are on the disk before the codes are shown.",
	  "Untuk satu zona, atau semua zona dengan --all-zones. Waktu berjalan selama salah satu "
	  "perangkatnya daring.\n"
	  "Voucher sudah tersimpan di disk sebelum kodenya ditampilkan."}},
    {.name = "voucher list",
     .arguments = "[--zone ID] [--batch N] [--json]",
     .options = BIT(OPTION_ZONE) | BIT(OPTION_BATCH) | JSON,
     .run = command_voucher_list,
     .help = {"vouchers, their state and what is left of them", "voucher, keadaannya dan sisanya"},
     .detail = {"States: unused, in use, spent (time or data used up), expired, revoked.",
		"Keadaan: belum dipakai, dipakai, habis (waktu atau datanya), kedaluwarsa, dicabut."}},
    {.name = "voucher revoke",
     .arguments = "CODE",
     .n_words = 1,
     .missing = "CODE",
     .options = JSON,
     .run = command_voucher_revoke,
     .help = {"ends a voucher and its sessions", "mencabut voucher dan mengakhiri sesinya"},
     .detail = {"CODE as it is printed; hyphen and capitals do not matter.",
		"CODE seperti tercetak; tanda hubung dan huruf besar tidak berpengaruh."}},
    {.name = "voucher sheet",
     .arguments = "[--zone ID] [--batch N] --output FILE",
     .options = BIT(OPTION_ZONE) | BIT(OPTION_BATCH) | BIT(OPTION_OUTPUT) | JSON,
     .run = command_voucher_sheet,
     .help = {"prints unused vouchers as an A4 PDF with QR codes",
	      "mencetak voucher yang belum dipakai: PDF A4 berkode QR"},
     .detail =
	 {"Without --batch every unused voucher, those that were printed before included. Ten to a page "
	  "with cut marks,\nin the site's language. FILE is readable by its owner alone.",
	  "Tanpa --batch semua voucher yang belum dipakai, juga yang pernah dicetak. Sepuluh per halaman "
	  "dengan tanda potong,\ndalam bahasa situs. FILE hanya terbaca oleh pemiliknya."}},
    {.name = "account add",
     .arguments = "NAME [--zone ID] ...",
     .n_words = 1,
     .missing = "NAME",
     .options = BIT(OPTION_ZONE) | BIT(OPTION_DEVICES) | BIT(OPTION_SESSION) | BIT(OPTION_DAILY) | JSON,
     .run = command_account_add,
     .help = {"adds an account; its password comes on standard input",
	      "menambah akun; sandinya lewat standard input"},
     .detail = {"A terminal asks for it twice without showing it; otherwise it is the first line. 8 "
		"characters or more.",
		"Di terminal sandi ditanya dua kali tanpa ditampilkan; selain itu baris pertama. Sedikitnya "
		"8 karakter."}},
    {.name = "account list",
     .arguments = "[--json]",
     .options = JSON,
     .run = command_account_list,
     .help = {"accounts and their limits", "akun dan batasnya"},
     .detail = {"TODAY is what the account has used since midnight.",
		"HARI INI ialah pemakaian akun sejak tengah malam."}},
    {.name = "account remove",
     .arguments = "NAME",
     .n_words = 1,
     .missing = "NAME",
     .options = JSON,
     .run = command_account_remove,
     .help = {"removes an account and ends its sessions", "menghapus akun dan mengakhiri sesinya"},
     .detail = {"What it used by day is erased with it.", "Catatan pemakaian hariannya ikut dihapus."}},
    {.name = "forget",
     .arguments = "MAC",
     .n_words = 1,
     .missing = "MAC",
     .options = JSON,
     .run = command_forget,
     .help = {"erases all that is kept of a device",
	      "menghapus semua yang tersimpan tentang sebuah perangkat"},
     .detail =
	 {"Its session ends too. Other addresses that the same visitor's code was used with go with it.\n"
	  "Sums that name nobody stay (UU 27/2022, article 8).",
	  "Sesinya ikut berakhir. Alamat lain yang memakai kode pengunjung yang sama ikut dihapus.\n"
	  "Jumlah yang tidak menyebut siapa pun tetap ada (UU 27/2022, pasal 8)."}},
    {.name = "usage",
     .arguments = "[--month YYYY-MM] ... [--json|--csv]",
     .options = SPAN | BIT(OPTION_OFFICE) | BIT(OPTION_ZONE) | BIT(OPTION_BY) | BIT(OPTION_HOSTS) |
		BIT(OPTION_LENDING) | BIT(OPTION_BUSY) | BIT(OPTION_DETAIL) | BIT(OPTION_CSV),
     .run = command_usage,
     .help = {"who used how much, from the ledger", "siapa memakai berapa banyak, dari buku besar"},
     .detail =
	 {"Without --month, --since and --until: the present month. Delivered bytes of layer 2; the total is "
	  "with\n"
	  "corrections. The daemon is not needed. JSON and CSV have every figure exactly.",
	  "Tanpa --month, --since dan --until: bulan ini. Byte lapis 2 yang terkirim; jumlahnya termasuk\n"
	  "koreksi. Daemon tidak diperlukan. JSON dan CSV memuat semua angka dengan tepat."}},
    {.name = "uplink",
     .arguments = "[--month YYYY-MM] [--json]",
     .options = SPAN,
     .run = command_uplink,
     .help = {"availability, outages and tests of the uplink", "ketersediaan, gangguan dan uji laju uplink"},
     .detail = {"To the minute, of the minutes that were watched. An outage is the provider's: one target's "
		"silence is none.",
		"Sampai ke menit, dari menit yang diawasi. Gangguan ialah milik penyedia:\nsatu sasaran yang "
		"diam bukan gangguan."}},
    {.name = "quota exempt",
     .arguments = "ID --for DURATION|--until TIME --reason TEXT",
     .n_words = 1,
     .missing = "ID",
     .options = BIT(OPTION_FOR) | BIT(OPTION_UNTIL) | BIT(OPTION_REASON) | BIT(OPTION_BY) | JSON,
     .run = command_quota_exempt,
     .help = {"lets an office off its quota for a time", "membebaskan kantor dari kuotanya untuk sementara"},
     .detail = {"Lifts a throttle at once. Who asked, on whose word (--by) and why is kept in the journal.",
		"Batas laju langsung dicabut. Siapa yang meminta, atas perintah siapa (--by) dan alasannya "
		"tercatat."}},
    {.name = "quota revoke",
     .arguments = "N",
     .n_words = 1,
     .missing = "N",
     .options = JSON,
     .run = command_quota_revoke,
     .help = {"ends an exemption before its time", "mengakhiri pengecualian sebelum waktunya"},
     .detail = {"N is the number that `gerbang quota` shows.",
		"N ialah nomor yang ditampilkan `gerbang quota`."}},
    {.name = "quota",
     .arguments = "[--json]",
     .options = JSON,
     .run = command_quota,
     .help = {"each office's quota, and who is exempt", "kuota tiap kantor, dan siapa yang dikecualikan"},
     .detail = {"USED is this month's down, up and corrections together.",
		"DIPAKAI ialah unduh, unggah dan koreksi bulan ini."}},
    {.name = "verify",
     .arguments = "[--day YYYY-MM-DD] [--json]",
     .options = BIT(OPTION_DAY) | BIT(OPTION_REHEARSAL) | JSON,
     .run = command_verify,
     .help = {"recomputes the ledger and says what does not close",
	      "menghitung ulang buku besar: adakah yang tak cocok"},
     .detail = {"Exit status 1 where anything does not. Shows the last closed day and its hash, for an "
		"auditor to write down;\n"
		"with --day that day's, to compare with what was written down.",
		"Status keluar 1 bila ada yang tak cocok. Menampilkan hari terakhir yang ditutup dan "
		"hash-nya untuk dicatat\n"
		"auditor; dengan --day hash hari itu, untuk dibandingkan dengan catatan."}},
    {.name = "ledger correct",
     .arguments = "--office ID|--zone ID --day DATE --down VOLUME ...",
     .options = BIT(OPTION_OFFICE) | BIT(OPTION_ZONE) | BIT(OPTION_DAY) | BIT(OPTION_DOWN) | BIT(OPTION_UP) |
		BIT(OPTION_REASON) | BIT(OPTION_BY) | JSON,
     .run = command_ledger_correct,
     .help = {"adds a correction to a day; nothing is overwritten",
	      "menambah koreksi pada satu hari; tak ada yang ditimpa"},
     .detail = {"--down, --up or both, and --reason. A correction is a row of its own, with who and why, in "
		"the chain.",
		"--down, --up atau keduanya, dan --reason. Koreksi ialah baris tersendiri, dengan siapa dan\n"
		"alasannya, di dalam rantai."}},
    {.name = "ledger",
     .arguments = "[--json]",
     .options = BIT(OPTION_REHEARSAL) | JSON,
     .run = command_ledger,
     .help = {"what is kept, how much and until when", "apa yang disimpan, seberapa banyak dan sampai kapan"},
     .detail = {"The sizes are pages on the disk; the whole file is read.",
		"Ukuran ialah halaman di disk; seluruh berkas dibaca."}},
    {.name = "log",
     .arguments = "[--since TIME] [--until TIME] [--office ID] ...",
     .options = BIT(OPTION_SINCE) | BIT(OPTION_UNTIL) | BIT(OPTION_OFFICE) | BIT(OPTION_ZONE) |
		BIT(OPTION_KIND) | BIT(OPTION_REHEARSAL) | JSON,
     .run = command_log,
     .help = {"the journal of what happened and who decided what",
	      "jurnal: apa yang terjadi dan siapa memutuskan apa"},
     .detail =
	 {"The newest first, 30 days without --since. --kind quota, --kind outage.end: those that begin so;\n"
	  "--kind audit: who asked this gateway for which change.",
	  "Yang terbaru dulu, 30 hari tanpa --since. --kind quota, --kind outage.end: yang berawalan "
	  "demikian;\n"
	  "--kind audit: siapa meminta perubahan apa."}},
    {.name = "report",
     .arguments = "YYYY-MM [--format LIST] [--output DIR] ...|--due",
     .n_words = 1,
     .words_optional = true,
     .missing = "YYYY-MM | --due",
     .options = BIT(OPTION_FORMAT) | BIT(OPTION_OUTPUT) | BIT(OPTION_LANGUAGE) | BIT(OPTION_OPEN) |
		BIT(OPTION_REHEARSAL) | BIT(OPTION_DUE) | JSON,
     .run = command_report,
     .help = {"writes a month's report: HTML, PDF, XLSX, CSV",
	      "menulis laporan bulanan: HTML, PDF, XLSX, CSV"},
     .detail = {"From the ledger; the daemon is not needed. Into this directory without --output.\n"
		"The same month gives the same bytes.\n"
		"--due: the last month's, from the first working day on, into the reports' folder and by "
		"mail; once.",
		"Dari buku besar; daemon tidak diperlukan. Tanpa --output ke direktori ini. Bulan yang sama\n"
		"memberi byte yang sama. --due: bulan lalu, sejak hari kerja pertama, ke folder laporan dan\n"
		"lewat surel; sekali."}},
};

const struct command *command_table(size_t *n)
{
	*n = ELEMENTS(commands);
	return commands;
}
