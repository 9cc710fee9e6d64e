// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the daemon tells the portal, the watch and dnsmasq: the shapes of message.h, values whole and nothing
 * beyond them; dnsmasq's file is replaced whole or stays.
 */
#include "policy_fixture.h"
#include <errno.h>
#include <jansson.h>
#include <sys/stat.h>
#include "../../daemon/settings.h"
#include "../../lib/wire.h"
#include "../../policy/config.h"

static struct policy *load(const char *path)
{
	struct config_report report;
	struct policy *policy = NULL;

	ck_assert_int_eq(config_load(path, &policy, &report), 0);
	config_report_clear(&report);
	return policy;
}

static json_t *document(int fd)
{
	_cleanup_(closep) int owned = fd;
	_cleanup_(freep) void *bytes = NULL;
	size_t length;
	json_t *json;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(wire_blob_read(owned, 1 << 20, &bytes, &length), 0);
	json = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL);
	ck_assert_ptr_nonnull(json);
	return json;
}

static const char *text_at(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	ck_assert_msg(text != NULL, "%s is no text", key);
	return text;
}

static json_t *row(const json_t *object, const char *list, size_t i)
{
	json_t *value = json_array_get(json_object_get(object, list), i);

	ck_assert_ptr_nonnull(value);
	return value;
}

START_TEST(the_portal_is_told_what_it_needs)
{
	struct policy *policy = load("tests/golden/config/accepted-guests.conf");
	json_t *json = document(settings_portal(policy)), *zone = row(json, "zones", 0);

	ck_assert_uint_eq(json_object_size(json), 10);
	ck_assert_int_eq(json_integer_value(json_object_get(json, "port")), 8080);
	ck_assert_int_eq(json_integer_value(json_object_get(json, "tls_port")), 8444);
	ck_assert_str_eq(text_at(json, "hostname"), "wifi.kotimkab.go.id");
	ck_assert_str_eq(text_at(json, "site"), "Kotim");
	ck_assert_str_eq(text_at(json, "language"), "id");
	ck_assert_str_eq(text_at(json, "venue"), "https://kotimkab.go.id:8443/taman?a=1&b=2");
	ck_assert_int_eq(*text_at(json, "certificate"), '/'); /* the portal has another working directory */
	ck_assert_int_eq(access(text_at(json, "certificate"), R_OK), 0);
	ck_assert_uint_eq(json_array_size(json_object_get(json, "zones")), 3);
	ck_assert_str_eq(text_at(zone, "id"), "a");
	ck_assert_str_eq(text_at(zone, "device"), "z1");
	ck_assert_str_eq(text_at(zone, "network4"), "10.201.0.0/24");
	ck_assert_str_eq(text_at(zone, "address4"), "10.201.0.1/24");
	ck_assert_str_eq(text_at(zone, "network6"), "");
	ck_assert_str_eq(text_at(zone, "address6"), "");
	json_decref(json);
	policy_free(policy);
}
END_TEST

START_TEST(the_theme_arrives_whole)
{
	struct policy *policy = load("tests/golden/config/accepted-guests.conf");
	json_t *json = document(settings_portal(policy)), *theme = json_object_get(json, "theme");
	json_t *terms = json_object_get(theme, "terms");

	ck_assert_str_eq(text_at(theme, "name"), "Taman Kota Sampit");
	ck_assert_str_eq(text_at(theme, "accent"), "#003c8f");
	ck_assert_str_eq(text_at(theme, "background"), "#fffdf5");
	ck_assert_str_eq(text_at(theme, "logo_type"), "image/png");
	ck_assert_int_eq(strncmp(text_at(theme, "logo"), "iVBORw0KGgoAAAANSUhEUg", 22), 0);
	ck_assert_uint_eq(strlen(text_at(theme, "logo")), (policy->theme.logo_size + 2) / 3 * 4);
	ck_assert_uint_eq(json_array_size(json_object_get(terms, "id")), 2);
	ck_assert_str_eq(json_string_value(row(terms, "id", 0)),
			 "Pakailah dengan sopan. Satu paragraf dua baris.");
	ck_assert_str_eq(json_string_value(row(terms, "id", 1)), "Paragraf <kedua> & \"terakhir\".");
	ck_assert_str_eq(json_string_value(row(terms, "en", 0)), "Be kind.");
	ck_assert_str_eq(text_at(row(theme, "links", 1), "url"), "https://kotimkab.go.id/");
	ck_assert_str_eq(text_at(row(theme, "links", 1), "en"), "The regency");
	json_decref(json);
	policy_free(policy);
}
END_TEST

START_TEST(without_certificate_and_theme_there_are_defaults)
{
	struct policy *policy = load("tests/golden/config/accepted.conf");
	json_t *json = document(settings_portal(policy)), *theme = json_object_get(json, "theme");

	ck_assert_int_eq(json_integer_value(json_object_get(json, "tls_port")), 0);
	ck_assert_str_eq(text_at(json, "hostname"), "");
	ck_assert_str_eq(text_at(json, "certificate"), "");
	ck_assert_str_eq(text_at(json, "key"), "");
	ck_assert_str_eq(text_at(json, "venue"), "");
	ck_assert_str_eq(text_at(theme, "name"), "Kotim");
	ck_assert_str_eq(text_at(theme, "accent"), "#0a6353");
	ck_assert_str_eq(text_at(theme, "logo"), "");
	ck_assert_uint_eq(json_array_size(json_object_get(json_object_get(theme, "terms"), "en")), 0);
	json_decref(json);
	json = document(settings_watch(policy));
	ck_assert_str_eq(text_at(json, "api"), "");
	json_decref(json);
	policy_free(policy);
}
END_TEST

START_TEST(the_watch_is_told_what_it_needs)
{
	struct policy *policy = regency();
	char *garden[] = {"Kotimkab.GO.id"};
	struct addr probes[2];
	json_t *json, *zone, *office;

	ck_assert_int_eq(addr_parse("1.1.1.1", &probes[0]) | addr_parse("2001:db8::1", &probes[1]), 0);
	policy->probes = probes;
	policy->n_probes = 2;
	policy->portal.hostname = "wifi.test";
	policy->portal.certificate = "/c";
	the_zones[TAMAN_KOTA].garden = garden;
	the_zones[TAMAN_KOTA].n_garden = 1;
	json = document(settings_watch(policy));
	zone = row(json, "zones", 0);
	ck_assert_uint_eq(json_object_size(json), 7);
	ck_assert_int_eq(json_integer_value(json_object_get(json, "probe_usec")), 5000000);
	office = row(json, "offices", 1);
	ck_assert_uint_eq(json_array_size(json_object_get(json, "offices")), 2);
	ck_assert_uint_eq(json_object_size(office), 3); /* no rates, no names */
	ck_assert_str_eq(text_at(office, "id"), "rsud");
	ck_assert_str_eq(json_string_value(row(office, "devices", 1)), "lan0");
	ck_assert_str_eq(json_string_value(row(office, "prefixes", 0)), "10.10.3.0/24");
	ck_assert_str_eq(text_at(json, "uplink"), "wan0");
	ck_assert_str_eq(text_at(json, "api"), "https://wifi.test/api");
	ck_assert_str_eq(text_at(json, "hostname"), "wifi.test");
	ck_assert_str_eq(json_string_value(row(json, "probes", 1)), "2001:db8::1");
	ck_assert_str_eq(text_at(zone, "address4"), "10.200.0.1/20");
	ck_assert_str_eq(text_at(zone, "address6"), "2001:db8:200::1/64");
	ck_assert_str_eq(json_string_value(row(zone, "garden", 0)), "kotimkab.go.id");
	ck_assert_str_eq(text_at(row(json, "zones", 1), "address6"), "");
	json_decref(json);
}
END_TEST

START_TEST(an_adjusted_uplink_is_probed_often)
{
	struct policy *policy = regency();
	json_t *json;

	policy->adjust.minimum = (struct policy_rate){20 * MBIT, 20 * MBIT};
	json = document(settings_watch(policy));
	ck_assert_int_eq(json_integer_value(json_object_get(json, "probe_usec")), 250000);
	json_decref(json);
}
END_TEST

/* RFC 4648, 10. */
START_TEST(a_logo_of_any_length_arrives)
{
	static const struct {
		const char *bytes, *text;
	} cases[] = {
	    {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\xff\xfe\xfb", "//77"}};
	struct policy *policy = regency();
	json_t *json;

	policy->theme.logo = (void *)cases[_i].bytes;
	policy->theme.logo_size = strlen(cases[_i].bytes);
	policy->theme.logo_type = "image/png";
	json = document(settings_portal(policy));
	ck_assert_str_eq(text_at(json_object_get(json, "theme"), "logo"), cases[_i].text);
	json_decref(json);
}
END_TEST

static char run_directory[64], state_directory[80], file[128];

static struct policy *in_a_folder(void)
{
	struct policy *policy = regency();

	snprintf(run_directory, sizeof(run_directory), "/tmp/test_settings.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(run_directory));
	snprintf(state_directory, sizeof(state_directory), "%s/state", run_directory);
	snprintf(file, sizeof(file), "%s/daemon", run_directory);
	ck_assert_int_eq(mkdir(file, 0700), 0);
	snprintf(file, sizeof(file), "%s/daemon/dnsmasq.conf", run_directory);
	policy->run_directory = run_directory;
	policy->state_directory = state_directory;
	return policy;
}

static void remove_folder(void)
{
	char path[128];

	unlink(file);
	snprintf(path, sizeof(path), "%s/daemon", run_directory);
	rmdir(path);
	rmdir(run_directory);
}

START_TEST(dnsmasqs_file_is_written_where_it_differs)
{
	struct policy *policy = in_a_folder();
	struct stat before, after;

	umask(0077);
	ck_assert_int_eq(settings_dnsmasq(policy), 1);
	ck_assert_int_eq(stat(file, &before), 0);
	ck_assert_uint_eq(before.st_mode & 0777, 0644);
	ck_assert_int_eq(settings_dnsmasq(policy), 0);
	ck_assert_int_eq(stat(file, &after), 0);
	ck_assert_uint_eq(before.st_ino, after.st_ino);
	policy->n_zones = 1;
	ck_assert_int_eq(settings_dnsmasq(policy), 1);
	ck_assert_int_eq(stat(file, &after), 0);
	ck_assert_uint_ne(before.st_ino,
			  after.st_ino); /* another file under the name: nobody reads half of one */
	remove_folder();
}
END_TEST

START_TEST(a_file_that_cannot_be_written_leaves_the_old_one)
{
	struct policy *policy = in_a_folder();
	char fresh[160];
	struct stat st;

	ck_assert_int_eq(settings_dnsmasq(policy), 1);
	snprintf(fresh, sizeof(fresh), "%s.new", file);
	ck_assert_int_eq(mkdir(fresh, 0700), 0);
	policy->n_zones = 1;
	ck_assert_int_lt(settings_dnsmasq(policy), 0);
	ck_assert_int_eq(stat(file, &st), 0);
	ck_assert_int_gt(st.st_size, 0);
	rmdir(fresh);
	state_directory[1] = '"'; /* what dnsmasq would misread */
	ck_assert_int_eq(settings_dnsmasq(policy), -EINVAL);
	remove_folder();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("settings");
	TCase *cases = tcase_create("settings");
	SRunner *runner;
	int failed;

	tcase_add_test(cases, the_portal_is_told_what_it_needs);
	tcase_add_test(cases, the_theme_arrives_whole);
	tcase_add_test(cases, without_certificate_and_theme_there_are_defaults);
	tcase_add_test(cases, the_watch_is_told_what_it_needs);
	tcase_add_test(cases, an_adjusted_uplink_is_probed_often);
	tcase_add_loop_test(cases, a_logo_of_any_length_arrives, 0, 5);
	tcase_add_test(cases, dnsmasqs_file_is_written_where_it_differs);
	tcase_add_test(cases, a_file_that_cannot_be_written_leaves_the_old_one);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
