// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which page a guest's state gets. No HTTP here, and no decision about who is let in. Markup is in this file
 * and in frame.c, login.c, online.c and terms.c, nowhere else.
 */
#include "../lib/cleanup.h"
#include "frame.h"

#define RETRY_SECONDS 5

static const struct {
	unsigned status;
	const char *title, *advice, *button;
	int refresh; /* seconds; 0: none */
} notices[NOTICES] = {
    [NOTICE_WAIT] = {503, N_("One moment, please"),
		     N_("The system is getting ready. This page tries again by itself in 5 seconds."),
		     N_("Try again"), 5},
    [NOTICE_BUSY] = {503, N_("Not possible just now"),
		     N_("We cannot take another device just now. This page tries again by itself shortly."),
		     N_("Try again"), 15},
    [NOTICE_UNKNOWN] = {200, N_("This device is not a guest"),
			N_("This page is for guests of the public Wi-Fi. If you are one, reconnect to the "
			   "Wi-Fi and try again."),
			N_("Try again"), 0},
    [NOTICE_MISSING] = {404, N_("No such page"), N_("There is nothing at this address."),
			N_("To the front page"), 0},
    [NOTICE_METHOD] = {405, N_("Please start at the front page"),
		       N_("This address is only used by the buttons of the front page."),
		       N_("To the front page"), 0},
    [NOTICE_REFUSED] = {403, N_("Request refused"),
			N_("That request came from another site. Please use the button on the front page."),
			N_("To the front page"), 0},
};

unsigned page_retry(unsigned status)
{
	return status == 503 ? RETRY_SECONDS : 0;
}

static unsigned notice_page(const struct page *page, enum notice notice)
{
	if (notices[notice].refresh)
		frame_refresh(page, notices[notice].refresh, true);
	frame_start(page, say(page, notices[notice].title));
	frame_outage(page);
	html_write(page->html, "<h1>{}</h1>", say(page, notices[notice].title));
	frame_paragraph(page, say(page, notices[notice].advice));
	frame_button(page, PATH_FRONT, say(page, notices[notice].button));
	frame_end(page);
	return notices[notice].status;
}

static unsigned state_page(const struct page *page)
{
	switch ((enum guest_state)page->guest->state) {
	case GUEST_CAPTIVE:
		return login_page(page);
	case GUEST_ONLINE:
		return online_page(page);
	case GUEST_CLOSED:
		return online_closed(page);
	case GUEST_USED_UP:
		return online_used_up(page);
	case GUEST_BUSY:
		return notice_page(page, NOTICE_BUSY);
	case GUEST_UNKNOWN:
		return notice_page(page, NOTICE_UNKNOWN);
	case GUEST_UNSURE:
		break;
	}
	return notice_page(page, NOTICE_WAIT); /* a state that this version does not know */
}

/* A guest whose data is used up may go on with a voucher, or with the code of another visit. */
static bool may_log_in(const struct message_guest_state *guest)
{
	return guest->state == GUEST_CAPTIVE || guest->state == GUEST_USED_UP;
}

/* Where the page first asked for is so long that the page does not fit, it is what goes. */
static unsigned render(struct html *html, const struct page_context *context,
		       const struct message_guest_state *guest, const char *path,
		       unsigned (*body)(const struct page *page))
{
	struct page_context plain = *context;
	struct page page = {.html = html,
			    .context = context,
			    .guest = guest,
			    .path = path,
			    .failed = may_log_in(guest) && guest->refusal != GUEST_REFUSED_NOT};
	unsigned status;

	html_start(html);
	status = body(&page);
	if (html->overflow && context->redir) {
		plain.redir = NULL;
		page.context = &plain;
		html_start(html);
		status = body(&page);
	}
	return status;
}

unsigned page_notice(struct html *html, const struct page_context *context, enum notice notice)
{
	struct page page = {.html = html, .context = context, .path = PATH_FRONT};

	html_start(html);
	return notice_page(&page, notice);
}

unsigned page_guest(struct html *html, const struct page_context *context,
		    const struct message_guest_state *guest)
{
	return render(html, context, guest, PATH_FRONT, state_page);
}

unsigned page_voucher(struct html *html, const struct page_context *context,
		      const struct message_guest_state *guest)
{
	if (!may_log_in(guest) || !(guest->logins & WAY_VOUCHER))
		return page_guest(html, context, guest);
	return render(html, context, guest, PATH_VOUCHER, login_voucher);
}

unsigned page_resume(struct html *html, const struct page_context *context,
		     const struct message_guest_state *guest)
{
	if (!may_log_in(guest))
		return page_guest(html, context, guest);
	return render(html, context, guest, PATH_RESUME, login_resume);
}
