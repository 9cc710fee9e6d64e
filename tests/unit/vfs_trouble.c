/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: power fails between any two writes, and disks lie about the order. A process that is killed loses
 * nothing that the kernel has; so here every write remembers what was there before, and losing the power puts
 * it back unless it was synced.
 */
#include "vfs_trouble.h"
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct before { /* what a write overwrote */
	struct before *earlier;
	char path[256];
	sqlite3_int64 at, size_then;
	int length;
	char bytes[];
};
struct file {
	sqlite3_file base;
	char path[256];
	sqlite3_file *real; /* behind this struct */
};

static sqlite3_vfs vfs;
static sqlite3_vfs *real;
static struct before *unsynced;
static unsigned steps, chosen;
static enum trouble_kind trouble;
static bool met;

/* ---- losing the power ---- */

static sqlite3_int64 size_of(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	sqlite3_int64 size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);

	if (fd >= 0)
		close(fd);
	return size;
}

static void remember(const struct file *file, sqlite3_int64 at, int length)
{
	struct before *before = calloc(1, sizeof(*before) + (size_t)length);
	int fd = open(file->path, O_RDONLY | O_CLOEXEC);

	strcpy(before->path, file->path);
	before->at = at;
	before->size_then = size_of(file->path);
	before->length = fd < 0 ? 0 : (int)pread(fd, before->bytes, (size_t)length, at);
	before->earlier = unsynced;
	unsynced = before;
	if (fd >= 0)
		close(fd);
}

static void forget(const char *path)
{
	for (struct before **at = &unsynced; *at;) {
		struct before *before = *at;

		if (strcmp(before->path, path) != 0) {
			at = &before->earlier;
			continue;
		}
		*at = before->earlier;
		free(before);
	}
}

static void put_back(const struct before *before)
{
	int fd = open(before->path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (before->length > 0 && pwrite(fd, before->bytes, (size_t)before->length, before->at) < 0)
		_exit(1);
	if (ftruncate(fd, before->size_then) < 0)
		_exit(1);
	close(fd);
}

static void lose_power(void)
{
	unsigned n = 0, kept = 0;

	for (struct before *before = unsynced; before; before = before->earlier)
		n++;
	if (steps % 2) /* the disk had got to the first half of it by itself */
		kept = n / 2;
	for (struct before *before = unsynced; before && n > kept; before = before->earlier, n--)
		put_back(before);
}

/* ---- steps ---- */

/* True: this step is in trouble. */
static bool step(void)
{
	bool now;

	if (trouble == TROUBLE_NONE)
		return false;
	steps++;
	now = chosen && (steps == chosen ||
			 (steps > chosen && (trouble == TROUBLE_FAIL_ALL || trouble == TROUBLE_FULL)));
	met |= now;
	return now;
}

static void die_where_asked(void)
{
	if (trouble == TROUBLE_POWER)
		lose_power();
	if (trouble == TROUBLE_POWER || trouble == TROUBLE_KILL) {
		kill(getpid(), SIGKILL);
		pause();
	}
}

#define REAL(f) (((struct file *)(f))->real)

static int on_write(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 at)
{
	remember((struct file *)file, at, length);
	if (!step())
		return REAL(file)->pMethods->xWrite(REAL(file), bytes, length, at);
	if (trouble != TROUBLE_FULL)
		REAL(file)->pMethods->xWrite(REAL(file), bytes, length / 2, at);
	die_where_asked();
	return trouble == TROUBLE_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int on_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	sqlite3_int64 now = size_of(((struct file *)file)->path);

	if (now > size)
		remember((struct file *)file, size, (int)(now - size));
	if (step()) {
		die_where_asked();
		return SQLITE_IOERR_TRUNCATE;
	}
	return REAL(file)->pMethods->xTruncate(REAL(file), size);
}

static int on_sync(sqlite3_file *file, int flags)
{
	int r;

	if (step()) {
		die_where_asked();
		return trouble == TROUBLE_FULL ? SQLITE_FULL : SQLITE_IOERR_FSYNC;
	}
	r = REAL(file)->pMethods->xSync(REAL(file), flags);
	forget(((struct file *)file)->path);
	return r;
}

static int on_delete(sqlite3_vfs *self, const char *path, int sync)
{
	(void)self;
	if (step()) {
		die_where_asked();
		return SQLITE_IOERR_DELETE;
	}
	forget(path);
	return real->xDelete(real, path, sync);
}

/* ---- what is passed on ---- */

static int on_close(sqlite3_file *f)
{
	return REAL(f)->pMethods->xClose(REAL(f));
}
static int on_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at)
{
	return REAL(f)->pMethods->xRead(REAL(f), to, n, at);
}
static int on_size(sqlite3_file *f, sqlite3_int64 *size)
{
	return REAL(f)->pMethods->xFileSize(REAL(f), size);
}
static int on_lock(sqlite3_file *f, int level)
{
	return REAL(f)->pMethods->xLock(REAL(f), level);
}
static int on_unlock(sqlite3_file *f, int level)
{
	return REAL(f)->pMethods->xUnlock(REAL(f), level);
}
static int on_reserved(sqlite3_file *f, int *out)
{
	return REAL(f)->pMethods->xCheckReservedLock(REAL(f), out);
}
static int on_control(sqlite3_file *f, int op, void *data)
{
	return REAL(f)->pMethods->xFileControl(REAL(f), op, data);
}
static int on_sector(sqlite3_file *f)
{
	return REAL(f)->pMethods->xSectorSize(REAL(f));
}
static int on_characteristics(sqlite3_file *f)
{
	return REAL(f)->pMethods->xDeviceCharacteristics(REAL(f));
}
static int on_shm_map(sqlite3_file *f, int i, int size, int extend, void volatile **out)
{
	return REAL(f)->pMethods->xShmMap(REAL(f), i, size, extend, out);
}
static int on_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
	return REAL(f)->pMethods->xShmLock(REAL(f), at, n, flags);
}
static void on_shm_barrier(sqlite3_file *f)
{
	REAL(f)->pMethods->xShmBarrier(REAL(f));
}
static int on_shm_unmap(sqlite3_file *f, int remove)
{
	return REAL(f)->pMethods->xShmUnmap(REAL(f), remove);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = on_close,
    .xRead = on_read,
    .xWrite = on_write,
    .xTruncate = on_truncate,
    .xSync = on_sync,
    .xFileSize = on_size,
    .xLock = on_lock,
    .xUnlock = on_unlock,
    .xCheckReservedLock = on_reserved,
    .xFileControl = on_control,
    .xSectorSize = on_sector,
    .xDeviceCharacteristics = on_characteristics,
    .xShmMap = on_shm_map,
    .xShmLock = on_shm_lock,
    .xShmBarrier = on_shm_barrier,
    .xShmUnmap = on_shm_unmap,
};

static int on_open(sqlite3_vfs *self, const char *path, sqlite3_file *out, int flags, int *out_flags)
{
	struct file *file = (struct file *)out;
	int r;

	(void)self;
	file->real = (sqlite3_file *)(file + 1);
	strncpy(file->path, path ? path : "", sizeof(file->path) - 1);
	r = real->xOpen(real, path, file->real, flags, out_flags);
	file->base.pMethods = file->real->pMethods ? &methods : NULL;
	return r;
}

void trouble_install(void)
{
	real = sqlite3_vfs_find(NULL);
	vfs = *real;
	vfs.zName = "trouble";
	vfs.szOsFile = (int)sizeof(struct file) + real->szOsFile;
	vfs.xOpen = on_open;
	vfs.xDelete = on_delete;
	sqlite3_vfs_register(&vfs, 1);
}

void trouble_at(unsigned at, enum trouble_kind kind)
{
	steps = 0;
	chosen = at;
	trouble = kind;
	met = false;
}

void trouble_over(void)
{
	trouble = TROUBLE_NONE;
}

unsigned trouble_steps(void)
{
	return steps;
}

bool trouble_met(void)
{
	return met;
}
