/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What a program may still ask of the kernel once it is set up: an allow-list of system calls (seccomp) and of places in the file system
 * (Landlock). Said by the program itself, so that it holds however it was started, beside what its systemd unit says.
 *
 * A call that is on no list answers ENOSYS, as if the kernel were older: a newer C library then falls back, and nobody's
 * network stops on a Friday. A socket of a family that is not named answers EAFNOSUPPORT, as if the kernel were smaller. A call that no
 * program of ours ever makes, and somebody who took it over would (execve, ptrace, mount, ...), ends the process.
 * scripts/syscalls shows what of the lists the tests were seen to need.
 */
#include <stddef.h>

struct sandbox_place {
	const char *path; /* with all below it; one that is not there is left out */
	enum sandbox_access { SANDBOX_READ, SANDBOX_WRITE } access;
};

/* Nothing but these places can be opened from now on. 0; 1: this kernel (said in the log) or valgrind has no Landlock; -errno. */
int sandbox_places(const struct sandbox_place *places, size_t n);
/* `calls`: by name, NULL behind the last, besides those of every program (sandbox.c); "clone" is without new namespaces. `families`: of
 * socket(2), 0 behind the last. 0 or -errno; with sanitizers or under valgrind nothing is done, since they make calls of their
 * own in our process. */
int sandbox_calls(const char *const *calls, const int *families);
