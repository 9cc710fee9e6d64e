// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A guest's session is three elements: its IPv4 source (guest_up4, where an address is known), its IPv6
 * sources (guest_up6) and its MAC on the way down (down_DEVICE), all with the same class and the same end.
 * The element in guest_up6 carries, as a comment, what a restarted daemon needs to take the session up again.
 * The three are written together or not at all; where someone has parted them, the session shows with minor
 * 0.
 */
#include "nft_private.h"
#include "../lib/clock.h"
#include "../lib/units.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define TRIES 5 /* somebody else may write between a look and a transaction */

/* ---- the comment ---- */

static void note_write(const struct plan_session *session, char comment[static ELEMENT_COMMENT])
{
	char address[ADDR_TEXT] = "-";

	if (session->address4.family)
		addr_text(&session->address4, address);
	snprintf(comment, ELEMENT_COMMENT,
		 "id=%" PRIu64 " start=%" PRId64 " end=%" PRId64 " login=%u down=%" PRIu64 " up=%" PRIu64
		 " ip=%s",
		 session->id, session->started_mono_usec, session->ends_mono_usec, session->login,
		 session->down_base_bytes, session->up_base_bytes, address);
}

/* Exactly what note_write() makes, or a session with id 0. */
static struct plan_session note_read(const char *comment)
{
	struct plan_session session = {};
	char address[ADDR_TEXT] = "", again[ELEMENT_COMMENT];

	if (sscanf(comment,
		   "id=%" SCNu64 " start=%" SCNd64 " end=%" SCNd64 " login=%" SCNu8 " down=%" SCNu64
		   " up=%" SCNu64 " ip=%45s",
		   &session.id, &session.started_mono_usec, &session.ends_mono_usec, &session.login,
		   &session.down_base_bytes, &session.up_base_bytes, address) != 7)
		return (struct plan_session){};
	if (strcmp(address, "-") != 0 && addr_parse(address, &session.address4) < 0)
		return (struct plan_session){};
	note_write(&session, again);
	return strcmp(again, comment) == 0 ? session : (struct plan_session){};
}

/* ---- sessions to elements ---- */

uint64_t remaining_msec(int64_t ends_mono_usec, int64_t mono_usec)
{
	if (ends_mono_usec <= mono_usec)
		return 0;
	return ((uint64_t)(ends_mono_usec - mono_usec) + USEC_PER_MSEC - 1) / USEC_PER_MSEC;
}

static void guest_key(struct element *element, enum set_id id, const char *device, const struct mac *mac,
		      const struct addr *address4)
{
	element->length = 0;
	if (id != SET_DOWN)
		element_device(element, device);
	element_mac(element, mac);
	if (id == SET_GUEST_UP4)
		element_address(element, address4);
}

bool session_element(const struct plan_session *session, enum set_id id, int64_t mono_usec,
		     struct element *out)
{
	struct element element = {.valued = true,
				  .value =
				      id == SET_DOWN ? CLASS_DOWN(session->minor) : CLASS_UP(session->minor),
				  .timeout_msec = remaining_msec(session->ends_mono_usec, mono_usec)};

	if (element.timeout_msec == 0 || (id == SET_GUEST_UP4 && session->address4.family != AF_INET))
		return false;
	guest_key(&element, id, session->device, &session->mac, &session->address4);
	if (id == SET_GUEST_UP6)
		note_write(session, element.comment);
	*out = element;
	return true;
}

/* ---- elements to sessions ---- */

void guests_clear(struct guests *guests)
{
	free(guests->rows);
	*guests = (struct guests){};
}

struct collect {
	struct guests *guests;
	enum set_id id;
	const char *device; /* SET_DOWN */
	guest_wanted_fn wanted;
	void *data;
};

static struct guest guest_from(const struct element *element, enum set_id id, const char *device)
{
	struct guest guest = {.set = id,
			      .value = element->value,
			      .timeout_msec = element->timeout_msec,
			      .expires_msec = element->expires_msec};
	const uint8_t *mac = element->key + (id == SET_DOWN ? 0 : IFNAMSIZ);

	if (id == SET_DOWN)
		snprintf(guest.device, sizeof(guest.device), "%s", device);
	else
		memcpy(guest.device, element->key, IFNAMSIZ - 1);
	memcpy(guest.mac.octets, mac, sizeof(guest.mac.octets));
	if (id == SET_GUEST_UP4)
		memcpy(guest.address4, mac + MNL_ALIGN(sizeof(guest.mac)), sizeof(guest.address4));
	if (id == SET_GUEST_UP6)
		guest.noted = note_read(element->comment);
	return guest;
}

static int guests_add(struct guests *guests, const struct guest *guest)
{
	if (guests->n == guests->size) {
		size_t size = guests->size ? guests->size * 2 : 64;
		struct guest *rows = reallocarray(guests->rows, size, sizeof(*rows));

		if (!rows)
			return -ENOMEM;
		guests->rows = rows;
		guests->size = size;
	}
	guests->rows[guests->n++] = *guest;
	return 0;
}

static int collect_one(const struct element *element, void *data)
{
	const struct collect *collect = data;
	struct guest guest;

	if (element->length == 0)
		return 0; /* cannot be: the set's type has been checked */
	guest = guest_from(element, collect->id, collect->device);
	if (collect->wanted && !collect->wanted(&guest, collect->data))
		return 0;
	return guests_add(collect->guests, &guest);
}

int guests_dump(struct nft *nft, const struct layout *layout, guest_wanted_fn wanted, void *data,
		struct guests *out)
{
	_cleanup_(guests_clear) struct guests guests = {};
	int r = 0;

	for (size_t i = 0; i < layout->n_sets && r == 0; i++) {
		const struct layout_set *set = &layout->sets[i];
		struct collect collect = {&guests, set->id, set->device, wanted, data};

		if (!set->matches ||
		    (set->id != SET_GUEST_UP4 && set->id != SET_GUEST_UP6 && set->id != SET_DOWN))
			continue;
		r = elements_dump(nft, set->id, set->device, collect_one, &collect);
	}
	if (r < 0)
		return r == -ENOENT ? -EINTR : r;
	*out = guests;
	guests = (struct guests){};
	return 0;
}

/* By guest, guest_up6 last: the rows before it are judged when it comes. */
static int guest_compare(const void *a, const void *b)
{
	const struct guest *x = a, *y = b;
	int r = strncmp(x->device, y->device, sizeof(x->device));

	if (r == 0)
		r = memcmp(&x->mac, &y->mac, sizeof(x->mac));
	return r ? r : (int)x->set - (int)y->set;
}

static bool same_guest(const struct guest *a, const struct guest *b)
{
	return strncmp(a->device, b->device, sizeof(a->device)) == 0 &&
	       memcmp(&a->mac, &b->mac, sizeof(a->mac)) == 0;
}

static bool agree(const struct guest *rows, size_t n)
{
	const struct guest *up6 = NULL;
	unsigned up4 = 0, down = 0;

	for (size_t i = 0; i < n; i++)
		if (rows[i].set == SET_GUEST_UP6)
			up6 = &rows[i];
	if (!up6 || up6->expires_msec == 0 || CLASS_MAJOR(up6->value) != 1)
		return false;
	for (size_t i = 0; i < n; i++) {
		const uint64_t x = rows[i].expires_msec, y = up6->expires_msec;

		if (CLASS_MINOR(rows[i].value) != CLASS_MINOR(up6->value) ||
		    CLASS_MAJOR(rows[i].value) != (rows[i].set == SET_DOWN ? 2 : 1) ||
		    (x > y ? x - y : y - x) > 1000)
			return false;
		up4 += rows[i].set == SET_GUEST_UP4;
		down += rows[i].set == SET_DOWN;
		if (rows[i].set == SET_GUEST_UP4 &&
		    (up6->noted.address4.family != AF_INET ||
		     memcmp(rows[i].address4, up6->noted.address4.octets, 4) != 0))
			return false;
	}
	return down == 1 && up4 == (up6->noted.address4.family == AF_INET);
}

static struct plan_session session_from(const struct guest *rows, size_t n, int64_t mono_usec)
{
	struct plan_session session = {};
	uint64_t expires = rows[0].expires_msec;

	for (size_t i = 0; i < n; i++) {
		if (rows[i].set == SET_GUEST_UP6)
			session = rows[i].noted;
		expires = MIN(expires, rows[i].expires_msec);
	}
	memcpy(session.device, rows[0].device, sizeof(session.device));
	session.mac = rows[0].mac;
	session.minor = agree(rows, n) ? CLASS_MINOR(rows[0].value) : 0;
	session.ends_mono_usec =
	    mono_usec + (int64_t)MIN(expires, (uint64_t)INT64_MAX / 2 / USEC_PER_MSEC) * USEC_PER_MSEC;
	return session;
}

int guests_sessions(struct guests *guests, int64_t mono_usec, struct plan *out)
{
	size_t n;

	if (guests->n)
		qsort(guests->rows, guests->n, sizeof(*guests->rows), guest_compare);
	for (size_t i = 0; i < guests->n; i += n) {
		struct plan_session session;
		int r;

		for (n = 1; i + n < guests->n && same_guest(&guests->rows[i], &guests->rows[i + n]); n++)
			;
		session = session_from(&guests->rows[i], n, mono_usec);
		r = plan_add_session(out, &session);
		if (r < 0)
			return r;
	}
	return 0;
}

static struct element guest_element(const struct guest *guest)
{
	struct element element = {.valued = true, .value = guest->value, .timeout_msec = guest->timeout_msec};
	struct addr address4 = {.family = AF_INET};

	memcpy(address4.octets, guest->address4, sizeof(guest->address4));
	guest_key(&element, guest->set, guest->device, &guest->mac, &address4);
	return element;
}

/* Deleting what has expired meanwhile would undo the whole transaction: so it is added first, which does
 * nothing where it is still there. */
void put_guests_delete(struct transaction *transaction, const struct guests *guests)
{
	for (size_t i = 0; i < guests->n; i++) {
		const struct guest *guest = &guests->rows[i];
		const struct element element = guest_element(guest);

		put_element(transaction, NFT_MSG_NEWSETELEM, NLM_F_CREATE, guest->set, guest->device,
			    &element);
	}
	for (size_t i = 0; i < guests->n; i++) {
		const struct guest *guest = &guests->rows[i];
		const struct element element = guest_element(guest);

		put_element(transaction, NFT_MSG_DELSETELEM, 0, guest->set, guest->device, &element);
	}
}

/* ---- one guest, one transaction ---- */

static void put_session(struct transaction *transaction, const struct plan_session *session,
			int64_t mono_usec)
{
	static const enum set_id sets[] = {SET_GUEST_UP4, SET_GUEST_UP6, SET_DOWN};
	struct element element;

	for (size_t i = 0; i < ELEMENTS(sets); i++)
		if (session_element(session, sets[i], mono_usec, &element))
			put_element(transaction, NFT_MSG_NEWSETELEM, NLM_F_CREATE | NLM_F_EXCL, sets[i],
				    session->device, &element);
}

static int find_one(struct nft *nft, const struct plan_session *session, enum set_id id,
		    const struct addr *address4, struct guests *guests)
{
	struct element element = {};
	struct guest guest;
	int r;

	guest_key(&element, id, session->device, &session->mac, address4);
	r = element_get(nft, id, session->device, &element);
	if (r != 0)
		return r < 0 ? r : 0;
	guest = guest_from(&element, id, session->device);
	return guests_add(guests, &guest);
}

static bool is_guest(const struct guest *guest, void *data)
{
	const struct plan_session *session = data;

	return strncmp(guest->device, session->device, sizeof(guest->device)) == 0 &&
	       memcmp(&guest->mac, &session->mac, sizeof(guest->mac)) == 0;
}

/* All IPv4 elements of a guest: by the address that its note names; by looking through the map where the note
 * is not ours. Without an element in guest_up6 there is none but by a stranger's hand, which nft_read()
 * shows. */
static int find_up4(struct nft *nft, const struct plan_session *session, struct guests *guests)
{
	const struct plan_session noted = guests->n ? guests->rows[0].noted : (struct plan_session){};
	struct collect collect = {guests, SET_GUEST_UP4, "", is_guest, (void *)session};
	int r = 0;

	if (guests->n && noted.id == 0) {
		r = elements_dump(nft, SET_GUEST_UP4, "", collect_one, &collect);
		return r == -EINTR ? -EAGAIN : r;
	}
	if (noted.address4.family == AF_INET)
		r = find_one(nft, session, SET_GUEST_UP4, &noted.address4, guests);
	if (r == 0 && session->address4.family == AF_INET && !addr_equal(&session->address4, &noted.address4))
		r = find_one(nft, session, SET_GUEST_UP4, &session->address4, guests);
	return r;
}

static int find_guest(struct nft *nft, const struct plan_session *session, struct guests *out)
{
	int r = find_one(nft, session, SET_GUEST_UP6, NULL, out);

	if (r == 0)
		r = find_up4(nft, session, out);
	if (r == 0)
		r = find_one(nft, session, SET_DOWN, NULL, out);
	return r;
}

/* Looks first: a refused transaction costs the kernel a grace period of some milliseconds, a look some
 * microseconds. */
static int replace(struct nft *nft, const struct plan_session *session, bool add, unsigned *operations)
{
	_cleanup_(transaction_clear) struct transaction transaction = {};
	_cleanup_(guests_clear) struct guests guests = {};
	int r = find_guest(nft, session, &guests);

	if (r < 0)
		return r;
	transaction_begin(&transaction);
	put_guests_delete(&transaction, &guests);
	if (add)
		put_session(&transaction, session, clock_now().mono_usec);
	return transaction_commit(&transaction, nft, operations, NULL, 0);
}

int nft_session_add(struct nft *nft, const struct plan_session *session, unsigned *operations)
{
	const int64_t now = clock_now().mono_usec;
	int r = -EAGAIN;

	for (unsigned tries = 0; (r == -EEXIST || r == -EAGAIN) && tries < TRIES; tries++)
		r = replace(nft, session, true, operations);
	return r == 0 && session->ends_mono_usec <= now ? -ETIME : r;
}

int nft_session_remove(struct nft *nft, const struct plan_session *session, unsigned *operations)
{
	int r = -EAGAIN;

	for (unsigned tries = 0; (r == -EEXIST || r == -EAGAIN) && tries < TRIES; tries++)
		r = replace(nft, session, false, operations);
	return r == -ENOENT ? 0 : r;
}
