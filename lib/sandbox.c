// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: a program at a public place's edge will one day be taken over by what a stranger sent it. What it can
 * do then is what is written here and in the lists of each program, and nothing else.
 */
#include "sandbox.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "cleanup.h"
#include "log.h"

/* Sanitizers and valgrind make system calls of their own in our process. The latter is asked at run time by an
 * instruction sequence that does nothing on a processor, so nobody who can set our environment turns this off. */
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0 /* built where it is not installed */
#endif
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

/* ---- the file system ---- */

#define READING (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITING                                                                                              \
	(READING | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |                           \
	 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |        \
	 LANDLOCK_ACCESS_FS_MAKE_SOCK)
/* All that the first version of Landlock knows (Linux 5.13): what is not named for a place is denied there.
 */
#define HANDLED                                                                                              \
	(WRITING | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |                               \
	 LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)
/* What may be said of a file rather than of a directory. */
#define OF_FILES (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_EXECUTE)

static int place_add(int ruleset, const struct sandbox_place *place)
{
	_cleanup_(closep) int fd = open(place->path, O_PATH | O_CLOEXEC);
	struct landlock_path_beneath_attr rule = {
	    .allowed_access = place->access == SANDBOX_WRITE ? WRITING : READING, .parent_fd = fd};
	struct stat st;

	if (fd < 0)
		return errno == ENOENT || errno == EACCES ? 0 : -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISDIR(st.st_mode))
		rule.allowed_access &= OF_FILES;
	return syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0 ? -errno : 0;
}

int sandbox_places(const struct sandbox_place *places, size_t n)
{
	static const struct sandbox_place nothing = {"/dev/null", SANDBOX_WRITE};
	const struct landlock_ruleset_attr attr = {.handled_access_fs = HANDLED};
	_cleanup_(closep) int ruleset = -1;
	int r = 0;

	if (RUNNING_ON_VALGRIND)
		return 1; /* it knows no such calls */
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (ruleset < 0) {
		if (errno != ENOSYS && errno != EOPNOTSUPP)
			return -errno;
		log_info("this kernel has no Landlock: the file system is guarded by users and rights alone");
		return 1;
	}
	r = place_add(ruleset, &nothing);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = place_add(ruleset, &places[i]);
	if (r == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		r = -errno;
	if (r == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		r = -errno;
	if (r < 0)
		log_error("cannot be confined to its files: %s", strerror(-r));
	return r;
}

/* ---- system calls ---- */

/* What every program makes once it runs: its loop, its memory, its log, its end. */
static const char *const everybody[] = {"brk",
					"clock_gettime",
					"clock_nanosleep",
					"close",
					"dup",
					"epoll_create1",
					"epoll_ctl",
					"epoll_pwait",
					"epoll_wait",
					"exit",
					"exit_group",
					"fcntl",
					"fstat",
					"futex",
					"getpid",
					"getrandom",
					"getsockname",
					"getsockopt",
					"setsockopt",
					"gettid",
					"gettimeofday",
					"getuid",
					"geteuid",
					"getgid",
					"getegid",
					"lseek",
					"madvise",
					"membarrier",
					"mmap",
					"mprotect",
					"mremap",
					"munmap",
					"newfstatat",
					"poll",
					"ppoll",
					"prctl",
					"read",
					"readv",
					"recvfrom",
					"recvmsg",
					"restart_syscall",
					"rseq",
					"rt_sigaction",
					"rt_sigprocmask",
					"rt_sigreturn",
					"sched_getaffinity",
					"sched_yield",
					"sendmsg",
					"sendto",
					"set_robust_list",
					"sigaltstack",
					"signalfd4",
					"tgkill",
					"timerfd_create",
					"timerfd_settime",
					"write",
					"writev",
					NULL};

/* What none of them ever makes, and whoever took one over would. */
static const char *const nobody[] = {"add_key",
				     "bpf",
				     "chroot",
				     "delete_module",
				     "execve",
				     "execveat",
				     "finit_module",
				     "fsmount",
				     "fsopen",
				     "init_module",
				     "io_uring_setup",
				     "kexec_file_load",
				     "kexec_load",
				     "keyctl",
				     "mount",
				     "move_mount",
				     "open_by_handle_at",
				     "open_tree",
				     "perf_event_open",
				     "pivot_root",
				     "process_vm_readv",
				     "process_vm_writev",
				     "ptrace",
				     "reboot",
				     "request_key",
				     "setns",
				     "swapon",
				     "umount2",
				     "unshare",
				     "userfaultfd",
				     NULL};

/* clone3() tells what it wants behind a pointer, where no filter can look: the C library then does with
 * clone(). */
#define NAMESPACES                                                                                           \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |        \
	 CLONE_NEWNET)

static int add_one(scmp_filter_ctx filter, uint32_t action, const char *call)
{
	const int number = seccomp_syscall_resolve_name(call);

	if (number == __NR_SCMP_ERROR)
		return 0; /* a kernel newer than the library, or the other way round */
	if (number == SCMP_SYS(clone))
		return seccomp_rule_add(filter, action, number, 1,
					SCMP_A0(SCMP_CMP_MASKED_EQ, NAMESPACES, 0));
	return seccomp_rule_add(filter, action, number, 0);
}

static int add_all(scmp_filter_ctx filter, uint32_t action, const char *const *calls)
{
	int r = 0;

	while (r == 0 && *calls)
		r = add_one(filter, action, *calls++);
	return r;
}

#define FAMILIES_END 64 /* no kernel knows as many */

static bool is_among(int family, const int *families)
{
	while (*families && *families != family)
		families++;
	return *families != 0;
}

/* Answered as by a kernel that was built without that family: whoever asks for IPv6, say, falls back. Each by
 * itself, since a rule without a condition would swallow those with one. */
static int refuse_families(scmp_filter_ctx filter, const int *families)
{
	const uint32_t refusal = SCMP_ACT_ERRNO(EAFNOSUPPORT);
	int r = seccomp_rule_add(filter, refusal, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_GE, FAMILIES_END));

	for (int family = 0; r == 0 && family < FAMILIES_END; family++)
		if (!is_among(family, families))
			r = seccomp_rule_add(filter, refusal, SCMP_SYS(socket), 1,
					     SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)family));
	return r;
}

static int add_families(scmp_filter_ctx filter, const int *families)
{
	int r = refuse_families(filter, families);

	for (; r == 0 && *families; families++)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
				     SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)*families));
	return r;
}

static int load(scmp_filter_ctx filter, const char *const *calls, const int *families)
{
	int r = add_all(filter, SCMP_ACT_KILL_PROCESS, nobody);

	if (r == 0)
		r = add_all(filter, SCMP_ACT_ALLOW, everybody);
	if (r == 0)
		r = add_all(filter, SCMP_ACT_ALLOW, calls);
	if (r == 0)
		r = add_families(filter, families);
	if (r == 0)
		r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	return r == 0 ? seccomp_load(filter) : r;
}

int sandbox_calls(const char *const *calls, const int *families)
{
	scmp_filter_ctx filter;
	int r;

	if (SANITIZED || RUNNING_ON_VALGRIND)
		return 0;
	filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	if (!filter)
		return -ENOMEM;
	r = load(filter, calls, families);
	seccomp_release(filter);
	if (r < 0)
		log_error("cannot be confined to its system calls: %s", strerror(-r));
	return r;
}
