/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loaded before a program's own libraries (LD_PRELOAD): the moment that it is set up and would begin to
 * serve, it is taken over instead, and tries what an intruder would, under the very lists that the program
 * has put itself under. GERBANG_CAPTIVE is "all", for everything that is answered, or the name of one call
 * that must end the process. Each try is a line on standard error: "captive: NAME ERRNO" (0: it was done).
 * Then the program goes on as ever. It must never be part of what is installed.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

typedef int loop(void *event);
__attribute__((visibility("default"))) int sd_event_loop(void *event);

static void say(const char *name, long outcome)
{
	dprintf(STDERR_FILENO, "captive: %s %ld\n", name, outcome);
}

/* What a call came to: 0 or its errno. */
static long outcome(long r)
{
	return r < 0 ? errno : 0;
}

/* ---- what ends the process ---- */

static const struct {
	const char *name;
	long number, first;
} deadly[] = {
    {"execve", SYS_execve, 0},
    {"ptrace", SYS_ptrace, 0},
    {"mount", SYS_mount, 0},
    {"bpf", SYS_bpf, 0},
    {"unshare", SYS_unshare, CLONE_NEWUSER},
    {"io_uring_setup", SYS_io_uring_setup, 1},
    {"keyctl", SYS_keyctl, 0},
    {"process_vm_readv", SYS_process_vm_readv, 1},
};

static void try_deadly(const char *name)
{
	for (size_t i = 0; i < COUNT(deadly); i++) {
		if (strcmp(deadly[i].name, name))
			continue;
		say("tries", (long)i);
		say("survived", outcome(syscall(deadly[i].number, deadly[i].first, 0, 0, 0, 0)));
	}
}

/* ---- what is answered ---- */

static long try_open(const char *path, int flags)
{
	int fd = path ? open(path, flags | O_CLOEXEC, 0600) : -1;

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static void try_files(void)
{
	say("read-secret", try_open(getenv("GERBANG_CAPTIVE_SECRET"), O_RDONLY));
	say("read-shadow", try_open("/etc/shadow", O_RDONLY));
	say("read-memory", try_open("/proc/1/mem", O_RDONLY));
	say("write-etc", try_open("/etc/hosts", O_WRONLY));
	say("create-etc", try_open("/etc/gerbang-captive", O_WRONLY | O_CREAT));
	say("create-tmp", try_open("/var/tmp/gerbang-captive", O_WRONLY | O_CREAT));
	say("write-pattern", try_open("/proc/sys/kernel/core_pattern", O_WRONLY));
	say("link-etc", outcome(symlink("/etc/shadow", "/var/tmp/gerbang-captive")));
	say("mknod", outcome(mknod("/var/tmp/gerbang-captive", S_IFCHR | 0600, 0)));
	say("chown", outcome(chown("/etc/hosts", getuid(), getgid())));
}

static long try_socket(int family, int type, int protocol)
{
	int fd = socket(family, type | SOCK_CLOEXEC, protocol);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static void try_sockets(void)
{
	say("inet", try_socket(AF_INET, SOCK_STREAM, 0));
	say("inet6", try_socket(AF_INET6, SOCK_STREAM, 0));
	say("netlink", try_socket(AF_NETLINK, SOCK_RAW, 0));
	say("packet", try_socket(AF_PACKET, SOCK_RAW, 0));
	say("raw", try_socket(AF_INET, SOCK_RAW, 1));
	say("alg", try_socket(AF_ALG, SOCK_SEQPACKET, 0));
	say("vsock", try_socket(AF_VSOCK, SOCK_STREAM, 0));
	say("bluetooth", try_socket(AF_BLUETOOTH, SOCK_RAW, 0));
	say("can", try_socket(AF_CAN, SOCK_RAW, 1));
}

static void try_processes(void)
{
	const char *victim = getenv("GERBANG_CAPTIVE_VICTIM");

	say("kill", outcome(kill(victim ? atoi(victim) : 1, SIGKILL)));
	say("user-namespace", outcome(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0)));
	say("net-namespace", outcome(syscall(SYS_clone, CLONE_NEWNET | SIGCHLD, 0, 0, 0, 0)));
	say("clone3", outcome(syscall(SYS_clone3, 0, 0)));
	say("root", outcome(setuid(0)));
	say("clock", outcome(syscall(SYS_clock_settime, 0, 0)));
	say("host-name", outcome(sethostname("captive", 7)));
	say("pidfd", outcome(syscall(SYS_pidfd_open, 1, 0)));
	say("dumpable", prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
}

static void take_over(const char *what)
{
	if (strcmp(what, "all")) {
		try_deadly(what);
		return;
	}
	try_files();
	try_sockets();
	try_processes();
	say("end", 0);
}

int sd_event_loop(void *event)
{
	const char *what = getenv("GERBANG_CAPTIVE");
	loop *real = (loop *)dlsym(RTLD_NEXT, "sd_event_loop");

	if (what)
		take_over(what);
	return real ? real(event) : -ENOSYS;
}
