/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What a notice says, in both languages. A sentence is known by its English format, as gettext does it; its Indonesian one takes the same
 * values by the same conversions in the same order (the unit test proves it of each row). One that is not here is sent in English.
 */
#include "texts.h"

const char *notify_sentence(enum language language, const char *format);
/* A line for the mail's subject; of a kind that is not known: the kind itself. */
const char *notify_subject(enum language language, const char *event_kind);

enum notify_label { NOTIFY_TIME, NOTIFY_OFFICE, NOTIFY_ZONE, NOTIFY_WHO, NOTIFY_FOOT, NOTIFY_LABELS };
const char *notify_label(enum language language, enum notify_label label);

/* For the unit test: the i-th sentence, {Indonesian, English}; NULL: no more. */
const char *const *notify_sentence_at(size_t i);
