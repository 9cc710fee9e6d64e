// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One service of an office: a name, or a group that says what belongs to it. A group of a known name takes
 * from that what it does not say itself. It judges each service alone; what they say to each other is
 * config_contest.c's.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include "../lib/plan.h"
#include "config_reader.h"
#include "services.h"

enum { SERVICES_MOST = 16 };

/* ---- values ---- */

static const char *read_port(const char *text, uint16_t *port)
{
	unsigned value = 0;

	if (!isdigit((unsigned char)*text))
		return NULL;
	for (; isdigit((unsigned char)*text) && value <= 65535; text++)
		value = 10 * value + (unsigned)(*text - '0');
	if (value < 1 || value > 65535)
		return NULL;
	*port = (uint16_t)value;
	return text;
}

/* "tcp 8443", "udp 4000-4010" */
static int read_ports(_unused_ struct config_reader *r, config_setting_t *setting,
		      const struct config_key *key, void *base)
{
	const char *text = config_setting_get_string(setting);
	struct policy_ports ports = {0};

	if (!strncmp(text, "tcp ", 4))
		ports.protocol = IPPROTO_TCP;
	else if (!strncmp(text, "udp ", 4))
		ports.protocol = IPPROTO_UDP;
	else
		return -EINVAL;
	text = read_port(text + 4 + strspn(text + 4, " "), &ports.first);
	ports.last = ports.first;
	if (text && *text == '-')
		text = read_port(text + 1, &ports.last);
	if (!text || *text || ports.last < ports.first)
		return -EINVAL;
	*CONFIG_AT(struct policy_ports, base, key) = ports;
	return 0;
}

static int dscp_of(config_setting_t *setting)
{
	int64_t value;

	if (config_setting_type(setting) == CONFIG_TYPE_STRING)
		return service_dscp(config_setting_get_string(setting));
	if (config_setting_type(setting) != CONFIG_TYPE_INT &&
	    config_setting_type(setting) != CONFIG_TYPE_INT64)
		return -EINVAL;
	value = config_setting_get_int64(setting);
	return value >= 0 && value <= 63 ? (int)value : -EINVAL;
}

/* What is no DSCP is stored as none: zero would be one. */
static int read_dscp(_unused_ struct config_reader *r, config_setting_t *setting,
		     const struct config_key *key, void *base)
{
	int dscp = dscp_of(setting);

	*CONFIG_AT(uint8_t, base, key) = dscp < 0 ? PLAN_DSCP_NONE : (uint8_t)dscp;
	return MIN(dscp, 0);
}

static int read_mark(_unused_ struct config_reader *r, config_setting_t *setting,
		     const struct config_key *key, void *base)
{
	int dscp = dscp_of(setting);

	*CONFIG_AT(int, base, key) = MAX(dscp, -1);
	return MIN(dscp, 0);
}

/* "10 %", 1 to 100; 0 where it is none. */
static unsigned percent_of(const char *text)
{
	unsigned value = 0;
	size_t digits = strspn(text, "0123456789");

	if (digits < 1 || digits > 3)
		return 0;
	for (size_t i = 0; i < digits; i++)
		value = 10 * value + (unsigned)(text[i] - '0');
	text += digits + (text[digits] == ' ');
	return !strcmp(text, "%") && value <= 100 ? value : 0;
}

static int read_service_rate(struct config_reader *r, config_setting_t *setting, const struct config_key *key,
			     void *base)
{
	struct policy_service *service = base;

	if (config_setting_type(setting) == CONFIG_TYPE_STRING)
		service->percent = percent_of(config_setting_get_string(setting));
	return service->percent ? 0 : config_rate_pair.read(r, setting, key, base);
}

static const struct config_kind ports_kind = {
    CONFIG_TYPE_STRING,
    "must be ports such as \"tcp 8443\" or \"udp 4000-4010\" (1 to 65535, the first not over the last)",
    read_ports};
#define DSCP_RULE "must be a DSCP: cs0 to cs7, af11 to af43, va, ef, le in quotes, or 0 to 63"
static const struct config_kind dscp_kind = {CONFIG_TYPE_NONE, DSCP_RULE, read_dscp};
static const struct config_kind mark_kind = {CONFIG_TYPE_NONE, DSCP_RULE, read_mark};
static const struct config_kind rate_kind = {
    CONFIG_TYPE_NONE,
    "must be " CONFIG_RATE_RULE
    ", { down = ...; up = ...; }, or a part of the guarantee such as \"10 %\" (1 to 100)",
    read_service_rate};

/* ---- one service ---- */

static void check_service(struct config_reader *r, config_setting_t *group, void *row);

static const struct config_word priorities[] = {{"high", POLICY_PRIORITY_HIGH},
						{"normal", POLICY_PRIORITY_NORMAL},
						{"low", POLICY_PRIORITY_LOW},
						{NULL, 0}};
static const struct config_element a_port = {sizeof(struct policy_ports), {.kind = &ports_kind}};
static const struct config_element a_prefix = {sizeof(struct prefix), {.kind = &config_prefix}};
static const struct config_element a_dscp = {sizeof(uint8_t), {.kind = &dscp_kind}};

#define TO(field) .to = offsetof(struct policy_service, field)
#define COUNT(field) .count_to = offsetof(struct policy_service, field)
static const struct config_key service_keys[] = {
    {"id", &config_id, TO(id), .flags = KEY_REQUIRED},
    {"ports", &config_list, TO(ports), COUNT(n_ports), .most = 16, .more = &a_port},
    {"prefixes", &config_list, TO(prefixes), COUNT(n_prefixes), .most = 64, .more = &a_prefix},
    {"dscp", &config_list, TO(dscp), COUNT(n_dscp), .most = 16, .more = &a_dscp},
    {"rate", &rate_kind, TO(rate)},
    {"priority", &config_choice, TO(priority), .more = priorities},
    {"mark", &mark_kind, TO(mark)},
};
static const struct config_group service_group = {service_keys, ELEMENTS(service_keys),
						  sizeof(struct policy_service), check_service};

static void *copy_rows(struct config_reader *r, const void *rows, size_t n, size_t size)
{
	void *copy = config_alloc(r, n, size);

	if (copy && n)
		memcpy(copy, rows, n * size);
	return copy;
}

static bool is_given(config_setting_t *group, const char *name)
{
	return group && config_setting_get_member(group, name);
}

/* What the group (NULL: there is none) does not say is as `from` has it. */
static void fill_service(struct config_reader *r, config_setting_t *group, struct policy_service *to,
			 const struct policy_service *from)
{
	if (!is_given(group, "ports")) {
		to->ports = copy_rows(r, from->ports, from->n_ports, sizeof(*from->ports));
		to->n_ports = to->ports ? from->n_ports : 0;
	}
	if (!is_given(group, "dscp")) {
		to->dscp = copy_rows(r, from->dscp, from->n_dscp, sizeof(*from->dscp));
		to->n_dscp = to->dscp ? from->n_dscp : 0;
	}
	if (!is_given(group, "rate"))
		to->percent = from->percent;
	if (!is_given(group, "priority"))
		to->priority = from->priority;
	if (!is_given(group, "mark"))
		to->mark = from->mark;
}

/* Whether one of the lists could not be read as one, which has been told. */
static bool is_no_list(config_setting_t *group)
{
	static const char *const lists[] = {"ports", "prefixes", "dscp"};

	for (size_t i = 0; i < ELEMENTS(lists); i++) {
		const config_setting_t *list = config_setting_get_member(group, lists[i]);

		if (list && !config_setting_is_list(list) && !config_setting_is_array(list))
			return true;
	}
	return false;
}

static void check_prefixes(struct config_reader *r, config_setting_t *group,
			   const struct policy_service *service)
{
	config_setting_t *list = config_setting_get_member(group, "prefixes");
	char text[PREFIX_TEXT];

	for (size_t i = 0; i < service->n_prefixes; i++) {
		config_setting_t *setting = config_setting_get_elem(list, (unsigned)i);
		struct prefix network = prefix_network(&service->prefixes[i]);
		const char *special = network.addr.family ? config_special_range(&network) : NULL;

		if (special)
			config_fault(r, setting, "must not overlap with %s", special);
		else if (prefix_has_host_bits(&service->prefixes[i]))
			config_fault(r, setting, "must be a network without host bits (\"%s\")",
				     prefix_text(&network, text));
	}
}

static void check_service(struct config_reader *r, config_setting_t *group, void *row)
{
	static const struct policy_service plain = {.priority = POLICY_PRIORITY_NORMAL, .mark = -1};
	struct policy_service *service = row;
	const struct policy_service *known = service->id ? service_known(service->id) : NULL;

	fill_service(r, group, service, known ? known : &plain);
	check_prefixes(r, group, service);
	if (!service->n_ports && !service->n_prefixes && !service->n_dscp && !is_no_list(group))
		config_fault_got(r, group, NULL, "none",
				 "must have at least one of ports, prefixes and dscp (known without: %s)",
				 service_known_names());
	if (!known && !is_given(group, "rate"))
		config_fault_got(r, group, "rate", "nothing", "must be given");
}

static void read_service(struct config_reader *r, config_setting_t *setting, struct policy_service *row)
{
	const struct policy_service *known = NULL;

	row->mark = -1;
	if (config_setting_is_group(setting)) {
		config_read_group(r, setting, &service_group, row);
		return;
	}
	if (config_setting_type(setting) == CONFIG_TYPE_STRING)
		known = service_known(config_setting_get_string(setting));
	if (!known) {
		config_fault(r, setting, "must be one of %s, or a group in { }", service_known_names());
		return;
	}
	if (config_keep(&row->id, known->id) < 0)
		r->error = -ENOMEM;
	fill_service(r, NULL, row, known);
}

static int read_services(struct config_reader *r, config_setting_t *setting,
			 _unused_ const struct config_key *key, void *base)
{
	struct policy_office *office = base;
	size_t n;

	if (config_list_length(r, setting, 0, SERVICES_MOST))
		return 1;
	n = (size_t)config_setting_length(setting);
	office->services = config_alloc(r, n, sizeof(*office->services));
	office->n_services = office->services ? n : 0;
	for (size_t i = 0; i < office->n_services && !r->error; i++)
		read_service(r, config_setting_get_elem(setting, (unsigned)i), &office->services[i]);
	return 1;
}

const struct config_kind config_services = {CONFIG_TYPE_LIST, "must be a list, ( \"voip\", { ... } )",
					    read_services};
