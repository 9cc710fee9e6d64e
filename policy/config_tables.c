// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every key of the configuration: its name, kind, place in the policy, whether it is required, default and
 * bounds. To add a setting: a field in policy.h, a row here, a paragraph in gerbang.conf(5), a refusal in
 * tests/golden/config. Order matters in one place: what others refer to (schedules, the uplink's rate) is
 * read before them.
 */
#include "config_reader.h"

#define GROUP(keys, type, check)                                                                             \
	{                                                                                                    \
		keys, ELEMENTS(keys), sizeof(type), check                                                    \
	}
#define TO(type, field) .to = offsetof(type, field)
#define COUNT(type, field) .count_to = offsetof(type, field)
#define SIZE(type, field) .count_to = sizeof(((type *)0)->field)

static const struct config_word languages[] = {{"id", 0}, {"en", 1}, {NULL, 0}};
static const struct config_word overs[] = {
    {"throttle", POLICY_OVER_THROTTLE}, {"notice", POLICY_OVER_NOTICE}, {NULL, 0}};
static const struct config_word logins[] = {{"click", POLICY_LOGIN_CLICK},
					    {"voucher", POLICY_LOGIN_VOUCHER},
					    {"account", POLICY_LOGIN_ACCOUNT},
					    {"radius", POLICY_LOGIN_RADIUS},
					    {NULL, 0}};
#define RUPIAH_MOST 1000000000000

static const struct config_word formats[] = {{"html", POLICY_FORMAT_HTML},
					     {"pdf", POLICY_FORMAT_PDF},
					     {"xlsx", POLICY_FORMAT_XLSX},
					     {"csv", POLICY_FORMAT_CSV},
					     {NULL, 0}};
static const struct config_word report_languages[] = {{"id", 0}, {"en", 1}, {NULL, 0}};

static const struct config_word notifies[] = {{"all", POLICY_NOTIFY_QUOTA | POLICY_NOTIFY_OUTAGE |
							  POLICY_NOTIFY_ENTITLEMENT | POLICY_NOTIFY_LEDGER |
							  POLICY_NOTIFY_UPLINK},
					      {"quota", POLICY_NOTIFY_QUOTA},
					      {"outage", POLICY_NOTIFY_OUTAGE},
					      {"entitlement", POLICY_NOTIFY_ENTITLEMENT},
					      {"ledger", POLICY_NOTIFY_LEDGER},
					      {"uplink", POLICY_NOTIFY_UPLINK},
					      {NULL, 0}};

static const struct config_element a_line = {sizeof(char *), {.kind = &config_text, .most = 120}};
static const struct config_element a_mailbox = {sizeof(char *), {.kind = &config_mailbox}};
static const struct config_element a_host = {sizeof(char *), {.kind = &config_host}};
static const struct config_element a_device = {IFNAMSIZ, {.kind = &config_device}};
static const struct config_element a_prefix = {sizeof(struct prefix), {.kind = &config_office_prefix}};
static const struct config_element an_address = {sizeof(struct addr), {.kind = &config_address}};

static const struct config_key site_keys[] = {
    {"name", &config_text, TO(struct policy, site_name), .flags = KEY_REQUIRED},
    {"timezone", &config_zone_name, TO(struct policy, timezone), .flags = KEY_REQUIRED},
    {"language", &config_language, TO(struct policy, language), .fallback = "id", .more = languages},
    {"schedule", &config_schedule, TO(struct policy, site_schedule), .flags = KEY_REQUIRED},
};
static const struct config_group site = GROUP(site_keys, struct policy, NULL);

static const struct config_key paths_keys[] = {
    {"state", &config_directory, TO(struct policy, state_directory), .fallback = "/var/lib/gerbang"},
    {"run", &config_directory, TO(struct policy, run_directory), .fallback = "/run/gerbang"},
};
static const struct config_group paths = GROUP(paths_keys, struct policy, NULL);

static const struct config_word queues[] = {{"auto", POLICY_QUEUE_AUTO},
					    {"cake", POLICY_QUEUE_CAKE},
					    {"fq_codel", POLICY_QUEUE_FQ_CODEL},
					    {"fifo", POLICY_QUEUE_FIFO},
					    {NULL, 0}};
static const struct config_word dscps[] = {{"keep", false}, {"clear", true}, {NULL, 0}};
static const struct config_word ifbs[] = {{"auto", false}, {"always", true}, {NULL, 0}};

static const struct config_key adjust_keys[] = {
    {"minimum", &config_rate_pair, TO(struct policy, adjust.minimum), .flags = KEY_REQUIRED},
    {"latency", &config_latency, TO(struct policy, adjust.latency_usec), .fallback = "30 ms", .least = 5000,
     .most = 1000000},
};
static const struct config_group adjust = GROUP(adjust_keys, struct policy, config_check_adjust);

static const struct config_key test_keys[] = {
    {"server", &config_test_server, TO(struct policy, test.server), .flags = KEY_REQUIRED},
    {"at", &config_clock_time, TO(struct policy, test.minute), .fallback = "03:00"},
    {"days", &config_weekdays, TO(struct policy, test.weekdays), .fallback = "mon-sun"},
    {"seconds", &config_number, TO(struct policy, test.seconds), SIZE(struct policy, test.seconds),
     .fallback = "10", .least = 3, .most = 60},
};
static const struct config_group test = GROUP(test_keys, struct policy, NULL);

static const struct config_key uplink_keys[] = {
    {"device", &config_device, TO(struct policy, uplink), .flags = KEY_REQUIRED},
    {"download", &config_rate, TO(struct policy, uplink_rate.down_bps), .flags = KEY_REQUIRED},
    {"upload", &config_rate, TO(struct policy, uplink_rate.up_bps), .flags = KEY_REQUIRED},
    {"headroom", &config_number, TO(struct policy, headroom_percent), SIZE(struct policy, headroom_percent),
     .fallback = "5", .least = 0, .most = 50},
    {"nat", &config_flag, TO(struct policy, nat), .fallback = "true"},
    {"nat66", &config_flag, TO(struct policy, nat66), .fallback = "false"},
    {"own", &config_rate_pair, TO(struct policy, own), .fallback = "2 Mbit"},
    {"unattributed", &config_rate_pair, TO(struct policy, unattributed), .fallback = "1 Mbit"},
    {"probes", &config_list, TO(struct policy, probes), COUNT(struct policy, n_probes), .most = 16,
     .more = &an_address},
    {"loss", &config_number, TO(struct policy, loss_percent), SIZE(struct policy, loss_percent),
     .fallback = "40", .least = 1, .most = 100},
    {"link", &config_link, .fallback = "layer2"},
    {"queue", &config_choice, TO(struct policy, queue), .fallback = "auto", .more = queues},
    {"rtt", &config_latency, TO(struct policy, rtt_usec), .fallback = "100 ms", .least = 1000,
     .most = 2000000},
    {"dscp", &config_choice_flag, TO(struct policy, dscp_clear), .fallback = "keep", .more = dscps},
    {"ifb", &config_choice_flag, TO(struct policy, ifb_always), .fallback = "auto", .more = ifbs},
    {"adjust", &config_group_kind, .more = &adjust},
    {"test", &config_group_kind, .more = &test},
};
static const struct config_group uplink = GROUP(uplink_keys, struct policy, config_check_uplink);

static const struct config_key period_keys[] = {
    {"name", &config_text, TO(struct policy_period, name), .flags = KEY_REQUIRED},
    {"from", &config_date, TO(struct policy_period, from_day), .flags = KEY_REQUIRED},
    {"to", &config_date, TO(struct policy_period, to_day), .flags = KEY_REQUIRED},
    {"windows", &config_windows, TO(struct policy_period, windows), COUNT(struct policy_period, n_windows),
     .flags = KEY_REQUIRED, .least = 0, .most = 64},
};
static const struct config_group period = GROUP(period_keys, struct policy_period, config_check_period);

static const struct config_key schedule_keys[] = {
    {"id", &config_id, TO(struct policy_schedule, id), .flags = KEY_REQUIRED},
    {"windows", &config_windows, TO(struct policy_schedule, windows),
     COUNT(struct policy_schedule, n_windows), .flags = KEY_REQUIRED, .least = 1, .most = 64},
    {"holidays", &config_flag, TO(struct policy_schedule, holidays), .fallback = "false"},
    {"periods", &config_rows, TO(struct policy_schedule, periods), COUNT(struct policy_schedule, n_periods),
     .most = 64, .more = &period},
};
static const struct config_group schedule =
    GROUP(schedule_keys, struct policy_schedule, config_check_schedule);

static const struct config_key holiday_keys[] = {
    {"date", &config_date, TO(struct policy_holiday, day), .flags = KEY_REQUIRED},
    {"name", &config_text, TO(struct policy_holiday, name), .flags = KEY_REQUIRED},
};
static const struct config_group holiday = GROUP(holiday_keys, struct policy_holiday, NULL);

static const struct config_key share_keys[] = {
    {"guaranteed", &config_rate_pair, TO(struct policy_share, guaranteed), .flags = KEY_REQUIRED},
    {"ceiling", &config_rate_pair, TO(struct policy_share, ceiling), .flags = KEY_REQUIRED},
};
static const struct config_group share = GROUP(share_keys, struct policy_share, config_check_share);

static const struct config_key quota_keys[] = {
    {"monthly", &config_volume, TO(struct policy_office, quota_bytes), .flags = KEY_REQUIRED},
    {"notice", &config_number, TO(struct policy_office, quota_notice_percent),
     SIZE(struct policy_office, quota_notice_percent), .fallback = "80", .least = 1, .most = 100},
    {"over", &config_choice, TO(struct policy_office, quota_over), .fallback = "notice", .more = overs},
    {"throttle", &config_rate_pair, TO(struct policy_office, quota_throttle)},
};
static const struct config_group quota = GROUP(quota_keys, struct policy_office, config_check_quota);

static const struct config_key office_keys[] = {
    {"id", &config_id, TO(struct policy_office, id), .flags = KEY_REQUIRED},
    {"name", &config_text, TO(struct policy_office, name), .flags = KEY_REQUIRED},
    {"schedule", &config_schedule, TO(struct policy_office, schedule), .flags = KEY_REQUIRED},
    {"devices", &config_list, TO(struct policy_office, devices), COUNT(struct policy_office, n_devices),
     .flags = KEY_REQUIRED, .least = 1, .most = 16, .more = &a_device},
    {"prefixes", &config_list, TO(struct policy_office, prefixes), COUNT(struct policy_office, n_prefixes),
     .flags = KEY_REQUIRED, .least = 1, .most = 256, .more = &a_prefix},
    {"inside", &config_group_kind, TO(struct policy_office, inside), .flags = KEY_REQUIRED, .more = &share},
    {"outside", &config_group_kind, TO(struct policy_office, outside), .more = &share},
    {"services", &config_services},
    {"quota", &config_group_kind, .more = &quota},
    {"budget_code", &config_text, TO(struct policy_office, budget_code), .most = 64},
    {"budget", &config_number, TO(struct policy_office, budget_rupiah),
     SIZE(struct policy_office, budget_rupiah), .least = 1, .most = RUPIAH_MOST},
};
static const struct config_group office = GROUP(office_keys, struct policy_office, config_check_office);

static const struct config_key client_keys[] = {
    {"rate", &config_rate_pair, TO(struct policy_zone, client), .flags = KEY_REQUIRED},
    {"session", &config_duration, TO(struct policy_zone, session_usec), .flags = KEY_REQUIRED},
    {"idle", &config_duration, TO(struct policy_zone, idle_usec)},
    {"daily", &config_volume, TO(struct policy_zone, daily_bytes)},
    {"data", &config_volume, TO(struct policy_zone, session_bytes)},
    {"devices", &config_number, TO(struct policy_zone, client_devices),
     SIZE(struct policy_zone, client_devices), .least = 1, .most = 1000},
};
static const struct config_group client = GROUP(client_keys, struct policy_zone, NULL);

static const struct config_key dhcp_keys[] = {
    {"first", &config_address, TO(struct policy_zone, dhcp.first)},
    {"last", &config_address, TO(struct policy_zone, dhcp.last)},
    {"lease", &config_duration, TO(struct policy_zone, dhcp.lease_usec), .fallback = "1 h"},
};
static const struct config_group dhcp = GROUP(dhcp_keys, struct policy_zone, config_check_dhcp);

static const struct config_key zone_keys[] = {
    {"id", &config_id, TO(struct policy_zone, id), .flags = KEY_REQUIRED},
    {"name", &config_text, TO(struct policy_zone, name), .flags = KEY_REQUIRED},
    {"devices", &config_one_device, TO(struct policy_zone, device), .flags = KEY_REQUIRED},
    {"address", &config_prefix, TO(struct policy_zone, address4), .least = AF_INET},
    {"address6", &config_prefix, TO(struct policy_zone, address6), .least = AF_INET6},
    {"open", &config_schedule, TO(struct policy_zone, open), .flags = KEY_REQUIRED},
    {"not_during", &config_schedule, TO(struct policy_zone, not_during)},
    {"guaranteed", &config_rate_pair, TO(struct policy_zone, share.guaranteed), .flags = KEY_REQUIRED},
    {"ceiling", &config_rate_pair, TO(struct policy_zone, share.ceiling), .flags = KEY_REQUIRED},
    {"client", &config_group_kind, .flags = KEY_REQUIRED, .more = &client},
    {"dhcp", &config_group_kind, .fallback = "", .more = &dhcp},
    {"roam", &config_flag, TO(struct policy_zone, roam), .fallback = "false"},
    {"login", &config_choices, TO(struct policy_zone, logins), .fallback = "click", .least = 1, .most = 4,
     .more = logins},
    {"garden", &config_list, TO(struct policy_zone, garden), COUNT(struct policy_zone, n_garden), .most = 256,
     .more = &a_host},
};
static const struct config_group zone = GROUP(zone_keys, struct policy_zone, config_check_zone);

static const struct config_key portal_keys[] = {
    {"hostname", &config_host, TO(struct policy, portal.hostname)},
    {"port", &config_number, TO(struct policy, portal.port), SIZE(struct policy, portal.port),
     .fallback = "8080", .least = 1024, .most = 65535},
    {"tls_port", &config_number, TO(struct policy, portal.tls_port), SIZE(struct policy, portal.tls_port),
     .fallback = "8443", .least = 1024, .most = 65535},
    {"certificate", &config_file, TO(struct policy, portal.certificate)},
    {"key", &config_file, TO(struct policy, portal.key)},
    {"venue", &config_url, TO(struct policy, portal.venue)},
    {"theme", &config_folder, TO(struct policy, portal.theme_directory)},
};
static const struct config_group portal = GROUP(portal_keys, struct policy, config_check_portal);

static const struct config_key refund_keys[] = {
    {"below", &config_permille, TO(struct policy_refund, below_permille), .flags = KEY_REQUIRED},
    {"percent", &config_number, TO(struct policy_refund, percent), SIZE(struct policy_refund, percent),
     .flags = KEY_REQUIRED, .least = 1, .most = 100},
};
static const struct config_group refund = GROUP(refund_keys, struct policy_refund, NULL);

static const struct config_key contract_keys[] = {
    {"provider", &config_text, TO(struct policy, contract.provider), .flags = KEY_REQUIRED},
    {"number", &config_text, TO(struct policy, contract.number)},
    {"monthly", &config_number, TO(struct policy, contract.monthly_rupiah),
     SIZE(struct policy, contract.monthly_rupiah), .flags = KEY_REQUIRED, .least = 1, .most = RUPIAH_MOST},
    {"from", &config_date, TO(struct policy, contract.from_day), .flags = KEY_REQUIRED},
    {"to", &config_date, TO(struct policy, contract.to_day), .flags = KEY_REQUIRED},
    {"sla", &config_permille, TO(struct policy, contract.sla_permille), .flags = KEY_REQUIRED},
    {"split", &config_split, TO(struct policy, contract.split_percent), .fallback = "guaranteed"},
    {"refunds", &config_rows, TO(struct policy, contract.refunds), COUNT(struct policy, contract.n_refunds),
     .most = 16, .more = &refund},
    {"budget", &config_number, TO(struct policy, contract.budget_rupiah),
     SIZE(struct policy, contract.budget_rupiah), .least = 1, .most = RUPIAH_MOST},
};
static const struct config_group contract = GROUP(contract_keys, struct policy, config_check_contract);

static const struct config_key signatory_keys[] = {
    {"office", &config_text, TO(struct policy, signatory.office), .flags = KEY_REQUIRED},
    {"name", &config_text, TO(struct policy, signatory.name), .flags = KEY_REQUIRED},
    {"nip", &config_text, TO(struct policy, signatory.nip), .flags = KEY_REQUIRED, .most = 32},
    {"place", &config_text, TO(struct policy, signatory.place), .flags = KEY_REQUIRED},
};
static const struct config_group signatory = GROUP(signatory_keys, struct policy, NULL);

static const struct config_key mail_keys[] = {
    {"server", &config_mail_server, TO(struct policy, mail.server), .flags = KEY_REQUIRED},
    {"from", &config_mailbox, TO(struct policy, mail.from), .flags = KEY_REQUIRED},
    {"to", &config_list, TO(struct policy, mail.to), COUNT(struct policy, mail.n_to), .flags = KEY_REQUIRED,
     .least = 1, .most = 64, .more = &a_mailbox},
    {"user", &config_text, TO(struct policy, mail.user)},
    {"password_file", &config_file, TO(struct policy, mail.password_file)},
};
static const struct config_group mail = GROUP(mail_keys, struct policy, config_check_mail);

/* What is not given is config_check_report()'s to fill in. */
static const struct config_key report_keys[] = {
    {"letterhead", &config_list, TO(struct policy, report.letterhead),
     COUNT(struct policy, report.n_letterhead), .least = 1, .most = 8, .more = &a_line},
    {"logo", &config_file, TO(struct policy, report.logo)},
    {"baseline", &config_number, TO(struct policy, report.baseline_rupiah),
     SIZE(struct policy, report.baseline_rupiah), .fallback = "7000000", .least = 0, .most = RUPIAH_MOST},
    {"verify", &config_web_server, TO(struct policy, report.verify)},
    {"mail", &config_flag, TO(struct policy, report.mail)},
    {"formats", &config_choices, TO(struct policy, report.formats), .least = 1, .most = 4, .more = formats},
    {"language", &config_choice_flag, TO(struct policy, report.english), .fallback = "id",
     .more = report_languages},
};
static const struct config_group report = GROUP(report_keys, struct policy, config_check_report);

static const struct config_key webhook_keys[] = {
    {"url", &config_web_server, TO(struct policy, webhook.url), .flags = KEY_REQUIRED},
    {"key_file", &config_file, TO(struct policy, webhook.key_file)},
};
static const struct config_group webhook = GROUP(webhook_keys, struct policy, NULL);

/* Rows: longer than any month and the one after, in which its report is made. */
static const struct config_key ledger_keys[] = {
    {"rows", &config_retention, TO(struct policy, ledger.rows_usec), .fallback = "396 d", .least = 62,
     .most = 3660},
    {"sessions", &config_retention, TO(struct policy, ledger.sessions_usec), .fallback = "90 d", .least = 1,
     .most = 3660},
};
static const struct config_group ledger = GROUP(ledger_keys, struct policy, NULL);

static const struct config_key privacy_keys[] = {
    {"hosts", &config_flag, TO(struct policy, privacy.hosts), .fallback = "false"},
    {"keep", &config_retention, TO(struct policy, privacy.hosts_usec), .fallback = "30 d", .least = 1,
     .most = 366},
};
static const struct config_group privacy = GROUP(privacy_keys, struct policy, NULL);

static const struct config_key top_keys[] = {
    {"schedules", &config_rows, TO(struct policy, schedules), COUNT(struct policy, n_schedules),
     .flags = KEY_REQUIRED, .least = 1, .most = 256, .more = &schedule},
    {"site", &config_group_kind, .flags = KEY_REQUIRED, .more = &site},
    {"paths", &config_group_kind, .fallback = "", .more = &paths},
    {"uplink", &config_group_kind, .flags = KEY_REQUIRED, .more = &uplink},
    {"dns", &config_list, TO(struct policy, dns), COUNT(struct policy, n_dns), .most = 16,
     .more = &an_address},
    {"holidays", &config_rows, TO(struct policy, holidays), COUNT(struct policy, n_holidays), .most = 4096,
     .more = &holiday},
    {"holiday_files", &config_holiday_files, .most = 16},
    {"offices", &config_rows, TO(struct policy, offices), COUNT(struct policy, n_offices), .most = 2000,
     .more = &office},
    {"between_offices", &config_flag, TO(struct policy, between_offices), .fallback = "true"},
    {"zones", &config_rows, TO(struct policy, zones), COUNT(struct policy, n_zones), .most = 1000,
     .more = &zone},
    {"portal", &config_group_kind, .fallback = "", .more = &portal},
    {"contract", &config_group_kind, .more = &contract},
    {"signatory", &config_group_kind, .more = &signatory},
    {"mail", &config_group_kind, .more = &mail},
    {"report", &config_group_kind, .fallback = "", .more = &report},
    {"webhook", &config_group_kind, .more = &webhook},
    {"notify", &config_choices, TO(struct policy, notify), .fallback = "all", .most = 6, .more = notifies},
    {"ledger", &config_group_kind, .fallback = "", .more = &ledger},
    {"privacy", &config_group_kind, .fallback = "", .more = &privacy},
};
const struct config_group config_top = GROUP(top_keys, struct policy, NULL);
