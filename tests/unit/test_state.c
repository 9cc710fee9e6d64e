/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves daemon/state.c and daemon/slots_room.c: slots of services survive a restart beside those of files
 * written before there were any, a file that makes no sense is moved aside, and a site whose slots are all
 * taken still starts.
 */
#include "../../daemon/slots_room.h"
#include "../../daemon/state.h"
#include "../../lib/cleanup.h"
#include "../../lib/log.h"
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static char directory[64];

static void setup(void)
{
	snprintf(directory, sizeof(directory), "/tmp/gerbang-unit-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
}

static void teardown(void)
{
	DIR *dir = opendir(directory);
	char path[384];

	for (struct dirent *entry; (entry = readdir(dir));) {
		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		if (entry->d_name[0] != '.')
			unlink(path);
	}
	closedir(dir);
	rmdir(directory);
}

static void write_file(const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/state.json", directory);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

static struct slots load(void)
{
	struct overrides overrides = {0};
	struct state state = {0};
	struct slots slots = {0};

	ck_assert_int_eq(state_load(directory, &slots, &overrides, &state), 0);
	overrides_clear(&overrides);
	state_clear(&state);
	return slots;
}

static bool moved_aside(void)
{
	DIR *dir = opendir(directory);
	bool found = false;

	for (struct dirent *entry; (entry = readdir(dir));)
		found |= strstr(entry->d_name, ".corrupt-") != NULL;
	closedir(dir);
	return found;
}

#define LONG_OFFICE "dinas-komunikasi-dan-informatika" /* 32 */
#define LONG_SERVICE "sistem-absensi-pegawai-kabupaten"

static char *office_ids[] = {LONG_OFFICE, "setda"};
static struct policy_service services[] = {{.id = LONG_SERVICE}, {.id = "voip"}};
static struct policy_office offices[] = {{.services = services, .n_services = 2}, {.n_services = 0}};
static struct policy policy = {.offices = offices, .n_offices = 2};

static struct policy *site(void)
{
	for (size_t i = 0; i < ELEMENTS(offices); i++)
		offices[i].id = office_ids[i];
	return &policy;
}

START_TEST(an_old_file_is_read_and_services_come_after)
{
	struct slots slots;

	write_file("{\"version\":1,\"slots\":[\"office/setda\",\"zone/taman-kota\"],\"overrides\":[]}");
	slots = load();
	ck_assert_uint_eq(slots.n, 2);
	ck_assert_int_eq(slots_assign_room(&slots, site(), NULL), 0);
	ck_assert_int_eq(slots_find(&slots, "office", "setda"), 0);
	ck_assert_int_eq(slots_find(&slots, "zone", "taman-kota"), 1);
	ck_assert_int_ge(slots_find_service(&slots, LONG_OFFICE, LONG_SERVICE), 2);
	slots_clear(&slots);
}
END_TEST

START_TEST(the_longest_ids_come_back_as_they_were)
{
	struct overrides overrides = {0};
	struct state state = {0};
	struct slots slots = {0}, again;

	ck_assert_int_eq(state_load(directory, &slots, &overrides, &state), 0);
	ck_assert_int_eq(slots_assign_room(&slots, site(), NULL), 0);
	state_save(&state, &slots, &overrides);
	again = load();
	ck_assert_uint_eq(again.n, slots.n);
	ck_assert_int_eq(memcmp(again.ids, slots.ids, slots.n * sizeof(*slots.ids)), 0);
	ck_assert_int_eq(slots_find_service(&again, LONG_OFFICE, LONG_SERVICE),
			 slots_find_service(&slots, LONG_OFFICE, LONG_SERVICE));
	ck_assert(!moved_aside());
	slots_clear(&slots);
	slots_clear(&again);
	state_clear(&state);
}
END_TEST

START_TEST(an_id_that_nobody_wrote_is_moved_aside)
{
	struct slots slots;
	char text[256], id[128];

	memset(id, 'x', sizeof(id));
	id[sizeof(((struct slots *)NULL)->ids[0])] = '\0';
	snprintf(text, sizeof(text), "{\"version\":1,\"slots\":[\"%s\"],\"overrides\":[]}", id);
	write_file(text);
	slots = load();
	ck_assert_uint_eq(slots.n, 0);
	ck_assert(moved_aside());
	slots_clear(&slots);
}
END_TEST

static struct slots all_taken(void)
{
	struct slots slots = {.ids = calloc(PLAN_SLOTS, sizeof(*slots.ids)), .n = PLAN_SLOTS};

	for (unsigned i = 0; i < PLAN_SLOTS; i++)
		snprintf(slots.ids[i], sizeof(slots.ids[i]), "service/setda/gone-%u", i);
	return slots;
}

START_TEST(where_all_are_taken_those_who_are_gone_make_room)
{
	static char setda[] = "setda", gone[] = "gone-7";
	static struct policy_service other_services[] = {{.id = gone}};
	static struct policy_office other_offices[] = {
	    {.id = setda, .services = other_services, .n_services = 1}};
	static const struct policy other = {.offices = other_offices, .n_offices = 1};
	struct slots slots = all_taken();

	snprintf(slots.ids[9], sizeof(slots.ids[9]), "office/setda");
	ck_assert_int_eq(slots_assign_room(&slots, site(), &other), 0);
	ck_assert_int_eq(slots_find(&slots, "office", "setda"), 9);
	ck_assert_int_eq(slots_find_service(&slots, "setda", "gone-7"), 7);
	ck_assert_int_ge(slots_find_service(&slots, LONG_OFFICE, "voip"), 0);
	ck_assert_int_eq(slots_find_service(&slots, "setda", "gone-8"), -ENOENT);
	slots_clear(&slots);
}
END_TEST

START_TEST(nobody_is_forgotten_while_there_is_room)
{
	struct slots slots = all_taken();

	memset(slots.ids[0], 0, 6 * sizeof(slots.ids[0]));
	ck_assert_int_eq(slots_assign_room(&slots, site(), NULL), 0);
	ck_assert_int_eq(slots_find_service(&slots, "setda", "gone-4095"), 4095);
	slots_clear(&slots);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("state");
	Suite *suite = suite_create("state");
	SRunner *runner;
	int failed;

	log_open("test_state");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, an_old_file_is_read_and_services_come_after);
	tcase_add_test(tcase, the_longest_ids_come_back_as_they_were);
	tcase_add_test(tcase, an_id_that_nobody_wrote_is_moved_aside);
	tcase_add_test(tcase, where_all_are_taken_those_who_are_gone_make_room);
	tcase_add_test(tcase, nobody_is_forgotten_while_there_is_room);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
