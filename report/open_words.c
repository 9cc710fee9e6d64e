// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: published figures are used by people who never saw this program; each column has to explain itself,
 * exactly and in plain words.
 */
#include "open_words.h"
#include <string.h>

const struct open_type *open_type(enum report_unit unit)
{
	static const struct open_type types[REPORT_UNITS] = {
	    [REPORT_TEXT] = {"text", ""},
	    [REPORT_COUNT] = {"integer", "1"},
	    [REPORT_BYTES] = {"integer", "byte"},
	    [REPORT_BPS] = {"integer", "bit/s"},
	    [REPORT_PERCENT] = {"integer", "0.01 %"},
	    [REPORT_RUPIAH] = {"integer", "IDR"},
	    [REPORT_DAY] = {"date (YYYY-MM-DD)", ""},
	    [REPORT_MONTH] = {"month (YYYY-MM)", ""},
	    [REPORT_TIME] = {"time (RFC 3339)", ""},
	    [REPORT_SECONDS] = {"integer", "second"},
	};

	return &types[unit < REPORT_UNITS ? unit : REPORT_TEXT];
}

const struct open_type *open_type_fact(size_t column)
{
	static const struct open_type types[] = {{"text", ""}, {"as in unit", ""}, {"text", ""}};

	return &types[MIN(column, ELEMENTS(types) - 1)];
}

static const struct {
	const char *key, *words[2];
} all[] = {
    {"what", {"Nama angka ini", "Name of the figure"}},
    {"value",
     {"Nilainya, dalam satuan dasar yang disebut pada kolom unit",
      "Its value, in the base unit that the column unit names"}},
    {"unit",
     {"Satuan nilai: text teks, count cacah, bytes byte, bps bit per detik, permyriad perseratus persen, "
      "rupiah, day tanggal, month bulan, time "
      "waktu, seconds detik",
      "Unit of the value: text, count, bytes, bps bits per second, permyriad hundredths of a percent, "
      "rupiah, day, month, time, seconds"}},
    {"office", {"Nama kantor (perangkat daerah)", "Name of the office"}},
    {"office_id", {"Kode tetap kantor itu", "The office's lasting id"}},
    {"offices", {"Banyaknya kantor", "Number of offices"}},
    {"zone", {"Nama zona Wi-Fi publik", "Name of the public Wi-Fi zone"}},
    {"whose", {"Milik siapa pemakaian itu", "Whose use it was"}},
    {"day", {"Tanggal setempat", "Local date"}},
    {"down_bytes",
     {"Byte terkirim ke arah kantor atau pengunjung (unduh), lapis 2, koreksi termasuk",
      "Bytes delivered towards the office or guest (download), layer 2, corrections included"}},
    {"up_bytes",
     {"Byte terkirim ke arah internet (unggah), lapis 2, koreksi termasuk",
      "Bytes delivered towards the internet (upload), layer 2, corrections included"}},
    {"total_bytes", {"Unduh ditambah unggah", "Download plus upload"}},
    {"corrected_bytes",
     {"Bagian dari jumlah yang berasal dari koreksi; dapat negatif",
      "The part of the total that comes from corrections; may be negative"}},
    {"late_bytes",
     {"Bagian dari jumlah yang lewat ketika penghitung tidak dibaca",
      "The part of the total that passed while nobody read the counters"}},
    {"active_days", {"Hari dengan sedikitnya 1 MB", "Days with at least 1 MB"}},
    {"guaranteed_down_bps",
     {"Laju unduh yang dijamin dalam jam kerja", "Download rate that is guaranteed in working hours"}},
    {"guaranteed_up_bps",
     {"Laju unggah yang dijamin dalam jam kerja", "Upload rate that is guaranteed in working hours"}},
    {"ceiling_down_bps", {"Batas atas laju unduh", "Ceiling of the download rate"}},
    {"ceiling_up_bps", {"Batas atas laju unggah", "Ceiling of the upload rate"}},
    {"first_day", {"Hari pertama kantor itu ada dalam bulan ini", "First day of the office in this month"}},
    {"last_day", {"Hari terakhir kantor itu ada dalam bulan ini", "Last day of the office in this month"}},
    {"remark", {"Keterangan: baru, berakhir, nama sebelumnya", "Remark: new, ended, former name"}},
    {"mean_down_bps",
     {"Rata-rata laju unduh selama kantor itu ada", "Average download rate while the office was there"}},
    {"mean_up_bps",
     {"Rata-rata laju unggah selama kantor itu ada", "Average upload rate while the office was there"}},
    {"p95_down_bps",
     {"Persentil ke-95 laju unduh dari sampel lima menit",
      "95th percentile of the download rate, from samples of five minutes"}},
    {"p95_up_bps",
     {"Persentil ke-95 laju unggah dari sampel lima menit",
      "95th percentile of the upload rate, from samples of five minutes"}},
    {"peak_down_bps", {"Sampel lima menit unduh yang tertinggi", "Highest sample of five minutes, download"}},
    {"peak_up_bps", {"Sampel lima menit unggah yang tertinggi", "Highest sample of five minutes, upload"}},
    {"used_down_permyriad",
     {"Utilisasi unduh: laju dibagi yang dijamin atau dibeli",
      "Utilisation of download: rate by what is guaranteed or bought"}},
    {"used_up_permyriad",
     {"Utilisasi unggah: laju dibagi yang dijamin atau dibeli",
      "Utilisation of upload: rate by what is guaranteed or bought"}},
    {"busy_down_bps",
     {"Rata-rata jam setempat yang tersibuk hari itu, unduh",
      "Average of the day's busiest local hour, download"}},
    {"busy_up_bps",
     {"Rata-rata jam setempat yang tersibuk hari itu, unggah",
      "Average of the day's busiest local hour, upload"}},
    {"bought_down_bps",
     {"Kapasitas unduh yang dibeli dari penyedia", "Download capacity bought from the provider"}},
    {"bought_up_bps",
     {"Kapasitas unggah yang dibeli dari penyedia", "Upload capacity bought from the provider"}},
    {"measured_min", {"Menit yang terukur", "Minutes measured"}},
    {"down_min", {"Dari menit itu, yang putus", "Of these, minutes down"}},
    {"available_permyriad",
     {"Ketersediaan: 1 − menit putus / menit terukur", "Availability: 1 − minutes down / minutes measured"}},
    {"measured_seconds",
     {"Detik ketika pemakaian kantor itu terukur", "Seconds in which the office's use was measured"}},
    {"demand_seconds",
     {"Detik ketika kantor membutuhkan lebih dari yang diberikan, unduh ditambah unggah",
      "Seconds in which the office needed more than it was given, download plus upload"}},
    {"short_seconds",
     {"Dari detik itu, yang menerima kurang dari 95 % haknya",
      "Of these, in which it got less than 95 % of its entitlement"}},
    {"short_minutes",
     {"Menit ketika kantor yang membutuhkan menerima kurang dari 95 % haknya",
      "Minutes in which an office with demand got less than 95 % of its entitlement"}},
    {"samples", {"Sampel lima menit yang dipakai", "Samples of five minutes that were used"}},
    {"missing_samples",
     {"Lima menit yang terukur kurang dari separuhnya", "Five minutes of which less than half was measured"}},
    {"quota_bytes", {"Kuota bulan ini, unduh ditambah unggah", "The month's quota, download plus upload"}},
    {"used_bytes", {"Yang terpakai dari kuota", "Used of the quota"}},
    {"used_permyriad", {"Yang terpakai dibagi kuota", "Used by quota"}},
    {"stage", {"Yang terjadi dengan kuota itu", "What happened to the quota"}},
    {"exemptions", {"Banyaknya pengecualian dari kuota", "Number of exemptions from the quota"}},
    {"open", {"Jam buka zona menurut jadwal", "Opening hours of the zone by its schedule"}},
    {"not_during", {"Jadwal yang menutup zona itu", "Schedule during which the zone is closed"}},
    {"open_min", {"Menit ketika zona itu terbuka", "Minutes in which the zone was open"}},
    {"sessions",
     {"Banyaknya sesi; kosong bila pengunjung atau sesi kurang dari 10",
      "Number of sessions; empty where visitors or sessions are fewer than 10"}},
    {"visitors",
     {"Banyaknya perangkat yang berbeda; kosong bila kurang dari 10 atau tidak diketahui",
      "Number of distinct devices; empty where fewer than 10 or not known"}},
    {"anonymous_sessions",
     {"Sesi yang perangkatnya tidak diketahui lagi", "Sessions of devices that are no longer known"}},
    {"online_seconds", {"Lama semua sesi bersama", "Length of all sessions together"}},
    {"lent_bytes",
     {"Byte zona di atas jaminannya sendiri, dipinjam dari yang tidak dipakai kantor",
      "Bytes of zones above their own guarantee, lent from what offices did not use"}},
    {"public_bytes", {"Seluruh byte zona publik", "All bytes of public zones"}},
    {"spare_bytes",
     {"Yang masih dapat dialirkan uplink dalam waktu terukur",
      "What the uplink could have carried besides in the measured time"}},
    {"budget_code", {"Kode rekening belanja", "Accounting code of the expense"}},
    {"share_permyriad", {"Bagian kantor itu dari biaya", "The office's part of the cost"}},
    {"share_rupiah", {"Bagian biaya sebelum restitusi", "Share of the cost before the refund"}},
    {"refund_rupiah", {"Bagian restitusi dari penyedia", "Share of the provider's refund"}},
    {"net_rupiah", {"Biaya sesudah restitusi", "Cost after the refund"}},
    {"budget_rupiah", {"Pagu anggaran setahun", "Budget of the year"}},
    {"realised_rupiah", {"Realisasi sejak awal tahun", "Realised since the begin of the year"}},
    {"left_rupiah", {"Sisa pagu", "Left of the budget"}},
    {"months", {"Banyaknya bulan yang menjadi dasar", "Number of months that it is judged by"}},
    {"demand_permyriad",
     {"Waktu dengan kebutuhan melebihi yang diberikan, dari waktu terukur",
      "Time with demand beyond what was given, of the measured time"}},
    {"verdict",
     {"Penilaian jaminan: terlalu rendah, sesuai, terlalu tinggi, belum dapat dinilai",
      "Verdict on the guarantee: too low, fitting, too high, cannot be judged yet"}},
    {"reason", {"Alasan penilaian itu", "Reason of the verdict"}},
    {"suggested_down_bps", {"Jaminan unduh yang disarankan", "Suggested guarantee of download"}},
    {"suggested_up_bps", {"Jaminan unggah yang disarankan", "Suggested guarantee of upload"}},
};

const char *const *open_words(const char *key)
{
	static const char *const none[2] = {"", ""};

	for (size_t i = 0; i < ELEMENTS(all); i++)
		if (!strcmp(key, all[i].key))
			return all[i].words;
	return none;
}
