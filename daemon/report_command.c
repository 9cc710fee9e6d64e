/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: who writes the report has no network and does not wait for a mail server. It hands over a month's
 * name; from then on the mail is the outbox's, and "done" is said only when no restart can forget it.
 */
#include "report_command.h"
#include <errno.h>
#include <string.h>
#include "daemon.h"
#include "engine.h"
#include "notify.h"
#include "outbox.h"
#include "report_mail.h"

static bool month_argument(const struct ticket *ticket, const json_t *request, const char **out)
{
	if (!control_text(ticket, request, "month", out))
		return false;
	if (report_mail_is_month(*out))
		return true;
	control_refuse(ticket, TEXT_NOT_MONTH, *out);
	return false;
}

/* That there is something to send; how large it is is judged when it is sent. */
static bool is_there(const struct ticket *ticket, const struct policy *policy, const char *month)
{
	_cleanup_(freep) char *directory = report_mail_directory(policy, month);
	int r = directory ? report_mail_files(directory, NULL) : -ENOMEM;

	if (r >= 0)
		return true;
	control_refuse(ticket, TEXT_NO_REPORT, directory ? directory : "-", strerror(-r));
	return false;
}

static void answer(const struct ticket *ticket, const struct policy *policy, const char *month, bool waiting)
{
	json_t *to = json_array();

	for (size_t i = 0; i < policy->mail.n_to; i++)
		json_array_append_new(to, json_string(policy->mail.to[i]));
	control_json(
	    ticket, CONTROL_DONE,
	    json_pack("{s:s, s:o, s:b, s:o}", "month", month, "to", to, "waiting", waiting, "text",
		      control_sentence(ticket, waiting ? TEXT_REPORT_WAITS : TEXT_REPORT_TAKEN, month)));
}

static void take(const struct ticket *ticket, const struct policy *policy, const char *month)
{
	struct daemon *daemon = ticket->daemon;
	struct ledger_notice notice;
	int r;

	report_mail_notice(policy, month, &notice);
	r = outbox_put_kept(notify_outbox(daemon->notify), &notice);
	if (r < 0) {
		control_refuse(ticket, TEXT_NOT_WRITTEN, strerror(-r));
		return;
	}
	notify_event(daemon->notify, 0, "report.mail", "", control_who(ticket),
		     "the report of %s goes out by mail, asked for by %s", month, control_who(ticket));
	answer(ticket, policy, month, false);
}

void command_report_mail(const struct ticket *ticket, const json_t *request)
{
	const struct policy *policy = engine_policy(ticket->daemon->engine);
	const char *month;

	if (!month_argument(ticket, request, &month))
		return;
	if (!policy->mail.server || !policy->mail.n_to)
		control_refuse(ticket, TEXT_NO_MAIL);
	else if (outbox_has_report(notify_outbox(ticket->daemon->notify), month))
		answer(ticket, policy, month, true);
	else if (is_there(ticket, policy, month))
		take(ticket, policy, month);
}
