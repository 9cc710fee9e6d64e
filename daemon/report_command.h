/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The command on the monthly report; control.c has its row.
 *
 * report-mail asks {"month": "2026-11"} and is answered, once the mail is in the ledger's outbox (so that no restart forgets it), {"month", "to": [addresses],
 * "waiting": whether it was on its way already, "text"}. Refused where no mail is configured, no report of that month lies there, or the ledger cannot be written.
 */
#include "commands.h"

command_handler command_report_mail;
