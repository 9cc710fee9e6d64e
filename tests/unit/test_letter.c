/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves the courier's pure parts: a mail's bytes (no value makes a header line, long subjects stay whole
 * characters, lines stay short), addresses, what is said of a URL, and which files are secrets.
 */
#include "../../courier/letter.h"
#include "../../courier/secret.h"
#include "../../courier/target.h"
#include "../../lib/cleanup.h"
#include <check.h>
#include <errno.h>
#include <stdbool.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static char *write_letter(const char *subject, const char *text, const char *id)
{
	static const char *const to[] = {"a@kota.test", "b@kota.test"};
	const struct letter letter = {.from = "gerbang@kota.test",
				      .to = to,
				      .n_to = 2,
				      .subject = subject,
				      .text = text,
				      .message_id = id,
				      .time_sec = 1763888400};
	size_t length;
	char *bytes = letter_write(&letter, &length);

	ck_assert(bytes && strlen(bytes) == length);
	return bytes;
}

static bool has(const char *bytes, const char *line)
{
	return strstr(bytes, line);
}

START_TEST(a_letter_has_its_lines)
{
	_cleanup_(freep) char *bytes =
	    write_letter("Uplink terputus", "Halo\n.\nDunia\n", "gerbang.17@kota.test");

	ck_assert(has(bytes, "Date: Sun, 23 Nov 2025 09:00:00 +0000\r\n"));
	ck_assert(has(bytes, "\r\nFrom: <gerbang@kota.test>\r\nTo: <a@kota.test>,\r\n <b@kota.test>\r\n"));
	ck_assert(has(bytes, "\r\nMessage-ID: <gerbang.17@kota.test>\r\n"));
	ck_assert(has(bytes, "\r\nSubject: =?UTF-8?B?VXBsaW5rIHRlcnB1dHVz?=\r\n"));
	ck_assert(has(bytes, "\r\n\r\nSGFsbwouCkR1bmlhCg==\r\n"));
}
END_TEST

START_TEST(no_value_makes_a_line_of_its_own)
{
	_cleanup_(freep) char *bytes =
	    write_letter("x\r\nBcc: <evil@test>", "y\r\n.\r\nMAIL FROM:<evil@test>", "1\r\nX-Evil: 1<@test>");

	ck_assert(!has(bytes, "evil") && !has(bytes, "\nX-Evil"));
	ck_assert(has(bytes, "\r\nMessage-ID: <1X-Evil1@test>\r\n"));
}
END_TEST

START_TEST(lines_are_short_and_characters_whole)
{
	char subject[400] = "", text[6000];
	_cleanup_(freep) char *bytes = NULL;

	for (int i = 0; i < 60; i++)
		strcat(subject, i % 2 ? "é" : "漢");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	bytes = write_letter(subject, text, "1@test");
	for (const char *line = bytes, *end; (end = strstr(line, "\r\n")); line = end + 2)
		ck_assert_int_le(end - line, 87);
	/* 42 bytes are 16 of these characters and a half: the first word has 40 bytes. */
	ck_assert(has(bytes,
		      "=?UTF-8?B?5ryiw6nmvKLDqea8osOp5ryiw6nmvKLDqea8osOp5ryiw6nmvKLDqQ==?=\r\n =?UTF-8?B?"));
}
END_TEST

static char *write_parts(const struct letter_part *parts, size_t n)
{
	static const char *const to[] = {"a@kota.test"};
	const struct letter letter = {.from = "gerbang@kota.test",
				      .to = to,
				      .n_to = 1,
				      .subject = "Laporan",
				      .text = "Terlampir.",
				      .message_id = "1@test",
				      .parts = parts,
				      .n_parts = n};
	size_t length;
	char *bytes = letter_write(&letter, &length);

	ck_assert(bytes && strlen(bytes) == length);
	for (const char *line = bytes, *end; (end = strstr(line, "\r\n")); line = end + 2)
		ck_assert_int_le(end - line, 78);
	return bytes;
}

static size_t count(const char *bytes, const char *what)
{
	size_t n = 0;

	for (; (bytes = strstr(bytes, what)); bytes += strlen(what))
		n++;
	return n;
}

START_TEST(files_are_parts)
{
	static const struct letter_part parts[] = {{"gerbang-2026-11.pdf", "application/pdf",
						    "JVBERi0xLjcKJcfsj6IKMSAwIG9iago8PC9UeXBlL0NhdGFsb2cvUGFn"
						    "ZXMgMiAwIFI+PgplbmRvYmoKMiAwIG9iagoAAAAAAAAA"},
						   {"kosong.csv", "text/csv", ""}};
	_cleanup_(freep) char *bytes = write_parts(parts, 2), *again = write_parts(parts, 2);

	ck_assert_str_eq(bytes, again);
	ck_assert(has(
	    bytes, "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"----gerbang----\"\r\n\r\n"
		   "------gerbang----\r\nContent-Type: text/plain"));
	ck_assert(has(bytes, "\r\n\r\nVGVybGFtcGlyLg==\r\n------gerbang----\r\n"
			     "Content-Type: application/pdf;\r\n name=\"gerbang-2026-11.pdf\"\r\n"));
	ck_assert(has(bytes,
		      "\r\nContent-Disposition: attachment;\r\n filename=\"gerbang-2026-11.pdf\"\r\n\r\n"
		      "JVBERi0xLjcKJcfsj6IKMSAwIG9iago8PC9UeXBlL0NhdGFsb2cvUGFnZXMgMiAwIFI+PgplbmRv\r\n"
		      "YmoKMiAwIG9iagoAAAAAAAAA\r\n"));
	ck_assert_uint_eq(count(bytes, "\r\n------gerbang----\r\n"), 3);
	ck_assert(has(bytes, "\r\n------gerbang------\r\n") && !*(strstr(bytes, "gerbang------\r\n") + 15));
}
END_TEST

/* Whatever it is called: no line, no parameter and no path of its own; and short lines. */
START_TEST(names_of_files_are_harmless)
{
	static const struct letter_part parts[] = {{"x\"; filename=\"evil.exe\r\nX-Evil: 1", "text/csv", ""},
						   {"../../etc/passwd", "text/plain\r\nX-Evil: 1", ""},
						   {"laporan \xe2\x80\xae"
						    "fdp.é漢.pdf",
						    "application/pdf; x=y", ""},
						   {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
						    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
						    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
						    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.csv",
						    "text/csv", ""}};
	_cleanup_(freep) char *bytes = write_parts(parts, ELEMENTS(parts));

	ck_assert(!has(bytes, "\nX-Evil") && !has(bytes, "\"evil") && !has(bytes, "../"));
	ck_assert(
	    has(bytes,
		" filename*0*=UTF-8''x%22%3B%20filename%3D%22evil;\r\n filename*1*=.exeX-Evil%3A%201\r\n"));
	ck_assert(has(bytes, " filename*0*=UTF-8''....etcpasswd\r\n"));
	ck_assert(has(bytes, "laporan%20%E2%80%AEfdp.%C3"));
	ck_assert_uint_eq(count(bytes, "application/octet-stream"), 2);
}
END_TEST

START_TEST(what_is_base64)
{
	static const char *const good[] = {"", "QQ==", "QUI=", "QUJD", "+/+/"};
	static const char *const bad[] = {
	    "Q", "QQ", "QQ=", "QQ===", "QQ==QQ==", "QUJ\n", "QU\r\n", "QUJD\r\n.\r\n", "-_-_", "QQ= ="};

	for (size_t i = 0; i < ELEMENTS(good); i++)
		ck_assert_int_eq(letter_base64_check(good[i]), 0);
	for (size_t i = 0; i < ELEMENTS(bad); i++)
		ck_assert_msg(letter_base64_check(bad[i]) == -EINVAL, "%s", bad[i]);
}
END_TEST

START_TEST(addresses)
{
	static const char *const good[] = {"a@b", "kepala.dinas+x@kotimkab.go.id"};
	static const char *const bad[] = {"",	   "@",	      "a@",   "@b",   "a@b@c", "a b@c",
					  "<a@b>", "a@b\r\n", "-f@b", "a@b>", "a,b@c"};

	for (size_t i = 0; i < ELEMENTS(good); i++)
		ck_assert_int_eq(letter_address_check(good[i]), 0);
	for (size_t i = 0; i < ELEMENTS(bad); i++)
		ck_assert_msg(letter_address_check(bad[i]) == -EINVAL, "%s", bad[i]);
}
END_TEST

START_TEST(what_a_log_may_say_of_a_url)
{
	static const struct {
		const char *url, *name;
	} rows[] = {
	    {"https://hooks.test/services/T0/SECRET?token=SECRET", "https://hooks.test"},
	    {"http://u:SECRET@hooks.test:8080/x", "http://hooks.test:8080"},
	    {"smtp://[2001:db8::1]:587", "smtp://[2001:db8::1]:587"},
	    {"iperf3://10.0.0.1:5201", "iperf3://10.0.0.1:5201"},
	    {"SECRET", "an address that cannot be read"},
	};
	char name[TARGET_NAME];

	for (size_t i = 0; i < ELEMENTS(rows); i++)
		ck_assert_str_eq(target_name(rows[i].url, name), rows[i].name);
}
END_TEST

START_TEST(hosts_of_iperf3)
{
	char host[TARGET_HOST];
	unsigned port = 0;

	ck_assert_int_eq(target_host("iperf3://10.0.0.1", host, &port), 0);
	ck_assert(!strcmp(host, "10.0.0.1") && port == 5201);
	ck_assert_int_eq(target_host("iperf3://[2001:db8::1]:5999", host, &port), 0);
	ck_assert(!strcmp(host, "2001:db8::1") && port == 5999);
	ck_assert_int_eq(target_host("iperf3://", host, &port), -EINVAL);
	ck_assert_int_eq(target_host("iperf3://a:99999", host, &port), -EINVAL);
}
END_TEST

static int read_file(const char *content, size_t length, mode_t mode, struct secret *secret)
{
	char path[] = "/tmp/gerbang-unit-secret-XXXXXX";
	int fd = mkstemp(path), r;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, content, length), (ssize_t)length);
	fchmod(fd, mode);
	close(fd);
	r = secret_read(path, secret);
	unlink(path);
	return r;
}

START_TEST(secrets)
{
	static char long_one[SECRET_MOST + 2];
	struct secret secret;

	memset(long_one, 'x', sizeof(long_one));
	ck_assert_int_eq(read_file("rahasia\n", 8, 0640, &secret), 0);
	ck_assert_str_eq(secret.bytes, "rahasia");
	ck_assert_uint_eq(secret.length, 7);
	ck_assert_int_eq(read_file("rahasia\r\n", 9, 0600, &secret), 0);
	ck_assert_str_eq(secret.bytes, "rahasia");
	ck_assert_int_eq(read_file("rahasia", 7, 0644, &secret), -EPERM);
	ck_assert_int_eq(read_file("", 0, 0600, &secret), -EINVAL);
	ck_assert_int_eq(read_file("\n", 1, 0600, &secret), -EINVAL);
	ck_assert_int_eq(read_file("a\nb", 3, 0600, &secret), -EINVAL);
	ck_assert_int_eq(read_file("a\0b", 3, 0600, &secret), -EINVAL);
	ck_assert_int_eq(read_file(long_one, SECRET_MOST, 0600, &secret), 0);
	ck_assert_int_eq(read_file(long_one, SECRET_MOST + 1, 0600, &secret), -EINVAL);
	ck_assert_int_eq(secret_read("/nonexistent/secret", &secret), -ENOENT);
	ck_assert_int_eq(secret_read("/tmp", &secret), -EINVAL);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("letter");
	Suite *suite = suite_create("letter");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, a_letter_has_its_lines);
	tcase_add_test(tcase, no_value_makes_a_line_of_its_own);
	tcase_add_test(tcase, lines_are_short_and_characters_whole);
	tcase_add_test(tcase, files_are_parts);
	tcase_add_test(tcase, names_of_files_are_harmless);
	tcase_add_test(tcase, what_is_base64);
	tcase_add_test(tcase, addresses);
	tcase_add_test(tcase, what_a_log_may_say_of_a_url);
	tcase_add_test(tcase, hosts_of_iperf3);
	tcase_add_test(tcase, secrets);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
