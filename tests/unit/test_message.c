/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves lib/message and lib/wire: every type goes through a real socket and back, and whatever a hostile
 * peer sends instead (length, version, text without an end, descriptors too many or too few, a file that is
 * not sealed) is refused without leaving a descriptor open.
 */
#include "../../lib/cleanup.h"
#include "../../lib/message.h"
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char directory[64], path[96];
static int listener, ours, theirs;
static unsigned open_before;

static unsigned descriptors_open(void)
{
	DIR *fds = opendir("/proc/self/fd");
	unsigned n = 0;

	ck_assert_ptr_nonnull(fds);
	while (readdir(fds))
		n++;
	closedir(fds);
	return n;
}

static void set_up(void)
{
	snprintf(directory, sizeof(directory), "/tmp/gerbang-unit-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/socket", directory);
	listener = wire_listen(path, 0660);
	ck_assert_int_ge(listener, 0);
	theirs = wire_connect(path);
	ck_assert_int_ge(theirs, 0);
	ours = wire_accept(listener);
	ck_assert_int_ge(ours, 0);
	open_before = descriptors_open();
}

/* Nobody has kept or lost a descriptor on the way. */
static void tear_down(void)
{
	ck_assert_uint_eq(descriptors_open(), open_before);
	close(ours);
	close(theirs);
	close(listener);
	unlink(path);
	rmdir(directory);
}

static const struct {
	enum message_type type;
	size_t size;
	bool blob;
} types[] = {
    {MESSAGE_APPLY, sizeof(struct message_plain), true},
    {MESSAGE_TRY, sizeof(struct message_plain), true},
    {MESSAGE_TRIED, sizeof(struct message_plain), true},
    {MESSAGE_SETTLED, sizeof(struct message_plain), false},
    {MESSAGE_READ, sizeof(struct message_plain), false},
    {MESSAGE_COUNT, sizeof(struct message_plain), false},
    {MESSAGE_SESSION_ADD, sizeof(struct message_session), false},
    {MESSAGE_SESSION_CHANGE, sizeof(struct message_session), false},
    {MESSAGE_SESSION_REMOVE, sizeof(struct message_session), false},
    {MESSAGE_GARDEN, sizeof(struct message_garden), false},
    {MESSAGE_RESULT, sizeof(struct message_result), false},
    {MESSAGE_STATE, sizeof(struct message_plain), true},
    {MESSAGE_COUNTERS, sizeof(struct message_plain), true},
    {MESSAGE_ALARM, sizeof(struct message_alarm), false},
    {MESSAGE_DRIFT, sizeof(struct message_plain), false},
    {MESSAGE_PORTAL_SETTINGS, sizeof(struct message_plain), true},
    {MESSAGE_GUEST, sizeof(struct message_guest), false},
    {MESSAGE_GUEST_STATE, sizeof(struct message_guest_state), false},
    {MESSAGE_WATCH_SETTINGS, sizeof(struct message_plain), true},
    {MESSAGE_WATCH_EVENT, sizeof(struct message_watch_event), false},
    {MESSAGE_WATCH_LATENCY, sizeof(struct message_plain), true},
    {MESSAGE_WATCH_TALK, sizeof(struct message_plain), true},
    {MESSAGE_WATCH_TALKERS, sizeof(struct message_plain), true},
    {MESSAGE_CONTROL, sizeof(struct message_plain), true},
    {MESSAGE_CONTROL_RESULT, sizeof(struct message_control_result), true},
    {MESSAGE_COURIER, sizeof(struct message_plain), true},
    {MESSAGE_COURIER_DONE, sizeof(struct message_plain), true},
};

/* A message of type `i`, valid in every field, and its blob where it has one. */
static union message valid(int i, int *blob)
{
	union message m = {.header = {.type = (uint16_t)types[i].type,
				      .version = MESSAGE_VERSION,
				      .length = (uint32_t)types[i].size,
				      .id = 42}};

	*blob = types[i].blob ? wire_blob("{}", 2) : -1;
	return m;
}

START_TEST(the_table_here_names_every_type)
{
	ck_assert_uint_eq(ELEMENTS(types), MESSAGE_TYPES - 1);
	for (size_t i = 0; i < ELEMENTS(types); i++)
		ck_assert_str_ne(message_name(types[i].type), "unknown message");
	ck_assert_str_eq(message_name(0), "unknown message");
	ck_assert_str_eq(message_name(MESSAGE_TYPES), "unknown message");
}
END_TEST

/* What other programs (tests among them) read by its place: no byte of it may be uninitialised. */
START_TEST(rows_of_counters_have_no_holes)
{
	ck_assert_uint_eq(offsetof(struct message_counter, final), 1);
	ck_assert_uint_eq(offsetof(struct message_counter, minor), 2);
	ck_assert_uint_eq(offsetof(struct message_counter, backlog_bytes), 4);
	ck_assert_uint_eq(offsetof(struct message_counter, delivered_bytes), 8);
	ck_assert_uint_eq(sizeof(struct message_counter), 32);
	ck_assert_uint_ge(8 * sizeof(((struct message_watch_event *)NULL)->sent), MESSAGE_TARGETS);
	ck_assert_uint_eq(sizeof(((struct message_watch_event *)NULL)->sent),
			  sizeof(((struct message_watch_event *)NULL)->answered));
}
END_TEST

#define TEXT(message, field) offsetof(struct message, field), sizeof(((struct message *)NULL)->field)
static const struct {
	enum message_type type;
	size_t offset, size;
} texts[] = {
    {MESSAGE_SESSION_ADD, TEXT(message_session, session.device)},
    {MESSAGE_SESSION_CHANGE, TEXT(message_session, session.device)},
    {MESSAGE_SESSION_REMOVE, TEXT(message_session, session.device)},
    {MESSAGE_GARDEN, TEXT(message_garden, device)},
    {MESSAGE_ALARM, TEXT(message_alarm, text)},
    {MESSAGE_RESULT, TEXT(message_result, text)},
    {MESSAGE_RESULT, TEXT(message_result, leaf)},
    {MESSAGE_RESULT, TEXT(message_result, leaf_reason)},
    {MESSAGE_RESULT, TEXT(message_result, download)},
    {MESSAGE_GUEST, TEXT(message_guest, name)},
    {MESSAGE_GUEST, TEXT(message_guest, secret)},
    {MESSAGE_GUEST, TEXT(message_guest, cookie)},
    {MESSAGE_GUEST_STATE, TEXT(message_guest_state, zone)},
    {MESSAGE_GUEST_STATE, TEXT(message_guest_state, zone_name)},
    {MESSAGE_GUEST_STATE, TEXT(message_guest_state, opens_text)},
    {MESSAGE_GUEST_STATE, TEXT(message_guest_state, closes_text)},
    {MESSAGE_GUEST_STATE, TEXT(message_guest_state, outage_text)},
    {MESSAGE_GUEST_STATE, TEXT(message_guest_state, code)},
    {MESSAGE_WATCH_EVENT, TEXT(message_watch_event, device)},
    {MESSAGE_WATCH_EVENT, TEXT(message_watch_event, name)},
};

/* Every text as long as it may be. */
static void end_texts(enum message_type type, union message *message)
{
	for (size_t i = 0; i < ELEMENTS(texts); i++)
		if (texts[i].type == type)
			((char *)message)[texts[i].offset + texts[i].size - 1] = '\0';
}

START_TEST(every_type_goes_through)
{
	_cleanup_(closep) int blob = -1, came = -1;
	union message m = valid(_i, &blob), back;

	m.header = (struct message_header){.id = 42}; /* the sender fills the rest */
	memset((char *)&m + sizeof(m.header), 'a', types[_i].size - sizeof(m.header));
	end_texts(types[_i].type, &m);
	ck_assert_int_eq(message_send(theirs, types[_i].type, &m, blob), 0);
	ck_assert_int_eq(message_receive(ours, &back, &came), 1);
	ck_assert_int_eq(memcmp(&m, &back, types[_i].size), 0);
	ck_assert_uint_eq(back.header.id, 42);
	ck_assert_uint_eq(back.header.length, types[_i].size);
	ck_assert_int_eq(came >= 0, types[_i].blob);
	ck_assert_int_eq(message_receive(ours, &back, NULL), -EAGAIN);
}
END_TEST

/* Sends these bytes as they are; they must be refused. */
static void refused(const void *bytes, size_t length, int fd)
{
	union message out = {.header.id = 77};
	int came = 77;

	ck_assert_int_eq(wire_send(theirs, bytes, length, fd), 0);
	ck_assert_int_eq(message_receive(ours, &out, &came), -EBADMSG);
	ck_assert_int_eq(came, -1);
	ck_assert_uint_eq(out.header.id, 77);
}

START_TEST(a_wrong_length_is_refused)
{
	_cleanup_(closep) int blob = -1;
	struct {
		union message m;
		char more[64];
	} sent = {.m = valid(_i, &blob)};

	refused(&sent, types[_i].size - 1, blob);
	refused(&sent, types[_i].size + 1, blob);
	refused(&sent, sizeof(sent), blob); /* larger than any */
	refused(&sent, 1, blob);
	sent.m.header.length--;
	refused(&sent, types[_i].size, blob);
	refused(&sent, types[_i].size - 1, blob); /* consistent, and still not this type's */
	sent.m.header.length = UINT32_MAX;
	refused(&sent, types[_i].size, blob);
}
END_TEST

START_TEST(a_wrong_version_or_type_is_refused)
{
	_cleanup_(closep) int blob = -1;
	union message m = valid(_i, &blob);

	m.header.version = MESSAGE_VERSION + 1;
	refused(&m, types[_i].size, blob);
	m.header.version = MESSAGE_VERSION;
	m.header.type = 0;
	refused(&m, types[_i].size, blob);
	m.header.type = MESSAGE_TYPES;
	refused(&m, types[_i].size, blob);
	m.header.type = UINT16_MAX;
	refused(&m, types[_i].size, blob);
}
END_TEST

START_TEST(a_missing_or_uncalled_descriptor_is_refused)
{
	_cleanup_(closep) int blob = -1, other = open("/dev/null", O_RDONLY | O_CLOEXEC);
	union message m = valid(_i, &blob), out;

	refused(&m, types[_i].size, types[_i].blob ? -1 : other);
	ck_assert_int_eq(message_send(theirs, types[_i].type, &m, types[_i].blob ? -1 : other), -EINVAL);
	if (!types[_i].blob)
		return;
	/* A receiver that expects none */
	ck_assert_int_eq(message_send(theirs, types[_i].type, &m, blob), 0);
	ck_assert_int_eq(message_receive(ours, &out, NULL), -EBADMSG);
}
END_TEST

START_TEST(a_text_without_an_end_is_refused)
{
	int i = 0, blob;
	union message m;

	while (types[i].type != texts[_i].type)
		i++;
	m = valid(i, &blob);
	memset((char *)&m + texts[_i].offset, 'x', texts[_i].size);
	refused(&m, types[i].size, -1);
	ck_assert_int_eq(message_send(theirs, types[i].type, &m, -1), -EINVAL);
	((char *)&m)[texts[_i].offset + texts[_i].size - 1] = '\0';
	ck_assert_int_eq(message_send(theirs, types[i].type, &m, -1), 0);
	ck_assert_int_eq(message_receive(ours, &m, NULL), 1);
}
END_TEST

START_TEST(a_shorter_message_leaves_nothing_of_a_longer_one)
{
	union message m = {.header.id = 1}, back;

	memset(&back, 'x', sizeof(back));
	ck_assert_int_eq(message_send(theirs, MESSAGE_READ, &m, -1), 0);
	ck_assert_int_eq(message_receive(ours, &back, NULL), 1);
	for (size_t i = sizeof(struct message_plain); i < sizeof(back); i++)
		ck_assert_int_eq(((char *)&back)[i], 0);
}
END_TEST

#define SECRET 'Q'
#define SECRET_LENGTH 96

/* Where the functions that were called before had their locals. */
static __attribute__((noinline)) bool is_left_below(void)
{
	char stack[16384];
	size_t run = 0;

	__asm__ volatile("" : "=m"(stack)); /* as it was left there */
	for (size_t i = 0; i < sizeof(stack); i++) {
		run = stack[i] == SECRET ? run + 1 : 0;
		if (run == SECRET_LENGTH)
			return true;
	}
	return false;
}

static __attribute__((noinline)) void leave_below(int byte)
{
	char stack[16384];

	memset(stack, byte, sizeof(stack));
	__asm__ volatile("" : "+m"(stack));
}

START_TEST(a_received_secret_stays_on_no_stack)
{
	static union message sent, received;
	bool sees, left;
	int r;

	leave_below(SECRET);
	sees = is_left_below(); /* else this test sees nothing */
	sent.header = (struct message_header){.type = MESSAGE_GUEST};
	leave_below(0);
	memset(sent.guest.secret, SECRET, SECRET_LENGTH);
	ck_assert_int_eq(message_send(theirs, MESSAGE_GUEST, &sent, -1), 0);
	explicit_bzero(&sent, sizeof(sent));
	r = message_receive(ours, &received, NULL);
	left = is_left_below(); /* before anybody else is called */
	ck_assert_int_eq(r, 1);
	ck_assert_int_eq(received.guest.secret[SECRET_LENGTH - 1], SECRET);
	ck_assert(sees);
	ck_assert(!left);
}
END_TEST

START_TEST(end_of_file_is_zero)
{
	union message m;
	int came = 77;

	shutdown(theirs, SHUT_WR);
	ck_assert_int_eq(message_receive(ours, &m, &came), 0);
	ck_assert_int_eq(came, -1);
}
END_TEST

/* Several descriptors in one message: none may stay. */
static void send_fds(const int *fds, size_t n)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(8 * sizeof(int))];
	} control = {0};
	struct message_plain m = {.header = {MESSAGE_CONTROL, MESSAGE_VERSION, sizeof(m), 1}};
	struct iovec part = {&m, sizeof(m)};
	struct msghdr header = {.msg_iov = &part,
				.msg_iovlen = 1,
				.msg_control = control.bytes,
				.msg_controllen = CMSG_SPACE(n * sizeof(int))};
	struct cmsghdr *c = CMSG_FIRSTHDR(&header);

	*c = (struct cmsghdr){
	    .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(n * sizeof(int))};
	memcpy(CMSG_DATA(c), fds, n * sizeof(int));
	ck_assert_int_eq(sendmsg(theirs, &header, 0), (int)sizeof(m));
}

START_TEST(more_than_one_descriptor_is_refused)
{
	_cleanup_(closep) int blob = wire_blob("{}", 2);
	const int fds[8] = {blob, blob, blob, blob, blob, blob, blob, blob};
	union message m;
	int came;

	for (size_t n = 2; n <= ELEMENTS(fds); n++) {
		send_fds(fds, n);
		ck_assert_int_eq(message_receive(ours, &m, &came), -EBADMSG);
		ck_assert_int_eq(came, -1);
	}
	send_fds(fds, 1);
	ck_assert_int_eq(message_receive(ours, &m, &came), 1);
	close(came);
}
END_TEST

START_TEST(a_peer_that_does_not_read_is_told_by_eagain)
{
	union message m = {.header.id = 1};
	int r = 0;

	for (int i = 0; i < 1000000 && r == 0; i++)
		r = message_send(theirs, MESSAGE_READ, &m, -1);
	ck_assert_int_eq(r, -EAGAIN);
}
END_TEST

START_TEST(a_peer_that_is_gone_is_an_error_and_no_signal)
{
	union message m = {.header.id = 1};
	int gone = wire_connect(path), peer = wire_accept(listener);

	close(peer);
	ck_assert_int_eq(message_send(gone, MESSAGE_READ, &m, -1), -EPIPE);
	close(gone);
}
END_TEST

START_TEST(the_peer_is_who_connected)
{
	uid_t uid = 77;
	gid_t gid = 77;
	pid_t pid = 0;

	ck_assert_int_eq(wire_peer(ours, &uid, &gid, &pid), 0);
	ck_assert(uid == getuid() && gid == getgid() && pid == getpid());
	ck_assert_int_lt(wire_peer(0x7fff, &uid, NULL, NULL), 0);
}
END_TEST

/* Root's connection in another user's hands. */
START_TEST(a_connection_handed_to_another_user_is_refused)
{
	union message m = {.header.id = 1};
	pid_t child;
	int status;

	if (getuid() != 0)
		return;
	child = fork();
	if (child == 0)
		_exit(setresuid(65534, 65534, 65534) < 0 || message_send(theirs, MESSAGE_READ, &m, -1) < 0);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	ck_assert_int_eq(message_receive(ours, &m, NULL), -EPERM);
	ck_assert_int_eq(message_send(theirs, MESSAGE_READ, &m, -1), 0);
	ck_assert_int_eq(message_receive(ours, &m, NULL), 1);
}
END_TEST

START_TEST(listening_replaces_the_stale_and_nothing_else)
{
	struct stat st;
	char other[128], far[256];
	_cleanup_(closep) int second = -1, file = -1;

	ck_assert_int_eq(lstat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0660);
	ck_assert_int_eq(wire_listen(path, 0600), -EADDRINUSE);
	close(wire_accept(listener)); /* that it looked whether we live */
	snprintf(other, sizeof(other), "%s/other", directory);
	ck_assert_int_eq(wire_connect(other), -ENOENT);
	second = wire_listen(other, 0600);
	ck_assert_int_ge(second, 0);
	close(second);
	ck_assert_int_eq(wire_connect(other), -ECONNREFUSED);
	second = wire_listen(other, 0600);
	ck_assert_int_ge(second, 0);
	unlink(other);
	file = open(other, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	ck_assert_int_eq(wire_listen(other, 0600), -EADDRINUSE);
	unlink(other);
	memset(far, 'x', sizeof(far) - 1);
	far[sizeof(far) - 1] = '\0';
	ck_assert_int_eq(wire_listen(far, 0600), -ENAMETOOLONG);
	ck_assert_int_eq(wire_connect(far), -ENAMETOOLONG);
	ck_assert_int_eq(wire_connect(""), -EINVAL);
}
END_TEST

START_TEST(blobs_go_both_ways)
{
	_cleanup_(freep) char *large = malloc(5 << 20);
	const size_t sizes[] = {0, 1, 4096, 5 << 20};

	memset(large, 'g', 5 << 20);
	for (size_t i = 0; i < ELEMENTS(sizes); i++) {
		_cleanup_(closep) int fd = wire_blob(large, sizes[i]);
		_cleanup_(freep) void *bytes = NULL;
		size_t length = 77;

		ck_assert_int_ge(fd, 0);
		ck_assert_int_eq(wire_blob_read(fd, sizes[i], &bytes, &length), 0);
		ck_assert_uint_eq(length, sizes[i]);
		ck_assert_int_eq(memcmp(bytes, large, length), 0);
		ck_assert_int_eq(((char *)bytes)[length], 0);
		ck_assert(write(fd, "x", 1) < 0 && ftruncate(fd, 6 << 20) < 0);
	}
}
END_TEST

START_TEST(a_blob_larger_than_allowed_is_refused)
{
	_cleanup_(closep) int fd = wire_blob("12345", 5);
	void *bytes = NULL;
	size_t length;

	ck_assert_int_eq(wire_blob_read(fd, 4, &bytes, &length), -EFBIG);
	ck_assert_ptr_null(bytes);
}
END_TEST

START_TEST(an_unsealed_blob_is_refused)
{
	const int all = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
	const int missing[] = {F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE, all};
	_cleanup_(closep) int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	void *bytes = NULL;
	size_t length;
	int ends[2];

	for (size_t i = 0; i < ELEMENTS(missing); i++) {
		_cleanup_(closep) int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);

		ck_assert_int_eq(write(fd, "{}", 2), 2);
		ck_assert_int_eq(fcntl(fd, F_ADD_SEALS, all & ~missing[i]), 0);
		ck_assert_int_eq(wire_blob_read(fd, 100, &bytes, &length), -EPERM);
	}
	ck_assert_int_eq(wire_blob_read(null, 100, &bytes, &length), -EPERM);
	ck_assert_int_eq(pipe(ends), 0); /* would wait for ever */
	ck_assert_int_eq(wire_blob_read(ends[0], 100, &bytes, &length), -EPERM);
	close(ends[0]);
	close(ends[1]);
	ck_assert_ptr_null(bytes);
}
END_TEST

START_TEST(limits_of_a_wire_message)
{
	static char large[WIRE_MESSAGE_MAX + 1];
	char small[8];

	ck_assert_int_eq(wire_send(theirs, large, sizeof(large), -1), -EMSGSIZE);
	ck_assert_int_eq(wire_send(theirs, large, 0, -1), -EINVAL);
	ck_assert_int_eq(wire_send(theirs, large, WIRE_MESSAGE_MAX, -1), 0);
	ck_assert_int_eq(wire_receive(ours, small, sizeof(small), NULL), -EMSGSIZE);
	ck_assert_int_eq(wire_receive(ours, small, sizeof(small), NULL), -EAGAIN);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("message");
	TCase *tests = tcase_create("message");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, the_table_here_names_every_type);
	tcase_add_test(tests, rows_of_counters_have_no_holes);
	tcase_add_loop_test(tests, every_type_goes_through, 0, ELEMENTS(types));
	tcase_add_loop_test(tests, a_wrong_length_is_refused, 0, ELEMENTS(types));
	tcase_add_loop_test(tests, a_wrong_version_or_type_is_refused, 0, ELEMENTS(types));
	tcase_add_loop_test(tests, a_missing_or_uncalled_descriptor_is_refused, 0, ELEMENTS(types));
	tcase_add_loop_test(tests, a_text_without_an_end_is_refused, 0, ELEMENTS(texts));
	tcase_add_test(tests, a_shorter_message_leaves_nothing_of_a_longer_one);
	tcase_add_test(tests, a_received_secret_stays_on_no_stack);
	tcase_add_test(tests, end_of_file_is_zero);
	tcase_add_test(tests, more_than_one_descriptor_is_refused);
	tcase_add_test(tests, a_peer_that_does_not_read_is_told_by_eagain);
	tcase_add_test(tests, a_peer_that_is_gone_is_an_error_and_no_signal);
	tcase_add_test(tests, the_peer_is_who_connected);
	tcase_add_test(tests, a_connection_handed_to_another_user_is_refused);
	tcase_add_test(tests, listening_replaces_the_stale_and_nothing_else);
	tcase_add_test(tests, blobs_go_both_ways);
	tcase_add_test(tests, a_blob_larger_than_allowed_is_refused);
	tcase_add_test(tests, an_unsealed_blob_is_refused);
	tcase_add_test(tests, limits_of_a_wire_message);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
