/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From root to nobody in particular, in one visible step at the start of a program. It must never leave more
 * than asked for and say that it succeeded: what remains is read back from the kernel.
 */
#include "privilege.h"
#include "cleanup.h"
#include "log.h"
#include <cap-ng.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define PASSWD_BUFFER 16384

static int user_find(const char *user, uid_t *uid, gid_t *gid)
{
	char buffer[PASSWD_BUFFER];
	struct passwd entry, *found = NULL;
	int r = getpwnam_r(user, &entry, buffer, sizeof(buffer), &found);

	if (r && r != ENOENT && r != ESRCH)
		return -r;
	if (!found)
		return -ENOENT;
	*uid = entry.pw_uid;
	*gid = entry.pw_gid;
	return 0;
}

int privilege_uid(const char *user, uid_t *uid)
{
	gid_t gid;

	return user_find(user, uid, &gid);
}

/* Chooses in libcap-ng's state: exactly these, to hold and to use, never to hand on. */
static void capabilities_choose(uint64_t capabilities)
{
	capng_clear(CAPNG_SELECT_BOTH);
	for (unsigned cap = 0; cap <= CAP_LAST_CAP; cap++)
		if (capabilities >> cap & 1)
			capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, cap);
}

static int drop_from_root(const char *user, uint64_t capabilities)
{
	uid_t uid;
	gid_t gid;
	int r = user_find(user, &uid, &gid);

	if (r < 0) {
		log_error("there is no user %s on this machine: run scripts/setup", user);
		return r;
	}
	if (uid == 0) {
		log_error("user %s has uid 0: it must be an ordinary user", user);
		return -EPERM;
	}
	capabilities_choose(capabilities);
	/* The user's own groups take the place of root's: the shaper reads the configuration as a member of a
	 * group. (CAPNG_DROP_SUPP_GRP beside it would drop those, too.) */
	r = capng_change_id((int)uid, (int)gid, CAPNG_INIT_SUPP_GRP | CAPNG_CLEAR_BOUNDING);
	if (r < 0) {
		log_error("cannot become user %s (libcap-ng: %d)", user, r);
		return -EPERM;
	}
	return 0;
}

/* What we have and want; what we want and do not have is said, and fails where it is used. */
static int reduce(uint64_t capabilities)
{
	uint64_t kept = 0;

	for (unsigned cap = 0; cap <= CAP_LAST_CAP; cap++) {
		if (!(capabilities >> cap & 1))
			continue;
		if (capng_have_capability(CAPNG_PERMITTED, cap))
			kept |= UINT64_C(1) << cap;
		else
			log_warning("capability %s is missing", capng_capability_to_name(cap));
	}
	/* Emptying the bounding set is itself a capability's right. */
	if (capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP)) {
		capng_clear(CAPNG_SELECT_BOUNDS);
		if (capng_apply(CAPNG_SELECT_BOUNDS) < 0)
			return -EPERM;
	}
	capabilities_choose(kept);
	if (capng_apply(CAPNG_SELECT_CAPS) < 0) {
		log_error("cannot give up capabilities");
		return -EPERM;
	}
	return 0;
}

/* Reads back what the kernel left us. */
static int verify(uint64_t capabilities)
{
	capng_clear(CAPNG_SELECT_ALL);
	if (capng_get_caps_process() < 0)
		return -EIO;
	for (unsigned cap = 0; cap <= CAP_LAST_CAP; cap++) {
		bool held = capng_have_capability(CAPNG_PERMITTED, cap) ||
			    capng_have_capability(CAPNG_EFFECTIVE, cap);

		if ((held && !(capabilities >> cap & 1)) || capng_have_capability(CAPNG_INHERITABLE, cap) ||
		    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, cap, 0, 0) == 1)
			return -EPERM;
	}
	if (getuid() == 0 || geteuid() == 0 || setuid(0) == 0)
		return -EPERM;
	return 0;
}

/* Passwords, codes and keys pass through memory: none of it is for a file, nor for another process of the
 * same user. Last, since a change of user sets what the machine's administrator likes (fs.suid_dumpable). */
static int leave_no_core(void)
{
	static const struct rlimit none = {0, 0};

	if (setrlimit(RLIMIT_CORE, &none) < 0 && errno != ENOSYS)
		return -errno;
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ? -errno : 0;
}

int privilege_drop(const char *user, uint64_t capabilities)
{
	int r;

	if (capng_get_caps_process() < 0)
		return -EIO;
	r = geteuid() == 0 ? drop_from_root(user, capabilities) : reduce(capabilities);
	if (r < 0)
		return r;
	/* Ambient capabilities fall with the inheritable ones; said once more as it costs nothing. */
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
		r = -errno;
		log_error("cannot give up privilege: %s", strerror(errno));
		return r;
	}
	r = verify(capabilities);
	if (r < 0) {
		log_error("privilege is left after it was given up: refusing to go on");
		return r;
	}
	r = leave_no_core();
	if (r < 0)
		log_error("a crash would leave secrets on the disk: %s", strerror(-r));
	return r;
}

/* Makes what is missing above `path`, as root's. */
static int parents_make(const char *path)
{
	char parent[PATH_MAX];
	size_t length = strlen(path);

	if (length >= sizeof(parent))
		return -ENAMETOOLONG;
	for (size_t i = 1; i < length; i++) {
		if (path[i] != '/')
			continue;
		memcpy(parent, path, i);
		parent[i] = '\0';
		if (mkdir(parent, 0755) < 0 && errno != EEXIST)
			return -errno;
	}
	return 0;
}

static bool directory_empty(int fd)
{
	int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = copy < 0 ? NULL : fdopendir(copy);
	unsigned entries = 0;

	if (!directory) {
		if (copy >= 0)
			close(copy);
		return false;
	}
	while (entries <= 2 && readdir(directory))
		entries++;
	closedir(directory);
	return entries <= 2; /* "." and ".." */
}

/* A directory full of somebody else's files is a wrong setting, not a gift. */
static int directory_give(const char *path, const char *user)
{
	_cleanup_(closep) int fd = -1;
	struct stat st;
	uid_t uid;
	gid_t gid;
	int r = user_find(user, &uid, &gid);

	if (r < 0)
		return r;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (st.st_uid != uid && !directory_empty(fd))
		return -ENOTEMPTY;
	if (fchown(fd, uid, gid) < 0 || fchmod(fd, 0755) < 0)
		return -errno;
	return 0;
}

static int directory_make(const char *path, const char *user)
{
	int r = parents_make(path);

	if (r < 0)
		return r;
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return -errno;
	return directory_give(path, user);
}

static int directory_check(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	return access(path, W_OK | X_OK) < 0 ? -errno : 0;
}

int privilege_directory(const char *path, const char *user)
{
	int r = geteuid() == 0 ? directory_make(path, user) : directory_check(path);

	if (r == -ENOTEMPTY)
		log_error("%s: must be empty or belong to user %s", path, user);
	else if (r < 0)
		log_error("%s: cannot be a directory of user %s: %s", path, user, strerror(-r));
	return r;
}
