/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: libcurl blocks on a name, libiperf ends its process when it does not like something, and a server may
 * be anybody. So each errand is a child that can be killed, and this loop only reads pipes.
 */
#include "desk.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/queue.h>
#include <sys/wait.h>
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../lib/units.h"
#include "errand.h"

struct job {
	TAILQ_ENTRY(job) link;
	struct desk *desk;
	uint64_t id;
	pid_t pid;
	int pipe;
	sd_event_source *io, *deadline;
	bool late;
	char answer[DESK_ANSWER];
	size_t length;
	desk_done done; /* NULL: nobody wants to know */
	void *userdata;
};
TAILQ_HEAD(jobs, job);

struct desk {
	sd_event *event;
	struct jobs jobs;
	unsigned n;
};

static struct job *job_free(struct job *job)
{
	if (!job)
		return NULL;
	sd_event_source_disable_unref(job->io);
	sd_event_source_disable_unref(job->deadline);
	closep(&job->pipe);
	free(job);
	return NULL;
}

DEFINE_CLEANUP(struct job *, job_free)

/* ---- the child ---- */

static void write_answer(int fd, const struct errand_answer *answer)
{
	json_t *document =
	    json_pack("{s:s, s:b, s:I, s:I}", "error", answer->error, "retry", answer->retry, "down_bps",
		      (json_int_t)answer->down_bps, "up_bps", (json_int_t)answer->up_bps);
	_cleanup_(freep) char *text = document ? json_dumps(document, JSON_COMPACT) : NULL;

	if (text && write(fd, text, strlen(text)) < 0)
		log_error("an errand's answer cannot be told: %s", strerror(errno));
	json_decref(document);
}

/* Nothing of the parent's stays open: its connection ends when it does. Libraries print to standard output
 * what nobody asked for. */
static void keep_only(int fd)
{
	const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (null >= 0)
		dup2(null, STDOUT_FILENO);
	if (fd > 3)
		close_range(3, (unsigned)fd - 1, 0);
	close_range((unsigned)fd + 1, ~0u, 0);
}

static _Noreturn void child(const json_t *errand, int fd, pid_t parent)
{
	struct errand_answer answer;
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(1);
	keep_only(fd);
	errand_run(errand, &answer);
	write_answer(fd, &answer);
	_exit(0);
}

/* ---- its end ---- */

static json_t *failure(const char *why)
{
	return json_pack("{s:s, s:b}", "error", why, "retry", true);
}

static json_t *answer_of(const struct job *job, int status)
{
	char why[96];
	json_t *answer;

	if (job->late)
		return failure("the errand took too long and was ended");
	answer = json_loadb(job->answer, job->length, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(answer) && json_is_string(json_object_get(answer, "error")))
		return answer;
	json_decref(answer);
	snprintf(why, sizeof(why), "the errand's process ended by %s %d without an answer",
		 WIFSIGNALED(status) ? "signal" : "status",
		 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return failure(why);
}

static void finish(struct job *job)
{
	_cleanup_(job_freep) struct job *owned = job;
	json_t *answer;
	int status = 0;

	kill(job->pid, SIGKILL); /* it has said all that it had to */
	if (waitpid(job->pid, &status, 0) < 0)
		status = 0;
	TAILQ_REMOVE(&job->desk->jobs, job, link);
	job->desk->n--;
	answer = answer_of(job, status);
	if (job->done && answer)
		job->done(job->userdata, job->id, answer);
	json_decref(answer);
}

static int on_pipe(sd_event_source *source _unused_, int fd, uint32_t revents _unused_, void *userdata)
{
	struct job *job = userdata;
	ssize_t n = read(fd, job->answer + job->length, sizeof(job->answer) - job->length);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n > 0) {
		job->length += (size_t)n;
		if (job->length < sizeof(job->answer))
			return 0;
	}
	finish(job);
	return 0;
}

static int on_deadline(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	struct job *job = userdata;

	job->late = true;
	finish(job);
	return 0;
}

/* ---- its beginning ---- */

static int start(struct job *job, const json_t *errand)
{
	const pid_t parent = getpid();
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	job->pipe = ends[0];
	job->pid = fork();
	if (job->pid == 0) {
		close(ends[0]);
		child(errand, ends[1], parent);
	}
	close(ends[1]);
	if (job->pid < 0)
		return -errno;
	return fcntl(job->pipe, F_SETFL, O_NONBLOCK) < 0 ? -errno : 0;
}

static int watch_over(struct job *job, int64_t usec)
{
	sd_event *event = job->desk->event;
	int r = sd_event_add_io(event, &job->io, job->pipe, EPOLLIN, on_pipe, job);

	return r < 0 ? r
		     : sd_event_add_time_relative(event, &job->deadline, CLOCK_MONOTONIC, (uint64_t)usec,
						  100 * USEC_PER_MSEC, on_deadline, job);
}

static int take(struct desk *desk, uint64_t id, const json_t *errand, desk_done done, void *userdata)
{
	_cleanup_(job_freep) struct job *job = NULL;
	int r;

	if (desk->n >= DESK_MOST)
		return -EBUSY;
	job = calloc(1, sizeof(*job));
	if (!job)
		return -ENOMEM;
	*job = (struct job){.desk = desk, .id = id, .pipe = -1, .done = done, .userdata = userdata};
	r = start(job, errand);
	if (r < 0)
		return r;
	r = watch_over(job, errand_usec(errand));
	if (r < 0) {
		kill(job->pid, SIGKILL);
		waitpid(job->pid, NULL, 0);
		return r;
	}
	TAILQ_INSERT_TAIL(&desk->jobs, job, link);
	desk->n++;
	job = NULL;
	return 0;
}

int desk_take(struct desk *desk, uint64_t id, json_t *errand, desk_done done, void *userdata)
{
	int r = take(desk, id, errand, done, userdata);

	json_decref(errand);
	return r;
}

void desk_forget(struct desk *desk)
{
	struct job *job;

	TAILQ_FOREACH(job, &desk->jobs, link)
	job->done = NULL;
}

int desk_new(sd_event *event, struct desk **out)
{
	struct desk *desk = calloc(1, sizeof(*desk));

	if (!desk)
		return -ENOMEM;
	desk->event = sd_event_ref(event);
	TAILQ_INIT(&desk->jobs);
	*out = desk;
	return 0;
}

struct desk *desk_free(struct desk *desk)
{
	struct job *job;

	if (!desk)
		return NULL;
	desk_forget(desk);
	while ((job = TAILQ_FIRST(&desk->jobs)))
		finish(job);
	sd_event_unref(desk->event);
	free(desk);
	return NULL;
}
