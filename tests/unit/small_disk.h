/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A disk without room, in two ways: files that may not grow, and a small file system over the test's folder, in a mount
 * namespace of this process alone. What is not possible here is left out.
 */
#include "ledger_fixture.h"
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>

static _unused_ bool may_limit(void)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &limit);
	return limit.rlim_max == RLIM_INFINITY;
}

static _unused_ void set_limit(rlim_t bytes)
{
	struct rlimit limit = {.rlim_cur = bytes, .rlim_max = RLIM_INFINITY};

	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static _unused_ void lift_limit(void)
{
	set_limit(RLIM_INFINITY);
}

static _unused_ bool mount_small(void)
{
	if (geteuid() != 0 || unshare(CLONE_NEWNS) < 0)
		return false;
	ck_assert_int_eq(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	ck_assert_int_eq(mount("tmpfs", directory, "tmpfs", 0, "size=512k,mode=0700"), 0);
	return true;
}

static _unused_ void enlarge(void)
{
	ck_assert_int_eq(mount("tmpfs", directory, "tmpfs", MS_REMOUNT, "size=64m"), 0);
}
