/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: who asks in Indonesian is answered in Indonesian, and a translator finds every sentence here, both
 * languages side by side. Values are texts and nothing else: no value can be taken for a number or a format.
 */
#include "texts.h"
#include "../lib/cleanup.h"
#include <string.h>

static const char *const texts[TEXTS][LANGUAGES] = {
    [TEXT_NO_MEMORY] = {"memori habis", "no memory"},
    [TEXT_NOT_OBJECT] = {"permintaan harus berupa objek JSON", "a request must be a JSON object"},
    [TEXT_NOT_COMMAND] = {"command: harus perintah yang dikenal daemon ini, bukan \"{}\"",
			  "command: must be one that this daemon knows, got \"{}\""},
    [TEXT_NOT_TEXT] = {"{}: harus berupa teks, bukan {}", "{}: must be a text, got {}"},
    [TEXT_NOT_TIME] = {"{}: harus waktu setempat \"YYYY-MM-DD HH:MM\" yang ada, bukan \"{}\"",
		       "{}: must be a local time \"YYYY-MM-DD HH:MM\" that exists, got \"{}\""},
    [TEXT_NOT_NUMBER] = {"{}: harus bilangan bulat dari {} sampai {}, bukan {}",
			 "{}: must be a whole number from {} to {}, got {}"},
    [TEXT_NOT_WITHIN] = {"{}: harus dari {} sampai {}, bukan {}", "{}: must be from {} to {}, got {}"},
    [TEXT_NOT_ZONE] = {"{}: harus zona yang ada di konfigurasi, bukan \"{}\"",
		       "{}: must be a zone of the configuration, got \"{}\""},
    [TEXT_NOT_OFFICE] = {"{}: harus kantor yang ada di konfigurasi, bukan \"{}\"",
			 "{}: must be an office of the configuration, got \"{}\""},
    [TEXT_NOT_GUEST] = {"guest: harus alamat MAC atau IP, bukan \"{}\" (contoh: 02:00:5e:10:00:01)",
			"guest: must be a MAC or an IP address, got \"{}\" (such as 02:00:5e:10:00:01)"},
    [TEXT_NOT_FUTURE] = {"until: harus waktu yang akan datang, bukan \"{}\"",
			 "until: must be in the future, got \"{}\""},
    [TEXT_TOO_MANY] = {"terlalu banyak perintah sedang menunggu", "too many commands wait already"},
    [TEXT_SHAPER_AWAY] = {"shaper tidak ada: kernel mengikuti begitu shaper kembali",
			  "the shaper is away: the kernel follows when it is back"},
    [TEXT_TRIED_AGAIN] = {"kernel belum mengikuti, akan dicoba lagi: {}",
			  "the kernel does not follow yet, it is tried again: {}"},
    [TEXT_UNTIL] = {"sampai {}", "until {}"},
    [TEXT_UNTIL_AUTO] = {"sampai `gerbang zone auto`", "until `gerbang zone auto`"},
    [TEXT_ZONE_OPENED] = {"zona {}: dibuka {}", "zone {}: opened {}"},
    [TEXT_ZONE_BORROWS] =
	{"zona {}: dibuka {}, hanya meminjam: jaminannya {} unduh, {} unggah tidak muat",
	 "zone {}: opened {}, borrowing only: its guarantee of {} down, {} up does not fit"},
    [TEXT_ZONE_CLOSED] = {"zona {}: ditutup {}", "zone {}: closed {}"},
    [TEXT_ZONE_AUTO_OPEN] = {"zona {}: kembali menurut jadwal, kini buka",
			     "zone {}: by its schedule again, now open"},
    [TEXT_ZONE_AUTO_CLOSED] = {"zona {}: kembali menurut jadwal, kini tutup",
			       "zone {}: by its schedule again, now closed"},
    [TEXT_OVERTIME] = {"kantor {}: tetap pada laju jam kerja sampai {}",
		       "office {}: keeps its inside rates until {}"},
    [TEXT_OVERTIME_YIELDS] =
	{"kantor {}: tetap pada laju jam kerja sampai {}; zona yang kini hanya meminjam: {}",
	 "office {}: keeps its inside rates until {}; zones that only borrow now: {}"},
    [TEXT_OVERTIME_DOES_NOT_FIT] =
	{"kantor {}: lemburnya tidak muat: pada {} semua jaminan berjumlah {} unduh, {} unggah; uplink tanpa "
	 "cadangannya {} unduh, {} unggah",
	 "office {}: its overtime does not fit: at {} all guarantees together would be {} down, {} up; the "
	 "uplink less its headroom is {} down, {} up"},
    [TEXT_OFFICE_AUTO] = {"kantor {}: kembali menurut jadwal", "office {}: by its schedule again"},
    [TEXT_KICKED] = {"{}: sesinya diakhiri", "{}: session ended"},
    [TEXT_NO_SESSION] = {"guest: harus sedang daring, bukan \"{}\"", "guest: must be online, got \"{}\""},
    [TEXT_NOT_KICKED] = {"sesi tamu belum dapat diakhiri: {}", "the session could not be ended yet: {}"},
    [TEXT_NO_KICKING] = {"shaper tidak ada: sesi tidak dapat diakhiri sekarang",
			 "the shaper is away: no session can be ended now"},
    [TEXT_CLOCK_MOVED] = {"kini {}", "now {}"},
    [TEXT_NO_REHEARSAL] = {"rehearse: hanya bila daemon dijalankan dengan --rehearse",
			   "rehearse: only where the daemon was started with --rehearse"},
    [TEXT_APPLIED] = {"diterapkan: {} laju atau buka-tutup sekarang (riwayat {})",
		      "applied: {} of rates or openings now (history {})"},
    [TEXT_APPLIED_NOTHING] = {"diterapkan: laju dan buka-tutup tidak berubah sekarang (riwayat {})",
			      "applied: no rate or opening changes now (history {})"},
    [TEXT_APPLIED_UNTIL] = {"diterapkan sementara (riwayat {}): kembali ke semula pada {} kecuali `gerbang "
			    "confirm` datang lebih dulu",
			    "applied for now (history {}): back to the former configuration at {} unless "
			    "`gerbang confirm` comes first"},
    [TEXT_AFTER_RESTART] = {"{} berubah: konfigurasi dicatat (riwayat {}) dan berlaku sejak gerbangd "
			    "dijalankan ulang",
			    "{} changes: the configuration is recorded (history {}) and is in force once "
			    "gerbangd is started again"},
    [TEXT_NOT_APPLIED] = {"tidak diterapkan: {}", "not applied: {}"},
    [TEXT_NOT_APPLIED_STAYS] = {"tidak diterapkan, konfigurasi semula tetap berlaku: {}",
				"not applied, the former configuration stays: {}"},
    [TEXT_NOT_APPLIED_LOST] = {"tidak diterapkan: {}; dan memori habis untuk kembali ke semula",
			       "not applied: {}; and no memory to go back"},
    [TEXT_NO_CLASS_LEFT] = {"terlalu banyak kantor dan zona pernah ada: tidak ada kelas tersisa",
			    "too many offices and zones have been here: no class is left"},
    [TEXT_NEEDS_RESTART] = {"{}: perubahannya memerlukan gerbangd dijalankan ulang, jadi tidak dapat dicoba "
			    "sementara: terapkan tanpa --confirm",
			    "{}: a change needs a restart of gerbangd, so it cannot be tried for a time: apply it "
			    "without --confirm"},
    [TEXT_APPLY_RUNS] = {"penerapan lain sedang berjalan", "another apply is on its way"},
    [TEXT_APPLY_WAITS] = {"tidak diterapkan: riwayat {} masih menunggu `gerbang confirm` (sisa {})",
			  "not applied: history {} still waits for `gerbang confirm` ({} left)"},
    [TEXT_NOT_RECORDED] = {"tidak diterapkan: konfigurasi tidak dapat dicatat lebih dulu ({}); yang berjalan "
			   "tidak berubah",
			   "not applied: the configuration cannot be written ahead ({}); what runs stays"},
    [TEXT_EDITED_MEANWHILE] = {"berkas diubah saat sedang dibaca: coba lagi",
			       "the files were changed while they were read: try again"},
    [TEXT_CONFIRMED] = {"dikonfirmasi: riwayat {} berlaku seterusnya",
			"confirmed: history {} is in force for good"},
    [TEXT_NOT_CONFIRMED] = {"tidak dapat dikonfirmasi, masih menunggu: {}",
			    "cannot be confirmed, still waits: {}"},
    [TEXT_NOTHING_WAITS] = {"tidak ada yang menunggu konfirmasi", "nothing waits to be confirmed"},
    [TEXT_NO_HISTORY] = {"riwayat {} tidak dapat dibaca: {}", "history {} cannot be read: {}"},
    [TEXT_NOT_ROLE] = {"{}: hanya untuk anggota grup {}", "{}: is for members of the group {}"},
    [TEXT_CHANGE] = {"{} perubahan", "{} change"},
    [TEXT_CHANGES] = {"{} perubahan", "{} changes"},
    [TEXT_VOUCHER] = {"{} voucher", "{} voucher"},
    [TEXT_VOUCHERS] = {"{} voucher", "{} vouchers"},
    [TEXT_SESSION] = {"{} sesi", "{} session"},
    [TEXT_SESSIONS] = {"{} sesi", "{} sessions"},
    [TEXT_NO_LEDGER] = {"buku besar (ledger) tidak dapat dibuka, lihat log gerbangd: voucher, akun dan perangkat tidak "
			"dapat diurus sekarang",
			"the ledger cannot be opened, see gerbangd's log: nothing can be done about vouchers, accounts and "
			"devices now"},
    [TEXT_NOT_WRITTEN] = {"buku besar (ledger) menolak, tidak ada yang berubah: {}",
			  "the ledger refused, nothing has changed: {}"},
    [TEXT_ZONE_OR_ALL] = {"zone: sebut satu zona, atau semua zona dengan all_zones, dan tidak keduanya",
			  "zone: name one zone, or every zone by all_zones, and not both"},
    [TEXT_NO_SUCH_LOGIN] = {"zona {} belum menerima cara masuk \"{}\": lihat login di konfigurasi",
			    "zone {} does not take \"{}\" as a way in yet: see login in the configuration"},
    [TEXT_NO_SUCH_LOGIN_ANYWHERE] = {"belum ada zona yang menerima cara masuk \"{}\": lihat login di konfigurasi",
				     "no zone takes \"{}\" as a way in yet: see login in the configuration"},
    [TEXT_VOUCHERS_MADE] = {"{} dibuat (kumpulan {}) untuk zona {}, berlaku sampai {}",
			    "{} created (batch {}) for zone {}, valid until {}"},
    [TEXT_VOUCHERS_MADE_ALL] = {"{} dibuat (kumpulan {}) untuk semua zona, berlaku sampai {}",
				"{} created (batch {}) for every zone, valid until {}"},
    [TEXT_NOT_CODE] = {"code: harus kode voucher seperti \"ABCDE-FGHJK\", bukan \"{}\"",
		       "code: must be a voucher's, like \"ABCDE-FGHJK\", got \"{}\""},
    [TEXT_NO_VOUCHER] = {"code: tidak ada voucher {}", "code: there is no voucher {}"},
    [TEXT_VOUCHER_REVOKED] = {"voucher {}: dicabut, {} diakhiri", "voucher {}: revoked, {} ended"},
    [TEXT_VOUCHER_REVOKED_BEFORE] = {"voucher {}: sudah dicabut sebelumnya, {} diakhiri",
				     "voucher {}: had been revoked already, {} ended"},
    [TEXT_NOT_NAME] = {"name: harus 1 sampai 64 byte yang dapat dicetak, tanpa spasi di awal atau akhir, bukan \"{}\"",
		       "name: must be 1 to 64 printable bytes without a space at either end, got \"{}\""},
    [TEXT_NOT_PASSWORD] = {"password: harus 8 karakter atau lebih, dan paling banyak 128 byte",
			   "password: must be 8 characters or more, and at most 128 bytes"},
    [TEXT_ACCOUNT_MADE] = {"akun \"{}\": dibuat", "account \"{}\": added"},
    [TEXT_ACCOUNT_TAKEN] = {"name: akun \"{}\" sudah ada", "name: there is an account \"{}\" already"},
    [TEXT_NO_ACCOUNT] = {"name: tidak ada akun \"{}\"", "name: there is no account \"{}\""},
    [TEXT_ACCOUNT_REMOVED] = {"akun \"{}\": dihapus, {} diakhiri", "account \"{}\": removed, {} ended"},
    [TEXT_NOT_MAC] = {"mac: harus alamat MAC, bukan \"{}\" (contoh: 02:00:5e:10:00:01)",
			"mac: must be a MAC address, got \"{}\" (such as 02:00:5e:10:00:01)"},
    [TEXT_FORGOTTEN] = {"{}: sesinya diakhiri, dan semua yang tersimpan tentangnya dihapus",
			"{}: its session was ended, and all that was kept of it is erased"},
    [TEXT_FORGOT_NOTHING] = {"{}: tidak ada yang tersimpan tentangnya", "{}: nothing is kept of it"},
    [TEXT_WATCH_AWAY] = {"gerbang-watch tidak ada atau tidak menjawab: paket tidak dapat dilihat sekarang (systemctl status "
			 "gerbang-watch)",
			 "gerbang-watch is away or does not answer: no packet can be looked at now (systemctl status "
			 "gerbang-watch)"},
    [TEXT_NO_ACCOUNT_BOOK] = {"buku besar (ledger) tidak dapat dibuka, lihat log gerbangd: kuota dan koreksi tidak dapat diurus "
			      "sekarang",
			      "the ledger cannot be opened, see gerbangd's log: nothing can be done about quotas and corrections now"},
    [TEXT_NOT_LINE] = {"{}: harus satu baris teks, paling banyak {} byte, bukan \"{}\"",
		       "{}: must be one line of text, at most {} bytes, got \"{}\""},
    [TEXT_NO_QUOTA] = {"office: kantor {} tidak memiliki kuota di konfigurasi", "office: {} has no quota in the configuration"},
    [TEXT_NOT_SO_FAR] = {"until: paling lama {} dari sekarang", "until: must be at most {} from now"},
    [TEXT_EXEMPTED] = {"kantor {}: dikecualikan dari kuotanya sampai {} (pengecualian {})",
		       "office {}: exempt from its quota until {} (exemption {})"},
    [TEXT_EXEMPTED_NOTICE] = {"kantor {}: dikecualikan dari kuotanya sampai {} (pengecualian {}); kuotanya memang hanya memberi "
			      "tahu dan tidak membatasi laju",
			      "office {}: exempt from its quota until {} (exemption {}); its quota only gives notice and lowers no "
			      "rate"},
    [TEXT_NO_EXEMPTION] = {"id: tidak ada pengecualian {} yang masih berlaku", "id: no exemption {} is in force"},
    [TEXT_EXEMPTION_REVOKED] = {"pengecualian {} untuk kantor {}: dicabut", "exemption {} of office {}: revoked"},
    [TEXT_NOT_KIND] = {"kind: harus \"office\" atau \"zone\", bukan \"{}\"", "kind: must be \"office\" or \"zone\", got \"{}\""},
    [TEXT_NOT_DAY] = {"{}: harus tanggal yang ada, YYYY-MM-DD, bukan \"{}\"", "{}: must be a date that exists, YYYY-MM-DD, got \"{}\""},
    [TEXT_DAY_TO_COME] = {"day: harus hari ini atau sebelumnya, bukan \"{}\"", "day: must be today or earlier, got \"{}\""},
    [TEXT_CORRECTS_NOTHING] = {"down, up: setidaknya satu di antaranya tidak boleh 0", "down, up: at least one of them must not be 0"},
    [TEXT_CORRECTS_TOO_MUCH] = {"down, up: jumlah {} pada {} akan menjadi kurang dari 0",
				"down, up: the sum of {} for {} would be less than 0"},
    [TEXT_CORRECTED] = {"{}: {} dikoreksi {} byte unduh, {} byte unggah", "{}: {} corrected by {} bytes down, {} bytes up"},
    [TEXT_NOT_MONTH] = {"month: harus bulan \"YYYY-MM\", bukan \"{}\"",
			"month: must be a month \"YYYY-MM\", got \"{}\""},
    [TEXT_NO_MAIL] = {"mail: belum ada server dan penerima di konfigurasi",
		      "mail: the configuration has no server and no recipient"},
    [TEXT_NO_REPORT] = {"tidak ada laporan yang dapat dikirim di {}: {}",
			"there is no report to be sent in {}: {}"},
    [TEXT_REPORT_TAKEN] = {"laporan {} dikirim lewat surel", "the report of {} goes out by mail"},
    [TEXT_REPORT_WAITS] = {"laporan {} sudah menunggu dikirim lewat surel",
			   "the report of {} is on its way by mail already"},
};

static const char *const names[LANGUAGES] = {[LANGUAGE_ID] = "id", [LANGUAGE_EN] = "en"};

const char *text_of(enum language language, enum text key)
{
	return texts[key][language];
}

enum language language_find(const char *name, enum language otherwise)
{
	for (enum language language = 0; name && language < LANGUAGES; language++)
		if (!strcmp(name, names[language]))
			return language;
	return otherwise;
}

const char *language_name(enum language language)
{
	return names[language];
}

static void write_filled(FILE *stream, const char *pattern, const char *const values[])
{
	for (; *pattern; pattern++) {
		if (pattern[0] != '{' || pattern[1] != '}') {
			fputc(*pattern, stream);
			continue;
		}
		if (*values)
			fputs(*values++, stream);
		pattern++;
	}
}

char *text_fill(enum language language, enum text key, const char *const values[])
{
	char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);

	if (!stream)
		return NULL;
	write_filled(stream, texts[key][language], values);
	if (fclose(stream) == 0)
		return text;
	free(text);
	return NULL;
}

char *text_count(enum language language, enum text one, int64_t n)
{
	char number[24];

	snprintf(number, sizeof(number), "%jd", (intmax_t)n);
	return text_fill(language, n == 1 ? one : one + 1, TEXT_VALUES(number));
}

json_t *text_json(enum language language, enum text key, const char *const values[])
{
	_cleanup_(freep) char *text = text_fill(language, key, values);

	return text ? json_string(text) : NULL;
}
