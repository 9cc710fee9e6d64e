/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The commands of the control socket (control.c has the table): each checks its arguments, does its work and
 * answers.
 */
#include "control.h"

typedef void command_handler(const struct ticket *ticket, const json_t *request);

command_handler command_status, command_sessions, command_schedule; /* status.c */
command_handler command_plan; /* plan_review.c */
command_handler command_zone_open, command_zone_close, command_zone_auto;	  /* commands.c */
command_handler command_office_inside, command_office_auto;
command_handler command_rehearse;
command_handler command_kick;  /* kick_command.c */
command_handler command_top;   /* top_command.c */
command_handler command_apply, command_confirm; /* apply_command.c */
command_handler command_history, command_history_files; /* history_command.c */
