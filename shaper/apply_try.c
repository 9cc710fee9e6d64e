/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A rehearsal of an application: the very same steps, with sockets that give each message to a writer of
 * words instead of to the kernel. So what is said here is what would be sent. It must leave the kernel, and
 * all that is remembered between two plans, as they are.
 */
#include "apply.h"
#include "apply_steps.h"
#include "words.h"
#include <string.h>

static void see_route(const struct nlmsghdr *message, void *data)
{
	words_route(data, message);
}

static void see_nft(const struct nlmsghdr *message, void *data)
{
	words_nft(data, message);
}

static int rehearse(struct work *work, FILE *out)
{
	struct kernel *kernel = work->kernel;
	struct words words = {.out = out, .links = &work->actual.links, .have = &work->actual.plan};
	int r;

	if (!actual_is_gated(&work->actual.plan))
		fputs("sysctl net.ipv4.ip_forward=0\n", out);
	netlink_rehearse(kernel->route, see_route, &words);
	nft_rehearse(kernel->nft, see_nft, &words);
	r = apply_write(work);
	netlink_rehearse(kernel->route, NULL, NULL);
	nft_rehearse(kernel->nft, NULL, NULL);
	words_end(&words);
	return r == 0 ? sysctl_forwarding_words(work->want.uplink, out) : r;
}

/* What judging a plan changes in passing. */
struct kept {
	struct leaves leaves;
	char *absent;
};

static void keep(const struct kernel *kernel, struct kept *out)
{
	out->leaves = kernel->leaves;
	out->absent = kernel->absent ? strdup(kernel->absent) : NULL;
}

static void give_back(struct kernel *kernel, struct kept *kept)
{
	kernel->leaves = kept->leaves;
	free(kernel->absent);
	kernel->absent = kept->absent;
}

int apply_try(struct kernel *kernel, const struct plan *plan, FILE *out, struct apply_result *result)
{
	_cleanup_(work_clear) struct work work = {.kernel = kernel, .result = result, .dry = true};
	struct kept kept;
	int r;

	*result = (struct apply_result){};
	keep(kernel, &kept);
	r = apply_begin(&work, plan);
	if (r == 0)
		r = rehearse(&work, out);
	give_back(kernel, &kept);
	return r;
}
