// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The words of plan, history, diff and rollback: words_table.c goes on here, by the same rule that a missing
 * translation is a missing cell.
 */
#include "words_table.h"

const char *const words_review[WORDS - WORDS_IN_TABLE][WORDS_LANGUAGES] = {
    [WORD_CONFIGURATION - WORDS_IN_TABLE] = {"Configuration", "Konfigurasi"},
    [WORD_HISTORY_N - WORDS_IN_TABLE] = {"history %lld", "riwayat %lld"},
    [WORD_EDITED_FILES - WORDS_IN_TABLE] = {"the edited files", "berkas yang diubah"},
    [WORD_WHAT_RUNS - WORDS_IN_TABLE] = {"what runs", "yang berjalan"},
    [WORD_NO_DIFFERENCE -
	WORDS_IN_TABLE] = {"No change: %s and %s set the same.", "Tidak ada perubahan: isi %s dan %s sama."},
    [WORD_RESTART - WORDS_IN_TABLE] = {"Only a restart of gerbangd takes up: %s",
				       "Baru berlaku setelah gerbangd dijalankan ulang: %s"},
    [WORD_SETTINGS - WORDS_IN_TABLE] = {"WHAT IS SET OTHERWISE", "YANG DIATUR LAIN"},
    [WORD_CHANGES_NOW - WORDS_IN_TABLE] = {"CHANGES NOW", "BERUBAH SEKARANG"},
    [WORD_NOTHING_NOW - WORDS_IN_TABLE] = {"Nothing changes now: no rate, no opening.",
					   "Sekarang tidak ada yang berubah: laju maupun buka-tutup."},
    [WORD_COMING - WORDS_IN_TABLE] = {"CHANGES WHEN THE CALENDAR DOES", "BERUBAH MENURUT JADWAL"},
    [WORD_NOTHING_COMING -
	WORDS_IN_TABLE] = {"Coming states: none of the %zu until %s differs.",
			   "Keadaan mendatang: dari %zu sampai %s tidak ada yang berbeda."},
    [WORD_ALSO_AT - WORDS_IN_TABLE] = {"also %s", "juga %s"},
    [WORD_SAME_AT - WORDS_IN_TABLE] = {"the same at %s", "sama pada %s"},
    [WORD_AND_MORE_TIMES - WORDS_IN_TABLE] = {" and %zu more", " dan %zu lagi"},
    [WORD_ALL_FIT -
	WORDS_IN_TABLE] = {"Guarantees fit in each of the %zu states until %s: at most %s of %s.",
			   "Jaminan muat dalam semua %zu keadaan sampai %s: paling banyak %s dari %s."},
    [WORD_FITS_NOT - WORDS_IN_TABLE] = {"GUARANTEES DO NOT FIT: %s of %s", "JAMINAN TIDAK MUAT: %s dari %s"},
    [WORD_NO_SESSIONS_TOUCHED - WORDS_IN_TABLE] = {"Sessions: none ends.", "Sesi: tidak ada yang berakhir."},
    [WORD_SESSIONS_TOUCHED -
	WORDS_IN_TABLE] = {"Sessions: zone %s, %lld live: %s", "Sesi: zona %s, %lld sedang berjalan: %s"},
    [WORD_TOUCH_ZONE_REMOVED - WORDS_IN_TABLE] = {"they end, the zone is removed", "berakhir, zona dihapus"},
    [WORD_TOUCH_ZONE_DEVICES -
	WORDS_IN_TABLE] = {"they end, the zone has another device", "berakhir, zona pindah perangkat"},
    [WORD_TOUCH_ZONE_ADDRESS - WORDS_IN_TABLE] = {"guests need a new address", "tamu memerlukan alamat baru"},
    [WORD_TOUCH_ZONE_CLOSED -
	WORDS_IN_TABLE] = {"they end, the zone closes now", "berakhir, zona ditutup sekarang"},
    [WORD_NO_FLOWS_TOUCHED -
	WORDS_IN_TABLE] = {"Connections: none is touched.", "Sambungan: tidak ada yang terganggu."},
    [WORD_FLOWS_TOUCHED - WORDS_IN_TABLE] = {"Connections: %s: %s", "Sambungan: %s: %s"},
    [WORD_TOUCH_ADDED -
	WORDS_IN_TABLE] = {"its addresses get a class of their own", "alamatnya mendapat kelas sendiri"},
    [WORD_TOUCH_REMOVED - WORDS_IN_TABLE] = {"its addresses belong to nobody from now on",
					     "alamatnya tidak lagi milik siapa pun"},
    [WORD_TOUCH_PREFIXES - WORDS_IN_TABLE] = {"addresses that came or went change their class",
					      "alamat yang ditambah atau dihapus berpindah kelas"},
    [WORD_TOUCH_DEVICES - WORDS_IN_TABLE] = {"connections behind a device that went end",
					     "sambungan di belakang perangkat yang dihapus terputus"},
    [WORD_TOUCH_SERVICES - WORDS_IN_TABLE] = {"packets may change their class, none is lost",
					      "paket dapat berpindah kelas, tidak ada yang hilang"},
    [WORD_TOUCH_NAT -
	WORDS_IN_TABLE] = {"connections to outside begin anew", "sambungan ke luar dimulai lagi"},
    [WORD_TOUCH_UPLINK -
	WORDS_IN_TABLE] = {"all connections to outside begin anew", "semua sambungan ke luar dimulai lagi"},
    [WORD_TOUCH_BETWEEN - WORDS_IN_TABLE] = {"connections between offices may end or begin",
					     "sambungan antarkantor dapat terputus atau terbuka"},
    [WORD_OPERATIONS - WORDS_IN_TABLE] = {"Kernel operations, if it were applied now: %zu",
					  "Operasi kernel bila diterapkan sekarang: %zu"},
    [WORD_NO_OPERATIONS - WORDS_IN_TABLE] = {"Kernel operations: none.", "Operasi kernel: tidak ada."},
    [WORD_OPERATIONS_UNKNOWN -
	WORDS_IN_TABLE] = {"Kernel operations are not known: %s", "Operasi kernel tidak diketahui: %s"},
    [WORD_ADDED - WORDS_IN_TABLE] = {"added", "ditambah"},
    [WORD_REMOVED_NOW - WORDS_IN_TABLE] = {"removed", "dihapus"},
    [WORD_GUARANTEE - WORDS_IN_TABLE] = {"guarantee", "jaminan"},
    [WORD_CEILING_OF - WORDS_IN_TABLE] = {"ceiling", "batas"},
    [WORD_STATE_OF - WORDS_IN_TABLE] = {"state", "keadaan"},
    [WORD_AND_MORE - WORDS_IN_TABLE] = {" and %zu more %s", " dan %zu %s lagi"},
    [WORD_MORE_LINES -
	WORDS_IN_TABLE] = {"... and %zu more (--json has all)", "... dan %zu lagi (--json memuat semua)"},
    [WORD_SERVICES_OF - WORDS_IN_TABLE] = {"services", "layanan"},
    [WORD_ON_TRIAL -
	WORDS_IN_TABLE] = {"history %lld on trial: goes back in %s (%s) unless `gerbang confirm`",
			   "riwayat %lld dicoba: kembali dalam %s (%s) kecuali `gerbang confirm`"},
    [WORD_EDITED_DIFFERS - WORDS_IN_TABLE] = {"the edited files differ: %s (`gerbang plan` shows it)",
					      "berkas yang diubah berbeda: %s (lihat `gerbang plan`)"},
    [WORD_EDITED_BROKEN -
	WORDS_IN_TABLE] = {"the edited files are broken: %s", "berkas yang diubah rusak: %s"},
    [WORD_NOT_RECORDED - WORDS_IN_TABLE] = {"nothing can be recorded: %s", "tidak dapat dicatat: %s"},
    [WORD_NO_HISTORY -
	WORDS_IN_TABLE] = {"No configuration has been recorded.", "Belum ada konfigurasi yang dicatat."},
    [WORD_NUMBER - WORDS_IN_TABLE] = {"NUMBER", "NOMOR"},
    [WORD_WHEN - WORDS_IN_TABLE] = {"WHEN", "KAPAN"},
    [WORD_WHO - WORDS_IN_TABLE] = {"WHO", "SIAPA"},
    [WORD_HOW - WORDS_IN_TABLE] = {"HOW", "CARA"},
    [WORD_NOTE - WORDS_IN_TABLE] = {"NOTE", "CATATAN"},
    [WORD_BY_APPLY - WORDS_IN_TABLE] = {"apply", "apply"},
    [WORD_BY_ROLLBACK - WORDS_IN_TABLE] = {"rollback", "rollback"},
    [WORD_BY_BOOT - WORDS_IN_TABLE] = {"start", "awal"},
    [WORD_IN_FORCE - WORDS_IN_TABLE] = {"in force", "berlaku"},
    [WORD_TRIAL - WORDS_IN_TABLE] = {"on trial", "dicoba"},
    [WORD_WAS_GOOD - WORDS_IN_TABLE] = {"good", "baik"},
    [WORD_WAS_REFUSED - WORDS_IN_TABLE] = {"refused", "ditolak"},
    [WORD_WAS_EXPIRED - WORDS_IN_TABLE] = {"went back", "kembali"},
    [WORD_OF_NUMBER - WORDS_IN_TABLE] = {"files of %lld", "berkas %lld"},
    [WORD_BAD_NUMBER - WORDS_IN_TABLE] = {"a number of the history is from 1, got \"%s\"",
					  "nomor riwayat mulai dari 1, bukan \"%s\""},
    [WORD_NO_FORMER - WORDS_IN_TABLE] = {"the history has nothing before what runs",
					 "riwayat tidak memuat apa pun sebelum yang berjalan"},
    [WORD_NOT_ROOT -
	WORDS_IN_TABLE] = {"putting files back below /etc is root's: `sudo gerbang rollback %lld`",
			   "mengembalikan berkas konfigurasi harus oleh root: `sudo gerbang rollback %lld`"},
    [WORD_TRIAL_WAITS -
	WORDS_IN_TABLE] = {"history %lld is on trial: it goes back by itself, or `gerbang confirm` first",
			   "riwayat %lld sedang dicoba: akan kembali sendiri, atau `gerbang confirm` dulu"},
    [WORD_PUT_BACK -
	WORDS_IN_TABLE] = {"%s: put back; what was there is %s", "%s: dikembalikan; yang semula ada di %s"},
    [WORD_PUT_BACK_NEW - WORDS_IN_TABLE] = {"%s: put back", "%s: dikembalikan"},
    [WORD_NOT_PUT_BACK - WORDS_IN_TABLE] = {"%s: cannot be put back: %s", "%s: tidak dapat dikembalikan: %s"},
    [WORD_FOLDER_AS_IT_WAS - WORDS_IN_TABLE] = {"%s is as it was before", "%s sama seperti sebelumnya"},
    [WORD_STRANGE_NAME -
	WORDS_IN_TABLE] = {"the daemon names a file outside the configuration's folder: \"%s\"",
			   "daemon menyebut berkas di luar folder konfigurasi: \"%s\""},
    [WORD_FILES_SAME - WORDS_IN_TABLE] = {"Files: no difference.", "Berkas: tidak ada perbedaan."},
    [WORD_FILES_ARE_ADMINS -
	WORDS_IN_TABLE] = {"(the files themselves are not shown: %s)", "(berkasnya tidak ditampilkan: %s)"},
    [WORD_BINARY - WORDS_IN_TABLE] = {"%s differs, and is no text", "%s berbeda, dan bukan teks"},
};
