// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The words of the command line, both languages side by side. A table instead of catalogues: it is always
 * installed, and a missing translation is a missing cell that the compiler's eye and a reader's can see.
 */
#include <stdarg.h>
#include <string.h>
#include "words.h"

static const char *const table[WORDS][WORDS_LANGUAGES] = {
    [WORD_USAGE] = {"Usage", "Pemakaian"},
    [WORD_COMMANDS] = {"Commands", "Perintah"},
    [WORD_OPTIONS] = {"Options", "Opsi"},
    [WORD_MORE_HELP] = {"`gerbang help COMMAND` says more about one of them.",
			"`gerbang help COMMAND` menjelaskan satu perintah."},
    [WORD_NOT_YET] = {"Not in this version", "Belum ada di versi ini"},
    [WORD_UNKNOWN_COMMAND] = {"there is no command \"%s\"", "tidak ada perintah \"%s\""},
    [WORD_DID_YOU_MEAN] = {"; did you mean \"%s\"?", "; maksudnya \"%s\"?"},
    [WORD_UNKNOWN_OPTION] = {"there is no option \"%s\"", "tidak ada opsi \"%s\""},
    [WORD_NOT_FOR] = {"\"%s\" is not an option of \"%s\"", "\"%s\" bukan opsi dari \"%s\""},
    [WORD_NEEDS_VALUE] = {"\"%s\" needs a value", "\"%s\" memerlukan nilai"},
    [WORD_MISSING] = {"\"%s\" needs %s", "\"%s\" memerlukan %s"},
    [WORD_TOO_MANY] = {"\"%s\" does not take \"%s\"", "\"%s\" tidak menerima \"%s\""},
    [WORD_NEEDS_COMMAND] = {"a command is missing", "perintah belum disebut"},
    [WORD_NEEDS_OPTION] = {"\"%s\" needs %s", "\"%s\" memerlukan %s"},
    [WORD_BAD_TIME] = {"a time is \"YYYY-MM-DD HH:MM[:SS]\" or \"HH:MM[:SS]\" and exists, got \"%s\"",
		       "waktu ditulis \"YYYY-MM-DD HH:MM[:SS]\" atau \"HH:MM[:SS]\" dan harus ada, bukan "
		       "\"%s\""},
    [WORD_BAD_DURATION] = {"a duration is a positive number and s, min, h or d, got \"%s\"",
			   "lama waktu ialah bilangan positif dengan s, min, h atau d, bukan \"%s\""},
    [WORD_BAD_DAYS] = {"--days is a whole number from 1 to 366, got \"%s\"",
		       "--days ialah bilangan bulat dari 1 sampai 366, bukan \"%s\""},
    [WORD_LATER] = {"\"%s\" is not in this version", "\"%s\" belum ada di versi ini"},
    [WORD_UNREACHABLE] = {"the daemon cannot be reached below %s: %s",
			  "daemon tidak dapat dihubungi di %s: %s"},
    [WORD_NO_PERMISSION] =
	{"no permission to talk to the daemon below %s: be root, or a member of the group gerbang",
	 "tidak ada izin menghubungi daemon di %s: jadilah root, atau anggota grup gerbang"},
    [WORD_NO_ANSWER] = {"it does not answer", "tidak menjawab"},
    [WORD_STRANGE_ANSWER] = {"the daemon's answer cannot be read", "jawaban daemon tidak dapat dibaca"},
    [WORD_DEFAULT_RUN] = {"%s cannot be read (see `gerbang check`); looking for the daemon below %s",
			  "%s tidak dapat dibaca (lihat `gerbang check`); daemon dicari di %s"},
    [WORD_REFUSED] = {"%s is refused", "%s ditolak"},
    [WORD_OK] = {"OK", "OK"},
    [WORD_OFFICES] = {"offices", "kantor"},
    [WORD_ZONES] = {"zones", "zona"},
    [WORD_SCHEDULES] = {"schedules", "jadwal"},
    [WORD_HOLIDAYS] = {"holidays", "hari libur"},
    [WORD_WARNINGS] = {"warnings", "peringatan"},
    [WORD_MEMORY] = {"out of memory", "memori habis"},
    [WORD_DONE] = {"Done.", "Selesai."},
    [WORD_TIME] = {"Time", "Waktu"},
    [WORD_REHEARSAL] = {"rehearsal", "latihan"},
    [WORD_PHASE] = {"Phase", "Fase"},
    [WORD_PHASE_OFFICE] = {"office", "kantor"},
    [WORD_PHASE_PUBLIC] = {"public", "publik"},
    [WORD_NEXT_CHANGE] = {"Next change", "Perubahan berikut"},
    [WORD_NO_CHANGE] = {"none in sight", "belum ada"},
    [WORD_OVERRIDE] = {"Override", "Pengaturan manual"},
    [WORD_UNTIL] = {"until", "sampai"},
    [WORD_ZONE_OPENED] = {"zone opened:", "zona dibuka:"},
    [WORD_ZONE_CLOSED] = {"zone closed:", "zona ditutup:"},
    [WORD_OVERTIME] = {"overtime:", "lembur:"},
    [WORD_SHAPER] = {"Shaper", "Shaper"},
    [WORD_SHAPER_AWAY] = {"away: the kernel keeps what it has until it is back",
			  "tidak ada: kernel tetap seperti terakhir sampai shaper kembali"},
    [WORD_UPLINK] = {"Uplink", "Uplink"},
    [WORD_UP] = {"up", "hidup"},
    [WORD_DOWN] = {"down", "mati"},
    [WORD_DOWN_SINCE] = {"down since %s", "mati sejak %s"},
    [WORD_UNANSWERED] = {"up, but no probe is answered since %s",
			 "hidup, tetapi uji sambungan tidak dijawab sejak %s"},
    [WORD_LEDGER] = {"Ledger", "Buku besar"},
    [WORD_LEDGER_AWAY] = {"%s; meanwhile visits are kept in memory alone",
			  "%s; sementara ini kunjungan hanya dicatat di memori"},
    [WORD_CONFLICTS] = {"Conflicts", "Konflik"},
    [WORD_LAST_BELOW] = {"the last ones are below", "yang terakhir ada di bawah"},
    [WORD_CONFLICT] = {"CONFLICT", "KONFLIK"},
    [WORD_DOES] = {"WHAT IT DOES", "PERBUATANNYA"},
    [WORD_TAKES_GATEWAY] = {"claims the gateway's address", "mengaku alamat gerbang"},
    [WORD_TAKES_MAC] = {"uses the gateway's own MAC", "memakai MAC gerbang"},
    [WORD_TAKES_ADDRESS] = {"claims another device's address", "mengaku alamat perangkat lain"},
    [WORD_SHARES_MAC] = {"shares its MAC with another", "ber-MAC sama dengan perangkat lain"},
    [WORD_PLAYS_ROUTER] = {"sends router advertisements", "mengumumkan diri sebagai router"},
    [WORD_REDIRECTS] = {"sends redirects as a router", "mengalihkan lalu lintas seperti router"},
    [WORD_PLAYS_DHCP] = {"answers DHCP requests", "menjawab permintaan DHCP"},
    [WORD_LEAF] = {"queue", "antrean"},
    [WORD_DOWNLOAD] = {"download", "unduh"},
    [WORD_UPLOAD] = {"upload", "unggah"},
    [WORD_UNITS] = {"Rates in bit/s, volumes in bytes; down/up, or one figure where both are the same.",
		    "Laju dalam bit/s, jumlah dalam byte; unduh/unggah, atau satu angka bila sama."},
    [WORD_OFFICE] = {"OFFICE", "KANTOR"},
    [WORD_ZONE] = {"ZONE", "ZONA"},
    [WORD_OTHER] = {"OTHER", "LAINNYA"},
    [WORD_OWN] = {"own (the gateway)", "own (gerbang ini)"},
    [WORD_UNATTRIBUTED] = {"unattributed", "tanpa pemilik"},
    [WORD_STATE] = {"STATE", "STATUS"},
    [WORD_INSIDE] = {"inside", "jam kerja"},
    [WORD_OUTSIDE] = {"outside", "di luar"},
    [WORD_THROTTLED] = {"throttled", "dibatasi"},
    [WORD_OPEN] = {"open", "buka"},
    [WORD_CLOSED] = {"closed", "tutup"},
    [WORD_GUARANTEED] = {"GUARANTEED", "JAMINAN"},
    [WORD_CEILING] = {"CEILING", "BATAS"},
    [WORD_NOW] = {"NOW", "SEKARANG"},
    [WORD_DELIVERED] = {"DELIVERED", "TERKIRIM"},
    [WORD_MONTH] = {"MONTH", "BULAN INI"},
    [WORD_OF] = {"of", "dari"},
    [WORD_SESSIONS] = {"SESSIONS", "SESI"},
    [WORD_NEXT] = {"NEXT CHANGE", "BERIKUTNYA"},
    [WORD_DEVICE] = {"DEVICE", "PERANGKAT"},
    [WORD_ADDRESS] = {"ADDRESS", "ALAMAT"},
    [WORD_LOGIN] = {"LOGIN", "MASUK"},
    [WORD_STARTED] = {"SINCE", "SEJAK"},
    [WORD_LEFT] = {"LEFT", "SISA"},
    [WORD_RECEIVED] = {"DOWN", "UNDUH"},
    [WORD_SENT] = {"UP", "UNGGAH"},
    [WORD_NO_SESSIONS] = {"Nobody is online.", "Tidak ada yang terhubung."},
    [WORD_CHANGES] = {"Changes", "Perubahan"},
    [WORD_SITE] = {"site", "situs"},
    [WORD_BAD_VOLUME] = {"a volume is a positive number and B, kB, MB, GB or TB, got \"%s\"",
			 "jumlah data ialah bilangan positif dengan B, kB, MB, GB atau TB, bukan \"%s\""},
    [WORD_BAD_COUNT] = {"%s is a whole number from 1 to %s, got \"%s\"",
			"%s ialah bilangan bulat dari 1 sampai %s, bukan \"%s\""},
    [WORD_DURATION_OUTSIDE] = {"%s is a duration from %s to %s, got \"%s\"",
			       "%s ialah lama waktu dari %s sampai %s, bukan \"%s\""},
    [WORD_VOLUME_OUTSIDE] = {"%s is a volume from %s to %s, got \"%s\"",
			     "%s ialah jumlah data dari %s sampai %s, bukan \"%s\""},
    [WORD_BAD_TEXT] = {"%s must be UTF-8", "%s harus berupa UTF-8"},
    [WORD_PASSWORD] = {"Password", "Sandi"},
    [WORD_PASSWORD_AGAIN] = {"Once more", "Sekali lagi"},
    [WORD_PASSWORDS_DIFFER] = {"the two passwords differ", "kedua sandi tidak sama"},
    [WORD_PASSWORD_LONG] = {"a password has at most 128 bytes", "sandi paling panjang 128 byte"},
    [WORD_NO_PASSWORD] = {"the password must come on standard input",
			  "sandi harus diberikan lewat standard input"},
    [WORD_NOTHING_TO_PRINT] = {"there is no unused voucher to print",
			       "tidak ada voucher belum dipakai untuk dicetak"},
    [WORD_NOT_PRINTED] = {"%s cannot be written: %s", "%s tidak dapat ditulis: %s"},
    [WORD_PRINTED] = {"%s: %lld %s, %lld %s", "%s: %lld %s, %lld %s"},
    [WORD_VOUCHER] = {"voucher", "voucher"},
    [WORD_VOUCHERS] = {"vouchers", "voucher"},
    [WORD_PAGE] = {"page", "halaman"},
    [WORD_PAGES] = {"pages", "halaman"},
    [WORD_EVERY] = {"every zone", "semua zona"},
    [WORD_CODE] = {"CODE", "KODE"},
    [WORD_BATCH] = {"BATCH", "KUMPULAN"},
    [WORD_VALID_TO] = {"VALID UNTIL", "SAMPAI"},
    [WORD_DATA_LEFT] = {"DATA LEFT", "SISA DATA"},
    [WORD_DEVICES] = {"DEVICES", "PERANGKAT"},
    [WORD_UNUSED] = {"unused", "belum dipakai"},
    [WORD_IN_USE] = {"in use", "dipakai"},
    [WORD_SPENT] = {"spent", "habis"},
    [WORD_EXPIRED] = {"expired", "kedaluwarsa"},
    [WORD_REVOKED] = {"revoked", "dicabut"},
    [WORD_NO_VOUCHERS] = {"There are no vouchers.", "Tidak ada voucher."},
    [WORD_NAME] = {"NAME", "NAMA"},
    [WORD_SESSION] = {"SESSION", "SESI"},
    [WORD_DAILY] = {"DAILY", "PER HARI"},
    [WORD_TODAY] = {"TODAY", "HARI INI"},
    [WORD_CREATED] = {"SINCE", "SEJAK"},
    [WORD_NO_ACCOUNTS] = {"There are no accounts.", "Tidak ada akun."},
    [WORD_WHOSE] = {"OFFICE OR ZONE", "KANTOR ATAU ZONA"},
    [WORD_NOBODY_TALKS] = {"Nobody uses the line just now.", "Tidak ada yang memakai jalur saat ini."},
    [WORD_TALKERS] = {"%s: %zu machines, %.1f s, %.3g %% of packets looked at; rates in bit/s",
		      "%s: %zu komputer, %.1f s, %.3g %% paket dilihat; laju dalam bit/s"},
    [WORD_QUIT] = {"q ends", "q untuk keluar"},
    [WORD_ADJUSTED] = {"Adjusted", "Disesuaikan"},
    [WORD_ALARM] = {"Alarm", "Peringatan"},
    [WORD_GIVES] = {"the provider gives", "penyedia memberi"},
    [WORD_SINCE] = {"since %s", "sejak %s"},
    [WORD_PROVIDER] = {"Provider", "Penyedia"},
    [WORD_PROBES] = {"probes %.3g ms when empty, now %.3g ms late",
		     "uji %.3g ms saat kosong, kini terlambat %.3g ms"},
    [WORD_QUEUE] = {"Queue", "Antrean"},
    [WORD_QUEUED_ON] = {"downloads wait on %s", "unduhan antre di %s"},
    [WORD_OVERHEAD] = {", %lld bytes of overhead a packet", ", tambahan %lld byte per paket"},
    [WORD_RATE_NOW] = {"now", "kini"},
    [WORD_TO_INTERNET] = {"TO INTERNET", "KE INTERNET"},
    [WORD_OUR_QUEUE] = {"OUR QUEUE", "ANTREAN KITA"},
    [WORD_OWN_NETWORK] = {"OWN NETWORK", "JARINGAN SENDIRI"},
    [WORD_SLOW_IS] = {"SLOW IS", "YANG LAMBAT"},
    [WORD_NOWHERE] = {"nothing", "tidak ada"},
    [WORD_LATENCY_UNITS] =
	{"Round trips of the last minute in ms, median/95th percentile.",
	 "Waktu tempuh semenit terakhir dalam ms, median/persentil 95."},
    [WORD_HIGH] = {"high", "tinggi"},
    [WORD_NORMAL] = {"normal", "normal"},
    [WORD_LOW] = {"low", "rendah"},
    [WORD_SLOW_PROVIDER] = {"the provider", "penyedia"},
    [WORD_SLOW_QUEUE] = {"our queue", "antrean kita"},
    [WORD_SLOW_OFFICE] = {"its own network", "jaringan kantor"},
    [WORD_PROBE_WELL] = {"no delay", "tanpa tundaan"},
    [WORD_PROBE_LATE] = {"delay", "tertunda"},
    [WORD_PROBE_UNSURE] = {"not sure yet", "belum pasti"},
    [WORD_PROBE_SILENT] = {"no answer", "tidak dijawab"},
    [WORD_LEAF_NO_CAKE] = {"no cake in this kernel", "kernel ini tanpa cake"},
    [WORD_LEAF_NO_FQ] = {"neither cake nor fq_codel in this kernel", "kernel ini tanpa cake dan fq_codel"},
    [WORD_LEAF_BEST] = {"the kernel has it", "tersedia di kernel"},
    [WORD_LEAF_SAID] = {"uplink.queue says so", "sesuai uplink.queue"},
};

static enum words_language language;

void words_open(void)
{
	static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < ELEMENTS(variables); i++) {
		const char *value = getenv(variables[i]);

		if (value && *value) {
			language = strncmp(value, "id", 2) == 0 &&
					   !strchr("abcdefghijklmnopqrstuvwxyz", value[2] ? value[2] : '_')
				       ? WORDS_ID
				       : WORDS_EN;
			return;
		}
	}
}

enum words_language words_language(void)
{
	return language;
}

const char *words_language_name(void)
{
	return language == WORDS_ID ? "id" : "en";
}

const char *word(enum word key)
{
	return table[key][language];
}

void complain(enum word format, ...)
{
	va_list arguments;

	fputs("gerbang: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, word(format), arguments);
	va_end(arguments);
	fputc('\n', stderr);
}
