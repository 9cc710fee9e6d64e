// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kinds of value that a key may have: each judges one value by itself and stores it. What values say to
 * each other is config_check.c's.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include "../lib/clock.h"
#include "../lib/plan.h"
#include "../lib/units.h"
#include "calendar.h"
#include "config_reader.h"

/* The bandwidth that HTB's arithmetic here is meant for. */
#define RATE_MOST 100000000000ull

static int read_text(struct config_reader *r, config_setting_t *setting, const struct config_key *key,
		     void *base)
{
	const char *text = config_setting_get_string(setting);
	size_t most = key->most ? (size_t)key->most : 127;

	if (!config_is_text(text) || !*text)
		return -EINVAL;
	if (strlen(text) > most) {
		config_fault(r, setting, "must have at most %zu bytes", most);
		return 1;
	}
	return config_keep(CONFIG_AT(char *, base, key), text);
}

static int read_id(_unused_ struct config_reader *r, config_setting_t *setting, const struct config_key *key,
		   void *base)
{
	const char *text = config_setting_get_string(setting);
	size_t length = strlen(text);

	if (length < 1 || length > 32 || strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") != length)
		return -EINVAL;
	return config_keep(CONFIG_AT(char *, base, key), text);
}

static bool is_device(const char *name)
{
	static const char *const not_ours[] = {".", "..", "lo", "all", "default", PLAN_IFB};
	size_t length = strlen(name);

	for (size_t i = 0; i < ELEMENTS(not_ours); i++)
		if (!strcmp(name, not_ours[i]))
			return false;
	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)name[i]) && !strchr("._-", name[i]))
			return false;
	return length >= 1 && length < IFNAMSIZ && *name != '-';
}

static int read_device(_unused_ struct config_reader *r, config_setting_t *setting,
		       const struct config_key *key, void *base)
{
	const char *text = config_setting_get_string(setting);

	if (!is_device(text))
		return -EINVAL;
	snprintf(CONFIG_AT(char, base, key), IFNAMSIZ, "%s", text);
	return 0;
}

static int read_one_device(struct config_reader *r, config_setting_t *setting, const struct config_key *key,
			   void *base)
{
	config_setting_t *element;

	if (config_setting_length(setting) != 1)
		return -EINVAL;
	element = config_setting_get_elem(setting, 0);
	if (config_setting_type(element) != CONFIG_TYPE_STRING || read_device(r, element, key, base) < 0)
		config_fault(r, element, "%s", config_device.rule);
	return 1;
}

static int rate(const config_setting_t *setting, uint64_t *bps)
{
	uint64_t value;

	if (config_setting_type(setting) != CONFIG_TYPE_STRING ||
	    units_rate(config_setting_get_string(setting), &value) < 0 || value > RATE_MOST)
		return -EINVAL;
	*bps = value;
	return 0;
}

static int read_rate(_unused_ struct config_reader *r, config_setting_t *setting,
		     const struct config_key *key, void *base)
{
	return rate(setting, CONFIG_AT(uint64_t, base, key));
}

static int read_rate_pair(struct config_reader *r, config_setting_t *setting, const struct config_key *key,
			  void *base)
{
	static const struct config_key directions[] = {
	    {"down", &config_rate, offsetof(struct policy_rate, down_bps), .flags = KEY_REQUIRED},
	    {"up", &config_rate, offsetof(struct policy_rate, up_bps), .flags = KEY_REQUIRED},
	};
	static const struct config_group group = {directions, ELEMENTS(directions),
						  sizeof(struct policy_rate), NULL};
	struct policy_rate *to = CONFIG_AT(struct policy_rate, base, key);

	if (config_setting_is_group(setting)) {
		config_read_group(r, setting, &group, to);
		return 0;
	}
	if (rate(setting, &to->down_bps) < 0)
		return -EINVAL;
	to->up_bps = to->down_bps;
	return 0;
}

static int read_volume(_unused_ struct config_reader *r, config_setting_t *setting,
		       const struct config_key *key, void *base)
{
	uint64_t bytes;

	if (units_volume(config_setting_get_string(setting), &bytes) < 0 || bytes == 0 || bytes > INT64_MAX)
		return -EINVAL;
	*CONFIG_AT(uint64_t, base, key) = bytes;
	return 0;
}

static int read_duration(_unused_ struct config_reader *r, config_setting_t *setting,
			 const struct config_key *key, void *base)
{
	uint64_t usec;

	if (units_duration(config_setting_get_string(setting), &usec) < 0 || usec < USEC_PER_SEC ||
	    usec > 366 * (uint64_t)USEC_PER_DAY)
		return -EINVAL;
	*CONFIG_AT(uint64_t, base, key) = usec;
	return 0;
}

static void store_number(void *to, size_t size, int64_t value)
{
	if (size == sizeof(uint8_t))
		*(uint8_t *)to = (uint8_t)value;
	else if (size == sizeof(uint16_t))
		*(uint16_t *)to = (uint16_t)value;
	else if (size == sizeof(unsigned))
		*(unsigned *)to = (unsigned)value;
	else
		*(int64_t *)to = value;
}

/* `count_to` is the size of the field: uint8_t, uint16_t, unsigned or int64_t. */
static int read_number(struct config_reader *r, config_setting_t *setting, const struct config_key *key,
		       void *base)
{
	int64_t value = config_setting_get_int64(setting);

	if (value < key->least || value > key->most) {
		config_fault(r, setting, "must be a whole number from %lld to %lld", (long long)key->least,
			     (long long)key->most);
		return 1;
	}
	store_number(CONFIG_AT(char, base, key), key->count_to, value);
	return 0;
}

static int read_permille(_unused_ struct config_reader *r, config_setting_t *setting,
			 const struct config_key *key, void *base)
{
	double percent, tenths;

	if (!config_setting_is_number(setting))
		return -EINVAL;
	percent = config_setting_type(setting) == CONFIG_TYPE_FLOAT
		      ? config_setting_get_float(setting)
		      : (double)config_setting_get_int64(setting);
	if (!(percent >= 0 && percent <= 100))
		return -EINVAL;
	tenths = (double)(unsigned)(percent * 10 + 0.5);
	if (tenths - percent * 10 > 1e-6 || percent * 10 - tenths > 1e-6)
		return -EINVAL;
	*CONFIG_AT(unsigned, base, key) = (unsigned)tenths;
	return 0;
}

static int read_flag(_unused_ struct config_reader *r, config_setting_t *setting,
		     const struct config_key *key, void *base)
{
	*CONFIG_AT(bool, base, key) = config_setting_get_bool(setting);
	return 0;
}

/* "must be one of: click, voucher" */
static int refuse_word(struct config_reader *r, config_setting_t *setting, const struct config_word *words)
{
	char list[128] = "";

	for (; words->word; words++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s\"%s\"", *list ? ", " : "",
			 words->word);
	config_fault(r, setting, "must be one of %s", list);
	return 1;
}

static const struct config_word *find_word(const config_setting_t *setting, const struct config_word *words)
{
	const char *text;

	if (config_setting_type(setting) != CONFIG_TYPE_STRING)
		return NULL;
	text = config_setting_get_string(setting);
	while (words->word && strcmp(words->word, text))
		words++;
	return words->word ? words : NULL;
}

static int read_choice(struct config_reader *r, config_setting_t *setting, const struct config_key *key,
		       void *base)
{
	const struct config_word *word = find_word(setting, key->more);

	if (!word)
		return refuse_word(r, setting, key->more);
	*CONFIG_AT(unsigned, base, key) = (unsigned)word->value;
	return 0;
}

/* Of two words: whether it is the one with a value. */
static int read_choice_flag(struct config_reader *r, config_setting_t *setting, const struct config_key *key,
			    void *base)
{
	const struct config_word *word = find_word(setting, key->more);

	if (!word)
		return refuse_word(r, setting, key->more);
	*CONFIG_AT(bool, base, key) = word->value != 0;
	return 0;
}

/* A word that is kept as it is. */
static int read_language(struct config_reader *r, config_setting_t *setting, const struct config_key *key,
			 void *base)
{
	const struct config_word *word = find_word(setting, key->more);

	return word ? config_keep(CONFIG_AT(char *, base, key), word->word)
		    : refuse_word(r, setting, key->more);
}

static int read_choices(struct config_reader *r, config_setting_t *setting, const struct config_key *key,
			void *base)
{
	unsigned chosen = 0;

	if (config_list_length(r, setting, key->least, key->most))
		return 1;
	for (unsigned i = 0; i < (unsigned)config_setting_length(setting); i++) {
		config_setting_t *element = config_setting_get_elem(setting, i);
		const struct config_word *word = find_word(element, key->more);

		if (!word)
			refuse_word(r, element, key->more);
		else if (chosen & (unsigned)word->value)
			config_fault(r, element, "must not be listed twice");
		else
			chosen |= (unsigned)word->value;
	}
	*CONFIG_AT(unsigned, base, key) = chosen;
	return 0;
}

static int digits(const char *text, size_t n)
{
	int value = 0;

	for (size_t i = 0; i < n; i++) {
		if (!isdigit((unsigned char)text[i]))
			return -EINVAL;
		value = 10 * value + (text[i] - '0');
	}
	return value;
}

static int read_date(_unused_ struct config_reader *r, config_setting_t *setting,
		     const struct config_key *key, void *base)
{
	const char *text = config_setting_get_string(setting);
	int year, month, day;

	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
		return -EINVAL;
	year = digits(text, 4);
	month = digits(text + 5, 2);
	day = digits(text + 8, 2);
	if (year < 2000 || year > 2199 || month < 1 || day < 1 || !calendar_date_valid(year, month, day))
		return -EINVAL;
	*CONFIG_AT(int32_t, base, key) = calendar_day(year, month, day);
	return 0;
}

static int read_address(_unused_ struct config_reader *r, config_setting_t *setting,
			const struct config_key *key, void *base)
{
	return addr_parse(config_setting_get_string(setting), CONFIG_AT(struct addr, base, key)) < 0 ? -EINVAL
												     : 0;
}

/* `least` is the family that it must have; 0 for any. */
static int read_prefix(_unused_ struct config_reader *r, config_setting_t *setting,
		       const struct config_key *key, void *base)
{
	struct prefix prefix;

	if (prefix_parse(config_setting_get_string(setting), &prefix) < 0)
		return -EINVAL;
	if (key->least && prefix.addr.family != key->least) {
		config_fault(r, setting, "must be an %s address with its length",
			     key->least == AF_INET ? "IPv4" : "IPv6");
		return 1;
	}
	*CONFIG_AT(struct prefix, base, key) = prefix;
	return 0;
}

/* The list of schedules has been read before anything that names one. */
static int read_schedule(struct config_reader *r, config_setting_t *setting, const struct config_key *key,
			 void *base)
{
	const char *id = config_setting_get_string(setting);

	for (size_t i = 0; i < r->policy->n_schedules; i++) {
		if (r->policy->schedules[i].id && !strcmp(r->policy->schedules[i].id, id)) {
			*CONFIG_AT(const struct policy_schedule *, base, key) = &r->policy->schedules[i];
			return 0;
		}
	}
	return r->policy->n_schedules ? -EINVAL : 1; /* no list at all is a fault of its own */
}

static int read_zone_name(struct config_reader *r, config_setting_t *setting, const struct config_key *key,
			  void *base)
{
	const char *name = config_setting_get_string(setting);
	int error;

	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("/_+-", *c))
			return -EINVAL;
	if (!isalpha((unsigned char)*name) || strlen(name) > 64 || clock_zone_set(name) < 0)
		return -EINVAL;
	r->zone_set = true;
	error = config_keep(CONFIG_AT(char *, base, key), name);
	return error;
}

const struct config_kind config_text = {
    CONFIG_TYPE_STRING, "must be UTF-8 text in quotes, not empty, without control characters", read_text};
const struct config_kind config_id = {CONFIG_TYPE_STRING, "must be 1 to 32 of a-z, 0-9 and -", read_id};
const struct config_kind config_device = {
    CONFIG_TYPE_STRING,
    "must be a device name: 1 to 15 letters, digits, '.', '_' or '-', and not lo, all, default or " PLAN_IFB,
    read_device};
const struct config_kind config_one_device = {
    CONFIG_TYPE_LIST, "must be a list of exactly one device (several belong behind a bridge)",
    read_one_device};
const struct config_kind config_rate = {CONFIG_TYPE_STRING, "must be " CONFIG_RATE_RULE, read_rate};
const struct config_kind config_rate_pair = {
    CONFIG_TYPE_NONE, "must be " CONFIG_RATE_RULE " or { down = ...; up = ...; }", read_rate_pair};
const struct config_kind config_volume = {
    CONFIG_TYPE_STRING, "must be a volume such as \"2 TB\" (B, kB, MB, GB, TB; more than 0)", read_volume};
const struct config_kind config_duration = {
    CONFIG_TYPE_STRING, "must be a duration such as \"15 min\" (s, min, h, d; 1 s to 366 d)", read_duration};
const struct config_kind config_number = {CONFIG_TYPE_INT, "must be a whole number, without quotes",
					  read_number};
const struct config_kind config_permille = {
    CONFIG_TYPE_NONE, "must be a percentage from 0 to 100 with at most one decimal", read_permille};
const struct config_kind config_flag = {CONFIG_TYPE_BOOL, "must be true or false, without quotes", read_flag};
const struct config_kind config_choice = {CONFIG_TYPE_NONE, "", read_choice};
const struct config_kind config_choice_flag = {CONFIG_TYPE_NONE, "", read_choice_flag};
const struct config_kind config_language = {CONFIG_TYPE_NONE, "", read_language};
const struct config_kind config_choices = {CONFIG_TYPE_LIST, "must be a list, ( \"...\", \"...\" )",
					   read_choices};
const struct config_kind config_date = {CONFIG_TYPE_STRING,
					"must be a date that exists, YYYY-MM-DD, 2000 to 2199", read_date};
const struct config_kind config_address = {CONFIG_TYPE_STRING, "must be an IPv4 or IPv6 address",
					   read_address};
const struct config_kind config_prefix = {
    CONFIG_TYPE_STRING, "must be a prefix such as \"10.10.2.0/24\" or \"2001:db8:2::/64\"", read_prefix};
const struct config_kind config_schedule = {CONFIG_TYPE_STRING, "must be the id of a schedule",
					    read_schedule};
const struct config_kind config_zone_name = {
    CONFIG_TYPE_STRING, "must be a name of the tz database such as \"Asia/Pontianak\"", read_zone_name};
