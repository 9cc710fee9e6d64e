/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: opening a capture takes a capability, and who parses strangers' frames shall have none. So there are
 * two processes: this one knows no frame, no socket and no setting, and a child that a stranger has brought
 * down is replaced.
 */
#include "parent.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../lib/units.h"
#include "child.h"

#define END_USEC (5 * USEC_PER_SEC)
#define AGAIN_USEC (200 * USEC_PER_MSEC) /* between two children that end on purpose */
#define FAILED_USEC USEC_PER_SEC

static int block_signals(sigset_t *set)
{
	static const int numbers[] = {SIGTERM, SIGINT, SIGCHLD};

	sigemptyset(set);
	for (size_t i = 0; i < ELEMENTS(numbers); i++)
		sigaddset(set, numbers[i]);
	if (sigprocmask(SIG_BLOCK, set, NULL) < 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return -errno;
	return 0;
}

/* The next signal within that time; 0: none. */
static int next_signal(const sigset_t *set, int64_t usec)
{
	const struct timespec patience = {.tv_sec = usec / USEC_PER_SEC,
					  .tv_nsec = usec % USEC_PER_SEC * 1000};
	int number = sigtimedwait(set, NULL, &patience);

	return number < 0 ? 0 : number;
}

/* False: asked to end meanwhile. */
static bool pause_for(const sigset_t *set, int64_t usec)
{
	const int64_t until = clock_now().mono_usec + usec;

	for (int64_t left = usec; left > 0; left = until - clock_now().mono_usec) {
		int number = next_signal(set, left);

		if (number == SIGTERM || number == SIGINT)
			return false;
	}
	return true;
}

static void end_child(const sigset_t *set, pid_t pid)
{
	const int64_t until = clock_now().mono_usec + END_USEC;

	kill(pid, SIGTERM);
	while (waitpid(pid, NULL, WNOHANG) == 0) {
		int64_t left = until - clock_now().mono_usec;

		if (left > 0) {
			(void)next_signal(set, left);
			continue;
		}
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		return;
	}
}

/* Waits for the child's end. False: asked to end, and it has. */
static bool wait_for_child(const sigset_t *set, pid_t pid, int *status)
{
	for (;;) {
		int number = next_signal(set, USEC_PER_HOUR);

		if (number == SIGTERM || number == SIGINT) {
			end_child(set, pid);
			return false;
		}
		if (waitpid(pid, status, WNOHANG) == pid)
			return true;
	}
}

/* How long to wait before the next. */
static int64_t judge(int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_AGAIN)
		return 0;
	if (WIFSIGNALED(status))
		log_error("the process that reads frames ended by signal %d: it is started anew",
			  WTERMSIG(status));
	else
		log_warning("the process that reads frames ended with status %d: it is started anew",
			    WEXITSTATUS(status));
	return FAILED_USEC;
}

/* A child without its parent would never be replaced. */
static bool bind_to_parent(pid_t parent)
{
	return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent;
}

int parent_run(int (*child)(const char *argument), const char *argument)
{
	const pid_t parent = getpid();
	sigset_t set;
	int status, r = block_signals(&set);

	if (r < 0)
		return 1;
	sd_notify(0, "READY=1");
	for (;;) {
		int64_t began = clock_now().mono_usec, delay;
		pid_t pid = fork();

		if (pid == 0)
			return bind_to_parent(parent) ? child(argument) : 1;
		if (pid < 0) {
			log_error("no process can be made: %s", strerror(errno));
			return 1;
		}
		if (!wait_for_child(&set, pid, &status))
			break;
		delay = MAX(judge(status), began + AGAIN_USEC - clock_now().mono_usec);
		if (delay > 0 && !pause_for(&set, delay))
			break;
	}
	sd_notify(0, "STOPPING=1");
	return 0;
}
