/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A certificate chain and its private key (PEM, RFC 7468), read from their files and judged as a pair.
 */
#include <stdbool.h>
#include <stdint.h>
#include <gnutls/abstract.h>
#include "../lib/cleanup.h"

#define CERTIFICATE_CHAIN 8

struct certificate {
	gnutls_pcert_st chain[CERTIFICATE_CHAIN];
	unsigned n_chain;
	gnutls_privkey_t key;
	int64_t from_usec, until_usec; /* wall time: when it is good */
	bool for_host;
};

/* 0; or -errno, with the file, what is wrong with it and what to do said in the log. */
int certificate_read(const char *path, const char *key_path, const char *hostname, struct certificate **out);
bool certificate_is_current(const struct certificate *certificate, int64_t wall_usec);
struct certificate *certificate_free(struct certificate *certificate);
DEFINE_CLEANUP(struct certificate *, certificate_free)
