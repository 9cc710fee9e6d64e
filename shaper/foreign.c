/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A short list of sentences. Somebody who changes things in a loop fills neither the memory nor the log.
 */
#include "foreign.h"
#include "words.h"
#include "../lib/log.h"
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>

static void take(struct foreign *foreign, char *text)
{
	char *rest = text;
	const char *line;

	while ((line = strsep(&rest, "\n"))) {
		if (!line[0] || (foreign->n && strcmp(foreign->lines[foreign->n - 1], line) == 0))
			continue;
		if (foreign->n == ELEMENTS(foreign->lines) || !(foreign->lines[foreign->n] = strdup(line)))
			foreign->more++;
		else
			foreign->n++;
	}
}

static void put(struct foreign *foreign, const struct nlmsghdr *message,
		void (*write)(struct words *words, const struct nlmsghdr *message))
{
	_cleanup_(freep) char *text = NULL;
	size_t size;
	struct words words = {.out = foreign->n == ELEMENTS(foreign->lines) ? NULL
									    : open_memstream(&text, &size)};

	if (!words.out) {
		foreign->more++;
		return;
	}
	write(&words, message);
	words_end(&words);
	if (fclose(words.out) == 0 && text)
		take(foreign, text);
}

void foreign_route(struct foreign *foreign, const struct nlmsghdr *message)
{
	put(foreign, message, words_route);
}

/* A table that goes tells of each of its parts before. */
static void forget_parts(struct foreign *foreign)
{
	size_t n = 0;

	for (size_t i = 0; i < foreign->n; i++) {
		const bool part = strncmp(foreign->lines[i], "nft ", 4) == 0 &&
				  strncmp(foreign->lines[i], "nft delete table ", 17) != 0;

		if (part)
			free(foreign->lines[i]);
		else
			foreign->lines[n++] = foreign->lines[i];
	}
	foreign->n = n;
	foreign->more = 0;
}

void foreign_nft(struct foreign *foreign, const struct nlmsghdr *message)
{
	if (NFNL_MSG_TYPE(message->nlmsg_type) == NFT_MSG_DELTABLE)
		forget_parts(foreign);
	put(foreign, message, words_nft);
}

void foreign_clear(struct foreign *foreign)
{
	for (size_t i = 0; i < foreign->n; i++)
		free(foreign->lines[i]);
	*foreign = (struct foreign){};
}

void foreign_say(struct foreign *foreign)
{
	for (size_t i = 0; i < foreign->n; i++)
		log_warning("somebody else changed what is ours: %s", foreign->lines[i]);
	if (foreign->more)
		log_warning("somebody else changed what is ours: %u more changes", foreign->more);
	foreign_clear(foreign);
}
