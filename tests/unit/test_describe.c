/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Proves policy/describe: causes in two languages, the public keys, and changes that are complete and nothing
 * else. */
#include "policy_fixture.h"
#include "../../lib/units.h"
#include "../../policy/describe.h"
#include <stdio.h>

static struct override overtime = {OVERRIDE_OFFICE_INSIDE, "dinkes"},
		       opened = {OVERRIDE_ZONE_OPEN, "taman-kota"};

static const struct {
	enum calendar_cause_kind cause;
	char *name;
	int schedule;
	bool inside, opening;
	const struct override *override;
	const char *en, *id;
} causes[] = {
    {CALENDAR_WINDOW, NULL, KANTOR, false, false, NULL, "office hours (kantor) end",
     "jam kerja (kantor) berakhir"},
    {CALENDAR_WINDOW, NULL, KANTOR, true, false, NULL, "office hours (kantor) begin",
     "jam kerja (kantor) dimulai"},
    {CALENDAR_WINDOW, NULL, TAMAN, true, true, NULL, "opening hours (taman) begin",
     "jam buka (taman) dimulai"},
    {CALENDAR_PERIOD, "Ramadan 1447", KANTOR, false, false, NULL, "office hours (kantor, Ramadan 1447) end",
     "jam kerja (kantor, Ramadan 1447) berakhir"},
    {CALENDAR_HOLIDAY, "Hari Raya Natal", KANTOR, false, false, NULL, "Hari Raya Natal", "Hari Raya Natal"},
    {CALENDAR_OVERRIDE, NULL, -1, false, false, &opened, "override of zone taman-kota ends",
     "pengaturan manual zona taman-kota berakhir"},
    {CALENDAR_OVERRIDE, NULL, -1, false, false, &overtime, "overtime of office dinkes ends",
     "lembur kantor dinkes berakhir"},
};

START_TEST(cause)
{
	int s = causes[_i].schedule;
	struct planner_change change = {.wall_usec = 1,
					.cause = causes[_i].cause,
					.name = causes[_i].name,
					.inside = causes[_i].inside,
					.opening = causes[_i].opening,
					.override = causes[_i].override};
	_cleanup_(freep) char *en = NULL, *id = NULL;

	regency();
	change.schedule = s < 0 ? NULL : &the_schedules[s];
	en = describe_cause(&change, "en");
	id = describe_cause(&change, "id");
	ck_assert_str_eq(en, causes[_i].en);
	ck_assert_str_eq(id, causes[_i].id);
}
END_TEST

START_TEST(a_cause_is_never_missing)
{
	struct planner_change none = {0};
	_cleanup_(freep) char *en = describe_cause(&none, "en"), *other = describe_cause(&none, NULL);

	ck_assert_str_eq(en, "no change");
	ck_assert_str_eq(other, "tidak ada perubahan");
}
END_TEST

static struct planner_input input(const char *time)
{
	struct planner_input in = {.policy = regency()};

	in.now.wall_usec = at(time);
	return in;
}

static const char *text_at(json_t *json, const char *key)
{
	return json_string_value(json_object_get(json, key));
}

static json_int_t number_at(json_t *json, const char *tree, const char *key)
{
	return json_integer_value(json_object_get(json_object_get(json, tree), key));
}

START_TEST(a_plan_has_the_public_keys)
{
	struct planner_input in = input("2026-11-23 15:59:50");
	json_t *json = describe_plan(&in, "en"), *part;

	ck_assert_ptr_nonnull(json);
	ck_assert_str_eq(text_at(json, "time"), "2026-11-23T15:59:50+07:00");
	ck_assert_str_eq(text_at(json, "phase"), "office");
	ck_assert_str_eq(text_at(json, "phase_cause"), "office hours (kantor)");
	part = json_object_get(json, "next_change");
	ck_assert_str_eq(text_at(part, "time"), "2026-11-23T16:00:00+07:00");
	ck_assert_str_eq(text_at(part, "cause"), "office hours (kantor) end");
	part = json_object_get(json, "uplink");
	ck_assert_str_eq(text_at(part, "device"), "wan0");
	ck_assert_int_eq(json_integer_value(json_object_get(part, "download_bps")), 100 * MBIT);
	ck_assert_int_eq(number_at(part, "budget", "up_bps"), 95 * MBIT);
	part = json_array_get(json_object_get(json, "offices"), 0);
	ck_assert_str_eq(text_at(part, "id"), "dinkes");
	ck_assert_str_eq(text_at(part, "name"), "Dinas Kesehatan");
	ck_assert_str_eq(text_at(part, "state"), "inside");
	ck_assert_int_eq(number_at(part, "down", "guaranteed_bps"), 40 * MBIT);
	ck_assert_int_eq(number_at(part, "up", "ceiling_bps"), 80 * MBIT);
	part = json_array_get(json_object_get(json, "zones"), 0);
	ck_assert(json_is_false(json_object_get(part, "open")));
	ck_assert_str_eq(text_at(json_object_get(part, "next_change"), "time"), "2026-11-23T16:00:00+07:00");
	ck_assert_int_eq(number_at(part, "down", "ceiling_bps"), 0);
	part = json_array_get(json_object_get(json, "zones"), 1);
	ck_assert(json_is_null(json_object_get(part, "next_change")));
	ck_assert_int_eq(number_at(json_object_get(json, "own"), "down", "guaranteed_bps"), 2 * MBIT);
	ck_assert_int_eq(number_at(json_object_get(json, "unattributed"), "up", "ceiling_bps"), 1 * MBIT);
	json_decref(json);
}
END_TEST

START_TEST(services_are_within_their_office)
{
	static struct policy_service services[] = {
	    {.id = "voip", .percent = 10, .priority = POLICY_PRIORITY_HIGH, .mark = -1},
	    {.id = "cctv", .percent = 20, .priority = POLICY_PRIORITY_LOW, .mark = -1}};
	struct planner_input in = input("2026-11-23 10:00");
	json_t *json, *list;

	the_offices[DINKES].services = services;
	the_offices[DINKES].n_services = 2;
	json = describe_plan(&in, "en");
	list = json_object_get(json_array_get(json_object_get(json, "offices"), 0), "services");
	ck_assert_uint_eq(json_array_size(list), 2);
	ck_assert_str_eq(text_at(json_array_get(list, 0), "id"), "voip");
	ck_assert_str_eq(text_at(json_array_get(list, 0), "priority"), "high");
	ck_assert_int_eq(number_at(json_array_get(list, 0), "down", "ceiling_bps"), 4 * MBIT);
	ck_assert_int_eq(number_at(json_array_get(list, 1), "up", "guaranteed_bps"), 8 * MBIT);
	ck_assert_int_eq(number_at(json_array_get(list, 1), "up", "ceiling_bps"), 80 * MBIT);
	list = json_object_get(json_array_get(json_object_get(json, "offices"), 1), "services");
	ck_assert_uint_eq(json_array_size(list), 0);
	json_decref(json);
}
END_TEST

/* Of another policy: what is new, what is gone, what has another rate; what only follows its office is not
 * told. */
START_TEST(services_that_are_edited_are_changes)
{
	static struct policy_service before[] = {{.id = "voip", .percent = 10, .mark = -1},
						 {.id = "cctv", .percent = 20, .mark = -1}};
	static struct policy_service after[] = {
	    {.id = "voip", .percent = 20, .mark = -1},
	    {.id = "sipd", .percent = 5, .priority = POLICY_PRIORITY_LOW}};
	struct policy_office offices[2];
	struct policy edited;
	struct planner_input from = input("2026-11-23 10:00"), to = from;
	json_t *changes;

	the_offices[DINKES].services = before;
	the_offices[DINKES].n_services = 2;
	to.now.wall_usec = at("2026-11-23 17:00");
	changes = describe_changes(&from, &to);
	for (size_t i = 0; i < json_array_size(changes); i++)
		ck_assert_str_ne(text_at(json_array_get(changes, i), "what"), "service");
	json_decref(changes);

	memcpy(offices, the_offices, sizeof(offices));
	offices[DINKES].services = after;
	edited = *from.policy;
	edited.offices = offices;
	to = from;
	to.policy = &edited;
	changes = describe_changes(&from, &to);
	ck_assert_uint_eq(json_array_size(changes), 4 + 5 + 5);
	ck_assert_str_eq(text_at(json_array_get(changes, 0), "what"), "service");
	ck_assert_str_eq(text_at(json_array_get(changes, 0), "id"), "dinkes/voip");
	ck_assert_str_eq(text_at(json_array_get(changes, 0), "name"), "Dinas Kesehatan");
	ck_assert_str_eq(text_at(json_array_get(changes, 4), "id"), "dinkes/sipd");
	ck_assert(json_is_null(json_object_get(json_array_get(changes, 4), "from")));
	ck_assert_str_eq(text_at(json_array_get(changes, 4), "to"), "low");
	ck_assert_str_eq(text_at(json_array_get(changes, 9), "id"), "dinkes/cctv");
	ck_assert(json_is_null(json_object_get(json_array_get(changes, 9), "to")));
	json_decref(changes);
}
END_TEST

static const struct {
	const char *time, *en, *id;
} phases[] = {
    {"2026-11-23 15:00", "office hours (kantor)", "jam kerja (kantor)"},
    {"2026-11-23 17:00", "outside office hours (kantor)", "di luar jam kerja (kantor)"},
    {"2026-12-25 10:00", "Hari Raya Natal", "Hari Raya Natal"},
    {"2026-02-19 10:00", "office hours (kantor, Ramadan 1447)", "jam kerja (kantor, Ramadan 1447)"},
    {"2026-02-19 15:30", "outside office hours (kantor, Ramadan 1447)",
     "di luar jam kerja (kantor, Ramadan 1447)"},
};

START_TEST(why_the_phase_is_so)
{
	struct planner_input in = input(phases[_i].time);
	json_t *en = describe_plan(&in, "en"), *id = describe_plan(&in, "id");

	ck_assert_str_eq(text_at(en, "phase_cause"), phases[_i].en);
	ck_assert_str_eq(text_at(id, "phase_cause"), phases[_i].id);
	json_decref(en);
	json_decref(id);
}
END_TEST

static char *dump(json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT);

	json_decref(json);
	ck_assert_ptr_nonnull(text);
	return text;
}

START_TEST(no_change_is_an_empty_list)
{
	struct planner_input in = input("2026-11-23 10:00"), later = in;
	_cleanup_(freep) char *text = NULL;

	later.now.wall_usec += USEC_PER_HOUR;
	text = dump(describe_changes(&in, &later));
	ck_assert_str_eq(text, "[]");
}
END_TEST

START_TEST(changes_name_what_changes)
{
	struct planner_input in = input("2026-11-23 15:59"), later = in;
	_cleanup_(freep) char *text = NULL;
	static const char expected[] =
	    "[{\"what\":\"site\",\"id\":null,\"name\":\"Diskominfo\",\"key\":\"phase\",\"from\":\"office\","
	    "\"to\":\"public\"},"
	    "{\"what\":\"office\",\"id\":\"dinkes\",\"name\":\"Dinas "
	    "Kesehatan\",\"key\":\"state\",\"from\":\"inside\",\"to\":\"outside\"},"
	    "{\"what\":\"office\",\"id\":\"dinkes\",\"name\":\"Dinas "
	    "Kesehatan\",\"key\":\"down.guaranteed_bps\",\"from\":40000000,\"to\":4000000},";

	later.now.wall_usec = at("2026-11-23 16:00");
	text = dump(describe_changes(&in, &later));
	ck_assert_msg(strncmp(text, expected, strlen(expected)) == 0, "%s", text);
	ck_assert_ptr_nonnull(
	    strstr(text, "{\"what\":\"zone\",\"id\":\"taman-kota\",\"name\":\"Taman Kota Sampit\",\"key\":"
			 "\"open\",\"from\":false,\"to\":true}"));
	ck_assert_ptr_null(strstr(text, "rsud"));
	ck_assert_ptr_null(strstr(text, "alun-alun"));
}
END_TEST

/* A reload: offices and zones are paired by id, one that came or went has null on the other side. */
START_TEST(changes_between_two_policies)
{
	struct planner_input in = input("2026-11-23 10:00"), after = in;
	struct policy other = the_policy;
	struct policy_office offices[2];
	_cleanup_(freep) char *text = NULL;

	memcpy(offices, the_offices, sizeof(offices));
	offices[DINKES].id = "disdik";
	other.offices = offices;
	other.own.down_bps = 3 * MBIT;
	after.policy = &other;
	text = dump(describe_changes(&in, &after));
	ck_assert_ptr_nonnull(
	    strstr(text, "\"id\":\"disdik\",\"name\":\"Dinas Kesehatan\",\"key\":\"state\",\"from\":null,"
			 "\"to\":\"inside\""));
	ck_assert_ptr_nonnull(
	    strstr(text, "\"id\":\"dinkes\",\"name\":\"Dinas Kesehatan\",\"key\":\"down.ceiling_bps\","
			 "\"from\":80000000,\"to\":null"));
	ck_assert_ptr_nonnull(
	    strstr(text, "{\"what\":\"own\",\"id\":null,\"name\":null,\"key\":\"down.guaranteed_bps\","
			 "\"from\":2000000,\"to\":3000000}"));
	ck_assert_ptr_null(strstr(text, "rsud"));
}
END_TEST

START_TEST(a_schedule_is_every_change_of_the_days)
{
	struct planner_input in = input("2026-12-23 12:00");
	json_t *json = describe_schedule(&in, 3, "en");
	static const char *const times[] = {
	    "2026-12-23T16:00:00+07:00", "2026-12-23T22:00:00+07:00", "2026-12-24T06:00:00+07:00",
	    "2026-12-24T22:00:00+07:00", "2026-12-25T06:00:00+07:00", "2026-12-25T22:00:00+07:00",
	    "2026-12-26T06:00:00+07:00",
	};

	ck_assert_uint_eq(json_array_size(json), ELEMENTS(times));
	for (size_t i = 0; i < ELEMENTS(times); i++) {
		json_t *row = json_array_get(json, i);

		ck_assert_str_eq(text_at(row, "time"), times[i]);
		ck_assert_uint_gt(json_array_size(json_object_get(row, "changes")), 0);
	}
	ck_assert_str_eq(text_at(json_array_get(json, 0), "cause"), "office hours (kantor) end");
	ck_assert_str_eq(text_at(json_array_get(json, 1), "cause"), "opening hours (taman) end");
	ck_assert_str_eq(text_at(json_array_get(json, 4), "cause"),
			 "opening hours (taman) begin (Hari Raya Natal)");
	json_decref(json);
}
END_TEST

START_TEST(only_causes_follow_the_language)
{
	struct planner_input in = input("2026-11-23 15:59:50");
	json_t *en = describe_plan(&in, "en"), *id = describe_plan(&in, "id");
	json_t *change = json_object_get(id, "next_change");

	ck_assert_str_eq(text_at(change, "cause"), "jam kerja (kantor) berakhir");
	json_object_update(change, json_object_get(en, "next_change"));
	json_object_set(id, "phase_cause", json_object_get(en, "phase_cause"));
	json_object_set(id, "zones", json_object_get(en, "zones"));
	ck_assert(json_equal(en, id));
	json_decref(en);
	json_decref(id);
}
END_TEST

START_TEST(a_schedule_names_the_end_of_an_override)
{
	struct planner_input in = input("2026-11-23 17:00");
	json_t *json;

	overtime.until_wall_usec = at("2026-11-23 18:00");
	in.overrides = &overtime;
	in.n_overrides = 1;
	json = describe_schedule(&in, 1, "en");
	ck_assert_str_eq(text_at(json_array_get(json, 0), "cause"), "overtime of office dinkes ends");
	json_decref(json);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("describe");
	TCase *tests = tcase_create("describe");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, cause, 0, ELEMENTS(causes));
	tcase_add_test(tests, a_cause_is_never_missing);
	tcase_add_test(tests, a_plan_has_the_public_keys);
	tcase_add_test(tests, services_are_within_their_office);
	tcase_add_test(tests, services_that_are_edited_are_changes);
	tcase_add_loop_test(tests, why_the_phase_is_so, 0, ELEMENTS(phases));
	tcase_add_test(tests, no_change_is_an_empty_list);
	tcase_add_test(tests, changes_name_what_changes);
	tcase_add_test(tests, changes_between_two_policies);
	tcase_add_test(tests, a_schedule_is_every_change_of_the_days);
	tcase_add_test(tests, only_causes_follow_the_language);
	tcase_add_test(tests, a_schedule_names_the_end_of_an_override);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
