/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves the ledger's rows: every function and every outcome that its header documents, each read back after
 * the file was closed and opened again. Trouble with the disk is test_ledger_trouble.c's.
 */
#include "ledger_fixture.h"
#include <errno.h>

/* ---- the file ---- */

START_TEST(files_are_the_daemons_alone)
{
	static const char *const names[] = {"ledger.db", "ledger.key", "ledger.db-wal", "ledger.db-shm"};

	add_pass(1, NOW);
	for (size_t i = 0; i < ELEMENTS(names); i++) {
		struct stat status;

		ck_assert_msg(stat(path_of(names[i]), &status) == 0, "%s", names[i]);
		ck_assert_msg((status.st_mode & 07777) == 0600, "%s: %o", names[i], status.st_mode);
	}
}
END_TEST

START_TEST(a_hash_is_of_this_ledger_alone)
{
	const struct mac mac = {{2, 0, 0, 0, 0, 1}}, other = {{2, 0, 0, 0, 0, 2}};
	uint8_t first[LEDGER_HASH], second[LEDGER_HASH];

	ledger_hash(ledger, &mac, first);
	reopen();
	ledger_hash(ledger, &mac, second);
	ck_assert_mem_eq(first, second, LEDGER_HASH);
	ledger_hash(ledger, &other, second);
	ck_assert_mem_ne(first, second, LEDGER_HASH);
	ledger = ledger_close(ledger);
	ck_assert_int_eq(unlink(path_of("ledger.key")), 0);
	open_ledger();
	ledger_hash(ledger, &mac, second);
	ck_assert_mem_ne(first, second, LEDGER_HASH);
}
END_TEST

/* ---- transactions ---- */

START_TEST(a_transaction_is_all_or_nothing)
{
	ck_assert_int_eq(ledger_begin(ledger), 0);
	ck_assert_int_eq(ledger_begin(ledger), -EALREADY);
	add_pass(1, NOW);
	ck_assert_int_eq(ask("SELECT count(*) FROM pass"), 0);
	ledger_rollback(ledger);
	ck_assert_int_eq(ask("SELECT count(*) FROM pass"), 0);
	ck_assert_int_eq(ledger_begin(ledger), 0);
	add_pass(1, NOW);
	ck_assert_int_eq(ledger_commit(ledger, false), 0);
	ck_assert_int_eq(ask("SELECT count(*) FROM pass"), 1);
	ck_assert_int_eq(ledger_commit(ledger, false), -EINVAL);
	ck_assert_int_eq(ledger_begin(ledger), 0);
	add_pass(2, NOW);
	ck_assert_int_eq(ledger_commit(ledger, true), 0);
	ck_assert_int_eq(ask("SELECT count(*) FROM pass"), 2);
}
END_TEST

/* A call of several statements that fails takes nothing with it, and leaves what came before. */
START_TEST(a_call_that_fails_leaves_the_rest)
{
	struct ledger_account account = {.name = "budi", .password = "x"};
	struct ledger_voucher like = {.valid_until_wall_usec = NOW};
	int64_t batch = 77;

	ck_assert_int_eq(ledger_account_add(ledger, &account), 0);
	ck_assert_int_eq(ledger_begin(ledger), 0);
	add_pass(1, NOW);
	ck_assert_int_eq(ledger_account_add(ledger, &account), -EEXIST);
	ck_assert_int_eq(ledger_vouchers_create(ledger, &like, 3, &batch), 0);
	ck_assert_int_eq(ledger_account_remove(ledger, "nobody"), -ENOENT);
	ck_assert_int_eq(ledger_commit(ledger, false), 0);
	ck_assert_int_eq(ask("SELECT (SELECT count(*) FROM pass) * 100 + (SELECT count(*) FROM account) * 10"
			     " + (SELECT count(*) FROM voucher)"),
			 113);
}
END_TEST

/* ---- passes ---- */

START_TEST(a_pass_is_found_by_id_code_and_device)
{
	struct ledger_pass pass = add_pass(1, NOW), found;
	uint8_t hash[LEDGER_HASH];

	ck_assert_int_ne(pass.id, 0);
	ck_assert_uint_eq(strlen(pass.code), LEDGER_CODE - 1);
	hash_of(1, hash);
	reopen();
	ck_assert_int_eq(ledger_pass(ledger, pass.id, &found), 0);
	ck_assert_str_eq(found.code, pass.code);
	ck_assert_int_eq(ledger_pass_by_code(ledger, pass.code, &found), 0);
	ck_assert_int_eq(found.id, pass.id);
	ck_assert_int_eq(ledger_pass_by_device(ledger, hash, &found), 0);
	ck_assert_int_eq(found.id, pass.id);
	hash_of(2, hash);
	ck_assert_int_eq(ledger_pass_by_device(ledger, hash, &found), -ENOENT);
	ck_assert_int_eq(ledger_pass_by_code(ledger, "00000-00000", &found), -ENOENT);
	ck_assert_int_eq(ledger_pass_by_code(ledger, "' OR 1=1 --", &found), -ENOENT);
	ck_assert_int_eq(ledger_pass(ledger, pass.id + 1, &found), -ENOENT);
}
END_TEST

START_TEST(a_visit_is_kept)
{
	struct ledger_pass pass = add_pass(1, NOW), found, none = {.id = 999};

	snprintf(pass.visit_zone, sizeof(pass.visit_zone), "taman-kota");
	pass.visit_ends_wall_usec = NOW + USEC_PER_HOUR;
	pass.visit_bytes = UINT64_C(5000000000);
	pass.seen_wall_usec = NOW + 5;
	ck_assert_int_eq(ledger_pass_put(ledger, &pass), 0);
	reopen();
	ck_assert_int_eq(ledger_pass(ledger, pass.id, &found), 0);
	ck_assert_str_eq(found.code, pass.code);
	ck_assert_str_eq(found.visit_zone, "taman-kota");
	ck_assert_int_eq(found.visit_ends_wall_usec, NOW + USEC_PER_HOUR);
	ck_assert_uint_eq(found.visit_bytes, UINT64_C(5000000000));
	ck_assert_int_eq(found.seen_wall_usec, NOW + 5);
	ck_assert_int_eq(ledger_pass_put(ledger, &none), -ENOENT);
}
END_TEST

START_TEST(a_new_address_takes_the_pass)
{
	struct ledger_pass first = add_pass(1, NOW), second = add_pass(2, NOW), found;
	uint8_t hash[LEDGER_HASH];

	hash_of(2, hash);
	ck_assert_int_eq(ledger_device_put(ledger, hash, first.id, NOW + 1), 0);
	ck_assert_int_eq(ledger_pass_by_device(ledger, hash, &found), 0);
	ck_assert_int_eq(found.id, first.id);
	ck_assert_int_eq(ledger_pass(ledger, second.id, &found), 0);
	ck_assert_int_eq(ledger_device_put(ledger, hash, 999, NOW), -ENOENT);
	ck_assert_int_eq(ledger_pass_by_device(ledger, hash, &found), 0);
	ck_assert_int_eq(found.id, first.id);
}
END_TEST

/* ---- vouchers ---- */

static int64_t create(const char *zone, unsigned count)
{
	struct ledger_voucher like = {.created_wall_usec = NOW,
				      .valid_until_wall_usec = NOW + 30 * USEC_PER_DAY,
				      .time_usec = 2 * USEC_PER_HOUR,
				      .data_bytes = 1000000000,
				      .devices = 2};
	int64_t batch;

	snprintf(like.zone, sizeof(like.zone), "%s", zone);
	ck_assert_int_eq(ledger_vouchers_create(ledger, &like, count, &batch), 0);
	return batch;
}

struct list {
	struct ledger_voucher vouchers[64];
	size_t n, stop_at;
};

static int collect(const struct ledger_voucher *voucher, void *userdata)
{
	struct list *list = userdata;

	list->vouchers[list->n++] = *voucher;
	return list->n == list->stop_at ? 7 : 0;
}

START_TEST(vouchers_of_a_batch)
{
	int64_t batch = create("taman-kota", 10);
	struct list list = {0};

	reopen();
	ck_assert_int_eq(ledger_vouchers(ledger, NULL, batch, collect, &list), 0);
	ck_assert_uint_eq(list.n, 10);
	for (size_t i = 0; i < list.n; i++) {
		const struct ledger_voucher *voucher = &list.vouchers[i];

		ck_assert_uint_eq(strlen(voucher->code), LEDGER_CODE - 1);
		ck_assert_str_eq(voucher->zone, "taman-kota");
		ck_assert_int_eq(voucher->batch, batch);
		ck_assert_int_eq(voucher->created_wall_usec, NOW);
		ck_assert_int_eq(voucher->valid_until_wall_usec, NOW + 30 * USEC_PER_DAY);
		ck_assert_int_eq(voucher->time_usec, 2 * USEC_PER_HOUR);
		ck_assert_uint_eq(voucher->data_bytes, 1000000000);
		ck_assert_uint_eq(voucher->devices, 2);
		ck_assert_int_eq(
		    voucher->used_usec + voucher->revoked_wall_usec + voucher->first_used_wall_usec, 0);
		ck_assert_uint_eq(voucher->used_bytes, 0);
		for (size_t j = 0; j < i; j++)
			ck_assert_str_ne(list.vouchers[j].code, voucher->code);
	}
}
END_TEST

START_TEST(vouchers_by_zone_newest_first)
{
	int64_t first = create("taman-kota", 2), second = create("", 1), third = create("taman-kota", 1);
	struct list list = {0}, zone = {0}, stopped = {.stop_at = 2};

	ck_assert_int_eq(ledger_vouchers(ledger, NULL, 0, collect, &list), 0);
	ck_assert_uint_eq(list.n, 4);
	ck_assert_int_eq(list.vouchers[0].batch, third);
	ck_assert_int_eq(list.vouchers[1].batch, second);
	ck_assert_int_eq(list.vouchers[3].batch, first);
	ck_assert_int_eq(ledger_vouchers(ledger, "taman-kota", 0, collect, &zone), 0);
	ck_assert_uint_eq(zone.n, 3);
	ck_assert_int_eq(ledger_vouchers(ledger, NULL, 0, collect, &stopped), 7);
	ck_assert_uint_eq(stopped.n, 2);
	ck_assert_int_eq(ledger_vouchers(ledger, "nowhere", 0, collect, &list), 0);
	ck_assert_uint_eq(list.n, 4);
}
END_TEST

START_TEST(no_voucher_or_too_many)
{
	struct ledger_voucher like = {.valid_until_wall_usec = NOW};
	int64_t batch = 77;

	ck_assert_int_eq(ledger_vouchers_create(ledger, &like, 0, &batch), -EINVAL);
	ck_assert_int_eq(ledger_vouchers_create(ledger, &like, 1000000, &batch), -EINVAL);
	ck_assert_int_eq(batch, 77);
	ck_assert_int_eq(ask("SELECT count(*) FROM batch"), 0);
}
END_TEST

START_TEST(a_voucher_is_used_and_revoked)
{
	struct ledger_voucher voucher, found;
	struct list list = {0};

	create("", 1);
	ck_assert_int_eq(ledger_vouchers(ledger, NULL, 0, collect, &list), 0);
	voucher = list.vouchers[0];
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(ledger_voucher_used(ledger, voucher.id, USEC_PER_MINUTE, 5000, NOW + 3), 0);
	ck_assert_int_eq(ledger_voucher_by_code(ledger, voucher.code, &found), 0);
	ck_assert_int_eq(found.used_usec, USEC_PER_MINUTE);
	ck_assert_uint_eq(found.used_bytes, 5000);
	ck_assert_int_eq(found.first_used_wall_usec, NOW + 3);
	ck_assert_int_eq(ledger_voucher_revoke(ledger, voucher.code, NOW + 9), 0);
	ck_assert_int_eq(ledger_voucher_revoke(ledger, voucher.code, NOW + 10), 1);
	reopen();
	ck_assert_int_eq(ledger_voucher(ledger, voucher.id, &found), 0);
	ck_assert_int_eq(found.revoked_wall_usec, NOW + 9);
	ck_assert_uint_eq(found.used_bytes, 5000);
	ck_assert_int_eq(ledger_voucher_revoke(ledger, "00000-00000", NOW), -ENOENT);
	ck_assert_int_eq(ledger_voucher_used(ledger, 999, 0, 0, 0), -ENOENT);
	ck_assert_int_eq(ledger_voucher(ledger, 999, &found), -ENOENT);
	ck_assert_int_eq(ledger_voucher_by_code(ledger, "", &found), -ENOENT);
}
END_TEST

/* A number that SQLite cannot hold is as much as it can hold, never negative. */
START_TEST(counts_do_not_turn_negative)
{
	struct list list = {0};
	uint64_t bytes;

	create("", 1);
	ck_assert_int_eq(ledger_vouchers(ledger, NULL, 0, collect, &list), 0);
	ck_assert_int_eq(ledger_voucher_used(ledger, list.vouchers[0].id, 0, UINT64_MAX, NOW), 0);
	ck_assert_int_eq(ledger_voucher(ledger, list.vouchers[0].id, &list.vouchers[0]), 0);
	ck_assert_uint_eq(list.vouchers[0].used_bytes, INT64_MAX);
	ck_assert_int_eq(ledger_day_set(ledger, LEDGER_PASS, 1, 1, UINT64_MAX), 0);
	ck_assert_int_eq(ledger_day(ledger, LEDGER_PASS, 1, 1, &bytes), 0);
	ck_assert_uint_eq(bytes, INT64_MAX);
}
END_TEST

/* ---- accounts ---- */

static int count_accounts(const struct ledger_account *account, void *userdata)
{
	char(*names)[65] = userdata;

	for (size_t i = 0; i < 8; i++) {
		if (!*names[i]) {
			snprintf(names[i], sizeof(names[i]), "%s", account->name);
			return 0;
		}
	}
	return 1;
}

START_TEST(an_account_is_kept)
{
	struct ledger_account account = {.name = "Pak Budi \xc3\xa9",
					 .password = "$argon2id$v=19$x",
					 .zone = "taman-kota",
					 .devices = 3,
					 .session_usec = USEC_PER_HOUR,
					 .daily_bytes = 2000000000,
					 .created_wall_usec = NOW},
			      found;

	ck_assert_int_eq(ledger_account_add(ledger, &account), 0);
	ck_assert_int_ne(account.id, 0);
	reopen();
	ck_assert_int_eq(ledger_account_by_name(ledger, "PAK budi \xc3\xa9", &found), 0);
	ck_assert_mem_eq(&found, &account, sizeof(found));
	ck_assert_int_eq(ledger_account(ledger, account.id, &found), 0);
	ck_assert_str_eq(found.name, account.name);
	ck_assert_int_eq(ledger_account_by_name(ledger, "Pak Budi", &found), -ENOENT);
	ck_assert_int_eq(ledger_account(ledger, 999, &found), -ENOENT);
}
END_TEST

START_TEST(a_name_is_taken_once)
{
	struct ledger_account account = {.name = "budi", .password = "x"}, none = {.password = "x"};
	char names[8][65] = {0};

	ck_assert_int_eq(ledger_account_add(ledger, &account), 0);
	snprintf(account.name, sizeof(account.name), "BUDI");
	ck_assert_int_eq(ledger_account_add(ledger, &account), -EEXIST);
	snprintf(account.name, sizeof(account.name), "Ani");
	ck_assert_int_eq(ledger_account_add(ledger, &account), 0);
	ck_assert_int_eq(ledger_account_add(ledger, &none), -EINVAL);
	ck_assert_int_eq(ledger_accounts(ledger, count_accounts, names), 0);
	ck_assert_str_eq(names[0], "Ani");
	ck_assert_str_eq(names[1], "budi");
	ck_assert_str_eq(names[2], "");
}
END_TEST

START_TEST(an_account_is_removed_with_its_days)
{
	struct ledger_account account = {.name = "budi", .password = "x"}, again = account;
	uint64_t bytes = 7;

	ck_assert_int_eq(ledger_account_add(ledger, &account), 0);
	ck_assert_int_eq(ledger_day_set(ledger, LEDGER_ACCOUNT, account.id, 20780, 5000), 0);
	ck_assert_int_eq(ledger_day_set(ledger, LEDGER_VOUCHER, account.id, 20780, 6000), 0);
	ck_assert_int_eq(ledger_account_remove(ledger, "Budi"), 0);
	ck_assert_int_eq(ledger_account_remove(ledger, "budi"), -ENOENT);
	ck_assert_int_eq(ledger_account_add(ledger, &again), 0);
	ck_assert_int_ne(again.id, account.id); /* nobody inherits from who had the name before */
	ck_assert_int_eq(ledger_day(ledger, LEDGER_ACCOUNT, account.id, 20780, &bytes), 0);
	ck_assert_uint_eq(bytes, 0);
	ck_assert_int_eq(ledger_day(ledger, LEDGER_VOUCHER, account.id, 20780, &bytes), 0);
	ck_assert_uint_eq(bytes, 6000);
}
END_TEST

/* ---- days ---- */

START_TEST(days_are_a_persons)
{
	uint64_t bytes = 7;

	ck_assert_int_eq(ledger_day(ledger, LEDGER_PASS, 1, 20780, &bytes), 0);
	ck_assert_uint_eq(bytes, 0);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(ledger_day_set(ledger, LEDGER_PASS, 1, 20780, 1000), 0);
	reopen();
	ck_assert_int_eq(ledger_day(ledger, LEDGER_PASS, 1, 20780, &bytes), 0);
	ck_assert_uint_eq(bytes, 1000);
	ck_assert_int_eq(ledger_day(ledger, LEDGER_VOUCHER, 1, 20780, &bytes), 0);
	ck_assert_uint_eq(bytes, 0);
	ck_assert_int_eq(ledger_day(ledger, LEDGER_PASS, 2, 20780, &bytes), 0);
	ck_assert_uint_eq(bytes, 0);
	ck_assert_int_eq(ledger_day(ledger, LEDGER_PASS, 1, 20781, &bytes), 0);
	ck_assert_uint_eq(bytes, 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    files_are_the_daemons_alone,
	    a_hash_is_of_this_ledger_alone,
	    a_transaction_is_all_or_nothing,
	    a_call_that_fails_leaves_the_rest,
	    a_pass_is_found_by_id_code_and_device,
	    a_visit_is_kept,
	    a_new_address_takes_the_pass,
	    vouchers_of_a_batch,
	    vouchers_by_zone_newest_first,
	    no_voucher_or_too_many,
	    a_voucher_is_used_and_revoked,
	    counts_do_not_turn_negative,
	    an_account_is_kept,
	    a_name_is_taken_once,
	    an_account_is_removed_with_its_days,
	    days_are_a_persons,
	};

	return run_tests("ledger", tests, ELEMENTS(tests), 4, set_up, tear_down);
}
