/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The portal's paths, and what each answers to a guest of whom the daemon has spoken (request->known) or not.
 */
#include "pages.h"
#include "request.h"

const struct route *answer_find(const char *path); /* NULL: there is no such page */
bool answer_takes(const struct route *route, bool post, bool read);
enum guest_request answer_asks(const struct route *route,
			       bool post); /* of the daemon, before it answers; 0: nothing */
enum MHD_Result answer_route(struct request *request);
enum MHD_Result answer_notice(struct request *request, enum notice notice);
