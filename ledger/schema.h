/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The shape of the file by versions: `user_version` counts the migrations that it has been through.
 */
#include "store.h"

/* Brings the file to this version, each step in a transaction of its own. -EPROTONOSUPPORT: it is newer.
 * -EIO: it is somebody else's. In both cases nothing is written. */
int schema_judge(struct ledger *ledger);
int schema_migrate(struct ledger *ledger);
int64_t schema_version(void); /* of this program */
