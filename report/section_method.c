// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: an auditor has to be able to compute every figure again, so the report itself says how, and ends with
 * the hash by which the ledger's days can be checked. What is assumed is said here, too.
 */
#include "sections.h"

static void bytes(struct scribe *s)
{
	TELL(s, REPORT_HEADING, "Satu byte", "A byte");
	TELL(s, REPORT_PARAGRAPH,
	     "Yang dihitung adalah byte terkirim pada lapis 2: paket utuh dengan kepala Ethernet 14 byte, "
	     "sesudah antrean. Yang dibuang "
	     "antrean dan lalu lintas antarkantor tidak dihitung. Terkirim = terhitung + koreksi. 1 GB = "
	     "1.000.000.000 byte, 1 Mbit/s = "
	     "1.000.000 bit per detik. Unduh dan unggah dilihat dari kantor.",
	     "Counted are bytes delivered at layer 2: whole packets with their Ethernet header of 14 bytes, "
	     "after the queue. What a queue "
	     "dropped and what passed between offices is not counted. Delivered = counted + corrections. 1 "
	     "GB = 1,000,000,000 bytes, 1 "
	     "Mbit/s = 1,000,000 bits per second. Download and upload are as seen from the office.");
}

static void percentile(struct scribe *s)
{
	TELL(s, REPORT_HEADING, "Persentil ke-95, puncak, dan rata-rata",
	     "95th percentile, peak and average");
	TELL(s, REPORT_PARAGRAPH,
	     "Laju tiap lima menit = (byte − byte menyusul) × 8 / waktu terukur. Lima menit yang terukur "
	     "kurang dari separuhnya bukan sampel "
	     "dan disebut hilang. Dari n sampel yang diurutkan, n × 5 / 100 sampel tertinggi (dibulatkan ke "
	     "bawah) disisihkan; yang "
	     "tertinggi dari sisanya ialah persentil ke-95. Puncak ialah sampel tertinggi. Rata-rata = byte "
	     "× 8 / lama kantor itu ada dalam "
	     "bulan ini. Unduh dan unggah dihitung sendiri-sendiri.",
	     "Rate of each five minutes = (bytes − late bytes) × 8 / time measured. Five minutes of which "
	     "less than half was measured are no "
	     "sample, and called missing. Of n samples, sorted, the highest n × 5 / 100 (rounded down) are "
	     "set aside; the highest of the rest "
	     "is the 95th percentile. The peak is the highest sample. Average = bytes × 8 / time that the "
	     "office was there in this month. "
	     "Download and upload each have their own.");
	if (s->month->recorded)
		TELL(s, REPORT_PARAGRAPH,
		     "Persentil dan jumlah pengunjung bulan ini dihitung sekali setelah hari terakhirnya "
		     "ditutup, dicatat, dan disegel dalam "
		     "rantai buku besar.",
		     "Percentiles and numbers of visitors of this month were computed once, after its last "
		     "day was closed, recorded, and "
		     "sealed in the ledger's chain.");
	else if (s->month->uplink.rated)
		TELL(s, REPORT_PARAGRAPH,
		     "Persentil dan jumlah pengunjung bulan ini belum dicatat tetap; laporan ini "
		     "menghitungnya dari baris lima menit.",
		     "Percentiles and numbers of visitors of this month are not recorded for good yet; this "
		     "report computed them from the rows "
		     "of five minutes.");
	else
		TELL(
		    s, REPORT_PARAGRAPH,
		    "Persentil bulan ini tidak diketahui: tidak tercatat, dan baris lima menitnya tidak ada.",
		    "The percentiles of this month are not known: they were not recorded, and there are no "
		    "rows of five minutes.");
}

static void terms(struct scribe *s)
{
	TELL(s, REPORT_HEADING, "Ketentuan yang berlaku", "Terms that were valid");
	TELL(s, REPORT_PARAGRAPH,
	     "Bulan ini dinilai menurut ketentuan (jaminan, kuota, nama, kontrak) yang berlaku di dalamnya, "
	     "sebagaimana tercatat dalam buku "
	     "besar, bukan menurut konfigurasi sekarang. Kantor terhitung ada pada hari ketika ia "
	     "terkonfigurasi atau mempunyai pemakaian.",
	     "This month is judged by the terms (guarantees, quotas, names, the contract) that were valid in "
	     "it, as the ledger recorded them, "
	     "not by today's configuration. An office counts as there on a day on which it was configured or "
	     "had use.");
	if (s->month->assumed && s->month->assumed_day)
		TELL(s, REPORT_NOTE,
		     "Ketentuan baru tercatat sejak %s; untuk hari-hari sebelumnya dianggap berlaku "
		     "ketentuan yang pertama tercatat.",
		     "Terms are recorded only since %s; for the days before, the first recorded ones are "
		     "assumed.",
		     SHOW(s, s->month->assumed_day, REPORT_DAY));
	else if (s->month->assumed)
		TELL(s, REPORT_NOTE,
		     "Tidak ada ketentuan yang tercatat untuk bulan ini; yang dipakai ialah konfigurasi "
		     "ketika laporan ini dibuat.",
		     "No terms are recorded for this month; the configuration at the time of this report was "
		     "used.");
}

static void rounding(struct scribe *s)
{
	TELL(s, REPORT_HEADING, "Ketersediaan, uang, dan pembulatan", "Availability, money and rounding");
	TELL(s, REPORT_PARAGRAPH,
	     "Satu menit disebut putus bila lebih dari separuhnya berada dalam gangguan. Tingkat layanan "
	     "terpenuhi bila menit putus × 1000 ≤ "
	     "menit terukur × (1000 − SLA dalam perseribu). Restitusi: dari semua batas yang tidak dicapai, "
	     "persen yang tertinggi. Uang "
	     "dihitung dalam rupiah penuh dan bagian-bagiannya berjumlah tepat sama dengan biaya. Angka "
	     "dibulatkan sekali, ketika "
	     "ditampilkan, setengah ke atas; karena itu jumlah dapat berselisih satu angka terakhir dari "
	     "penjumlahan angka yang tampil. Berkas "
	     "CSV memuat angka yang tepat.",
	     "A minute is down if more than half of it lay in an outage. The service level is met if minutes "
	     "down × 1000 ≤ minutes measured × "
	     "(1000 − SLA in permille). Refund: the highest percent of all limits that were missed. Money is "
	     "computed in whole rupiah, and the "
	     "shares add up to the cost exactly. Figures are rounded once, when shown, half up; so a sum may "
	     "differ in its last digit from the "
	     "sum of the figures as shown. The CSV files have the exact figures.");
}

static void hash(struct scribe *s)
{
	static const struct table_words table = {
	    .key = "verification",
	    .title = {"Sidik rantai bulan ini", "The month's chain hash"},
	    .note = {"Sidik (BLAKE2b-256) hari tertutup yang terakhir dalam bulan ini memuat semua hari "
		     "sebelumnya. Bandingkan dengan "
		     "keluaran “gerbang verify”; bila sama, tidak ada yang diubah sejak hari itu ditutup.",
		     "The hash (BLAKE2b-256) of the last closed day of this month holds all days before it. "
		     "Compare it with what “gerbang "
		     "verify” prints: if they are equal, nothing was altered since that day was closed."},
	    .description = {"Sidik untuk memeriksa keaslian buku besar",
			    "Hash by which the ledger's authenticity can be checked"},
	};
	const struct report_month *month = s->month;

	put_table(s, &table);
	put_fact(s, "Hari tertutup terakhir", "Last closed day", REPORT_DAY,
		 cell_if(*month->hash != '\0', month->hash_day));
	put_fact(s, "Sidik", "Hash", REPORT_TEXT, cell_words(month->hash));
	put_fact(s, "Bulan sudah ditutup", "Month is closed", REPORT_TEXT,
		 cell_text(word_yes(s, !month->provisional)));
	put_fact(s, "Persentil sudah tercatat tetap", "Percentiles recorded for good", REPORT_TEXT,
		 cell_text(word_yes(s, month->recorded)));
}

void section_method(struct scribe *s)
{
	put_section(s, "method", "Metode dan pemeriksaan", "Method and verification", "Metode", "Method");
	bytes(s);
	percentile(s);
	terms(s);
	rounding(s);
	hash(s);
}
