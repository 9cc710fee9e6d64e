// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The pages of a guest who is in, and of one who cannot be: online, closed, used up. Each says what to do
 * next, or that nothing need be.
 */
#include <stdio.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "../lib/units.h"
#include "frame.h"

#define REFRESH_SECONDS 60

/* At the end of the session the page must no longer say "online". */
static int64_t refresh_after(int64_t seconds)
{
	return seconds > 0 && seconds < REFRESH_SECONDS ? seconds + 1 : REFRESH_SECONDS;
}

/* A voucher's time is not the zone's: then there is no whole to show a part of. */
static void progress(const struct page *page)
{
	int64_t session = page->guest->session_usec / USEC_PER_SEC, left = page->guest->seconds_remaining;
	char value[24], whole[24];

	if (page->guest->login != WAY_CLICK || session <= 0 || left > session)
		return;
	snprintf(value, sizeof(value), "%lld", (long long)left);
	snprintf(whole, sizeof(whole), "%lld", (long long)session);
	html_write(page->html, "<progress value=\"{}\" max=\"{}\" aria-label=\"{}\"></progress>", value,
		   whole, say(page, "Time left"));
}

static void time_left(const struct page *page)
{
	char value[TEXT_VALUE];

	if (page->guest->seconds_remaining < 0)
		return;
	html_write(page->html, "<p class=\"small soft\">{}</p><p class=\"big\">{}</p>",
		   say(page, "Time left"),
		   text_duration(page->context->language, page->guest->seconds_remaining, value));
	progress(page);
}

static void fact(const struct page *page, const char *label, const char *value)
{
	html_write(page->html, "<div><dt>{}</dt><dd>{}</dd></div>", label, value);
}

static void fact_both_ways(const struct page *page, const char *label, const char *down, const char *up)
{
	html_write(page->html, "<div><dt>{}</dt><dd>", label);
	html_text(page->html, say(page, "{} down, {} up"), down, up);
	html_raw(page->html, "</dd></div>");
}

static void facts(const struct page *page)
{
	const struct message_guest_state *guest = page->guest;
	enum language language = page->context->language;
	char down[TEXT_VALUE], up[TEXT_VALUE];

	html_raw(page->html, "<dl>");
	if (guest->bytes_remaining >= 0)
		fact(page, say(page, "Data left"),
		     text_volume(language, (uint64_t)guest->bytes_remaining, down));
	fact_both_ways(page, say(page, "Used"), text_volume(language, guest->down_bytes, down),
		       text_volume(language, guest->up_bytes, up));
	if (guest->down_bps && guest->up_bps)
		fact_both_ways(page, say(page, "Speed, at most"), text_rate(language, guest->down_bps, down),
			       text_rate(language, guest->up_bps, up));
	if (*text_moment(language, guest->closes_text, guest->closes_wall_usec, guest->now_wall_usec, down))
		fact(page, say(page, "Wi-Fi closes"), down);
	html_raw(page->html, "</dl>");
}

static void resume_code(const struct page *page)
{
	if (!*page->guest->code)
		return;
	html_write(page->html,
		   "<div class=\"panel\"><h2>{}</h2><p class=\"code\">{}</p><p class=\"small\">{}</p></div>",
		   say(page, "Resume code"), page->guest->code,
		   say(page, "If your phone is asked to log in again too early, this code brings back what "
			     "is left. Note it down, "
			     "or take a picture of this page."));
}

/* "http://www.example.id/news?x" -> "www.example.id" */
static void back_link(const struct page *page)
{
	const char *redir = page->context->redir, *host = redir ? strstr(redir, "://") : NULL;
	char name[128];

	if (!host || (strncmp(redir, "http://", 7) != 0 && strncmp(redir, "https://", 8) != 0))
		return;
	snprintf(name, sizeof(name), "%.*s", (int)MIN(strcspn(host + 3, "/?#"), sizeof(name) - 1), host + 3);
	html_write(page->html, "<a class=\"button\" rel=\"noreferrer\" href=\"{}\">", redir);
	html_text(page->html, say(page, "Continue to {}"), name);
	html_raw(page->html, "</a>");
}

static void logout_form(const struct page *page)
{
	frame_form(page, PATH_LOGOUT);
	html_write(page->html, "<button class=\"plain\" type=\"submit\">{}</button></form>",
		   say(page, "Log out"));
}

unsigned online_page(const struct page *page)
{
	const char *title =
	    page->guest->outage ? say(page, "You are logged in") : say(page, "You are online");

	frame_refresh(page, refresh_after(page->guest->seconds_remaining), page->context->redir == NULL);
	frame_start(page, title);
	frame_outage(page);
	html_write(page->html, "<p class=\"tag\">{}</p><h1>{}</h1>", page->guest->zone_name, title);
	time_left(page);
	if (!page->guest->outage)
		back_link(page);
	facts(page);
	resume_code(page);
	html_write(page->html, "<p class=\"soft\">{}</p>",
		   say(page, "You may close this page. Come back any time to see the time left."));
	logout_form(page);
	frame_end(page);
	return 200;
}

static void next_panel(const struct page *page, const char *label, const char *value)
{
	html_write(page->html, "<div class=\"panel\"><p class=\"small\">{}</p><p class=\"big\">{}</p></div>",
		   label, value);
}

unsigned online_closed(const struct page *page)
{
	const struct message_guest_state *guest = page->guest;
	char value[TEXT_VALUE];

	frame_refresh(page, REFRESH_SECONDS, true);
	frame_start(page, say(page, "Closed now"));
	frame_out(page);
	frame_outage(page);
	html_write(page->html, "<p class=\"tag warm\">{}</p><h1>{}</h1><p>", guest->zone_name,
		   say(page, "Closed now"));
	html_text(
	    page->html,
	    say(page,
		"The public Wi-Fi at {} is not open now: outside its hours the line belongs to the offices."),
	    guest->zone_name);
	html_raw(page->html, "</p>");
	if (*text_moment(page->context->language, guest->opens_text, guest->opens_wall_usec,
			 guest->now_wall_usec, value))
		next_panel(page, say(page, "Opens again"), value);
	else
		frame_paragraph(page, say(page, "The next opening is not known yet."));
	html_write(page->html, "<p class=\"small soft\">{}</p>",
		   say(page, "There is nothing you need to do: this page looks again every minute."));
	frame_end(page);
	return 200;
}

/* By the clock, for that may be tomorrow. */
static void used_up_until(const struct page *page)
{
	const struct message_guest_state *guest = page->guest;
	char value[TEXT_VALUE];

	if (*text_moment(page->context->language, guest->opens_text, guest->opens_wall_usec,
			 guest->now_wall_usec, value))
		next_panel(page, say(page, "There is more from"), value);
	else if (guest->retry_seconds > 0)
		next_panel(page, say(page, "There is more in"),
			   text_duration(page->context->language, guest->retry_seconds, value));
}

static void used_up_words(const struct page *page)
{
	frame_paragraph(
	    page,
	    say(page,
		"Everybody may use the same amount of data here, so that there is enough for all. Yours is "
		"used up for now."));
	used_up_until(page);
	frame_paragraph(page, say(page, "You may close this page. Come back then and log in again."));
}

/* Who holds a voucher or an account may go on with that. */
unsigned online_used_up(const struct page *page)
{
	const char *title = say(page, "Your data is used up");

	if (!login_has_fields(page))
		frame_refresh(page, refresh_after(page->guest->retry_seconds), true);
	frame_start(page, title);
	frame_out(page);
	frame_outage(page);
	html_write(page->html, "<p class=\"tag warm\">{}</p><h1>{}</h1>", page->guest->zone_name, title);
	login_alert(page);
	used_up_words(page);
	if (login_has_fields(page)) {
		html_write(page->html, "<p class=\"soft\">{}</p>",
			   say(page, "With one of these you may go on at once:"));
		login_forms(page);
	}
	frame_end(page);
	return 200;
}
