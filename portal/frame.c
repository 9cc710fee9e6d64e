// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The frame around every page: head, emblem, footer with the theme's links and the languages. A page must
 * work on an old phone with scripts off, at 320 px, in the dark and in the sun.
 */
#include <stdio.h>
#include "../lib/cleanup.h"
#include "frame.h"
#include "style.h"

/* A gate, and what comes through it. Shown where the theme has no logo. */
#define EMBLEM                                                                                               \
	"<svg viewBox=\"0 0 40 40\" aria-hidden=\"true\" fill=\"none\" stroke=\"currentColor\" "             \
	"stroke-width=\"2.6\" stroke-linecap=\"round\"><path d=\"M5 36V17a15 15 0 0 1 30 0v19M2 "            \
	"36h8M30 36h8\"/><path d=\"M13 23a10 10 0 0 1 14 0M16.500 28a5 5 0 0 1 7 0\"/><circle cx=\"20\" "    \
	"cy=\"33.500\" r=\"1\"/></svg>"

const char *say(const struct page *page, const char *english)
{
	return text_of(page->context->language, english);
}

static const char *theme_name(const struct page *page)
{
	const struct settings *settings = page->context->settings;

	if (!settings)
		return "Gerbang";
	if (settings->theme.name && *settings->theme.name)
		return settings->theme.name;
	return settings->site ? settings->site : "";
}

static const char *redir_of(const struct page *page)
{
	return page->context->redir && *page->context->redir ? page->context->redir : NULL;
}

bool frame_is_out(const struct page *page)
{
	return page->context->out && page->guest && page->guest->state != GUEST_ONLINE &&
	       page->guest->refusal == GUEST_REFUSED_NOT;
}

void frame_out(const struct page *page)
{
	if (frame_is_out(page))
		html_write(page->html, "<p class=\"panel\" role=\"status\">{}</p>",
			   say(page, "You are logged out. This device no longer uses the internet here."));
}

static void address(const struct page *page, const char *path, enum language language, bool with_code)
{
	struct html *html = page->html;
	const char *code = page->context->code;

	html_write(html, "{}?lang={}", path, language_code(language));
	if (redir_of(page)) {
		html_raw(html, "&amp;redir=");
		html_query(html, redir_of(page));
	}
	if (with_code && frame_is_out(page))
		html_raw(html, "&amp;out=1");
	if (with_code && code && *code) {
		html_raw(html, "&amp;code=");
		html_query(html, code);
	}
}

void frame_href(const struct page *page, const char *path)
{
	html_raw(page->html, " href=\"");
	address(page, path, page->context->language, false);
	html_raw(page->html, "\"");
}

void frame_button(const struct page *page, const char *path, const char *text)
{
	html_raw(page->html, "<a class=\"button\"");
	frame_href(page, path);
	html_write(page->html, ">{}</a>", text);
}

void frame_paragraph(const struct page *page, const char *text)
{
	html_write(page->html, "<p>{}</p>", text);
}

void frame_form(const struct page *page, const char *path)
{
	html_write(page->html,
		   "<form method=\"post\" action=\"{}\"><input type=\"hidden\" name=\"lang\" value=\"{}\">",
		   path, language_code(page->context->language));
	if (redir_of(page))
		html_write(page->html, "<input type=\"hidden\" name=\"redir\" value=\"{}\">", redir_of(page));
}

void frame_refresh(const struct page *page, int64_t seconds, bool front)
{
	char *out = page->html->refresh;
	int length = snprintf(out, HTML_REFRESH, "%lld", (long long)CLAMP(seconds, 1, 3600));

	if (front)
		snprintf(out + length, HTML_REFRESH - (size_t)length, "; url=/?lang=%s",
			 language_code(page->context->language));
}

static void logo(const struct page *page)
{
	const struct settings *settings = page->context->settings;

	/* the name stands beside it */
	if (settings && settings->theme.logo_size > 0)
		html_raw(page->html, "<img src=\"" PATH_LOGO "\" alt=\"\">");
	else
		html_raw(page->html, EMBLEM);
}

void frame_start(const struct page *page, const char *title)
{
	struct html *html = page->html;

	html_write(html,
		   "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">"
		   "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
		   "<meta name=\"robots\" content=\"noindex\"><meta name=\"format-detection\" "
		   "content=\"telephone=no\"><title>",
		   language_code(page->context->language));
	if (page->failed)
		html_write(html, "{}: ", say(page, "Not done"));
	html_write(html, "{} - {}</title><style>", title, theme_name(page));
	style_write(html, page->context->settings);
	html_raw(html, "</style></head><body><header>");
	logo(page);
	html_write(html, "<div><b>{}</b><span>{}</span></div></header>\n<main>", say(page, "Public Wi-Fi"),
		   theme_name(page));
}

/* A theme need not say everything twice. */
static const char *link_text(const struct page *page, const struct settings_link *link)
{
	enum language language = language_theme(page->context->language);

	for (enum language i = 0; i < LANGUAGES; i++) {
		const char *text = link->text[(language + i) % LANGUAGES];

		if (text && *text)
			return text;
	}
	return link->url;
}

void frame_links(const struct page *page, const char *class)
{
	const struct settings *settings = page->context->settings;

	for (size_t i = 0; settings && i < settings->theme.n_links; i++)
		html_write(page->html, "<li><a class=\"{}\" href=\"{}\" rel=\"noreferrer\">{}</a></li>",
			   class, settings->theme.links[i].url, link_text(page, &settings->theme.links[i]));
}

static void languages(const struct page *page)
{
	for (enum language other = 0; other < language_count(); other++) {
		const char *code = language_code(other);

		if (other == page->context->language)
			continue;
		html_raw(page->html, "<li><a href=\"");
		address(page, page->path, other, true);
		html_write(page->html, "\" lang=\"{}\" hreflang=\"{}\">{}</a></li>", code, code,
			   language_name(other));
	}
}

void frame_end(const struct page *page)
{
	html_raw(page->html, "</main>\n<footer><ul>");
	languages(page);
	html_raw(page->html, "<li><a");
	frame_href(page, PATH_TERMS);
	html_write(page->html, ">{}</a></li>", say(page, "Terms and personal data"));
	frame_links(page, "theme");
	html_raw(page->html, "</ul></footer></body></html>\n");
}

static const char *outage_advice(const struct page *page)
{
	switch (page->guest->state) {
	case GUEST_ONLINE:
		return say(page, "You are logged in and need do nothing: the internet comes back by itself.");
	case GUEST_CAPTIVE:
		return say(page, "It is not your phone. You may log in already; the internet works as soon "
				 "as the line does.");
	}
	return say(page, "It is not your phone. Please come back later.");
}

void frame_outage(const struct page *page)
{
	const struct message_guest_state *guest = page->guest;
	char since[TEXT_VALUE];

	if (!guest || !guest->outage)
		return;
	text_since(page->context->language, guest->outage_text, guest->outage_wall_usec, guest->now_wall_usec,
		   since);
	html_raw(page->html, "<div class=\"outage\" role=\"status\"><b>");
	if (*since)
		html_text(page->html, say(page, "The line to the internet is down {}."), since);
	else
		html_escape(page->html, say(page, "The line to the internet is down."));
	html_write(page->html, "</b><p>{}</p></div>", outage_advice(page));
}
