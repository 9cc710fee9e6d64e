/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves portal/settings and base64: a whole document is taken as it stands; each value that breaks its rule
 * refuses all of it.
 */
#include "../../portal/base64.h"
#include "../../portal/settings.h"
#include <check.h>
#include <errno.h>
#include <jansson.h>
#include <string.h>

static const char whole[] =
    "{\"port\": 8080, \"tls_port\": 8443, \"hostname\": \"wifi.example\", \"site\": \"Kota\", \"language\": "
    "\"en\","
    "\"certificate\": \"/etc/c.pem\", \"key\": \"/etc/k.pem\", \"venue\": \"https://kota.example/\","
    "\"zones\": [{\"id\": \"taman\", \"device\": \"zone0\", \"network4\": \"10.200.0.0/20\", \"network6\": "
    "\"\","
    "\"address4\": \"10.200.0.1/20\", \"address6\": \"\"}],"
    "\"theme\": {\"name\": \"Kota\", \"accent\": \"#0a6353\", \"background\": \"#EAF1EE\", \"logo\": "
    "\"UE5HIQ==\","
    "\"logo_type\": \"image/png\", \"terms\": {\"id\": [\"Satu\", \"Dua\"], \"en\": []},"
    "\"links\": [{\"url\": \"https://lapor.go.id/\", \"id\": \"Lapor\", \"en\": \"Complain\"}]}}";

START_TEST(a_whole_document)
{
	_cleanup_(settings_freep) struct settings *settings = NULL;

	ck_assert_int_eq(settings_read(whole, strlen(whole), &settings), 0);
	ck_assert_uint_eq(settings->port, 8080);
	ck_assert_uint_eq(settings->tls_port, 8443);
	ck_assert_str_eq(settings->hostname, "wifi.example");
	ck_assert_int_eq(settings->language, LANGUAGE_EN);
	ck_assert_str_eq(settings->key, "/etc/k.pem");
	ck_assert_uint_eq(settings->n_zones, 1);
	ck_assert_str_eq(settings->zones[0].device, "zone0");
	ck_assert_uint_eq(settings->zones[0].address4.length, 20);
	ck_assert_uint_eq(settings->zones[0].address6.addr.family, 0);
	ck_assert_uint_eq(settings->theme.logo_size, 4);
	ck_assert_mem_eq(settings->theme.logo, "PNG!", 4);
	ck_assert_uint_eq(settings->theme.n_terms[LANGUAGE_ID], 2);
	ck_assert_str_eq(settings->theme.terms[LANGUAGE_ID][1], "Dua");
	ck_assert_str_eq(settings->theme.links[0].text[LANGUAGE_EN], "Complain");
}
END_TEST

/* {path in the document, JSON that takes its place; NULL: taken out} */
static const struct {
	const char *path, *value;
} faults[] = {
    {"port", "0"},
    {"port", "65536"},
    {"port", "\"8080\""},
    {"port", NULL},
    {"tls_port", "-1"},
    {"tls_port", "8080"},
    {"hostname", "\"a b\""},
    {"hostname", "\"a\\r\\nX: y\""},
    {"hostname", "7"},
    {"site", NULL},
    {"language", "\"xx\""},
    {"certificate", "\"relative.pem\""},
    {"venue", "\"javascript:alert(1)\""},
    {"zones", "{}"},
    {"zones", "[{}]"},
    {"zones", "[7]"},
    {"theme", NULL},
    {"theme.accent", "\"red\""},
    {"theme.accent", "\"#12345g\""},
    {"theme.background", "\"#1234567\""},
    {"theme.logo", "\"UE5HIQ=\""},
    {"theme.logo", "\"UE5HIR==\""},
    {"theme.logo", "\"UE5 IQ==\""},
    {"theme.logo_type", "\"text/html\""},
    {"theme.logo_type", "\"\""},
    {"theme.terms", "{\"id\": [\"x\"]}"},
    {"theme.terms", "{\"id\": [7], \"en\": []}"},
    {"theme.links", "[{\"url\": \"data:x\", \"id\": \"x\", \"en\": \"x\"}]"},
    {"theme.links", "[{\"url\": \"https://x.example/\", \"id\": \"x\"}]"},
};

static void put(json_t *root, const char *path, const char *value)
{
	const char *dot = strchr(path, '.');
	json_t *parent = dot ? json_object_get(root, "theme") : root;

	path = dot ? dot + 1 : path;
	if (value)
		json_object_set_new(parent, path, json_loads(value, JSON_DECODE_ANY, NULL));
	else
		json_object_del(parent, path);
}

START_TEST(a_value_that_breaks_its_rule_refuses_all)
{
	struct settings *settings = NULL;
	json_t *root = json_loads(whole, 0, NULL);
	char *text;

	put(root, faults[_i].path, faults[_i].value);
	text = json_dumps(root, 0);
	ck_assert_msg(settings_read(text, strlen(text), &settings) == -EBADMSG, "%s", text);
	ck_assert_ptr_null(settings);
	free(text);
	json_decref(root);
}
END_TEST

START_TEST(half_a_document_is_none)
{
	struct settings *settings = NULL;

	for (size_t i = 0; i < strlen(whole); i += 7)
		ck_assert_int_eq(settings_read(whole, i, &settings), -EBADMSG);
	ck_assert_int_eq(settings_read("[]", 2, &settings), -EBADMSG);
}
END_TEST

static const struct {
	const char *text, *bytes;
	int result;
} codes[] = {
    {"", "", 0},
    {"Zg==", "f", 0},
    {"Zm8=", "fo", 0},
    {"Zm9v", "foo", 0},
    {"Zm9vYg==", "foob", 0},
    {"Zm9", "", -EBADMSG},
    {"Zm9=", "", -EBADMSG},
    {"====", "", -EBADMSG},
    {"Zg==Zg==", "", -EBADMSG},
    {"Zm9v\n", "", -EBADMSG},
    {"Z===", "", -EBADMSG},
    {"-_-_", "", -EBADMSG},
};

START_TEST(base64_of_rfc_4648)
{
	void *bytes = NULL;
	size_t length = 0;

	ck_assert_int_eq(base64_read(codes[_i].text, &bytes, &length), codes[_i].result);
	ck_assert_uint_eq(length, strlen(codes[_i].bytes));
	if (bytes)
		ck_assert_mem_eq(bytes, codes[_i].bytes, length);
	free(bytes);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("portal settings");
	TCase *tests = tcase_create("portal settings");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tests, a_whole_document);
	tcase_add_loop_test(tests, a_value_that_breaks_its_rule_refuses_all, 0, ELEMENTS(faults));
	tcase_add_test(tests, half_a_document_is_none);
	tcase_add_loop_test(tests, base64_of_rfc_4648, 0, ELEMENTS(codes));
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
