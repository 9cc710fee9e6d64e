/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The help, made from the table of commands, in the language of the terminal.
 */
#include <stdio.h>
#include "command.h"

void help_overview(FILE *out);
void help_command(const struct command *command);
/* `gerbang zone`: one line for each command that begins with this word. False: there is none. */
bool help_group(const char *word, FILE *out);
