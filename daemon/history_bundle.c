/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a configuration is many files, and whether two are the same, or what one holds, is asked of all of
 * them together. They are read once, into memory, with a bound.
 */
#include <errno.h>
#include <sodium.h>
#include <string.h>
#include "history.h"
#include "history_store.h"
#include "../lib/cleanup.h"
#include "../policy/config_source.h"

static void sum_of(const struct bundle_file *file, char text[static 65])
{
	unsigned char sum[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(sum, (const unsigned char *)file->bytes, file->length);
	sodium_bin2hex(text, 65, sum, sizeof(sum));
}

int bundle_read(struct bundle *bundle, const char *name, const char *path, int outside)
{
	struct bundle_file file = {.outside = outside}, *grown;
	int r;

	for (size_t i = 0; i < bundle->n; i++)
		if (!strcmp(bundle->rows[i].name, name))
			return -EEXIST;
	grown = reallocarray(bundle->rows, bundle->n + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	bundle->rows = grown;
	r = config_file_read(path, HISTORY_FILES_BYTES - bundle->bytes, &file.bytes, &file.length);
	if (r < 0)
		return r;
	file.name = strdup(name);
	if (!file.name) {
		free(file.bytes);
		return -ENOMEM;
	}
	sum_of(&file, file.sum);
	bundle->bytes += file.length;
	grown[bundle->n++] = file;
	return 0;
}

int bundle_sums(const struct bundle *bundle, json_t *meta)
{
	json_t *files = json_object(), *outside = json_object();
	int r = 0;

	for (size_t i = 0; i < bundle->n && r == 0; i++)
		r = json_object_set_new(bundle->rows[i].outside ? outside : files, bundle->rows[i].name,
					json_string(bundle->rows[i].sum));
	r |= json_object_set_new(meta, "files", files);
	r |= json_object_set_new(meta, "outside", outside);
	return r ? -ENOMEM : 0;
}

void bundle_clear(struct bundle *bundle)
{
	for (size_t i = 0; i < bundle->n; i++) {
		free(bundle->rows[i].name);
		free(bundle->rows[i].bytes);
	}
	free(bundle->rows);
	*bundle = (struct bundle){0};
}
