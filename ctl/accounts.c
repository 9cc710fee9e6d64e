// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The commands on accounts and devices. A password is wiped wherever it has been, as soon as it is sent.
 */
#include <errno.h>
#include <string.h>
#include "arguments.h"
#include "ask.h"
#include "password.h"
#include "people.h"
#include "render.h"

static const struct argument add[] = {
    {OPTION_ZONE, ARGUMENT_TEXT, "zone", 0, 0, NULL},
    {OPTION_DEVICES, ARGUMENT_COUNT, "devices", 1, ARGUMENTS_DEVICES_MAX, NULL},
    {OPTION_SESSION, ARGUMENT_DURATION, "session_usec", USEC_PER_SEC, ARGUMENTS_USEC_MAX, NULL},
    {OPTION_DAILY, ARGUMENT_VOLUME, "daily_bytes", 1, ARGUMENTS_BYTES_MAX, NULL},
};

static int no_password(int error)
{
	if (error == -EINVAL)
		complain(WORD_PASSWORDS_DIFFER);
	else if (error == -EMSGSIZE)
		complain(WORD_PASSWORD_LONG);
	else
		complain(WORD_NO_PASSWORD);
	return CONTROL_USAGE;
}

static void wipe(const json_t *request)
{
	json_t *password = json_object_get(request, "password");

	explicit_bzero((void *)(uintptr_t)json_string_value(password), json_string_length(password));
}

static int ask_with_password(const struct invocation *invocation, json_t *request)
{
	char password[PASSWORD_TEXT];
	json_t *value;
	int r = password_read(password);

	if (r < 0)
		return no_password(r);
	value = json_string(password);
	explicit_bzero(password, sizeof(password));
	if (!value) {
		complain(WORD_BAD_TEXT, "password");
		return CONTROL_USAGE;
	}
	json_object_set_new(request, "password", value);
	r = ask(invocation, json_incref(request), render_done);
	wipe(request);
	return r;
}

int command_account_add(const struct invocation *invocation)
{
	_cleanup_(json_decrefp) json_t *request =
	    json_pack("{ss,ss}", "command", "account-add", "name", invocation->words[0]);
	int r;

	if (!request) {
		complain(WORD_BAD_TEXT, "NAME");
		return CONTROL_USAGE;
	}
	r = arguments_add(invocation, add, ELEMENTS(add), request);
	return r == 0 ? ask_with_password(invocation, request) : r;
}

int command_account_list(const struct invocation *invocation)
{
	return ask(invocation, json_pack("{ss}", "command", "account-list"), render_accounts);
}

int command_account_remove(const struct invocation *invocation)
{
	return ask_about(invocation, "account-remove", "name", render_done);
}

int command_forget(const struct invocation *invocation)
{
	return ask_about(invocation, "forget", "mac", render_done);
}
