/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What the mains of our programs have in common. 0 or -errno.
 */
#include <systemd/sd-event.h>

/* A loop that SIGTERM and SIGINT end, with the watchdog where systemd asks for it; SIGPIPE is ignored. */
int program_loop(sd_event **out);
/* The same of a child in place of its parent: from now on it is the one that systemd must hear of (NotifyAccess=all). */
int program_watch_child(sd_event *event);
/* Tells systemd that all is set up (READY=1), runs the loop until it ends, says so (STOPPING=1). What the loop ended with. */
int program_serve(sd_event *event);
/* The command line of a program without a configuration: -r RUN_DIR, --help, --version. 0: run; 1: said what
 * was asked; -EINVAL: said what is wrong (exit status 2). */
int program_run_options(int argc, char **argv, const char *program, const char *help,
			const char **run_directory);
