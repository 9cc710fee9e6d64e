// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The portal's words: one table, so that a translator sees both languages side by side and nothing else.
 * Sentences are short because people read them standing in a park, on a small screen. No markup here, ever:
 * pages.c escapes all of it.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include "../lib/cleanup.h"
#include "../lib/units.h"
#include "texts.h"

static const char *const texts[TEXTS][LANGUAGES] = {
    [TEXT_LANGUAGE_NAME] = {"Bahasa Indonesia", "English"},
    [TEXT_PUBLIC_WIFI] = {"Wi-Fi publik", "Public Wi-Fi"},
    [TEXT_WELCOME] = {"Selamat datang di {}", "Welcome to {}"},
    [TEXT_OFFER] = {"Internet gratis selama {}. Sesudah itu Anda boleh masuk lagi.",
		    "Free internet for {}. After that you may log in again."},
    [TEXT_OPEN_UNTIL] = {"Buka sampai {}.", "Open until {}."},
    [TEXT_AGREE] = {"Dengan masuk, Anda setuju:", "By logging in you agree:"},
    [TEXT_TERM_LAW] = {"Gunakan dengan sopan dan sesuai hukum.", "Use it with respect and within the law."},
    [TEXT_TERM_SHARE] = {"Kecepatan dibagi adil: paling tinggi {} unduh dan {} unggah untuk tiap perangkat.",
			 "Speed is shared fairly: at most {} down and {} up for each device."},
    [TEXT_TERM_RECORD] = {"Isi kunjungan Anda tidak kami baca. Selama Anda di sini dipakai: alamat "
			  "perangkat, waktu, dan jumlah data.",
			  "We do not read what you do. While you are here we use the device's address, the "
			  "time and the amount of data."},
    [TEXT_TERM_LOCK] = {"Periksa tanda gembok (https) sebelum menulis kata sandi.",
			"Look for the padlock (https) before you type a password."},
    [TEXT_LOGIN] = {"Setuju dan masuk", "Agree and log in"},
    [TEXT_ONLINE] = {"Anda terhubung", "You are online"},
    [TEXT_TIME_LEFT] = {"Sisa waktu", "Time left"},
    [TEXT_ONLINE_ADVICE] = {"Halaman ini boleh ditutup. Buka lagi kapan saja untuk melihat sisa waktu.",
			    "You may close this page. Come back any time to see the time left."},
    [TEXT_CLOSES] = {"Wi-Fi tutup", "Wi-Fi closes"},
    [TEXT_SPEED] = {"Kecepatan", "Speed"},
    [TEXT_USED] = {"Terpakai", "Used"},
    [TEXT_DOWN_UP] = {"{} unduh, {} unggah", "{} down, {} up"},
    [TEXT_LOGOUT] = {"Keluar", "Log out"},
    [TEXT_CLOSED] = {"Sedang tutup", "Closed now"},
    [TEXT_CLOSED_WHERE] = {"Wi-Fi publik di {} sedang tidak dibuka.",
			   "The public Wi-Fi at {} is not open now."},
    [TEXT_OPENS] = {"Buka lagi", "Opens again"},
    [TEXT_OPENS_UNKNOWN] = {"Waktu buka berikutnya belum diketahui.", "The next opening is not known yet."},
    [TEXT_CLOSED_ADVICE] = {"Anda tidak perlu melakukan apa-apa: halaman ini memeriksa sendiri setiap menit.",
			    "There is nothing you need to do: this page looks again every minute."},
    [TEXT_WAIT] = {"Mohon tunggu sebentar", "One moment, please"},
    [TEXT_WAIT_ADVICE] = {"Sistem sedang disiapkan. Halaman ini mencoba lagi sendiri dalam 5 detik.",
			  "The system is getting ready. This page tries again by itself in 5 seconds."},
    [TEXT_BUSY] = {"Belum bisa masuk", "Not possible just now"},
    [TEXT_BUSY_ADVICE] =
	{"Perangkat baru belum dapat dilayani. Halaman ini mencoba lagi sendiri sebentar lagi.",
	 "We cannot take another device just now. This page tries again by itself shortly."},
    [TEXT_UNKNOWN] = {"Perangkat ini bukan tamu", "This device is not a guest"},
    [TEXT_UNKNOWN_ADVICE] =
	{"Halaman ini untuk tamu Wi-Fi publik. Jika Anda memakainya, sambungkan ulang Wi-Fi lalu coba lagi.",
	 "This page is for guests of the public Wi-Fi. If you are one, reconnect to the Wi-Fi and try "
	 "again."},
    [TEXT_MISSING] = {"Halaman tidak ada", "No such page"},
    [TEXT_MISSING_ADVICE] = {"Alamat ini tidak ada di sini.", "There is nothing at this address."},
    [TEXT_METHOD] = {"Mulai dari halaman depan", "Please start at the front page"},
    [TEXT_METHOD_ADVICE] = {"Alamat ini hanya dipakai oleh tombol di halaman depan.",
			    "This address is only used by the buttons of the front page."},
    [TEXT_REFUSED] = {"Permintaan ditolak", "Request refused"},
    [TEXT_REFUSED_ADVICE] = {"Permintaan itu datang dari situs lain. Silakan pakai tombol di halaman depan.",
			     "That request came from another site. Please use the button on the front page."},
    [TEXT_BACK] = {"Ke halaman depan", "To the front page"},
    [TEXT_RETRY] = {"Coba lagi", "Try again"},
};

#define NO_BREAK "\xc2\xa0" /* keeps a number on the line of what it counts */

static const char *const codes[LANGUAGES] = {[LANGUAGE_ID] = "id", [LANGUAGE_EN] = "en"};

static const char *const weekdays[LANGUAGES][7] = {
    {"Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"},
    {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
};
static const char *const months[LANGUAGES][12] = {
    {"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober",
     "November", "Desember"},
    {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
     "November", "December"},
};

const char *text_of(enum language language, enum text key)
{
	return texts[key][language];
}

const char *language_code(enum language language)
{
	return codes[language];
}

bool language_find(const char *code, enum language *out)
{
	for (size_t i = 0; code && i < LANGUAGES; i++) {
		if (strcmp(code, codes[i]) == 0) {
			*out = i;
			return true;
		}
	}
	return false;
}

/* "in" is what old Android devices still call Indonesian. */
static bool tag_language(const char *tag, size_t length, enum language *out)
{
	size_t primary = 0;

	while (primary < length && tag[primary] != '-')
		primary++;
	if (primary != 2)
		return false;
	if (strncasecmp(tag, "in", 2) == 0) {
		*out = LANGUAGE_ID;
		return true;
	}
	for (size_t i = 0; i < LANGUAGES; i++) {
		if (strncasecmp(tag, codes[i], 2) == 0) {
			*out = i;
			return true;
		}
	}
	return false;
}

/* ";q=0.8" in thousandths; 1000 without one, 0 for anything else. */
static int quality(const char *parameters, size_t length)
{
	int value, scale = 100;
	size_t i = 0;

	while (i < length && (parameters[i] == ';' || parameters[i] == ' '))
		i++;
	if (i == length)
		return 1000;
	if (length - i < 3 || strncasecmp(parameters + i, "q=", 2) != 0)
		return 0;
	i += 2;
	value = parameters[i] == '1' ? 1000 : 0;
	for (i++; i < length && scale > 0; i++) {
		if (parameters[i] >= '0' && parameters[i] <= '9') {
			value += (parameters[i] - '0') * scale;
			scale /= 10;
		}
	}
	return MIN(value, 1000);
}

enum language language_accept(const char *header, enum language otherwise)
{
	enum language best = otherwise, found;
	int best_quality = 0;

	while (header && *header) {
		size_t length, tag;

		header += strspn(header, ", \t");
		length = strcspn(header, ",");
		tag = MIN(strcspn(header, "; \t"), length);
		if (tag_language(header, tag, &found)) {
			int q = quality(header + tag, length - tag);

			if (q > best_quality) {
				best_quality = q;
				best = found;
			}
		}
		header += length;
	}
	return best;
}

static const char *plural(enum language language, const char *id, const char *one, const char *many,
			  int64_t n)
{
	if (language == LANGUAGE_ID)
		return id;
	return n == 1 ? one : many;
}

const char *text_duration(enum language language, int64_t seconds, char out[static TEXT_VALUE])
{
	int64_t hours, minutes;

	seconds = CLAMP(seconds, 0, (int64_t)9999 * 3600);
	hours = seconds / 3600;
	minutes = seconds / 60 % 60;
	if (seconds < 60)
		snprintf(out, TEXT_VALUE, "%d" NO_BREAK "%s", (int)seconds,
			 plural(language, "detik", "second", "seconds", seconds));
	else if (hours == 0)
		snprintf(out, TEXT_VALUE, "%d" NO_BREAK "%s", (int)minutes,
			 plural(language, "menit", "minute", "minutes", minutes));
	else if (minutes == 0)
		snprintf(out, TEXT_VALUE, "%d" NO_BREAK "%s", (int)hours,
			 plural(language, "jam", "hour", "hours", hours));
	else
		snprintf(out, TEXT_VALUE, "%d" NO_BREAK "%s %d" NO_BREAK "%s", (int)hours,
			 plural(language, "jam", "h", "h", hours), (int)minutes,
			 plural(language, "menit", "min", "min", minutes));
	return out;
}

/* "10.0 Mbit/s" -> "10 Mbit/s"; "1.24 GB" -> "1,24 GB" in Indonesian. */
static const char *localise(enum language language, const char *human, char out[static TEXT_VALUE])
{
	size_t number = strcspn(human, " "), digits = number;

	if (memchr(human, '.', number)) {
		while (human[digits - 1] == '0')
			digits--;
		if (human[digits - 1] == '.')
			digits--;
	}
	snprintf(out, TEXT_VALUE, "%.*s" NO_BREAK "%s", (int)digits, human,
		 human + number + (human[number] == ' '));
	for (char *point = out; language == LANGUAGE_ID && *point; point++) {
		if (*point == '.')
			*point = ',';
	}
	return out;
}

const char *text_rate(enum language language, uint64_t bps, char out[static TEXT_VALUE])
{
	char human[UNITS_TEXT];

	return localise(language, units_rate_human(bps, human), out);
}

const char *text_volume(enum language language, uint64_t bytes, char out[static TEXT_VALUE])
{
	char human[UNITS_TEXT];

	return localise(language, units_volume_human(bytes, human), out);
}

/* "2026-11-24 16:00", a time that exists. */
static bool read_moment(const char *local, struct tm *out)
{
	struct tm tm = {0}, whole;

	if (sscanf(local, "%4d-%2d-%2d%*1[ T]%2d:%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
		   &tm.tm_min) != 5)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	whole = tm;
	if (timegm(&whole) == -1 || whole.tm_mon != tm.tm_mon || whole.tm_mday != tm.tm_mday ||
	    whole.tm_hour != tm.tm_hour || whole.tm_min != tm.tm_min)
		return false;
	*out = whole;
	return true;
}

static int64_t floor_day(int64_t usec)
{
	int64_t day = usec / USEC_PER_DAY;

	return usec % USEC_PER_DAY < 0 ? day - 1 : day;
}

/* The portal knows no time zone: the daemon's pair of wall time and local text tells the offset. */
static int64_t days_ahead(const struct tm *local, int64_t wall_usec, int64_t now_usec)
{
	struct tm tm = *local;
	int64_t local_usec = (int64_t)timegm(&tm) * USEC_PER_SEC;
	int64_t offset = local_usec - (wall_usec - wall_usec % USEC_PER_MINUTE);

	if (now_usec == 0 || wall_usec == 0 || llabs(offset) > USEC_PER_DAY)
		return -1;
	return floor_day(local_usec) - floor_day(now_usec + offset);
}

const char *text_moment(enum language language, const char *local, int64_t wall_usec, int64_t now_usec,
			char out[static TEXT_VALUE])
{
	static const char *const forms[LANGUAGES][3] = {
	    {"pukul" NO_BREAK "%02d.%02d", "besok pukul" NO_BREAK "%02d.%02d",
	     "%s, %d" NO_BREAK "%s pukul" NO_BREAK "%02d.%02d"},
	    {"%02d:%02d" NO_BREAK "today", "%02d:%02d" NO_BREAK "tomorrow",
	     "%s %d" NO_BREAK "%s at" NO_BREAK "%02d:%02d"},
	};
	struct tm tm;
	int64_t ahead;

	out[0] = '\0';
	if (!read_moment(local, &tm))
		return out;
	ahead = days_ahead(&tm, wall_usec, now_usec);
	if (ahead == 0 || ahead == 1)
		snprintf(out, TEXT_VALUE, forms[language][ahead], tm.tm_hour, tm.tm_min);
	else
		snprintf(out, TEXT_VALUE, forms[language][2], weekdays[language][tm.tm_wday], tm.tm_mday,
			 months[language][tm.tm_mon], tm.tm_hour, tm.tm_min);
	return out;
}
