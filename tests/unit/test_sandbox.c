/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a confined process is answered: allowed calls go on, others are an older kernel's, an attacker's end
 * it, and nothing outside its places is opened. Each try is a process of its own, since confinement has no
 * way back.
 */
#include "../../lib/cleanup.h"
#include "../../lib/log.h"
#include "../../lib/sandbox.h"
#include "../../lib/units.h"
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define CONFINED 0
#else
#define CONFINED 1
#endif

static const char *const calls[] = {"openat", "unlink", "unlinkat", "mkdir",
				    "rename", "clone",	"wait4",    NULL};
static const int families[] = {AF_UNIX, AF_INET, 0};
static char here[] = "/tmp/gerbang-unit-XXXXXX";

struct forbidden {
	const char *name;
	long number;
	long arguments[4];
};

/* What becomes of a process that makes one call under the lists: -errno, 0 (it was done), or a signal's
 * number + 1000. */
static int attempt(long number, const long arguments[4])
{
	const pid_t child = fork();
	int status;

	if (child == 0) {
		if (sandbox_calls(calls, families) < 0)
			_exit(254);
		if (syscall(number, arguments[0], arguments[1], arguments[2], arguments[3]) >= 0)
			_exit(0);
		_exit(errno);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : -WEXITSTATUS(status);
}

static const struct forbidden deadly[] = {
    {"execve", SYS_execve, {0}},
    {"execveat", SYS_execveat, {0}},
    {"ptrace", SYS_ptrace, {0}},
    {"mount", SYS_mount, {0}},
    {"umount2", SYS_umount2, {0}},
    {"bpf", SYS_bpf, {0}},
    {"unshare", SYS_unshare, {CLONE_NEWUSER}},
    {"setns", SYS_setns, {0}},
    {"io_uring_setup", SYS_io_uring_setup, {1}},
    {"keyctl", SYS_keyctl, {0}},
    {"add_key", SYS_add_key, {0}},
    {"init_module", SYS_init_module, {0}},
    {"finit_module", SYS_finit_module, {0}},
    {"kexec_load", SYS_kexec_load, {0}},
    {"perf_event_open", SYS_perf_event_open, {0}},
    {"process_vm_readv", SYS_process_vm_readv, {0}},
    {"process_vm_writev", SYS_process_vm_writev, {0}},
    {"userfaultfd", SYS_userfaultfd, {0}},
    {"open_by_handle_at", SYS_open_by_handle_at, {0}},
    {"chroot", SYS_chroot, {0}},
    {"pivot_root", SYS_pivot_root, {0}},
    {"reboot", SYS_reboot, {0}},
    {"swapon", SYS_swapon, {0}},
};

static const struct forbidden refused[] = {
    {"kill", SYS_kill, {1}},
    {"chmod", SYS_chmod, {0}},
    {"setuid", SYS_setuid, {0}},
    {"clone3", SYS_clone3, {0}},
    {"new user namespace", SYS_clone, {CLONE_NEWUSER | SIGCHLD}},
    {"new network namespace", SYS_clone, {CLONE_NEWNET | SIGCHLD}},
    {"symlink", SYS_symlinkat, {0}},
    {"mknod", SYS_mknodat, {0}},
    {"clock_settime", SYS_clock_settime, {0}},
    {"sethostname", SYS_sethostname, {0}},
    {"settimeofday", SYS_settimeofday, {0}},
    {"pidfd_getfd", SYS_pidfd_getfd, {0}},
};

START_TEST(what_an_attacker_would_call_ends_the_process)
{
	for (size_t i = 0; CONFINED && i < ELEMENTS(deadly); i++)
		ck_assert_msg(attempt(deadly[i].number, deadly[i].arguments) == 1000 + SIGSYS, "%s went on",
			      deadly[i].name);
}
END_TEST

START_TEST(what_is_on_no_list_is_an_older_kernel)
{
	for (size_t i = 0; CONFINED && i < ELEMENTS(refused); i++)
		ck_assert_msg(attempt(refused[i].number, refused[i].arguments) == -ENOSYS,
			      "%s was not refused", refused[i].name);
}
END_TEST

START_TEST(sockets_only_of_the_families_named)
{
	static const int others[] = {0,	     AF_INET6,	   AF_NETLINK, AF_PACKET, AF_VSOCK, AF_ALG,
				     AF_XDP, AF_BLUETOOTH, 63,	       64,	  1000,	    -1};
	long arguments[4] = {AF_UNIX, SOCK_STREAM, 0, 0};

	ck_assert_int_eq(attempt(SYS_socket, arguments), 0);
	arguments[0] = AF_INET;
	ck_assert_int_eq(attempt(SYS_socket, arguments), 0);
	for (size_t i = 0; CONFINED && i < ELEMENTS(others); i++) {
		arguments[0] = others[i] & 0xffffffff;
		ck_assert_msg(attempt(SYS_socket, arguments) == -EAFNOSUPPORT, "family %d", others[i]);
	}
}
END_TEST

START_TEST(what_is_allowed_goes_on)
{
	int status;
	const pid_t child = fork();

	if (child == 0) {
		if (sandbox_calls(calls, families) < 0)
			_exit(1);
		void *memory = malloc(1 << 20);
		const pid_t grandchild = fork();

		if (grandchild == 0)
			_exit(memory ? 0 : 1);
		_exit(waitpid(grandchild, &status, 0) == grandchild && status == 0 ? 0 : 2);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}
END_TEST

/* ---- places ---- */

static bool has_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) >= 1;
}

/* 0 or the errno with which `path` below `here` cannot be opened so. */
static int opened(const char *path, int flags)
{
	_cleanup_(closep) int fd = open(path, flags | O_CLOEXEC, 0600);

	return fd < 0 ? errno : 0;
}

static void make(const char *path)
{
	_cleanup_(closep) int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	ck_assert_int_ge(fd, 0);
}

static void prepare(void)
{
	ck_assert_ptr_nonnull(mkdtemp(here));
	ck_assert_int_eq(chdir(here), 0);
	ck_assert_int_eq(mkdir("ours", 0755) | mkdir("read", 0755) | mkdir("others", 0755), 0);
	make("read/file");
	make("others/secret");
	ck_assert_int_eq(symlink("../others/secret", "ours/way"), 0);
}

static int try_places(void)
{
	const struct sandbox_place places[] = {
	    {"ours", SANDBOX_WRITE}, {"read", SANDBOX_READ}, {"missing", SANDBOX_READ}};

	if (sandbox_places(places, ELEMENTS(places)) != 0)
		return 1;
	if (opened("ours/new", O_RDWR | O_CREAT) != 0 || rename("ours/new", "ours/newer") < 0 ||
	    unlink("ours/newer") < 0)
		return 2;
	if (opened("read/file", O_RDONLY) != 0 || opened("/dev/null", O_RDWR) != 0)
		return 3;
	if (opened("read/file", O_WRONLY) != EACCES || opened("read/new", O_WRONLY | O_CREAT) != EACCES ||
	    unlink("read/file") == 0)
		return 4;
	if (opened("others/secret", O_RDONLY) != EACCES || opened("ours/way", O_RDONLY) != EACCES ||
	    opened("/etc/passwd", O_RDONLY) != EACCES)
		return 5;
	if (opened("ours/../others/secret", O_RDONLY) != EACCES ||
	    rename("others/secret", "ours/secret") == 0 || link("others/secret", "ours/secret") == 0)
		return 6;
	if (symlink("/etc", "ours/link") == 0 || mknod("ours/pipe", S_IFIFO | 0600, 0) == 0)
		return 7;
	return 0;
}

START_TEST(nothing_outside_its_places_is_opened)
{
	int status;
	pid_t child;

	if (!has_landlock()) {
		fprintf(stderr, "this kernel has no Landlock: nothing to prove\n");
		return;
	}
	prepare();
	child = fork();
	if (child == 0)
		_exit(try_places());
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sandbox");
	TCase *tcase = tcase_create("sandbox");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, what_an_attacker_would_call_ends_the_process);
	tcase_add_test(tcase, what_is_on_no_list_is_an_older_kernel);
	tcase_add_test(tcase, sockets_only_of_the_families_named);
	tcase_add_test(tcase, what_is_allowed_goes_on);
	tcase_add_test(tcase, nothing_outside_its_places_is_opened);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
