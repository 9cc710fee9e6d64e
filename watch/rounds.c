/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: which targets answered is evidence against a provider, so a request must never be called lost while
 * its answer may still come, nor be counted twice where rounds overlap.
 */
#include "rounds.h"
#include "../lib/cleanup.h"

void rounds_reset(struct rounds *rounds)
{
	*rounds = (struct rounds){};
}

struct round *rounds_begin(struct rounds *rounds, int64_t now_usec, uint16_t sent)
{
	struct round *round = &rounds->rows[++rounds->newest % ROUNDS_KEPT];

	*round = (struct round){.sent_usec = now_usec, .sent = sent};
	round->echo.sequence = (uint16_t)rounds->newest;
	return round;
}

int64_t rounds_answer(struct rounds *rounds, int64_t now_usec, int64_t keep_usec, uint16_t from, bool v6,
		      const uint8_t *bytes, size_t length)
{
	int64_t rtt_usec;

	for (unsigned i = 0; i < ROUNDS_KEPT && i < rounds->newest; i++) {
		struct round *round = &rounds->rows[(rounds->newest - i) % ROUNDS_KEPT];

		if (now_usec - round->sent_usec > keep_usec)
			return 0;
		if (!echo_answers(&round->echo, v6, bytes, length))
			continue;
		round->answered |= from & round->sent;
		rtt_usec = MAX(now_usec - round->sent_usec, 1);
		if (!rounds->shortest_usec || rtt_usec < rounds->shortest_usec)
			rounds->shortest_usec = rtt_usec;
		return rtt_usec;
	}
	return 0;
}

struct rounds_verdict rounds_judge(struct rounds *rounds, int64_t now_usec, int64_t period_usec)
{
	const int64_t old = MAX(period_usec, ROUNDS_ANSWER_USEC) - period_usec / 2;
	struct rounds_verdict verdict = {.rtt_usec =
					     (uint32_t)MIN(rounds->shortest_usec, (int64_t)UINT32_MAX)};

	rounds->shortest_usec = 0;
	for (unsigned i = 0; i < ROUNDS_KEPT && rounds->newest - i > rounds->told; i++) {
		const struct round *round = &rounds->rows[(rounds->newest - i) % ROUNDS_KEPT];

		if (now_usec - round->sent_usec < old)
			continue;
		verdict.sent = round->sent;
		verdict.answered = round->answered;
		rounds->told = rounds->newest - i;
		break;
	}
	return verdict;
}
