/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Files of a former configuration back into the configuration's folder: all or none. Each is written beside its place, durably, and takes
 * it by a rename; what was there is NAME.before-rollback from then on.
 */
#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

struct put_back_file {
	char *path;		      /* below the folder, for people */
	char *name, *kept, *fresh;    /* in its directory: "a.conf", "a.conf.before-rollback", ".a.conf.rollback" */
	int directory;
	bool was_there;
	bool in_place; /* the new one has its name */
	mode_t mode;
	uid_t uid;
	gid_t gid;
};
struct put_back {
	char *folder;
	struct put_back_file *files; /* those that differ */
	size_t n;
};

/* `files`: [{"name", "text" or "base64"}], names relative to the folder of `config_path`. 0; negative: said, and the folder is as it was. */
int put_back(const char *config_path, const json_t *files, struct put_back *out);
void put_back_undo(struct put_back *put); /* says so */
void put_back_say(const struct put_back *put);
void put_back_clear(struct put_back *put);
