/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves what the ledger keeps of sessions and what it forgets: who was online is found again after a reboot,
 * whose device it was is gone with the session's end, and a person's wish or age erases the rest, from the
 * bytes of the file as well.
 */
#include "ledger_fixture.h"
#include <errno.h>

static int count_sessions(const struct ledger_session *session _unused_, void *userdata)
{
	++*(unsigned *)userdata;
	return 0;
}

static unsigned live(void)
{
	unsigned n = 0;

	ck_assert_int_eq(ledger_sessions(ledger, count_sessions, &n), 0);
	return n;
}

static void put(const struct ledger_session *session)
{
	ck_assert_int_eq(ledger_session_put(ledger, session), 0);
}

static void end(const struct ledger_session *session, int64_t wall_usec)
{
	ck_assert_int_eq(ledger_session_end(ledger, session, LEDGER_END_LOGOUT, wall_usec), 0);
}

/* ---- sessions ---- */

START_TEST(a_live_session_is_found_again)
{
	struct ledger_session session = session_of(7, 1), found;

	session.kind = LEDGER_VOUCHER;
	session.person = 12;
	put(&session);
	session.down_bytes = 5000;
	session.saved_wall_usec = NOW + 9;
	put(&session);
	reopen();
	ck_assert_uint_eq(live(), 1);
	ck_assert_int_eq(ledger_session(ledger, 7, &found), 0);
	ck_assert_mem_eq(&found, &session, sizeof(found));
	ck_assert_int_eq(ledger_session(ledger, 8, &found), -ENOENT);
}
END_TEST

START_TEST(an_address_may_not_be_known)
{
	struct ledger_session session = session_of(7, 1), found;

	session.address4 = (struct addr){0};
	put(&session);
	ck_assert_int_eq(ledger_session(ledger, 7, &found), 0);
	ck_assert_int_eq(found.address4.family, 0);
}
END_TEST

START_TEST(an_id_is_a_number_of_the_file)
{
	struct ledger_session session = session_of(0, 1);

	ck_assert_int_eq(ledger_session_put(ledger, &session), -EINVAL);
	session.id = UINT64_MAX;
	ck_assert_int_eq(ledger_session_put(ledger, &session), -EINVAL);
}
END_TEST

START_TEST(an_end_forgets_the_device)
{
	struct ledger_session session = session_of(7, 1), found;

	put(&session);
	session.down_bytes = 9000;
	end(&session, NOW + 60);
	ck_assert_int_eq(ledger_session_end(ledger, &session, LEDGER_END_KICK, NOW + 61), -ENOENT);
	ck_assert_uint_eq(live(), 0);
	ck_assert_int_eq(ledger_session(ledger, 7, &found), -ENOENT);
	ck_assert_int_eq(ask("SELECT mac IS NULL AND address4 IS NULL AND length(hash) = 16 AND how = 2"
			     " AND zone = 'taman-kota' AND login = 1 AND down_bytes = 9000 AND up_bytes = 200"
			     " FROM session WHERE id = 7"),
			 1);
	ck_assert_int_eq(ask("SELECT ended_wall_usec FROM session"), NOW + 60);
}
END_TEST

START_TEST(ids_go_on)
{
	struct ledger_session session = session_of(40, 1);
	uint64_t last = 77;

	ck_assert_int_eq(ledger_session_last(ledger, &last), 0);
	ck_assert_uint_eq(last, 0);
	put(&session);
	session.id = 12;
	put(&session);
	end(&session, NOW);
	ck_assert_int_eq(ledger_session_last(ledger, &last), 0);
	ck_assert_uint_eq(last, 40);
	session.id = 40;
	end(&session, NOW);
	reopen();
	ck_assert_int_eq(ledger_session_last(ledger, &last), 0);
	ck_assert_uint_eq(last, 40);
}
END_TEST

static int stop_at_second(const struct ledger_session *session, void *userdata)
{
	return ++*(unsigned *)userdata == 2 ? (int)session->id : 0;
}

START_TEST(a_walk_may_stop)
{
	unsigned n = 0;

	for (uint64_t id = 1; id <= 3; id++) {
		struct ledger_session session = session_of(id, (uint8_t)id);

		put(&session);
	}
	ck_assert_int_eq(ledger_sessions(ledger, stop_at_second, &n), 2);
	ck_assert_uint_eq(n, 2);
}
END_TEST

/* ---- forgetting ---- */

/* Whether these bytes are anywhere in the ledger's files. */
static bool in_files(const void *bytes, size_t size)
{
	static const char *const names[] = {"ledger.db", "ledger.db-wal"};
	static uint8_t buffer[8 << 20];

	for (size_t i = 0; i < ELEMENTS(names); i++) {
		_cleanup_(closep) int fd = open(path_of(names[i]), O_RDONLY);
		ssize_t n = fd < 0 ? 0 : read(fd, buffer, sizeof(buffer));

		ck_assert_int_ge(n, 0);
		ck_assert_int_lt(n, sizeof(buffer));
		if (n > 0 && memmem(buffer, (size_t)n, bytes, size))
			return true;
	}
	return false;
}

START_TEST(nothing_of_a_device_is_left)
{
	struct ledger_pass pass = add_pass(1, NOW), other = add_pass(2, NOW), found;
	struct ledger_session ended = session_of(1, 1), second = session_of(2, 1), stays = session_of(3, 2);
	struct ledger_forgotten forgotten = {0};
	uint8_t hash[LEDGER_HASH];
	uint64_t bytes;

	ended.kind = LEDGER_PASS;
	ended.person = pass.id;
	put(&ended);
	end(&ended, NOW);
	put(&second); /* live, nobody known */
	put(&stays);
	ck_assert_int_eq(ledger_day_set(ledger, LEDGER_PASS, pass.id, 20780, 1000), 0);
	ck_assert_int_eq(ledger_day_set(ledger, LEDGER_PASS, other.id, 20780, 2000), 0);
	hash_of(1, hash);
	ck_assert(in_files(hash, sizeof(hash)) && in_files(pass.code, strlen(pass.code)));
	ck_assert_int_eq(ledger_forget(ledger, hash, &forgotten), 0);
	ck_assert_uint_eq(forgotten.devices, 1);
	ck_assert_uint_eq(forgotten.passes, 1);
	ck_assert_uint_eq(forgotten.sessions, 2);
	ck_assert(!in_files(hash, sizeof(hash)));
	ck_assert(!in_files(pass.code, strlen(pass.code)));
	ck_assert(!in_files(second.mac.octets, sizeof(second.mac.octets)));
	ck_assert(in_files(stays.mac.octets, sizeof(stays.mac.octets)));
	ck_assert_int_eq(ledger_pass(ledger, pass.id, &found), -ENOENT);
	ck_assert_int_eq(ledger_day(ledger, LEDGER_PASS, pass.id, 20780, &bytes), 0);
	ck_assert_uint_eq(bytes, 0);
	ck_assert_int_eq(ledger_day(ledger, LEDGER_PASS, other.id, 20780, &bytes), 0);
	ck_assert_uint_eq(bytes, 2000);
	ck_assert_int_eq(ledger_session_end(ledger, &second, LEDGER_END_KICK, NOW),
			 -ENOENT);					    /* comes too late to tell */
	ck_assert_int_eq(ask("SELECT sum(down_bytes) FROM session"), 3000); /* sums that name nobody stay */
}
END_TEST

START_TEST(the_other_addresses_of_a_pass_go_too)
{
	struct ledger_pass pass = add_pass(1, NOW);
	struct ledger_forgotten forgotten;
	uint8_t first[LEDGER_HASH], second[LEDGER_HASH];

	hash_of(1, first);
	hash_of(2, second);
	ck_assert_int_eq(ledger_device_put(ledger, second, pass.id, NOW), 0);
	ck_assert_int_eq(ledger_forget(ledger, second, &forgotten), 0);
	ck_assert_uint_eq(forgotten.devices, 2);
	ck_assert(!in_files(first, sizeof(first)) && !in_files(second, sizeof(second)));
	ck_assert_int_eq(ledger_forget(ledger, first, &forgotten), 0);
	ck_assert_uint_eq(forgotten.devices + forgotten.passes + forgotten.sessions, 0);
}
END_TEST

/* ---- age ---- */

#define DAYS(n) ((n)*USEC_PER_DAY)

START_TEST(what_is_old_goes)
{
	struct ledger_pass old = add_pass(1, NOW - DAYS(91)), young = add_pass(2, NOW - DAYS(89)), found;
	struct ledger_session session = session_of(1, 1);
	uint8_t hash[LEDGER_HASH];

	session.kind = LEDGER_PASS;
	session.person = old.id;
	put(&session);
	end(&session, NOW - DAYS(91));
	session = session_of(2, 2);
	put(&session);
	end(&session, NOW - DAYS(89));
	ck_assert_int_gt(ledger_prune(ledger, NOW), 0);
	ck_assert_int_eq(ledger_pass(ledger, old.id, &found), -ENOENT);
	ck_assert_int_eq(ledger_pass(ledger, young.id, &found), 0);
	hash_of(1, hash);
	ck_assert(!in_files(hash, sizeof(hash)));
	hash_of(2, hash);
	ck_assert_int_eq(ledger_pass_by_device(ledger, hash, &found), 0);
	ck_assert_int_eq(ask("SELECT count(*) FROM session WHERE hash IS NULL AND kind = 0 AND person = 0"),
			 1);
	ck_assert_int_eq(ask("SELECT count(*) FROM session WHERE hash IS NOT NULL"), 1);
	ck_assert_int_eq(ledger_prune(ledger, NOW), 0);
}
END_TEST

/* Someone who has been in for months (a sensor in the park) is not a stranger. */
START_TEST(who_is_in_is_not_old)
{
	struct ledger_pass pass = add_pass(1, NOW - DAYS(200)), found;
	struct ledger_session session = session_of(1, 1);

	session.kind = LEDGER_PASS;
	session.person = pass.id;
	put(&session);
	ck_assert_int_eq(ledger_prune(ledger, NOW), 0);
	ck_assert_int_eq(ledger_pass(ledger, pass.id, &found), 0);
	ck_assert_uint_eq(live(), 1);
}
END_TEST

START_TEST(old_days_and_vouchers_go)
{
	struct ledger_voucher like = {.valid_until_wall_usec = NOW - DAYS(401)};
	int32_t today = (int32_t)(NOW / USEC_PER_DAY);
	int64_t batch;

	ck_assert_int_eq(ledger_vouchers_create(ledger, &like, 2, &batch), 0);
	like.valid_until_wall_usec = NOW - DAYS(399);
	ck_assert_int_eq(ledger_vouchers_create(ledger, &like, 1, &batch), 0);
	for (int32_t age = 39; age <= 41; age++)
		ck_assert_int_eq(ledger_day_set(ledger, LEDGER_VOUCHER, 1, today - age, 1), 0);
	ck_assert_int_eq(ledger_prune(ledger, NOW), 3);
	ck_assert_int_eq(ask("SELECT count(*) FROM voucher"), 1);
	ck_assert_int_eq(ask("SELECT count(*) FROM batch"), 1);
	ck_assert_int_eq(ask("SELECT count(*) FROM day"), 2);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    a_live_session_is_found_again,
	    an_address_may_not_be_known,
	    an_id_is_a_number_of_the_file,
	    an_end_forgets_the_device,
	    ids_go_on,
	    a_walk_may_stop,
	    nothing_of_a_device_is_left,
	    the_other_addresses_of_a_pass_go_too,
	    what_is_old_goes,
	    who_is_in_is_not_old,
	    old_days_and_vouchers_go,
	};

	return run_tests("ledger: sessions", tests, ELEMENTS(tests), 4, set_up, tear_down);
}
