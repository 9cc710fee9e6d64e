// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gerbang: the command line. A command is a row in command.c, what was typed is judged in dispatch.c, and
 * what a command does is in commands.c.
 */
#include <stdio.h>
#include "../lib/log.h"
#include "../lib/message.h"
#include "dispatch.h"
#include "words.h"

int main(int argc, char **argv)
{
	int status;

	words_open();
	log_open("gerbang");
	status = dispatch(argc, argv);
	if (fflush(stdout) != 0 || ferror(stdout))
		return CONTROL_REFUSED;
	return status;
}
