/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What words.c picks from; nobody else needs it.
 */
#include "words.h"

extern const char *const words_table[WORDS_IN_TABLE][WORDS_LANGUAGES];
extern const char *const words_review[WORDS - WORDS_IN_TABLE][WORDS_LANGUAGES];
