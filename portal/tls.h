/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The portal's certificate and private key: read, judged, and read again when their files change (inotify on
 * their folders, and a look every minute), without a restart. A pair that cannot be used never takes the
 * place of one that can; the log says why, once. Connections that live go on with the pair that they began
 * with.
 */
#include <stdbool.h>
#include <gnutls/abstract.h>
#include <systemd/sd-event.h>
#include "../lib/cleanup.h"

#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

struct tls;

/* One in a program. `changed` is called when there is a pair for the first time, or none any more. 0 or
 * -errno. */
int tls_new(sd_event *event, void (*changed)(void *userdata), void *userdata, struct tls **out);
/* "" for both: none is wanted. `hostname` is what the certificate should be for: another is warned about. */
void tls_configure(struct tls *tls, const char *certificate, const char *key, const char *hostname);
/* There is a pair to serve with. */
bool tls_ready(const struct tls *tls);
/* And a browser whose clock is right will believe it: its dates are good now, and it is for the host's name.
 */
bool tls_trustworthy(const struct tls *tls);
/* For GnuTLS, each handshake. */
int tls_retrieve(gnutls_session_t session, const gnutls_datum_t *authorities, int n_authorities,
		 const gnutls_pk_algorithm_t *algorithms, int n_algorithms, gnutls_pcert_st **chain,
		 unsigned *n_chain, gnutls_privkey_t *key);
struct tls *tls_free(struct tls *tls);
DEFINE_CLEANUP(struct tls *, tls_free)
