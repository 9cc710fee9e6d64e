/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What the mains of our programs have in common. 0 or -errno.
 */
#include <systemd/sd-event.h>

/* A loop that SIGTERM and SIGINT end, with the watchdog where systemd asks for it; SIGPIPE is ignored. */
int program_loop(sd_event **out);
/* The command line of a program without a configuration: -r RUN_DIR, --help, --version. 0: run; 1: said what
 * was asked; -EINVAL: said what is wrong (exit status 2). */
int program_run_options(int argc, char **argv, const char *program, const char *help,
			const char **run_directory);
