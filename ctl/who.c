// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: "root" in an audit trail names nobody. A name is a statement of whoever may command the gateway
 * anyway, and is kept as such; it opens nothing.
 */
#include "who.h"
#include <stdlib.h>
#include <unistd.h>

int who_add(const struct invocation *invocation, json_t *request)
{
	const char *typed = invocation->values[OPTION_BY];
	const char *who = typed ? typed : geteuid() == 0 ? getenv("SUDO_USER") : NULL;

	if (!who || (!typed && !*who))
		return 0;
	if (json_object_set_new(request, "by", json_string(who)) == 0)
		return 0;
	complain(WORD_BAD_TEXT, "--by");
	return CONTROL_USAGE;
}
