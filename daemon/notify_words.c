/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: whoever says something says it once, in English, for the log; people read it in their language. Tables
 * and nothing else.
 */
#include "notify_words.h"
#include <string.h>
#include "../lib/cleanup.h"

#define MORE "and %u more notices within the hour: `gerbang log` has them all"

static const char *const sentences[][LANGUAGES] = {
    {"gangguan: uplink %s kehilangan sambungan fisik (carrier) sejak %s",
     "outage: the uplink %s has no carrier since %s"},
    {"gangguan: tidak satu pun alamat uji dapat dijangkau lewat uplink %s sejak %s",
     "outage: the uplink %s reaches no probe since %s"},
    {"gangguan: uplink %s kehilangan %u %% paket uji sejak %s",
     "outage: the uplink %s loses %u %% of its probes since %s"},
    {"uplink %s pulih: gangguan berakhir pada %s setelah berlangsung %s",
     "the uplink %s is back: the outage ended at %s and had lasted %s"},
    {"dan %u pemberitahuan lain dalam satu jam ini: semuanya ada pada `gerbang log`", MORE},
    {"kantor %s: %u %% dari kuota %s untuk %s terpakai: %s",
     "office %s: %u %% of its quota of %s for %s is used: %s"},
    {"kantor %s: kuota %s untuk %s habis: %s; laju tidak dibatasi",
     "office %s: its quota of %s for %s is used up: %s; it is not throttled"},
    {"kantor %s: kuota %s untuk %s habis: %s; dikecualikan sampai %s",
     "office %s: its quota of %s for %s is used up: %s; it is exempt until %s"},
    {"kantor %s: kuota %s untuk %s habis; laju dibatasi menjadi %s unduh, %s unggah sampai %s",
     "office %s: its quota of %s for %s is used up; throttled to %s down, %s up until %s"},
    {"kantor %s: laju tidak lagi dibatasi, kini %s", "office %s: no longer throttled, it is %s"},
    {"kantor %s: laju tidak lagi dibatasi, dikoreksi menjadi %s dari kuota %s untuk %s",
     "office %s: no longer throttled, corrected to %s of its quota of %s for %s"},
    {"kantor %s: laju tidak lagi dibatasi, tidak ada lagi kuota yang membatasi",
     "office %s: no longer throttled, it has no quota any more that throttles"},
    {"kantor %s: laju tidak lagi dibatasi, kuota untuk %s kini %s dan %s di antaranya terpakai",
     "office %s: no longer throttled, its quota for %s is %s now and %s of it is used"},
    {"kantor %s: dikecualikan dari kuota sampai %s oleh %s: %s (pengecualian %jd)",
     "office %s: exempt from its quota until %s by %s: %s (exemption %jd)"},
    {"kantor %s: pengecualian %jd dicabut oleh %s", "office %s: exemption %jd revoked by %s"},
    {"tidak ada interval yang dapat ditulis ke buku besar (%s): lalu lintas, login dan batas berjalan terus, "
     "jumlahnya disimpan di memori",
     "no interval can be written to the ledger (%s): traffic, logins and limits go on, sums are kept in "
     "memory"},
    {"interval kembali ditulis ke buku besar: yang lewat sejak %s dibukukan terlambat",
     "intervals are written to the ledger again: what passed since %s is booked late"},
    {"%s mendapat %s dari %s yang menjadi haknya, unggah", "%s gets %s of the %s that it is entitled to, up"},
    {"%s mendapat %s dari %s yang menjadi haknya, unduh",
     "%s gets %s of the %s that it is entitled to, down"},
    {"%s kembali mendapat yang menjadi haknya, unggah", "%s gets what it is entitled to again, up"},
    {"%s kembali mendapat yang menjadi haknya, unduh", "%s gets what it is entitled to again, down"},
    {"%s %s: %s dikoreksi sebesar %jd byte unduh, %jd byte unggah oleh %s: %s (koreksi %jd)",
     "%s %s: %s corrected by %jd bytes down, %jd bytes up by %s: %s (correction %jd)"},
    {"uji jalur ke %s: unduh %s dari %s yang dibeli, unggah %s dari %s",
     "the line was tested against %s: down %s of %s bought, up %s of %s"},
    {"uji jalur ke %s: unduh %s dari %s yang dibeli; unggah tidak diukur",
     "the line was tested against %s: down %s of %s bought; up is not measured so"},
    {"jalur memberi terlalu sedikit pada uji ke %s: unduh %s dari %s yang dibeli, unggah %s dari %s",
     "the line gave too little in a test against %s: down %s of %s bought, up %s of %s"},
    {"jalur memberi terlalu sedikit pada uji ke %s: unduh %s dari %s yang dibeli; unggah tidak diukur",
     "the line gave too little in a test against %s: down %s of %s bought; up is not measured so"},
    {"uji jalur gagal: %s", "the line could not be tested: %s"},
    {"uji jalur hari ini dilewati: %s", "the line is not tested today: %s"},
};

static const struct {
	const char *kind, *subject[LANGUAGES];
} subjects[] = {
    {"quota.notice", {"Kuota hampir habis", "Quota nearly used up"}},
    {"quota.throttle", {"Kuota habis, laju dibatasi", "Quota used up, rate lowered"}},
    {"quota.over", {"Kuota habis", "Quota used up"}},
    {"quota.restored", {"Kuota pulih", "Quota restored"}},
    {"quota.exempt", {"Pengecualian kuota", "Quota exemption"}},
    {"quota.revoked", {"Pengecualian kuota dicabut", "Quota exemption revoked"}},
    {"correction", {"Koreksi buku besar", "Ledger corrected"}},
    {"outage.begin", {"Gangguan uplink", "Uplink outage"}},
    {"outage.end", {"Uplink pulih", "Uplink restored"}},
    {"alarm.entitlement", {"Jaminan laju tidak tercapai", "Guarantee not met"}},
    {"alarm.entitlement.end", {"Jaminan laju tercapai kembali", "Guarantee met again"}},
    {"alarm.ledger", {"Buku besar tidak dapat ditulis", "Ledger cannot be written"}},
    {"alarm.ledger.end", {"Buku besar dapat ditulis kembali", "Ledger is written again"}},
    {"alarm.ledger.end", {"Buku besar kembali ditulis", "Ledger written again"}},
    {"alarm.uplink", {"Uplink di bawah yang dibeli", "Uplink below what was bought"}},
    {"test", {"Hasil uji jalur", "Line test"}},
    {"notice.more", {"Pemberitahuan lain", "More notices"}},
};

static const char *const labels[NOTIFY_LABELS][LANGUAGES] = {
    [NOTIFY_TIME] = {"Waktu", "Time"},
    [NOTIFY_OFFICE] = {"Kantor", "Office"},
    [NOTIFY_ZONE] = {"Zona", "Zone"},
    [NOTIFY_WHO] = {"Oleh", "By"},
    [NOTIFY_FOOT] = {"Dikirim oleh Gerbang. Selengkapnya: gerbang status, gerbang log.",
		     "Sent by Gerbang. More: gerbang status, gerbang log."},
};

const char *notify_sentence(enum language language, const char *format)
{
	for (size_t i = 0; i < ELEMENTS(sentences); i++)
		if (strcmp(sentences[i][LANGUAGE_EN], format) == 0)
			return sentences[i][language];
	return format;
}

const char *notify_subject(enum language language, const char *event_kind)
{
	for (size_t i = 0; i < ELEMENTS(subjects); i++)
		if (strcmp(subjects[i].kind, event_kind) == 0)
			return subjects[i].subject[language];
	return event_kind;
}

const char *notify_label(enum language language, enum notify_label label)
{
	return labels[label][language];
}

const char *const *notify_sentence_at(size_t i)
{
	return i < ELEMENTS(sentences) ? sentences[i] : NULL;
}
