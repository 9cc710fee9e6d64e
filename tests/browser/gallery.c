// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every page in every state and language, as files: what test_gallery.py shows to a real browser. It links
 * the portal's own pages and nothing else of it, so that looking at a page needs no network, no daemon and no
 * root.
 *
 *   gallery OUTPUT_DIR BUILD/po < settings.json     (PORTAL_SETTINGS of lib/message.h)
 *
 * It writes STATE.LANGUAGE.html, and pages.json with each one's status, Refresh value and style hash. The
 * clock stands still.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include "../../lib/log.h"
#include "../../lib/units.h"
#include "../../portal/pages.h"

/* 2026-11-23 17:05 in Sampit, UTC+7 */
#define NOW (INT64_C(1795428300) * USEC_PER_SEC)

static struct html page;

static void daytime(struct message_guest_state *guest)
{
	guest->now_wall_usec = NOW;
	strcpy(guest->closes_text, "2026-11-23 22:00");
	guest->closes_wall_usec = NOW + 295 * USEC_PER_MINUTE;
	strcpy(guest->opens_text, "2026-11-24 16:00");
	guest->opens_wall_usec = NOW + 1375 * USEC_PER_MINUTE;
	strcpy(guest->outage_text, "2026-11-23 16:40");
	guest->outage_wall_usec = NOW - 25 * USEC_PER_MINUTE;
}

static struct message_guest_state guest_of(enum guest_state state, unsigned logins)
{
	struct message_guest_state guest = {
	    .state = (uint8_t)state,
	    .logins = (uint8_t)logins,
	    .login = WAY_CLICK,
	    .zone = "taman-kota",
	    .zone_name = "Taman Kota Sampit",
	    .seconds_remaining = 6900,
	    .bytes_remaining = 1370000000,
	    .session_usec = 2 * USEC_PER_HOUR,
	    .down_bps = 10000000,
	    .up_bps = 3000000,
	    .down_bytes = 124000000,
	    .up_bytes = 3100000,
	};

	daytime(&guest);
	if (state == GUEST_ONLINE)
		strcpy(guest.code, "7KQ2M-XN4DP");
	return guest;
}

typedef unsigned (*page_of_guest)(struct html *html, const struct page_context *context,
				  const struct message_guest_state *guest);

#define ALL (WAY_CLICK | WAY_VOUCHER | WAY_ACCOUNT)
#define ENTRY (WAY_VOUCHER | WAY_ACCOUNT)
#define BACK "http://www.kotimkab.go.id/berita?id=17&hal=2"

static const struct shown {
	const char *name;
	page_of_guest render;
	enum guest_state state;
	unsigned logins;
	enum guest_refusal refusal;
	bool outage;
	int64_t retry_seconds;
	const char *code, *account, *redir;
} guests[] = {
    {"login-click", page_guest, GUEST_CAPTIVE, WAY_CLICK, .redir = BACK},
    {"login-voucher", page_guest, GUEST_CAPTIVE, ENTRY},
    {"login-all", page_guest, GUEST_CAPTIVE, ALL, .redir = BACK},
    {"login-outage", page_guest, GUEST_CAPTIVE, WAY_CLICK, .outage = true},
    {"refused-code", page_guest, GUEST_CAPTIVE, ALL, GUEST_REFUSED_CODE, .code = "abcde fghj1"},
    {"refused-expired", page_guest, GUEST_CAPTIVE, ENTRY, GUEST_REFUSED_EXPIRED, .code = "ABCDE-FGHJK"},
    {"refused-spent", page_guest, GUEST_CAPTIVE, ENTRY, GUEST_REFUSED_SPENT, .code = "ABCDE-FGHJK"},
    {"refused-devices-voucher", page_guest, GUEST_CAPTIVE, ENTRY, GUEST_REFUSED_DEVICES,
     .code = "ABCDE-FGHJK"},
    {"refused-devices-account", page_guest, GUEST_CAPTIVE, ENTRY, GUEST_REFUSED_DEVICES, .account = "siti"},
    {"refused-password", page_guest, GUEST_CAPTIVE, ALL, GUEST_REFUSED_PASSWORD, .account = "siti"},
    {"refused-patience", page_guest, GUEST_CAPTIVE, ENTRY, GUEST_REFUSED_PATIENCE, .account = "siti",
     .retry_seconds = 95},
    {"refused-way", page_guest, GUEST_CAPTIVE, WAY_CLICK, GUEST_REFUSED_WAY, .account = "siti"},
    {"voucher", page_voucher, GUEST_CAPTIVE, ENTRY, .code = "ABCDE-FGHJK"},
    {"voucher-refused", page_voucher, GUEST_CAPTIVE, ENTRY, GUEST_REFUSED_CODE, .code = "ABCDE-FGHJX"},
    {"resume", page_resume, GUEST_CAPTIVE, WAY_CLICK, .redir = BACK},
    {"resume-refused", page_resume, GUEST_CAPTIVE, WAY_CLICK, GUEST_REFUSED_CODE, .code = "7KQ2M-XN4DX"},
    {"online", page_guest, GUEST_ONLINE, WAY_CLICK, .redir = BACK},
    {"online-outage", page_guest, GUEST_ONLINE, WAY_CLICK, .outage = true},
    {"closed", page_guest, GUEST_CLOSED, WAY_CLICK},
    {"busy", page_guest, GUEST_BUSY, WAY_CLICK},
    {"used-up", page_guest, GUEST_USED_UP, WAY_CLICK, .retry_seconds = 24900},
    {"used-up-voucher", page_guest, GUEST_USED_UP, ALL, .retry_seconds = 24900},
    {"unknown", page_guest, GUEST_UNKNOWN, 0},
};

static const char *const notice_names[NOTICES] = {
    [NOTICE_WAIT] = "wait",	  [NOTICE_BUSY] = "notice-busy", [NOTICE_UNKNOWN] = "notice-unknown",
    [NOTICE_MISSING] = "missing", [NOTICE_METHOD] = "method",	 [NOTICE_REFUSED] = "refused",
};

struct gallery {
	const char *directory;
	struct settings *settings;
	enum language language;
	json_t *pages;
};

static int save(struct gallery *gallery, const char *name, unsigned status)
{
	char path[4096], key[64];
	FILE *file;

	if (page.overflow)
		return -E2BIG;
	snprintf(key, sizeof(key), "%s.%s", name, language_code(gallery->language));
	snprintf(path, sizeof(path), "%s/%s.html", gallery->directory, key);
	file = fopen(path, "w");
	if (!file || fwrite(page.bytes, 1, page.length, file) != page.length || fclose(file) != 0)
		return -errno;
	return json_object_set_new(gallery->pages, key,
				   json_pack("{s:i, s:s, s:s}", "status", (int)status, "refresh",
					     page.refresh, "style", page_style_hash(gallery->settings)));
}

static int show_guest(struct gallery *gallery, const struct shown *shown)
{
	struct page_context context = {.language = gallery->language,
				       .settings = gallery->settings,
				       .redir = shown->redir,
				       .code = shown->code,
				       .name = shown->account};
	struct message_guest_state guest = guest_of(shown->state, shown->logins);

	guest.refusal = (uint8_t)shown->refusal;
	guest.outage = shown->outage;
	guest.retry_seconds = shown->retry_seconds;
	return save(gallery, shown->name, shown->render(&page, &context, &guest));
}

static int show_all(struct gallery *gallery)
{
	struct page_context context = {.language = gallery->language, .settings = gallery->settings};
	int r = 0;

	for (size_t i = 0; i < ELEMENTS(guests) && r == 0; i++)
		r = show_guest(gallery, &guests[i]);
	for (size_t i = 0; i < NOTICES && r == 0; i++)
		r = save(gallery, notice_names[i], page_notice(&page, &context, (enum notice)i));
	return r == 0 ? save(gallery, "terms", page_terms(&page, &context)) : r;
}

static int save_index(const struct gallery *gallery)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/pages.json", gallery->directory);
	return json_dump_file(gallery->pages, path, JSON_INDENT(1) | JSON_SORT_KEYS);
}

int main(int argc, char **argv)
{
	static char json[1 << 17];
	struct gallery gallery = {.directory = argv[1], .pages = json_object()};
	int r;

	log_open("gallery");
	if (argc != 3 || texts_load(argv[2], PORTAL_LANGUAGES) < 0 ||
	    settings_read(json, fread(json, 1, sizeof(json), stdin), &gallery.settings) < 0)
		return 2;
	for (gallery.language = 0; gallery.language < language_count(); gallery.language++) {
		r = show_all(&gallery);
		if (r != 0) {
			log_error("%s: %s", gallery.directory, strerror(-r));
			return 1;
		}
	}
	r = save_index(&gallery);
	settings_free(gallery.settings);
	json_decref(gallery.pages);
	return r == 0 ? 0 : 1;
}
