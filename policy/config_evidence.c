// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is recorded, for how long, and who hears of it: servers as URLs, mailboxes, times of the day,
 * retention. It judges the form alone and asks nobody; a secret stays in its file, whose name is all that is
 * read here.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include "../lib/units.h"
#include "config_reader.h"

enum { DAY = 24 * 60, MAILBOX_MOST = 254, URL_MOST = 500 };

/* ---- servers ---- */

struct scheme {
	const char *prefix;
	unsigned port; /* where none is given; 0: left out */
	bool path;     /* more may follow the authority */
};

static const struct scheme mail_schemes[] = {{"smtp://", 25, false}, {"smtps://", 465, false}};
static const struct scheme test_schemes[] = {
    {"iperf3://", 5201, false}, {"https://", 0, true}, {"http://", 0, true}};
static const struct scheme web_schemes[] = {{"https://", 0, true}, {"http://", 0, true}};

static const struct scheme *find_scheme(const char *text, const struct scheme *schemes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strncmp(text, schemes[i].prefix, strlen(schemes[i].prefix)))
			return &schemes[i];
	return NULL;
}

/* What is before the port of HOST[:PORT]; *rest is behind it. False: no host, or no port after the colon. */
static bool split(const char *text, char host[static 256], unsigned *port, const char **rest)
{
	size_t authority = strcspn(text, "/?#"), length = strcspn(text, ":");

	if (*text == '[')
		length = strcspn(text, "]") + 1;
	length = MIN(length, authority);
	if (length > 255)
		return false;
	memcpy(host, text, length);
	host[length] = '\0';
	*rest = text + authority;
	*port = 0;
	if (length == authority)
		return true;
	return text[length] == ':' && config_is_port(text + length + 1, authority - length - 1, port);
}

/* A name, an IPv4 address, or an IPv6 address in brackets (RFC 3986, 3.2.2). */
static bool is_server(const char *host)
{
	size_t length = strlen(host);
	char address[256];
	struct addr parsed;

	if (*host != '[')
		return config_is_host(host) || (addr_parse(host, &parsed) == 0 && parsed.family == AF_INET);
	if (length < 3 || host[length - 1] != ']')
		return false;
	memcpy(address, host + 1, length - 2);
	address[length - 2] = '\0';
	return addr_parse(address, &parsed) == 0 && parsed.family == AF_INET6;
}

/* As one URL, with the scheme's port where there is none. NULL: it is none; *memory says whether for want of
 * it. */
static char *normal_url(const char *text, const struct scheme *scheme, bool *memory)
{
	char host[256], *url = NULL;
	const char *rest;
	unsigned port;

	*memory = false;
	if (!config_is_url_text(text) || strlen(text) > URL_MOST || !split(text, host, &port, &rest) ||
	    !is_server(host) || (*rest && !scheme->path))
		return NULL;
	port = port ? port : scheme->port;
	*memory = (port ? asprintf(&url, "%s%s:%u%s", scheme->prefix, host, port, rest)
			: asprintf(&url, "%s%s%s", scheme->prefix, host, rest)) < 0;
	return *memory ? NULL : url;
}

static int read_server(config_setting_t *setting, const struct scheme *schemes, size_t n,
		       const struct scheme *otherwise, char **to)
{
	const char *text = config_setting_get_string(setting);
	const struct scheme *scheme = find_scheme(text, schemes, n);
	bool memory;
	char *url;

	if (!scheme && !otherwise)
		return -EINVAL;
	url = normal_url(scheme ? text + strlen(scheme->prefix) : text, scheme ? scheme : otherwise, &memory);
	if (!url)
		return memory ? -ENOMEM : -EINVAL;
	free(*to);
	*to = url;
	return 0;
}

static int read_mail_server(_unused_ struct config_reader *r, config_setting_t *setting,
			    const struct config_key *key, void *base)
{
	return read_server(setting, mail_schemes, ELEMENTS(mail_schemes), &mail_schemes[0],
			   CONFIG_AT(char *, base, key));
}

static int read_test_server(_unused_ struct config_reader *r, config_setting_t *setting,
			    const struct config_key *key, void *base)
{
	return read_server(setting, test_schemes, ELEMENTS(test_schemes), NULL, CONFIG_AT(char *, base, key));
}

static int read_web_server(_unused_ struct config_reader *r, config_setting_t *setting,
			   const struct config_key *key, void *base)
{
	return read_server(setting, web_schemes, ELEMENTS(web_schemes), NULL, CONFIG_AT(char *, base, key));
}

/* ---- mailboxes ---- */

/* An address of RFC 5321, 4.1.2, with a dot-string before the @: what goes into MAIL FROM and RCPT TO as it
 * is. */
static bool is_mailbox(const char *text)
{
	const char *at = strchr(text, '@');
	size_t local = at ? (size_t)(at - text) : 0;

	if (local < 1 || local > 64 || strlen(text) > MAILBOX_MOST || text[0] == '.' || at[-1] == '.' ||
	    strstr(text, ".."))
		return false;
	for (const char *c = text; c < at; c++)
		if (!isalnum((unsigned char)*c) && !strchr("!#$%&'*+-/=?^_`{|}~.", *c))
			return false;
	return config_is_host(at + 1);
}

static int read_mailbox(_unused_ struct config_reader *r, config_setting_t *setting,
			const struct config_key *key, void *base)
{
	const char *text = config_setting_get_string(setting);

	return is_mailbox(text) ? config_keep(CONFIG_AT(char *, base, key), text) : -EINVAL;
}

/* ---- times ---- */

static int read_clock_time(_unused_ struct config_reader *r, config_setting_t *setting,
			   const struct config_key *key, void *base)
{
	const char *text = config_setting_get_string(setting);
	int minute = config_minute(&text);

	if (minute < 0 || minute >= DAY || *text)
		return -EINVAL;
	*CONFIG_AT(uint16_t, base, key) = (uint16_t)minute;
	return 0;
}

static int read_weekdays(_unused_ struct config_reader *r, config_setting_t *setting,
			 const struct config_key *key, void *base)
{
	const char *text = config_setting_get_string(setting);
	bool days[7] = {false};
	uint8_t bits = 0;

	if (config_days(&text, days) < 0 || *text)
		return -EINVAL;
	for (unsigned day = 0; day < 7; day++)
		bits |= (uint8_t)(days[day] << day);
	*CONFIG_AT(uint8_t, base, key) = bits;
	return 0;
}

/* How long rows are kept: `least` and `most` in days. */
static int read_retention(struct config_reader *r, config_setting_t *setting, const struct config_key *key,
			  void *base)
{
	uint64_t usec;

	if (units_duration(config_setting_get_string(setting), &usec) < 0)
		return -EINVAL;
	if ((int64_t)(usec / USEC_PER_DAY) < key->least || usec > (uint64_t)key->most * USEC_PER_DAY) {
		config_fault(r, setting, "must be from %lld d to %lld d", (long long)key->least,
			     (long long)key->most);
		return 1;
	}
	*CONFIG_AT(uint64_t, base, key) = usec;
	return 0;
}

const struct config_kind config_mail_server = {CONFIG_TYPE_STRING,
					       "must be a mail server such as \"mail.example.id\", "
					       "\"mail.example.id:587\" or \"smtps://mail.example.id\"",
					       read_mail_server};
const struct config_kind config_test_server = {CONFIG_TYPE_STRING,
					       "must be an address such as \"iperf3://test.example.id\" or "
					       "\"https://test.example.id/file\" (at most 500 bytes)",
					       read_test_server};
const struct config_kind config_web_server = {
    CONFIG_TYPE_STRING,
    "must be an address such as \"https://example.id/hook\" (http or https, ASCII, at most 500 bytes)",
    read_web_server};
const struct config_kind config_mailbox = {
    CONFIG_TYPE_STRING, "must be a mail address such as \"admin@example.id\"", read_mailbox};
const struct config_kind config_clock_time = {CONFIG_TYPE_STRING, "must be a time of the day, \"HH:MM\"",
					      read_clock_time};
const struct config_kind config_weekdays = {CONFIG_TYPE_STRING,
					    "must be days such as \"mon-fri\" or \"sat,sun\"", read_weekdays};
const struct config_kind config_retention = {CONFIG_TYPE_STRING, "must be a time such as \"90 d\"",
					     read_retention};

/* ---- what keys say together ---- */

void config_check_mail(struct config_reader *r, config_setting_t *group, _unused_ void *row)
{
	bool user = config_setting_get_member(group, "user");
	bool file = config_setting_get_member(group, "password_file");

	if (user && !file)
		config_fault_got(r, group, "password_file", "nothing", "must be given where there is a user");
	if (file && !user)
		config_fault_got(r, group, "user", "nothing", "must be given where there is a password_file");
}

/* ---- the test of the line, and who works meanwhile ---- */

/* How many minutes it may take: two directions, and what goes before and after. */
static unsigned test_minutes(const struct policy *policy)
{
	return 1 + (2 * policy->test.seconds + 59) / 60;
}

/* `minute` counts from the midnight that begins `weekday`. */
static bool window_meets(const struct policy_window *window, unsigned weekday, unsigned minute,
			 unsigned length)
{
	int start = window->weekday * DAY + window->start_minute;
	int end = window->weekday * DAY + window->end_minute;
	int from = (int)(weekday * DAY + minute);

	for (int week = -7 * DAY; week <= 7 * DAY; week += 7 * DAY)
		if (start + week < from + (int)length && from < end + week)
			return true;
	return false;
}

static bool windows_meet(const struct policy *policy, const struct policy_window *windows, size_t n)
{
	for (unsigned day = 0; day < 7; day++)
		for (size_t i = 0; i < n && policy->test.weekdays >> day & 1; i++)
			if (window_meets(&windows[i], day, policy->test.minute, test_minutes(policy)))
				return true;
	return false;
}

static bool schedule_meets(const struct policy *policy, const struct policy_schedule *schedule)
{
	bool meets = windows_meet(policy, schedule->windows, schedule->n_windows);

	for (size_t i = 0; i < schedule->n_periods && !meets; i++)
		meets = windows_meet(policy, schedule->periods[i].windows, schedule->periods[i].n_windows);
	return meets;
}

/* Whoever never goes home has no time outside. */
static bool is_around_the_clock(const struct policy_schedule *schedule)
{
	unsigned minutes = 0;

	for (size_t i = 0; i < schedule->n_windows; i++)
		minutes += schedule->windows[i].end_minute - schedule->windows[i].start_minute;
	return minutes >= 7 * DAY;
}

void config_check_test(struct config_reader *r, config_setting_t *root)
{
	const struct policy *policy = r->policy;
	config_setting_t *uplink = config_setting_get_member(root, "uplink"), *test, *at;

	test = uplink && config_setting_is_group(uplink) ? config_setting_get_member(uplink, "test") : NULL;
	if (!test || !config_setting_is_group(test) || !policy->test.weekdays || !policy->test.seconds)
		return;
	at = config_setting_get_member(test, "at");
	for (size_t i = 0; at && i < policy->n_offices; i++) {
		const struct policy_office *office = &policy->offices[i];

		if (!office->schedule || !office->id || !schedule_meets(policy, office->schedule))
			continue;
		if (is_around_the_clock(office->schedule)) {
			config_warn_tally(r, at, "test",
					  "some offices are inside around the clock, and so then");
			continue;
		}
		config_fault(
		    r, at,
		    "must lie outside the windows of every office on these days, not in those of \"%s\" (%s)",
		    office->schedule->id ? office->schedule->id : "?", office->id);
		return;
	}
}

/* ---- who hears of it ---- */

void config_check_notify(struct config_reader *r, config_setting_t *root)
{
	config_setting_t *notify = config_setting_get_member(root, "notify");

	if (notify && config_setting_source_line(notify) && r->policy->notify &&
	    !config_setting_get_member(root, "mail") && !config_setting_get_member(root, "webhook"))
		config_warn(r, notify, "nobody is told: there is neither mail nor webhook");
}
