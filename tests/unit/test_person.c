/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves that a pass that is forgotten is gone from memory at once, with every device of it and whatever
 * would keep it there: what was to be written, how often it came, somebody in the middle of a login.
 */
#include "../../daemon/person.h"
#include "../../daemon/daemon.h"
#include "../../daemon/life.h"
#include "../../lib/cleanup.h"
#include "../../lib/units.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

static const struct mac first = {.octets = {2, 0, 0, 0, 0, 1}}, second = {.octets = {2, 0, 0, 0, 0, 2}},
			other = {.octets = {2, 0, 0, 0, 0, 3}};

static struct daemon room; /* without a ledger: what is known is known in memory alone */

void life_end(struct life *life _unused_, struct session *session _unused_, enum ledger_end how _unused_)
{
	ck_abort_msg("nobody has a session here");
}

static void set_up(void)
{
	ck_assert_int_eq(persons_new(&room, &room.persons), 0);
}

static void tear_down(void)
{
	room.persons = persons_free(room.persons);
}

static struct person *known(const struct mac *mac)
{
	return persons_known(room.persons, mac, "");
}

/* A visitor with two devices, that is in the ledger and has come often lately. */
static struct person *visitor(void)
{
	struct person *person = persons_new_pass(room.persons, &first);

	ck_assert_ptr_nonnull(person);
	persons_device(room.persons, &second, person);
	persons_born(room.persons, person, 7);
	memcpy(person->pass.code, "ABCDE-FGHJK", sizeof("ABCDE-FGHJK"));
	person->pass.visit_bytes = person->day_bytes = 1000;
	for (int i = 0; i < 100; i++)
		ck_assert(rate_take(&person->comings, clock_now().mono_usec));
	return person;
}

static unsigned count(void)
{
	unsigned n = 0;

	for (struct person *p = persons_next(room.persons, NULL); p; p = persons_next(room.persons, p))
		n++;
	return n;
}

START_TEST(who_came_often_stays_known_until_it_is_forgotten)
{
	struct person *person = visitor(), *bystander = persons_new_pass(room.persons, &other);

	person->unsaved = false;
	persons_sweep(room.persons);
	ck_assert_ptr_eq(known(&first), person);
	person->unsaved = person->unsaved_day = true;
	persons_forget(room.persons, person);
	ck_assert_ptr_null(known(&first));
	ck_assert_ptr_null(known(&second));
	ck_assert_ptr_null(persons_get(room.persons, LEDGER_PASS, 7));
	ck_assert_ptr_eq(known(&other), bystander);
	ck_assert_uint_eq(count(), 1);
}
END_TEST

START_TEST(who_is_in_the_middle_of_a_login_goes_on_as_a_stranger)
{
	struct person *person = visitor(), *again;

	person->held = 1;
	person->unsaved = person->unsaved_day = true;
	persons_forget(room.persons, person);
	ck_assert_ptr_null(known(&first));
	ck_assert_ptr_null(persons_get(room.persons, LEDGER_PASS, 7));
	ck_assert_str_eq(person->pass.code, "");
	ck_assert(person->key.id < 0 && !person->pass.id && !person->pass.visit_bytes && !person->day_bytes);
	ck_assert(!person->unsaved && !person->unsaved_day);

	again = persons_new_pass(room.persons, &first);
	ck_assert_ptr_ne(again, person);
	ck_assert_int_ne(again->key.id, person->key.id);
	ck_assert_uint_eq(count(), 2);

	person->held = 0;
	person->comings.spent_until_usec = 0;
	persons_sweep(room.persons);
	ck_assert_ptr_eq(known(&first), again);
	ck_assert_uint_eq(count(), 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("person");
	TCase *forgetting = tcase_create("forgetting");
	SRunner *runner = srunner_create(suite);
	int failed;

	clock_zone_set("Asia/Pontianak");
	tcase_add_checked_fixture(forgetting, set_up, tear_down);
	tcase_add_test(forgetting, who_came_often_stays_known_until_it_is_forgotten);
	tcase_add_test(forgetting, who_is_in_the_middle_of_a_login_goes_on_as_a_stranger);
	suite_add_tcase(suite, forgetting);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
