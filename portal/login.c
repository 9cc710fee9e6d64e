// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The ways in: one tap, a voucher's code, an account, a resume code; and why the last attempt did not work,
 * beside the field that it is about. A refused password is never shown again, and the page never says whether
 * it was the name or the password.
 */
#include <string.h>
#include "../lib/cleanup.h"
#include "../lib/units.h"
#include "frame.h"

bool login_takes(const struct page *page, enum way way)
{
	return page->guest->logins & way;
}

/* RADIUS asks for a name and a password too. */
static bool takes_account(const struct page *page)
{
	return login_takes(page, WAY_ACCOUNT) || login_takes(page, WAY_RADIUS);
}

bool login_has_fields(const struct page *page)
{
	return login_takes(page, WAY_VOUCHER) || takes_account(page);
}

/* Which form a refusal belongs to. */
enum form { FORM_NONE, FORM_VOUCHER, FORM_ACCOUNT, FORM_RESUME };

static const struct {
	const char *text[FORM_RESUME + 1]; /* of FORM_NONE: above all, where its form is not on the page */
	const char *advice;
} refusals[] = {
    [GUEST_REFUSED_CODE] = {{N_("This code is not known."), N_("This code is not known."),
			     N_("This code is not known."),
			     N_("This code is not known, or its visit is over.")},
			    N_("Compare it with what you were given: letter by letter, but capitals and "
			       "hyphens do not matter.")},
    [GUEST_REFUSED_EXPIRED] = {{N_("This voucher is no longer valid."),
				N_("This voucher is no longer valid."),
				N_("This account is no longer valid."), N_("This code is no longer valid.")},
			       N_("Please ask for a new one where you got it.")},
    [GUEST_REFUSED_SPENT] = {{N_("The time or data of this voucher is used up."),
			      N_("The time or data of this voucher is used up."),
			      N_("The time or data of this account is used up."),
			      N_("The time or data of this visit is used up.")},
			     N_("Please ask for a new one where you got it.")},
    [GUEST_REFUSED_DEVICES] =
	{{N_("This voucher is in use on as many devices as it allows."),
	  N_("This voucher is in use on as many devices as it allows."),
	  N_("This account is in use on as many devices as it allows."),
	  N_("This code is in use on as many devices as it allows.")},
	 N_("Log out on one of them, then try again here. One that has been away for two "
	    "minutes makes room by itself.")},
    [GUEST_REFUSED_PASSWORD] = {{N_("Name or password is wrong."), N_("Name or password is wrong."),
				 N_("Name or password is wrong."), N_("Name or password is wrong.")},
				N_("Check both and try again. Capitals matter in the password.")},
    [GUEST_REFUSED_PATIENCE] = {{N_("Too many attempts."), N_("Too many attempts."), N_("Too many attempts."),
				 N_("Too many attempts.")},
				N_("Please try again in {}.")},
    [GUEST_REFUSED_WAY] = {{N_("This way of logging in is not offered here."),
			    N_("This way of logging in is not offered here."),
			    N_("This way of logging in is not offered here."),
			    N_("This way of logging in is not offered here.")},
			   N_("Please use what this page offers.")},
};

static enum form form_refused(const struct page *page)
{
	switch ((enum guest_refusal)page->guest->refusal) {
	case GUEST_REFUSED_NOT:
	case GUEST_REFUSED_WAY:
		return FORM_NONE;
	case GUEST_REFUSED_PASSWORD:
		return takes_account(page) ? FORM_ACCOUNT : FORM_NONE;
	case GUEST_REFUSED_CODE:
	case GUEST_REFUSED_EXPIRED:
	case GUEST_REFUSED_SPENT:
	case GUEST_REFUSED_DEVICES:
	case GUEST_REFUSED_PATIENCE:
		break;
	}
	if (page->context->name && takes_account(page))
		return FORM_ACCOUNT;
	return login_takes(page, WAY_VOUCHER) ? FORM_VOUCHER : FORM_NONE;
}

static void refusal_words(const struct page *page, enum form form)
{
	uint8_t refusal = page->guest->refusal;
	char wait[TEXT_VALUE];

	if (refusal >= ELEMENTS(refusals) || !refusals[refusal].advice)
		refusal = GUEST_REFUSED_WAY; /* one that this version does not know */
	text_duration(page->context->language, MAX(page->guest->retry_seconds, 1), wait);
	html_write(page->html, "<b>{}</b> ", say(page, refusals[refusal].text[form]));
	html_text(page->html, say(page, refusals[refusal].advice), wait);
}

/* Above the field of its form; `id` is what the field is described by. */
static void refusal_beside(const struct page *page, enum form form, const char *id)
{
	html_write(page->html, "<p class=\"error\" role=\"alert\" id=\"{}\">", id);
	refusal_words(page, form);
	html_raw(page->html, "</p>");
}

static void refusal_above(const struct page *page)
{
	html_raw(page->html, "<div class=\"alert\" role=\"alert\">");
	refusal_words(page, FORM_NONE);
	html_raw(page->html, "</div>");
}

/* Where what was tried has no form on this page. */
void login_alert(const struct page *page)
{
	if (!page->failed || form_refused(page) != FORM_NONE)
		return;
	refusal_above(page);
}

static void code_field(const struct page *page, const char *label, bool refused)
{
	struct html *html = page->html;
	const char *code = page->context->code;

	html_write(
	    html,
	    "<label for=\"code\">{}</label><p class=\"hint\" id=\"code-hint\">{}</p>"
	    "<input class=\"letters\" id=\"code\" name=\"code\" value=\"{}\" maxlength=\"40\" required "
	    "autocomplete=\"off\" autocapitalize=\"characters\" autocorrect=\"off\" spellcheck=\"false\" "
	    "inputmode=\"text\" "
	    "aria-describedby=\"{}code-hint\"",
	    label, say(page, "Ten letters and digits, such as ABCDE-FGHJK"), code ? code : "",
	    refused ? "code-error " : "");
	if (refused)
		html_raw(html, " aria-invalid=\"true\" autofocus");
	html_raw(html, ">");
}

/* Where one tap is enough, its button is the one that stands out. */
static bool click_stands_out(const struct page *page)
{
	return login_takes(page, WAY_CLICK) && page->guest->state == GUEST_CAPTIVE &&
	       strcmp(page->path, PATH_FRONT) == 0;
}

static void submit(const struct page *page, bool first, const char *text)
{
	if (first)
		html_write(page->html, "<button type=\"submit\">{}</button></form>", text);
	else
		html_write(page->html, "<button class=\"plain\" type=\"submit\">{}</button></form>", text);
}

static void voucher_form(const struct page *page, enum form refused)
{
	frame_form(page, PATH_VOUCHER);
	if (refused == FORM_VOUCHER)
		refusal_beside(page, FORM_VOUCHER, "code-error");
	code_field(page, say(page, "Voucher code"), refused == FORM_VOUCHER);
	submit(page, !click_stands_out(page), say(page, "Use the voucher"));
}

/* One of the account's two fields. What it is described by: the refusal, a hint, both or nothing. */
static void account_field(const struct page *page, bool wrong, const char *hint)
{
	if (wrong)
		html_raw(page->html, " aria-invalid=\"true\"");
	if (wrong || *hint)
		html_write(page->html, " aria-describedby=\"{}{}{}\"", wrong ? "account-error" : "",
			   wrong && *hint ? " " : "", hint);
	html_raw(page->html, ">");
}

static bool encrypted(const struct page *page)
{
	return page->context->settings && page->context->settings->tls_port;
}

static void password_field(const struct page *page, bool wrong)
{
	const char *hint = encrypted(page) ? "" : "password-hint";

	html_write(page->html, "<label for=\"password\">{}</label>", say(page, "Password"));
	if (*hint)
		html_write(page->html, "<p class=\"hint\" id=\"{}\">{}</p>", hint,
			   say(page, "This page is not encrypted: use this password for nothing else."));
	html_raw(page->html,
		 "<input id=\"password\" name=\"password\" type=\"password\" maxlength=\"128\" required "
		 "autocomplete=\"current-password\"");
	account_field(page, wrong, hint);
}

static void account_form(const struct page *page, enum form refused)
{
	bool wrong = refused == FORM_ACCOUNT;

	frame_form(page, PATH_ACCOUNT);
	if (wrong)
		refusal_beside(page, FORM_ACCOUNT, "account-error");
	html_write(
	    page->html,
	    "<label for=\"name\">{}</label><input id=\"name\" name=\"name\" value=\"{}\" maxlength=\"64\" "
	    "required "
	    "autocomplete=\"username\" autocapitalize=\"none\" autocorrect=\"off\" spellcheck=\"false\"",
	    say(page, "Account name"), page->context->name ? page->context->name : "");
	if (wrong)
		html_raw(page->html, " autofocus");
	account_field(page, wrong, "");
	password_field(page, wrong);
	submit(page, !click_stands_out(page), say(page, "Log in with the account"));
}

void login_forms(const struct page *page)
{
	enum form refused = form_refused(page);

	if (login_takes(page, WAY_VOUCHER)) {
		html_write(page->html, "<div class=\"way\"><h2>{}</h2>", say(page, "With a voucher"));
		voucher_form(page, refused);
		html_raw(page->html, "</div>");
	}
	if (takes_account(page)) {
		html_write(page->html, "<div class=\"way\"><h2>{}</h2>", say(page, "With an account"));
		account_form(page, refused);
		html_raw(page->html, "</div>");
	}
}

static void offer(const struct page *page)
{
	const struct message_guest_state *guest = page->guest;
	enum language language = page->context->language;
	char value[TEXT_VALUE];

	html_raw(page->html, "<p>");
	if (login_takes(page, WAY_CLICK))
		html_text(page->html, say(page, "Free internet for {}. After that you may log in again."),
			  text_duration(language, guest->session_usec / USEC_PER_SEC, value));
	else
		html_escape(page->html, say(page, "Please log in to use the internet here."));
	if (*text_moment(language, guest->closes_text, guest->closes_wall_usec, guest->now_wall_usec,
			 value)) {
		html_raw(page->html, " ");
		html_text(page->html, say(page, "Open until {}."), value);
	}
	html_raw(page->html, "</p>");
}

static void click_form(const struct page *page)
{
	frame_form(page, PATH_LOGIN);
	submit(page, true, say(page, "Agree and log in"));
}

static void resume_link(const struct page *page)
{
	html_raw(page->html, "<p class=\"small\"><a class=\"next\"");
	frame_href(page, PATH_RESUME);
	html_write(page->html, ">{}</a></p>", say(page, "I have a resume code"));
}

#define OUTAGE_REFRESH 60

/* Buttons come first: they must be seen without scrolling. */
unsigned login_page(const struct page *page)
{
	if (page->guest->outage && !login_has_fields(page))
		frame_refresh(page, OUTAGE_REFRESH, true);
	frame_start(page, frame_is_out(page) ? say(page, "You are logged out") : say(page, "Log in"));
	frame_out(page);
	frame_outage(page);
	html_raw(page->html, "<h1>");
	html_text(page->html, say(page, "Welcome to {}"), page->guest->zone_name);
	html_raw(page->html, "</h1>");
	login_alert(page);
	offer(page);
	if (login_takes(page, WAY_CLICK))
		click_form(page);
	login_forms(page);
	resume_link(page);
	terms_short(page);
	frame_end(page);
	return 200;
}

static void other_ways(const struct page *page)
{
	html_raw(page->html, "<p class=\"small\"><a class=\"next\"");
	frame_href(page, PATH_FRONT);
	html_write(page->html, ">{}</a></p>", say(page, "Other ways to log in"));
}

unsigned login_voucher(const struct page *page)
{
	enum form refused = form_refused(page);

	frame_start(page, say(page, "Use a voucher"));
	frame_outage(page);
	html_write(page->html, "<p class=\"tag\">{}</p><h1>{}</h1>", page->guest->zone_name,
		   say(page, "Use a voucher"));
	if (page->failed && refused != FORM_VOUCHER)
		refusal_above(page);
	voucher_form(page, refused);
	other_ways(page);
	terms_short(page);
	frame_end(page);
	return 200;
}

static bool about_code(uint8_t refusal)
{
	return refusal != GUEST_REFUSED_WAY && refusal != GUEST_REFUSED_PASSWORD;
}

unsigned login_resume(const struct page *page)
{
	bool refused = page->failed && about_code(page->guest->refusal);

	frame_start(page, say(page, "Go on with your visit"));
	frame_outage(page);
	html_write(page->html, "<p class=\"tag\">{}</p><h1>{}</h1><p>{}</p>", page->guest->zone_name,
		   say(page, "Go on with your visit"),
		   say(page, "Has your phone forgotten that it was online here? The code that this portal "
			     "showed you then brings "
			     "back what is left of your time and data."));
	if (page->failed && !refused)
		refusal_above(page);
	frame_form(page, PATH_RESUME);
	if (refused)
		refusal_beside(page, FORM_RESUME, "code-error");
	code_field(page, say(page, "Resume code"), refused);
	submit(page, true, say(page, "Go on"));
	other_ways(page);
	terms_short(page);
	frame_end(page);
	return 200;
}
