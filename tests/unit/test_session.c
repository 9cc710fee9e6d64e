/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves the daemon's tables: one session a guest, found by guest and by id, ordered by end however they come
 * and go; a class handed out once, the longest free first, and not before its counters were read; blocks that
 * grow ahead of need and go with their zone; one override a subject.
 */
#include "../../daemon/blocks.h"
#include "../../daemon/override.h"
#include "../../daemon/pool.h"
#include "../../daemon/session.h"
#include "../../lib/units.h"
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct plan_session row_of(const char *device, uint32_t guest, int64_t ends)
{
	struct plan_session row = {.ends_mono_usec = ends, .minor = PLAN_FIRST_GUEST};

	memcpy(row.device, device, strlen(device));
	row.mac.octets[0] = 2;
	memcpy(row.mac.octets + 2, &guest, sizeof(guest));
	return row;
}

static struct session *add(struct sessions *sessions, const char *device, uint32_t guest, int64_t ends)
{
	struct plan_session row = row_of(device, guest, ends);
	struct session *session = NULL;

	ck_assert_int_eq(sessions_add(sessions, &row, SESSION_ONLINE, &session), 0);
	return session;
}

/* ---- sessions ---- */

START_TEST(a_guest_has_one_session_a_zone)
{
	struct sessions *sessions = sessions_new();
	struct plan_session again = row_of("zone0", 1, 5);
	struct session *first = add(sessions, "zone0", 1, 10), *other = add(sessions, "zone1", 1, 10),
		       *none = NULL;

	ck_assert_int_eq(sessions_add(sessions, &again, SESSION_JOINING, &none), -EEXIST);
	ck_assert_ptr_null(none);
	ck_assert_ptr_eq(sessions_find(sessions, "zone0", &first->row.mac), first);
	ck_assert_ptr_eq(sessions_find(sessions, "zone1", &first->row.mac), other);
	ck_assert_ptr_null(sessions_find(sessions, "zone2", &first->row.mac));
	ck_assert_uint_eq(sessions_total(sessions), 2);
	sessions_free(sessions);
}
END_TEST

START_TEST(ids_are_unique_and_follow_adopted_ones)
{
	struct sessions *sessions = sessions_new();
	struct plan_session adopted = row_of("zone0", 1, 10), same_id = row_of("zone0", 2, 10);
	struct session *session = NULL;

	adopted.id = same_id.id = 41;
	ck_assert_int_eq(sessions_add(sessions, &adopted, SESSION_ONLINE, &session), 0);
	ck_assert_int_eq(sessions_add(sessions, &same_id, SESSION_ONLINE, &session), -EEXIST);
	ck_assert_uint_eq(add(sessions, "zone0", 3, 10)->row.id, 42);
	ck_assert_ptr_nonnull(sessions_find_id(sessions, 42));
	ck_assert_ptr_null(sessions_find_id(sessions, 43));
	sessions_free(sessions);
}
END_TEST

START_TEST(the_first_to_end_comes_first_whatever_comes_and_goes)
{
	struct sessions *sessions = sessions_new();
	int64_t last = 0;
	size_t n = 0;

	srand(7);
	for (uint32_t i = 0; i < 5000; i++)
		add(sessions, i % 2 ? "zone0" : "zone1", i, 1 + rand() % 100000);
	for (uint32_t i = 0; i < 5000; i += 3) { /* out of the middle */
		struct plan_session row = row_of(i % 2 ? "zone0" : "zone1", i, 0);

		sessions_remove(sessions, sessions_find(sessions, row.device, &row.mac));
	}
	for (struct session *s; (s = sessions_first_to_end(sessions)); n++) {
		ck_assert_int_ge(s->row.ends_mono_usec, last);
		last = s->row.ends_mono_usec;
		sessions_remove(sessions, s);
	}
	ck_assert_uint_eq(n, 5000 - 1667);
	ck_assert_uint_eq(sessions_total(sessions), 0);
	sessions_free(sessions);
}
END_TEST

START_TEST(one_that_leaves_ends_no_more_but_still_counts)
{
	struct sessions *sessions = sessions_new();
	struct session *leaving = add(sessions, "zone0", 1, 1), *stays = add(sessions, "zone0", 2, 2);

	sessions_leaving(sessions, leaving);
	sessions_leaving(sessions, leaving); /* twice is once */
	ck_assert_ptr_eq(sessions_first_to_end(sessions), stays);
	ck_assert_uint_eq(sessions_count(sessions, "zone0"), 2);
	sessions_remove(sessions, leaving);
	ck_assert_uint_eq(sessions_count(sessions, "zone0"), 1);
	ck_assert_uint_eq(sessions_count(sessions, "zone1"), 0);
	sessions_free(sessions);
}
END_TEST

struct counted {
	struct session_waiter waiter;
	int calls, error;
};

static void on_wake(struct session_waiter *waiter, int error)
{
	struct counted *counted = (struct counted *)waiter;

	counted->calls++;
	counted->error = error;
}

START_TEST(who_waits_is_called_once)
{
	struct sessions *sessions = sessions_new();
	struct session *session = add(sessions, "zone0", 1, 1);
	struct counted a = {.waiter.done = on_wake}, b = {.waiter.done = on_wake};
	struct session_waiter *waiters;

	session_wait(session, &a.waiter);
	session_wait(session, &b.waiter);
	waiters = session->waiters;
	session->waiters = NULL;
	session_wake(waiters, -EBUSY);
	session_wake(session->waiters, 0);
	ck_assert_int_eq(a.calls, 1);
	ck_assert_int_eq(b.calls, 1);
	ck_assert_int_eq(b.error, -EBUSY);
	sessions_free(sessions);
}
END_TEST

/* ---- classes ---- */

START_TEST(the_longest_free_class_is_taken_first_once_its_counters_are_read)
{
	struct pool *pool = pool_new();
	uint16_t minor = 0;

	ck_assert_int_eq(pool_take(pool, 3, 9, &minor), -ENOENT);
	pool_put(pool, 3, PLAN_GUEST(0, 0), 4);
	pool_put(pool, 3, PLAN_GUEST(0, 1), 5);
	pool_put(pool, 4, PLAN_GUEST(1, 0), 1);
	ck_assert_int_eq(pool_take(pool, 3, 4, &minor),
			 -EAGAIN); /* COUNT 4 was asked for before the release */
	ck_assert_int_eq(pool_take(pool, 3, 5, &minor), 0);
	ck_assert_uint_eq(minor, PLAN_GUEST(0, 0));
	ck_assert_int_eq(pool_take(pool, 3, 5, &minor), -EAGAIN);
	pool_put(pool, 3, PLAN_GUEST(0, 0), 5);
	ck_assert_uint_eq(pool_count(pool, 3), 2);
	ck_assert_int_eq(pool_take(pool, 3, 6, &minor), 0);
	ck_assert_uint_eq(minor, PLAN_GUEST(0, 1));
	pool_clear(pool, 3);
	ck_assert_int_eq(pool_take(pool, 3, 9, &minor), -ENOENT);
	ck_assert_uint_eq(pool_count(pool, 4), 1);
	pool_free(pool);
}
END_TEST

START_TEST(the_last_class_of_all_can_be_kept)
{
	struct pool *pool = pool_new();
	uint16_t minor = 0;

	pool_put(pool, PLAN_SLOTS - 1, PLAN_GUEST(PLAN_GUEST_BLOCKS - 1, PLAN_GUEST_BLOCK - 1), 0);
	ck_assert_int_eq(pool_take(pool, PLAN_SLOTS - 1, 1, &minor), 0);
	ck_assert_uint_eq(minor, 0xffff);
	pool_free(pool);
}
END_TEST

/* ---- blocks ---- */

struct site {
	struct policy policy;
	struct policy_zone zones[2];
	struct slots slots;
	struct blocks *blocks;
	struct sessions *sessions;
	struct pool *pool;
};

static void site_make(struct site *site)
{
	static char park[] = "park", square[] = "square";

	*site = (struct site){.zones = {{.id = park, .device = "zone0"}, {.id = square, .device = "zone1"}}};
	site->zones[0].address4 = (struct prefix){.addr.family = AF_INET, .length = 24};
	site->policy = (struct policy){.zones = site->zones, .n_zones = 2};
	ck_assert_int_eq(slots_assign(&site->slots, &site->policy), 0);
	site->blocks = calloc(1, sizeof(*site->blocks));
	site->sessions = sessions_new();
	site->pool = pool_new();
}

static void site_clear(struct site *site)
{
	slots_clear(&site->slots);
	free(site->blocks);
	sessions_free(site->sessions);
	pool_free(site->pool);
}

static unsigned slot_of(const struct site *site, unsigned zone)
{
	return (unsigned)slots_find(&site->slots, "zone", site->zones[zone].id);
}

static bool plan_and_settle(struct site *site)
{
	blocks_ask(site->blocks, &site->policy, &site->slots);
	return blocks_settle(site->blocks, site->pool, site->sessions, 0);
}

START_TEST(a_zone_grows_ahead_of_need_and_stops_at_its_network)
{
	struct site site;
	unsigned slot;
	size_t ahead;

	site_make(&site);
	slot = slot_of(&site, 0);
	ck_assert(blocks_grow(site.blocks, &site.zones[0], slot, 0));
	while (blocks_classes(site.blocks, slot) < BLOCKS_AHEAD)
		ck_assert(blocks_grow(site.blocks, &site.zones[0], slot, 0));
	ahead = blocks_classes(site.blocks, slot) - BLOCKS_LOW;
	ck_assert(!blocks_grow(site.blocks, &site.zones[0], slot, ahead));
	ck_assert(blocks_grow(site.blocks, &site.zones[0], slot, ahead + 1));
	while (blocks_grow(site.blocks, &site.zones[0], slot, 1000))
		;
	ck_assert_uint_eq(site.blocks->n[slot], 256 / PLAN_GUEST_BLOCK);
	ck_assert_uint_eq(pool_count(site.pool, slot), 0); /* not before the kernel has them */
	ck_assert(plan_and_settle(&site));
	ck_assert_uint_eq(pool_count(site.pool, slot), 256);
	ck_assert(!plan_and_settle(&site));
	ck_assert_uint_eq(pool_count(site.pool, slot), 256);
	ck_assert_int_eq(blocks_slot(site.blocks, PLAN_GUEST(0, 5)), (int)slot);
	ck_assert_int_eq(blocks_slot(site.blocks, PLAN_GUEST(9, 5)), -ENOENT);
	site_clear(&site);
}
END_TEST

START_TEST(a_block_wanted_after_the_plan_waits_for_the_next)
{
	struct site site;
	unsigned slot;

	site_make(&site);
	slot = slot_of(&site, 1);
	blocks_ask(site.blocks, &site.policy, &site.slots);
	blocks_grow(site.blocks, &site.zones[1], slot, 0);
	ck_assert(!blocks_settle(site.blocks, site.pool, site.sessions, 0));
	ck_assert_uint_eq(pool_count(site.pool, slot), 0);
	ck_assert(plan_and_settle(&site));
	ck_assert_uint_eq(pool_count(site.pool, slot), BLOCKS_AHEAD);
	site_clear(&site);
}
END_TEST

START_TEST(adopted_blocks_leave_out_the_classes_in_use)
{
	struct site site;
	struct plan actual = {0};
	struct plan_session row = row_of("zone0", 1, 10);
	struct session *session;
	unsigned slot;

	site_make(&site);
	slot = slot_of(&site, 0);
	for (unsigned i = 0; i < PLAN_GUEST_BLOCK; i++)
		plan_add_class(&actual,
			       &(struct plan_class){.minor = PLAN_GUEST(2, i), .parent = PLAN_INNER(slot)});
	plan_add_class(&actual,
		       &(struct plan_class){.minor = PLAN_GUEST(3, 0), .parent = PLAN_INNER(slot + 9)});
	plan_add_class(&actual, &(struct plan_class){.minor = PLAN_GUEST(4, 0), .parent = PLAN_ROOT});
	blocks_adopt(site.blocks, &actual, &site.policy, &site.slots);
	row.minor = PLAN_GUEST(2, 7);
	ck_assert_int_eq(sessions_add(site.sessions, &row, SESSION_ONLINE, &session), 0);
	ck_assert_uint_eq(site.blocks->n[slot], 1);
	ck_assert_int_eq(blocks_slot(site.blocks, PLAN_GUEST(3, 0)), -ENOENT);
	ck_assert(plan_and_settle(&site));
	ck_assert_uint_eq(pool_count(site.pool, slot), PLAN_GUEST_BLOCK - 1);
	plan_clear(&actual);
	site_clear(&site);
}
END_TEST

START_TEST(blocks_go_with_their_zone)
{
	struct guest_blocks map;
	struct site site;
	unsigned slot;

	site_make(&site);
	slot = slot_of(&site, 1);
	blocks_grow(site.blocks, &site.zones[1], slot, 0);
	plan_and_settle(&site);
	site.policy.n_zones = 1;
	map = blocks_ask(site.blocks, &site.policy, &site.slots);
	ck_assert_uint_eq(map.slot_plus_1[0], 0);
	ck_assert_int_eq(blocks_slot(site.blocks, PLAN_GUEST(0, 0)),
			 (int)slot); /* until the kernel has let go */
	blocks_settle(site.blocks, site.pool, site.sessions, 0);
	ck_assert_int_eq(blocks_slot(site.blocks, PLAN_GUEST(0, 0)), -ENOENT);
	ck_assert_uint_eq(pool_count(site.pool, slot), 0);
	ck_assert_uint_eq(site.blocks->n[slot], 0);
	site_clear(&site);
}
END_TEST

/* ---- overrides ---- */

START_TEST(one_override_a_subject_forgotten_a_day_after_its_end)
{
	struct overrides overrides = {0};
	struct site site;

	site_make(&site);
	overrides_set(&overrides, OVERRIDE_ZONE_OPEN, "park", 100);
	overrides_set(&overrides, OVERRIDE_ZONE_CLOSED, "park", 0);
	overrides_set(&overrides, OVERRIDE_ZONE_OPEN, "square", USEC_PER_DAY);
	overrides_set(&overrides, OVERRIDE_OFFICE_INSIDE, "park", 0); /* another subject; no such office */
	ck_assert_uint_eq(overrides.n, 3);
	ck_assert_uint_eq(overrides_find(&overrides, OVERRIDE_ZONE_OPEN, "park")->kind, OVERRIDE_ZONE_CLOSED);
	ck_assert(overrides_prune(&overrides, &site.policy, 2 * USEC_PER_DAY));
	ck_assert_uint_eq(overrides.n, 2);
	ck_assert(overrides_prune(&overrides, &site.policy, 2 * USEC_PER_DAY + 1));
	ck_assert_uint_eq(overrides.n, 1);
	ck_assert(overrides_unset(&overrides, OVERRIDE_ZONE_OPEN, "park"));
	ck_assert(!overrides_unset(&overrides, OVERRIDE_ZONE_OPEN, "park"));
	overrides_clear(&overrides);
	site_clear(&site);
}
END_TEST

static Suite *suite(void)
{
	TCase *tcase = tcase_create("session");
	Suite *made = suite_create("session");

	tcase_add_test(tcase, a_guest_has_one_session_a_zone);
	tcase_add_test(tcase, ids_are_unique_and_follow_adopted_ones);
	tcase_add_test(tcase, the_first_to_end_comes_first_whatever_comes_and_goes);
	tcase_add_test(tcase, one_that_leaves_ends_no_more_but_still_counts);
	tcase_add_test(tcase, who_waits_is_called_once);
	tcase_add_test(tcase, the_longest_free_class_is_taken_first_once_its_counters_are_read);
	tcase_add_test(tcase, the_last_class_of_all_can_be_kept);
	tcase_add_test(tcase, a_zone_grows_ahead_of_need_and_stops_at_its_network);
	tcase_add_test(tcase, a_block_wanted_after_the_plan_waits_for_the_next);
	tcase_add_test(tcase, adopted_blocks_leave_out_the_classes_in_use);
	tcase_add_test(tcase, blocks_go_with_their_zone);
	tcase_add_test(tcase, one_override_a_subject_forgotten_a_day_after_its_end);
	suite_add_tcase(made, tcase);
	return made;
}

int main(void)
{
	SRunner *runner = srunner_create(suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
