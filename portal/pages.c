// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From a guest's state to a page. All markup of the portal is here and nothing else is: no HTTP, no decision
 * about who is let in. A page must work on an old phone with scripts off, at 320 px, in the dark and in the
 * sun.
 */
#include <stdio.h>
#include "../lib/cleanup.h"
#include "pages.h"

#define STYLE                                                                                                \
	":root{color-scheme:light "                                                                          \
	"dark;--bg:#eaf1ee;--card:#fff;--ink:#15231f;--soft:#4b5f58;--line:#d5e0dc;--tint:#e4f3ee;"          \
	"--accent:#0a6353;--on:#fff;--warm:#8a4b08;--warmtint:#fdf1e0}"                                      \
	"@media(prefers-color-scheme:dark){:root{--bg:#0c1311;--card:#16201d;--ink:#eaf3f0;--soft:#a9bdb6;-" \
	"-line:#2b3935;"                                                                                     \
	"--tint:#17312a;--accent:#5fd6bb;--on:#062019;--warm:#f3bd78;--warmtint:#33260f}}"                   \
	"*{box-sizing:border-box}"                                                                           \
	"body{margin:0;background:var(--bg);color:var(--ink);font:1.0625rem/1.5 "                            \
	"system-ui,-apple-system,'Segoe UI',Roboto,"                                                         \
	"'Noto "                                                                                             \
	"Sans',sans-serif;min-height:100vh;display:flex;flex-direction:column;align-items:center;padding:"   \
	"1rem}"                                                                                              \
	"header,main,footer{width:100%;max-width:27rem}"                                                     \
	"header{display:flex;align-items:center;gap:.7rem;padding:.5rem .25rem "                             \
	"1rem;font-size:.9375rem;line-height:1.3}"                                                           \
	"header svg{flex:none;width:2.5rem;height:2.5rem}"                                                   \
	"header b{display:block}header span{color:var(--soft);overflow-wrap:anywhere}"                       \
	"main{background:var(--card);border:1px solid var(--line);border-radius:1.1rem;padding:1.4rem "      \
	"1.25rem;"                                                                                           \
	"box-shadow:0 1px 2px rgba(0,0,0,.06),0 8px 28px rgba(0,0,0,.07)}"                                   \
	"h1{font-size:1.5rem;line-height:1.2;margin:0 0 .6rem;overflow-wrap:anywhere}"                       \
	"p{margin:0 0 .9rem}.soft{color:var(--soft)}.small{font-size:.9375rem;margin:0}"                     \
	".tag{display:inline-block;background:var(--tint);color:var(--accent);border-radius:1rem;padding:."  \
	"15rem .75rem;"                                                                                      \
	"font-size:.875rem;font-weight:600;margin:0 0 .8rem;overflow-wrap:anywhere}"                         \
	".warm{background:var(--warmtint);color:var(--warm)}"                                                \
	".big{font-size:1.75rem;line-height:1.2;font-weight:700;margin:0 0 .7rem;overflow-wrap:anywhere}"    \
	".panel{background:var(--tint);border-radius:.8rem;padding:.9rem 1rem;margin:0 0 1rem}"              \
	".panel .small{color:var(--soft)}.panel .big{font-size:1.35rem;margin:0}"                            \
	".terms{margin:1.1rem 0 0}ul{margin:0;padding:0 0 0 1.15rem}li{margin:.35rem "                       \
	"0;font-size:.9375rem}li::marker{color:var(--accent)}"                                               \
	"dl{margin:0 0 1rem;border-top:1px solid var(--line)}"                                               \
	"dl div{border-bottom:1px solid var(--line);padding:.55rem "                                         \
	"0}dt{color:var(--soft);font-size:.875rem}"                                                          \
	"dd{margin:0;overflow-wrap:anywhere}"                                                                \
	"progress{display:block;width:100%;height:.6rem;margin:0 0 "                                         \
	"1rem;appearance:none;-webkit-appearance:none;border:0;"                                             \
	"border-radius:1rem;background:var(--line);overflow:hidden;accent-color:var(--accent)}"              \
	"progress::-webkit-progress-bar{background:var(--line)}progress::-webkit-progress-value{background:" \
	"var(--accent);"                                                                                     \
	"border-radius:1rem}progress::-moz-progress-bar{background:var(--accent)}"                           \
	"form{margin:0}button,.button{display:block;width:100%;min-height:3.5rem;padding:.9rem "             \
	"1rem;border:2px solid "                                                                             \
	"var(--accent);border-radius:.8rem;background:var(--accent);color:var(--on);font:inherit;font-size:" \
	"1.125rem;"                                                                                          \
	"font-weight:700;text-align:center;text-decoration:none;cursor:pointer}"                             \
	".plain{background:transparent;color:var(--accent);margin-top:1rem}"                                 \
	"button:focus-visible,a:focus-visible{outline:3px solid var(--ink);outline-offset:3px}"              \
	"footer{padding:.6rem .25rem;text-align:center;font-size:.9375rem}"                                  \
	"footer a{display:inline-block;color:var(--accent);padding:.7rem 1rem}"                              \
	"@media(min-width:40rem){body{padding-top:7vh}}"

/* A gate, and what comes through it. */
#define LOGO                                                                                                 \
	"<svg viewBox=\"0 0 40 40\" aria-hidden=\"true\" fill=\"none\" stroke=\"currentColor\" "             \
	"stroke-width=\"2.6\" "                                                                              \
	"stroke-linecap=\"round\" style=\"color:var(--accent)\"><path d=\"M5 36V17a15 15 0 0 1 30 0v19M2 "   \
	"36h8M30 36h8\"/>"                                                                                   \
	"<path d=\"M13 23a10 10 0 0 1 14 0M16.500 28a5 5 0 0 1 7 0\"/><circle cx=\"20\" cy=\"33.500\" "      \
	"r=\"1\"/></svg>"

#define RETRY_SECONDS 5

static void page_start(struct html *html, const struct page_context *context, const char *title,
		       const char *refresh)
{
	const char *code = language_code(context->language);

	html_start(html);
	html_write(html,
		   "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">"
		   "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
		   "<meta name=\"robots\" content=\"noindex\">",
		   code);
	if (refresh)
		html_write(html, "<meta http-equiv=\"refresh\" content=\"{};url=/?lang={}\">", refresh, code);
	html_write(html, "<title>{} - {}</title>", title, context->site);
	html_raw(html, "<style>" STYLE "</style></head><body><header>" LOGO);
	html_write(html, "<div><b>{}</b><span>{}</span></div></header>\n<main>",
		   text_of(context->language, TEXT_PUBLIC_WIFI), context->site);
}

static void page_end(struct html *html, const struct page_context *context)
{
	html_raw(html, "</main>\n<footer>");
	for (enum language other = 0; other < LANGUAGES; other++) {
		if (other == context->language)
			continue;
		html_write(html, "<a href=\"/?lang={}\" lang=\"{}\" hreflang=\"{}\">{}</a>",
			   language_code(other), language_code(other), language_code(other),
			   text_of(other, TEXT_LANGUAGE_NAME));
	}
	html_raw(html, "</footer></body></html>\n");
}

static void paragraph(struct html *html, const char *text)
{
	html_write(html, "<p>{}</p>", text);
}

static void term(struct html *html, const char *text)
{
	html_write(html, "<li>{}</li>", text);
}

static const struct {
	unsigned status;
	enum text title, advice, button;
	const char *refresh;
} notices[NOTICES] = {
    [NOTICE_WAIT] = {503, TEXT_WAIT, TEXT_WAIT_ADVICE, TEXT_RETRY, "5"},
    [NOTICE_BUSY] = {503, TEXT_BUSY, TEXT_BUSY_ADVICE, TEXT_RETRY, "15"},
    [NOTICE_UNKNOWN] = {200, TEXT_UNKNOWN, TEXT_UNKNOWN_ADVICE, TEXT_RETRY, NULL},
    [NOTICE_MISSING] = {404, TEXT_MISSING, TEXT_MISSING_ADVICE, TEXT_BACK, NULL},
    [NOTICE_METHOD] = {405, TEXT_METHOD, TEXT_METHOD_ADVICE, TEXT_BACK, NULL},
    [NOTICE_REFUSED] = {403, TEXT_REFUSED, TEXT_REFUSED_ADVICE, TEXT_BACK, NULL},
};

unsigned page_retry(unsigned status)
{
	return status == 503 ? RETRY_SECONDS : 0;
}

unsigned page_notice(struct html *html, const struct page_context *context, enum notice notice)
{
	enum language language = context->language;

	page_start(html, context, text_of(language, notices[notice].title), notices[notice].refresh);
	html_write(html, "<h1>{}</h1>", text_of(language, notices[notice].title));
	paragraph(html, text_of(language, notices[notice].advice));
	html_write(html, "<a class=\"button\" href=\"/?lang={}\">{}</a>", language_code(language),
		   text_of(language, notices[notice].button));
	page_end(html, context);
	return notices[notice].status;
}

static void terms(struct html *html, enum language language, const struct message_guest_state *guest)
{
	char down[TEXT_VALUE], up[TEXT_VALUE];

	html_write(html, "<p class=\"small soft terms\">{}</p><ul>", text_of(language, TEXT_AGREE));
	term(html, text_of(language, TEXT_TERM_LAW));
	if (guest->down_bps && guest->up_bps) {
		html_raw(html, "<li>");
		html_text(html, text_of(language, TEXT_TERM_SHARE),
			  text_rate(language, guest->down_bps, down), text_rate(language, guest->up_bps, up));
		html_raw(html, "</li>");
	}
	term(html, text_of(language, TEXT_TERM_RECORD));
	term(html, text_of(language, TEXT_TERM_LOCK));
	html_raw(html, "</ul>");
}

static unsigned page_captive(struct html *html, const struct page_context *context,
			     const struct message_guest_state *guest)
{
	enum language language = context->language;
	char value[TEXT_VALUE];

	page_start(html, context, text_of(language, TEXT_LOGIN), NULL);
	html_raw(html, "<h1>");
	html_text(html, text_of(language, TEXT_WELCOME), guest->zone_name);
	html_raw(html, "</h1><p>");
	html_text(html, text_of(language, TEXT_OFFER),
		  text_duration(language, guest->session_usec / 1000000, value));
	if (*text_moment(language, guest->closes_text, guest->closes_wall_usec, guest->now_wall_usec,
			 value)) {
		html_raw(html, " ");
		html_text(html, text_of(language, TEXT_OPEN_UNTIL), value);
	}
	html_raw(html, "</p>");
	html_write(
	    html,
	    "<form method=\"post\" action=\"/login?lang={}\"><button type=\"submit\">{}</button></form>",
	    language_code(language), text_of(language, TEXT_LOGIN));
	terms(html, language, guest); /* below the button: it must be seen without scrolling */
	page_end(html, context);
	return 200;
}

static void time_left(struct html *html, enum language language, const struct message_guest_state *guest)
{
	char value[TEXT_VALUE], left[24], whole[24];
	int64_t session = guest->session_usec / 1000000;

	html_write(html, "<p class=\"small soft\">{}</p><p class=\"big\">{}</p>",
		   text_of(language, TEXT_TIME_LEFT),
		   text_duration(language, guest->seconds_remaining, value));
	if (session <= 0)
		return;
	snprintf(left, sizeof(left), "%lld", (long long)CLAMP(guest->seconds_remaining, 0, session));
	snprintf(whole, sizeof(whole), "%lld", (long long)session);
	html_write(html, "<progress value=\"{}\" max=\"{}\" aria-label=\"{}\"></progress>", left, whole,
		   text_of(language, TEXT_TIME_LEFT));
}

static void down_and_up(struct html *html, enum language language, enum text label, const char *down,
			const char *up)
{
	html_write(html, "<div><dt>{}</dt><dd>", text_of(language, label));
	html_text(html, text_of(language, TEXT_DOWN_UP), down, up);
	html_raw(html, "</dd></div>");
}

static void online_facts(struct html *html, enum language language, const struct message_guest_state *guest)
{
	char down[TEXT_VALUE], up[TEXT_VALUE];

	html_raw(html, "<dl>");
	if (*text_moment(language, guest->closes_text, guest->closes_wall_usec, guest->now_wall_usec, down))
		html_write(html, "<div><dt>{}</dt><dd>{}</dd></div>", text_of(language, TEXT_CLOSES), down);
	down_and_up(html, language, TEXT_SPEED, text_rate(language, guest->down_bps, down),
		    text_rate(language, guest->up_bps, up));
	down_and_up(html, language, TEXT_USED, text_volume(language, guest->down_bytes, down),
		    text_volume(language, guest->up_bytes, up));
	html_raw(html, "</dl>");
}

static unsigned page_online(struct html *html, const struct page_context *context,
			    const struct message_guest_state *guest)
{
	enum language language = context->language;

	page_start(html, context, text_of(language, TEXT_ONLINE), "60");
	html_write(html, "<p class=\"tag\">{}</p><h1>{}</h1>", guest->zone_name,
		   text_of(language, TEXT_ONLINE));
	time_left(html, language, guest);
	online_facts(html, language, guest);
	html_write(html, "<p class=\"small soft\">{}</p>", text_of(language, TEXT_ONLINE_ADVICE));
	html_write(html,
		   "<form method=\"post\" action=\"/logout?lang={}\"><button class=\"plain\" "
		   "type=\"submit\">{}</button></form>",
		   language_code(language), text_of(language, TEXT_LOGOUT));
	page_end(html, context);
	return 200;
}

static unsigned page_closed(struct html *html, const struct page_context *context,
			    const struct message_guest_state *guest)
{
	enum language language = context->language;
	char value[TEXT_VALUE];

	page_start(html, context, text_of(language, TEXT_CLOSED), "60");
	html_write(html, "<p class=\"tag warm\">{}</p><h1>{}</h1><p>", guest->zone_name,
		   text_of(language, TEXT_CLOSED));
	html_text(html, text_of(language, TEXT_CLOSED_WHERE), guest->zone_name);
	html_raw(html, "</p>");
	if (*text_moment(language, guest->opens_text, guest->opens_wall_usec, guest->now_wall_usec, value))
		html_write(html,
			   "<div class=\"panel\"><p class=\"small\">{}</p><p class=\"big\">{}</p></div>",
			   text_of(language, TEXT_OPENS), value);
	else
		paragraph(html, text_of(language, TEXT_OPENS_UNKNOWN));
	html_write(html, "<p class=\"small soft\">{}</p>", text_of(language, TEXT_CLOSED_ADVICE));
	page_end(html, context);
	return 200;
}

unsigned page_guest(struct html *html, const struct page_context *context,
		    const struct message_guest_state *guest)
{
	switch ((enum guest_state)guest->state) {
	case GUEST_CAPTIVE:
		return page_captive(html, context, guest);
	case GUEST_ONLINE:
		return page_online(html, context, guest);
	case GUEST_CLOSED:
		return page_closed(html, context, guest);
	case GUEST_BUSY:
		return page_notice(html, context, NOTICE_BUSY);
	case GUEST_UNKNOWN:
		return page_notice(html, context, NOTICE_UNKNOWN);
	}
	return page_notice(html, context, NOTICE_WAIT); /* a state that this version does not know */
}
