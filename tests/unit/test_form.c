/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves portal/form: what browsers make of our forms is read exactly; what they never make is refused as a
 * whole, and no value is ever cut short.
 */
#include "../../portal/form.h"
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static char code[12], name[8];
static const struct form_field fields[] = {{"code", code, sizeof(code)}, {"name", name, sizeof(name)}};

static const struct {
	const char *text, *code, *name;
	int result;
} forms[] = {
    {"", "", ""},
    {"code=ABCDE-FGHJK&name=budi", "ABCDE-FGHJK", "budi"},
    {"name=budi&code=", "", "budi"},
    {"code", "", ""},
    {"&&code=A&&", "A", ""},
    {"c%6fde=A", "A", ""},
    {"code=a=b", "a=b", ""},
    {"code=+a%20b+", " a b ", ""},
    {"code=%41%62", "Ab", ""},
    {"code=%e2%82%ac", "\xe2\x82\xac", ""},
    {"name=\xc3\xa9", "", "\xc3\xa9"},
    {"Code=A&codes=B&cod=C", "", ""},
    {"other=%00&other=%zz&code=A", "A", ""},
    /* longer than its room: none, not a part */
    {"code=ABCDE-FGHJ&name=1234567", "ABCDE-FGHJ", "1234567"},
    {"code=ABCDE-FGHJKL&name=12345678", "", ""},
    /* refused as a whole */
    {"name=budi&code=%", "", "", -EBADMSG},
    {"name=budi&code=%4", "", "", -EBADMSG},
    {"name=budi&code=%4g", "", "", -EBADMSG},
    {"name=budi&code=a%00b", "", "", -EBADMSG},
    {"name=budi&code=%0d%0a", "", "", -EBADMSG},
    {"name=budi&code=%7f", "", "", -EBADMSG},
    {"name=budi&name=budi", "", "", -EBADMSG},
    {"name=budi&code=1&n%61me=x", "", "", -EBADMSG},
    {"name=%c3", "", "", -EBADMSG},
    {"name=%c3%28", "", "", -EBADMSG},
    {"name=%a0", "", "", -EBADMSG},
    {"name=%c0%80", "", "", -EBADMSG},	     /* an overlong NUL */
    {"name=%e0%80%af", "", "", -EBADMSG},    /* overlong */
    {"name=%ed%a0%80", "", "", -EBADMSG},    /* a surrogate */
    {"name=%f4%90%80%80", "", "", -EBADMSG}, /* above U+10FFFF */
    {"name=%ff", "", "", -EBADMSG},
};

START_TEST(what_a_form_says)
{
	size_t length = strlen(forms[_i].text);
	char *exact = malloc(length + 1);

	memcpy(exact, forms[_i].text, length); /* no NUL behind it: the sanitizer watches its end */
	exact[length] = '&';
	exact = realloc(exact, length ? length : 1);
	strcpy(code, "before");
	strcpy(name, "before");
	ck_assert_int_eq(form_read(exact, length, fields, 2), forms[_i].result);
	ck_assert_str_eq(code, forms[_i].code);
	ck_assert_str_eq(name, forms[_i].name);
	free(exact);
}
END_TEST

START_TEST(a_nul_in_a_body_is_refused)
{
	ck_assert_int_eq(form_read("code=a\0b", 8, fields, 2), -EBADMSG);
	ck_assert_str_eq(code, "");
}
END_TEST

static const struct {
	const char *header, *value;
	bool found;
} cookies[] = {
    {"gerbang=ABCDE-FGHJK", "ABCDE-FGHJK", true},
    {"a=b; gerbang=X; c=d", "X", true},
    {"a=b;gerbang=X", "X", true},
    {"gerbang=\"X\"", "X", true},
    {"gerbang=X; gerbang=Y", "X", true},
    {"gerbang=", "", true},
    {"xgerbang=X", "", false},
    {"gerbang2=X; a=gerbang", "", false},
    {"Gerbang=X", "", false},
    {"gerbang", "", true},
    {"gerbang=123456789012", "", false}, /* does not fit */
    {"", "", false},
    {";;=;", "", false},
    {"gerbang=\"", "\"", true},
};

START_TEST(what_a_cookie_header_says)
{
	ck_assert(form_cookie(cookies[_i].header, "gerbang", code, sizeof(code)) == cookies[_i].found);
	ck_assert_str_eq(code, cookies[_i].value);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("form");
	TCase *tests = tcase_create("form");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, what_a_form_says, 0, sizeof(forms) / sizeof(forms[0]));
	tcase_add_test(tests, a_nul_in_a_body_is_refused);
	tcase_add_loop_test(tests, what_a_cookie_header_says, 0, sizeof(cookies) / sizeof(cookies[0]));
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
