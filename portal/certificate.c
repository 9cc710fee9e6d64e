// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads a certificate and its key with GnuTLS. Whatever an admin may have put into these files, the outcome
 * is a pair that can serve, or a sentence that says what to do; a key's bytes are wiped wherever they passed.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <gnutls/x509.h>
#include "../lib/log.h"
#include "../lib/privilege.h"
#include "../lib/units.h"
#include "certificate.h"

#define FILE_BYTES 262144
#define KEY_ID 64

static int read_all(int fd, char *bytes, size_t size, size_t *length)
{
	size_t at = 0;

	for (;;) {
		ssize_t n = read(fd, bytes + at, size - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += (size_t)n;
		if (n == 0 || at == size)
			break;
	}
	*length = at;
	return at == size ? -EFBIG : 0;
}

/* A FIFO or a device must not hold the portal up. */
static int open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return -EINVAL;
}

static void say_unreadable(const char *path, int error)
{
	if (error == -EACCES || error == -EPERM)
		log_error("%s: the portal may not read it: let user " USER_PORTAL
			  " do so, for example: chgrp " USER_PORTAL
			  " FILE; chmod 640 FILE; and its folders searchable",
			  path);
	else
		log_error("%s: cannot be read: %s", path, strerror(-error));
}

/* malloc'd; the caller wipes it. */
static int read_file(const char *path, gnutls_datum_t *out)
{
	_cleanup_(closep) int fd = open_file(path);
	_cleanup_(freep) char *bytes = malloc(FILE_BYTES);
	size_t length = 0;
	int r = fd < 0 ? fd : bytes ? 0 : -ENOMEM;

	r = r < 0 ? r : read_all(fd, bytes, FILE_BYTES, &length);
	if (r < 0) {
		if (bytes)
			explicit_bzero(bytes, FILE_BYTES);
		say_unreadable(path, r);
		return r;
	}
	*out = (gnutls_datum_t){(unsigned char *)bytes, (unsigned)length};
	bytes = NULL;
	return 0;
}

static void wipe(gnutls_datum_t *file)
{
	if (file->data)
		explicit_bzero(file->data, FILE_BYTES);
	free(file->data);
}

static int64_t wall_usec(time_t seconds)
{
	return seconds == (time_t)-1 ? 0 : (int64_t)seconds * USEC_PER_SEC;
}

static int take_chain(struct certificate *certificate, gnutls_x509_crt_t *list, unsigned n,
		      const char *hostname)
{
	certificate->from_usec = wall_usec(gnutls_x509_crt_get_activation_time(list[0]));
	certificate->until_usec = wall_usec(gnutls_x509_crt_get_expiration_time(list[0]));
	certificate->for_host = *hostname && gnutls_x509_crt_check_hostname(list[0], hostname);
	certificate->n_chain = n;
	return gnutls_pcert_import_x509_list(certificate->chain, list, &certificate->n_chain,
					     GNUTLS_X509_CRT_LIST_SORT);
}

static int read_chain(const char *path, const char *hostname, struct certificate *certificate)
{
	gnutls_x509_crt_t *list = NULL;
	_cleanup_(wipe) gnutls_datum_t file = {0};
	unsigned n = 0;
	int r = read_file(path, &file);

	if (r < 0)
		return r;
	r = gnutls_x509_crt_list_import2(&list, &n, &file, GNUTLS_X509_FMT_PEM, 0);
	if (r >= 0)
		r = n <= CERTIFICATE_CHAIN ? take_chain(certificate, list, n, hostname)
					   : GNUTLS_E_SHORT_MEMORY_BUFFER;
	for (unsigned i = 0; i < n; i++)
		gnutls_x509_crt_deinit(list[i]);
	gnutls_free(list);
	if (r >= 0)
		return 0;
	certificate->n_chain = 0;
	log_error("%s: is not a certificate chain in PEM: %s", path, gnutls_strerror(r));
	return -EBADMSG;
}

static int read_key(const char *path, struct certificate *certificate)
{
	_cleanup_(wipe) gnutls_datum_t file = {0};
	int r = read_file(path, &file);

	if (r < 0)
		return r;
	r = gnutls_privkey_init(&certificate->key);
	if (r >= 0)
		r = gnutls_privkey_import_x509_raw(certificate->key, &file, GNUTLS_X509_FMT_PEM, NULL, 0);
	if (r >= 0)
		return 0;
	log_error("%s: is not a private key in PEM, without a password: %s", path, gnutls_strerror(r));
	return -EBADMSG;
}

/* Two public keys are the same where their ids are. */
static bool is_pair(const struct certificate *certificate)
{
	unsigned char of_chain[KEY_ID], of_key[KEY_ID];
	size_t n = sizeof(of_chain), m = sizeof(of_key);
	gnutls_pubkey_t public;
	bool same;

	if (gnutls_pubkey_init(&public) < 0)
		return false;
	same = gnutls_pubkey_import_privkey(public, certificate->key, 0, 0) >= 0 &&
	       gnutls_pubkey_get_key_id(public, GNUTLS_KEYID_USE_SHA256, of_key, &m) >= 0 &&
	       gnutls_pubkey_get_key_id(certificate->chain[0].pubkey, GNUTLS_KEYID_USE_SHA256, of_chain,
					&n) >= 0 &&
	       n == m && memcmp(of_chain, of_key, n) == 0;
	gnutls_pubkey_deinit(public);
	return same;
}

int certificate_read(const char *path, const char *key_path, const char *hostname, struct certificate **out)
{
	_cleanup_(certificate_freep) struct certificate *certificate = calloc(1, sizeof(*certificate));
	int r = certificate ? read_chain(path, hostname, certificate) : -ENOMEM;

	r = r < 0 ? r : read_key(key_path, certificate);
	if (r < 0)
		return r;
	if (!is_pair(certificate)) {
		log_error("%s: is not the key of the first certificate in %s", key_path, path);
		return -EBADMSG;
	}
	*out = certificate;
	certificate = NULL;
	return 0;
}

bool certificate_is_current(const struct certificate *certificate, int64_t now_usec)
{
	return certificate->from_usec <= now_usec && now_usec < certificate->until_usec;
}

struct certificate *certificate_free(struct certificate *certificate)
{
	if (!certificate)
		return NULL;
	for (unsigned i = 0; i < certificate->n_chain; i++)
		gnutls_pcert_deinit(&certificate->chain[i]);
	if (certificate->key)
		gnutls_privkey_deinit(certificate->key);
	free(certificate);
	return NULL;
}
