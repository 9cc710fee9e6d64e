// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Watches the certificate's and the key's file, and chooses the pair that handshakes use. When which file is
 * looked at, and what is said of it, is here; what a pair is worth is judged in certificate.c. The only
 * secret of the portal lives below, and leaves only into GnuTLS.
 */
#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/queue.h>
#include <sys/stat.h>
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../lib/units.h"
#include "certificate.h"
#include "tls.h"

#define LOOK_USEC USEC_PER_MINUTE
#define SETTLE_USEC (300 * USEC_PER_MSEC)  /* both files are written one after the other */
#define RETIRED_USEC (5 * USEC_PER_MINUTE) /* longer than any handshake */
#define WARN_USEC (14 * USEC_PER_DAY)
#define CHANGES (IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_ATTRIB)

/* What tells one version of a file from another. */
struct version {
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec written, changed;
};

struct retired {
	SLIST_ENTRY(retired) link;
	int64_t since_usec;
	struct certificate *pair;
};

struct tls {
	sd_event *event;
	sd_event_source *look, *folders[2];
	void (*changed)(void *userdata);
	void *userdata;
	char *paths[2]; /* certificate, key; "" for none */
	char *hostname;
	struct version versions[2]; /* of what was read last, whether it could be used or not */
	bool read;		    /* anything at all */
	struct certificate *pair;
	int64_t warned_usec;
	SLIST_HEAD(, retired) retired;
};

static struct tls *the_tls; /* GnuTLS hands nothing to its callback that could name ours */

int tls_retrieve(gnutls_session_t session _unused_, const gnutls_datum_t *authorities _unused_,
		 int n_authorities _unused_, const gnutls_pk_algorithm_t *algorithms _unused_,
		 int n_algorithms _unused_, gnutls_pcert_st **chain, unsigned *n_chain, gnutls_privkey_t *key)
{
	if (!tls_ready(the_tls))
		return -1;
	*chain = the_tls->pair->chain;
	*n_chain = the_tls->pair->n_chain;
	*key = the_tls->pair->key;
	return 0;
}

bool tls_ready(const struct tls *tls)
{
	return tls && tls->pair;
}

bool tls_trustworthy(const struct tls *tls)
{
	return tls_ready(tls) && tls->pair->for_host &&
	       certificate_is_current(tls->pair, clock_now().wall_usec);
}

/* A handshake under way may still hold the old one. */
static void retire(struct tls *tls, struct certificate *pair)
{
	struct retired *retired = pair ? calloc(1, sizeof(*retired)) : NULL;

	if (!retired) /* none, or no memory: kept for ever, which harms nobody */
		return;
	retired->pair = pair;
	retired->since_usec = clock_now().mono_usec;
	SLIST_INSERT_HEAD(&tls->retired, retired, link);
}

static void forget_retired(struct tls *tls, int64_t before_usec)
{
	struct retired *retired, *next;

	for (retired = SLIST_FIRST(&tls->retired); retired; retired = next) {
		next = SLIST_NEXT(retired, link);
		if (retired->since_usec > before_usec)
			continue;
		SLIST_REMOVE(&tls->retired, retired, retired, link);
		certificate_free(retired->pair);
		free(retired);
	}
}

static void use(struct tls *tls, struct certificate *pair)
{
	bool before = tls_ready(tls);

	retire(tls, tls->pair);
	tls->pair = pair;
	tls->warned_usec = 0;
	if (before != tls_ready(tls))
		tls->changed(tls->userdata);
}

static struct version version_of(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return (struct version){0};
	return (struct version){st.st_dev, st.st_ino, st.st_size, st.st_mtim, st.st_ctim};
}

static bool same_version(const struct version *a, const struct version *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	       a->written.tv_sec == b->written.tv_sec && a->written.tv_nsec == b->written.tv_nsec &&
	       a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec;
}

/* Whether a file differs from what was read last; remembers what it is now. */
static bool is_new(struct tls *tls)
{
	bool differs = !tls->read;

	for (int i = 0; i < 2; i++) {
		struct version now = version_of(tls->paths[i]);

		differs = differs || !same_version(&now, &tls->versions[i]);
		tls->versions[i] = now;
	}
	tls->read = true;
	return differs;
}

static void say_pair(const struct tls *tls)
{
	const struct certificate *pair = tls->pair;
	char until[CLOCK_TEXT];

	log_notice("%s: in use; good until %s", tls->paths[0], clock_text(pair->until_usec, until));
	if (!pair->for_host)
		log_warning("%s: is not for \"%s\": guests will be warned", tls->paths[0], tls->hostname);
	if (!certificate_is_current(pair, clock_now().wall_usec))
		log_warning("%s: is not good at this time: guests will be warned", tls->paths[0]);
}

/* Once a day in the last fourteen days. */
static void warn_of_end(struct tls *tls)
{
	int64_t now = clock_now().wall_usec, left;

	if (!tls->pair || (tls->warned_usec && now - tls->warned_usec < USEC_PER_DAY))
		return;
	left = tls->pair->until_usec - now;
	if (left >= WARN_USEC)
		return;
	tls->warned_usec = now;
	if (left < 0)
		log_error(
		    "%s: has expired: renew it; until then guests are sent to the page without encryption",
		    tls->paths[0]);
	else
		log_warning("%s: expires in %lld days: renew it", tls->paths[0],
			    (long long)(left / USEC_PER_DAY));
}

static bool would_be_worse(const struct tls *tls, const struct certificate *pair)
{
	int64_t now = clock_now().wall_usec;

	return tls->pair && certificate_is_current(tls->pair, now) && !certificate_is_current(pair, now);
}

static void load(struct tls *tls)
{
	struct certificate *pair = NULL;

	if (certificate_read(tls->paths[0], tls->paths[1], tls->hostname, &pair) < 0) {
		log_error("HTTPS: %s", tls->pair
					   ? "the certificate before stays in use"
					   : "there is none until the certificate and its key can be read");
		return;
	}
	if (would_be_worse(tls, pair)) {
		log_error("%s: is not good at this time: the certificate before stays in use", tls->paths[0]);
		certificate_free(pair);
		return;
	}
	use(tls, pair);
	say_pair(tls);
}

static int on_folder(sd_event_source *source _unused_, const struct inotify_event *event _unused_,
		     void *userdata)
{
	struct tls *tls = userdata;

	sd_event_source_set_time_relative(tls->look, SETTLE_USEC);
	return sd_event_source_set_enabled(tls->look, SD_EVENT_ONESHOT);
}

/* A folder that cannot be watched (now) is looked at every minute all the same. */
static void watch_folder(struct tls *tls, int i)
{
	_cleanup_(freep) char *folder = strdup(tls->paths[i]);
	char *slash = folder ? strrchr(folder, '/') : NULL;

	if (tls->folders[i] || !slash)
		return;
	slash[slash == folder ? 1 : 0] = '\0';
	if (sd_event_add_inotify(tls->event, &tls->folders[i], folder, CHANGES, on_folder, tls) < 0)
		log_debug("%s: cannot be watched", folder);
}

static int on_look(sd_event_source *source, uint64_t usec _unused_, void *userdata)
{
	struct tls *tls = userdata;

	for (int i = 0; i < 2; i++)
		watch_folder(tls, i);
	if (is_new(tls))
		load(tls);
	warn_of_end(tls);
	forget_retired(tls, clock_now().mono_usec - RETIRED_USEC);
	sd_event_source_set_time_relative(source, LOOK_USEC);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static bool set_text(char **place, const char *text)
{
	char *copy;

	if (*place && strcmp(*place, text) == 0)
		return false;
	copy = strdup(text);
	if (!copy)
		return false;
	free(*place);
	*place = copy;
	return true;
}

void tls_configure(struct tls *tls, const char *certificate, const char *key, const char *hostname)
{
	bool wanted = *certificate && *key, differs = false;

	differs |= set_text(&tls->paths[0], certificate);
	differs |= set_text(&tls->paths[1], key);
	differs |= set_text(&tls->hostname, hostname);
	if (!differs)
		return;
	for (int i = 0; i < 2; i++)
		tls->folders[i] = sd_event_source_disable_unref(tls->folders[i]);
	tls->read = false;
	if (wanted) {
		on_look(tls->look, 0, tls);
		return;
	}
	sd_event_source_set_enabled(tls->look, SD_EVENT_OFF);
	log_notice("no certificate is configured: there is no HTTPS, and telephones are not told of the "
		   "portal by DHCP or "
		   "router advertisement (portal.certificate and portal.key)");
	if (tls->pair)
		use(tls, NULL);
}

int tls_new(sd_event *event, void (*changed)(void *userdata), void *userdata, struct tls **out)
{
	_cleanup_(tls_freep) struct tls *tls = calloc(1, sizeof(*tls));
	int r;

	if (!tls)
		return -ENOMEM;
	tls->event = sd_event_ref(event);
	tls->changed = changed;
	tls->userdata = userdata;
	SLIST_INIT(&tls->retired);
	r = sd_event_add_time(event, &tls->look, CLOCK_MONOTONIC, UINT64_MAX, SETTLE_USEC, on_look, tls);
	if (r < 0)
		return r;
	r = sd_event_source_set_enabled(tls->look, SD_EVENT_OFF);
	if (r < 0)
		return r;
	the_tls = tls;
	*out = tls;
	tls = NULL;
	return 0;
}

struct tls *tls_free(struct tls *tls)
{
	if (!tls)
		return NULL;
	if (the_tls == tls)
		the_tls = NULL;
	forget_retired(tls, INT64_MAX);
	certificate_free(tls->pair);
	for (int i = 0; i < 2; i++) {
		sd_event_source_disable_unref(tls->folders[i]);
		free(tls->paths[i]);
	}
	sd_event_source_disable_unref(tls->look);
	sd_event_unref(tls->event);
	free(tls->hostname);
	free(tls);
	return NULL;
}
