/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a password's check must cost whoever guesses, and neither the guests who log in meanwhile nor this
 * process's memory. The thread sees nothing but its jobs. A secret is nowhere else, is wiped as soon as it
 * has been judged, and is never logged.
 */
#include "verify.h"
#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/queue.h>
#include "../ledger/ledger.h"
#include "../lib/cleanup.h"
#include "../lib/message.h"

struct job {
	TAILQ_ENTRY(job) link;
	char hash[LEDGER_PASSWORD];
	char secret[GUEST_SECRET];
	bool nobody;
	int right;
	verify_done done;
	void *userdata;
};
TAILQ_HEAD(jobs, job);

struct verify {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct jobs waiting, judged; /* below the lock, as is `ends` */
	bool ends, runs;
	unsigned n; /* of the loop alone */
	int fd;
	char nobody[LEDGER_PASSWORD]; /* a hash that nobody's password has */
	sd_event_source *io;
};

static void job_free(struct job *job)
{
	sodium_memzero(job, sizeof(*job));
	free(job);
}

/* ---- the thread ---- */

static void judge(const struct verify *verify, struct job *job)
{
	const char *hash = job->nobody ? verify->nobody : job->hash;
	bool right = crypto_pwhash_str_verify(hash, job->secret, strlen(job->secret)) == 0;

	job->right = right && !job->nobody;
	sodium_memzero(job->secret, sizeof(job->secret));
}

static void *run(void *userdata)
{
	struct verify *verify = userdata;
	struct job *job;

	pthread_mutex_lock(&verify->lock);
	for (;;) {
		while (!verify->ends && TAILQ_EMPTY(&verify->waiting))
			pthread_cond_wait(&verify->work, &verify->lock);
		if (verify->ends)
			break;
		job = TAILQ_FIRST(&verify->waiting);
		TAILQ_REMOVE(&verify->waiting, job, link);
		pthread_mutex_unlock(&verify->lock);
		judge(verify, job);
		pthread_mutex_lock(&verify->lock);
		TAILQ_INSERT_TAIL(&verify->judged, job, link);
		eventfd_write(verify->fd, 1);
	}
	pthread_mutex_unlock(&verify->lock);
	return NULL;
}

/* ---- the loop ---- */

static void finish(struct verify *verify, struct jobs *jobs, bool ends)
{
	struct job *job;

	while ((job = TAILQ_FIRST(jobs))) {
		TAILQ_REMOVE(jobs, job, link);
		verify->n--;
		job->done(job->userdata, ends ? -ESHUTDOWN : job->right);
		job_free(job);
	}
}

static int on_judged(sd_event_source *source _unused_, int fd, uint32_t events _unused_, void *userdata)
{
	struct verify *verify = userdata;
	struct jobs judged = TAILQ_HEAD_INITIALIZER(judged);
	eventfd_t n;

	eventfd_read(fd, &n);
	pthread_mutex_lock(&verify->lock);
	TAILQ_CONCAT(&judged, &verify->judged, link);
	pthread_mutex_unlock(&verify->lock);
	finish(verify, &judged, false);
	return 0;
}

int verify_ask(struct verify *verify, const char *hash, const char *secret, verify_done done, void *userdata)
{
	struct job *job;

	if (verify->n >= VERIFY_QUEUE)
		return -EBUSY;
	job = calloc(1, sizeof(*job));
	if (!job)
		return -ENOMEM;
	job->nobody = !hash;
	if (hash)
		memcpy(job->hash, hash, strnlen(hash, sizeof(job->hash) - 1));
	memcpy(job->secret, secret, strnlen(secret, sizeof(job->secret) - 1));
	job->done = done;
	job->userdata = userdata;
	verify->n++;
	pthread_mutex_lock(&verify->lock);
	TAILQ_INSERT_TAIL(&verify->waiting, job, link);
	pthread_cond_signal(&verify->work);
	pthread_mutex_unlock(&verify->lock);
	return 0;
}

/* ---- the whole ---- */

/* The hash of a password that nobody knows, made as long as an account's. */
static int make_nobody(char nobody[static LEDGER_PASSWORD])
{
	uint8_t secret[32];
	int r;

	randombytes_buf(secret, sizeof(secret));
	r = crypto_pwhash_str(nobody, (const char *)secret, sizeof(secret), VERIFY_OPERATIONS, VERIFY_MEMORY);
	sodium_memzero(secret, sizeof(secret));
	return r ? -ENOMEM : 0;
}

int verify_new(sd_event *event, struct verify **out)
{
	struct verify *verify = calloc(1, sizeof(*verify));
	int r;

	if (!verify)
		return -ENOMEM;
	TAILQ_INIT(&verify->waiting);
	TAILQ_INIT(&verify->judged);
	pthread_mutex_init(&verify->lock, NULL);
	pthread_cond_init(&verify->work, NULL);
	verify->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	r = verify->fd < 0 ? -errno : sodium_init() < 0 ? -EIO : make_nobody(verify->nobody);
	if (r >= 0)
		r = sd_event_add_io(event, &verify->io, verify->fd, EPOLLIN, on_judged, verify);
	if (r >= 0)
		r = -pthread_create(&verify->thread, NULL, run, verify);
	verify->runs = r >= 0;
	if (r < 0) {
		verify_free(verify);
		return r;
	}
	*out = verify;
	return 0;
}

struct verify *verify_free(struct verify *verify)
{
	if (!verify)
		return NULL;
	pthread_mutex_lock(&verify->lock);
	verify->ends = true;
	pthread_cond_signal(&verify->work);
	pthread_mutex_unlock(&verify->lock);
	if (verify->runs)
		pthread_join(verify->thread, NULL);
	finish(verify, &verify->waiting, true);
	finish(verify, &verify->judged, true);
	sd_event_source_disable_unref(verify->io);
	closep(&verify->fd);
	pthread_cond_destroy(&verify->work);
	pthread_mutex_destroy(&verify->lock);
	free(verify);
	return NULL;
}
