/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `month-city DIRECTORY FROM_DAY UNTIL_DAY`: a ledger with a small city's days [from, until), all but the last closed:
 * what a gateway has in the night after a month. For tests of the programs that read it.
 */
#include "../bench/ledger_city.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../../lib/clock.h"

int main(int argc, char **argv)
{
	struct ledger_city city = {.offices = 4, .zones = 1, .seed = 11, .close = true};
	struct ledger *ledger = NULL;
	int r;

	if (argc != 4 || clock_zone_set("Asia/Pontianak") < 0)
		return 2;
	city.from_day = city.rows_from = (int32_t)strtol(argv[2], NULL, 10);
	city.until_day = (int32_t)strtol(argv[3], NULL, 10);
	r = ledger_open(argv[1], &ledger);
	if (r == 0)
		r = ledger_city_make(ledger, &city);
	if (r < 0)
		fprintf(stderr, "%s: %s\n", strerror(-r), ledger ? ledger_error(ledger) : argv[1]);
	ledger_close(ledger);
	return r < 0;
}
