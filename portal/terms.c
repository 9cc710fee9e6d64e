// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a guest agrees to, and what becomes of his data. The site's own terms come from its theme; the notice
 * on personal data says what this program does, so it is the program's: a theme cannot promise less than is
 * true. (UU 27/2022, articles 5 to 13 and 21.)
 */
#include "../lib/cleanup.h"
#include "frame.h"

static void item(const struct page *page, const char *text)
{
	html_write(page->html, "<li>{}</li>", text);
}

static void item_speed(const struct page *page)
{
	const struct message_guest_state *guest = page->guest;
	enum language language = page->context->language;
	char down[TEXT_VALUE], up[TEXT_VALUE];

	if (!guest || !guest->down_bps || !guest->up_bps)
		return;
	html_raw(page->html, "<li>");
	html_text(page->html, say(page, "Speed is shared fairly: at most {} down and {} up for each device."),
		  text_rate(language, guest->down_bps, down), text_rate(language, guest->up_bps, up));
	html_raw(page->html, "</li>");
}

static void own_terms(const struct page *page)
{
	item(page, say(page, "Use it with respect and within the law."));
	item_speed(page);
	item(page, say(page, "Look for the padlock (https) before you type a password."));
}

void terms_short(const struct page *page)
{
	html_write(page->html, "<p class=\"small soft\">{}</p><ul>", say(page, "By logging in you agree:"));
	own_terms(page);
	item(page, say(page, "We do not read what you do. While you are here we use the device's address, "
			     "the time and the amount of "
			     "data."));
	html_raw(page->html, "</ul><p class=\"small\"><a class=\"next\"");
	frame_href(page, PATH_TERMS);
	html_write(page->html, ">{}</a></p>", say(page, "All terms, and what is kept of you"));
}

static void terms_section(const struct page *page)
{
	const struct settings *settings = page->context->settings;
	enum language language = language_theme(page->context->language);

	html_write(page->html, "<h2>{}</h2>", say(page, "Terms"));
	for (size_t i = 0; settings && i < settings->theme.n_terms[language]; i++)
		frame_paragraph(page, settings->theme.terms[language][i]);
	html_raw(page->html, "<ul>");
	own_terms(page);
	html_raw(page->html, "</ul>");
}

static const char *const kept[] = {
    N_("While you are online: your device's hardware address and network address, when you came, how much "
       "data went each way. Without "
       "these there is no connection."),
    N_("Afterwards the addresses are erased. What stays is a number that only this gateway can make from the "
       "hardware address, with the "
       "times and amounts of your visits; after 90 days without a visit it is erased too."),
    N_("A cookie named \"gerbang\" in your browser, with the resume code, so that you need not log in twice. "
       "Without it everything works "
       "too."),
    N_("Of an account: the name, and a password that nobody can read back. Of a voucher: how much of it is "
       "used."),
};

static const char *const rights[] = {
    N_("to know what is kept of you, and to get a copy"),
    N_("to have it corrected or erased"),
    N_("to end your consent: log out and use another network"),
    N_("to complain to those who run this Wi-Fi, and to the authority for the protection of personal data"),
};

static void list(const struct page *page, const char *const texts[], size_t n)
{
	html_raw(page->html, "<ul>");
	for (size_t i = 0; i < n; i++)
		item(page, say(page, texts[i]));
	html_raw(page->html, "</ul>");
}

static void data_section(const struct page *page)
{
	const struct settings *settings = page->context->settings;

	html_write(page->html, "<h2>{}</h2><p>", say(page, "Your personal data"));
	html_text(page->html,
		  say(page, "{} runs this Wi-Fi and answers for your data under Law 27 of 2022 on the "
			    "Protection of Personal Data. It is "
			    "used only to connect you, to share the line fairly and to keep it safe."),
		  settings && settings->site ? settings->site : "Gerbang");
	html_write(page->html, "</p><p>{}</p>", say(page, "What is kept:"));
	list(page, kept, ELEMENTS(kept));
	frame_paragraph(page,
			say(page, "What is never kept: which sites you visit, what you read or write, your "
				  "name, your phone number."));
	html_write(
	    page->html, "<p>{}</p>",
	    say(page, "It is not sold and not given to anybody, unless the law demands it. Your rights:"));
	list(page, rights, ELEMENTS(rights));
}

static void contact_section(const struct page *page)
{
	if (!page->context->settings || page->context->settings->theme.n_links == 0)
		return;
	html_write(page->html, "<p>{}</p><ul>", say(page, "For all of this, turn to:"));
	frame_links(page, "next");
	html_raw(page->html, "</ul>");
}

static void terms_body(const struct page *page)
{
	const char *title = say(page, "Terms and personal data");

	frame_start(page, title);
	html_write(page->html, "<h1>{}</h1>", title);
	terms_section(page);
	data_section(page);
	contact_section(page);
	frame_button(page, PATH_FRONT, say(page, "To the front page"));
	frame_end(page);
}

unsigned page_terms(struct html *html, const struct page_context *context)
{
	struct page page = {.html = html, .context = context, .path = PATH_TERMS};

	html_start(html);
	terms_body(&page);
	return 200;
}
