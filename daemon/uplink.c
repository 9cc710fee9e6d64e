/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: what was bought and what the line gives are two numbers. Here the judges (delay, adjust, shortfall)
 * are fed, one round of probes at a time, and obeyed; nothing is judged here. A line that nobody can judge is
 * left as configured.
 */
#include "uplink.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "adjust.h"
#include "daemon.h"
#include "engine.h"
#include "shortfall.h"
#include "traffic.h"
#include "../lib/cleanup.h"
#include "../lib/log.h"
#include "../lib/rate.h"
#include "../lib/units.h"

#define LATENCY_USEC (50 * USEC_PER_MSEC) /* where the configuration says nothing */
#define GAP_LEAST_USEC (100 * USEC_PER_MSEC)
#define GAP_MOST_USEC (30 * USEC_PER_SEC) /* older counters say nothing of now */
#define SMOOTH_USEC (500 * USEC_PER_MSEC)
#define LOADED 400u /* thousandths of the minimum, or of what may pass where there is none */

static const char *const way_names[ADJUST_WAYS] = {[ADJUST_DOWN] = "down", [ADJUST_UP] = "up"};

struct uplink {
	struct daemon *daemon;
	struct traffic *traffic;
	char device[IFNAMSIZ];
	struct delay delay;
	enum delay_verdict verdict;
	struct adjust adjust;
	struct shortfall shortfall;
	struct traffic_bytes bytes;
	int64_t read_mono_usec; /* 0: not yet */
	uint64_t delivered_bps[ADJUST_WAYS];
	uint32_t rtt_usec;
	int64_t raised_wall_usec[ADJUST_WAYS];
	bool adjusted; /* as configured */
	struct rate lines;
};

static uint64_t of_way(struct policy_rate rate, unsigned way)
{
	return way == ADJUST_DOWN ? rate.down_bps : rate.up_bps;
}

/* ---- the configuration ---- */

static bool is_adjusted(const struct policy *policy)
{
	return policy->n_probes && (policy->adjust.minimum.down_bps || policy->adjust.minimum.up_bps);
}

static struct adjust_settings settings_of(const struct policy *policy)
{
	struct adjust_settings settings = {.headroom_percent = policy->headroom_percent};

	for (unsigned way = 0; way < ADJUST_WAYS; way++) {
		settings.configured_bps[way] = of_way(policy->uplink_rate, way);
		if (policy->n_probes)
			settings.minimum_bps[way] = of_way(policy->adjust.minimum, way);
	}
	return settings;
}

static int64_t latency_limit(const struct policy *policy)
{
	return policy->adjust.latency_usec ? (int64_t)policy->adjust.latency_usec : LATENCY_USEC;
}

/* ---- what it carries ---- */

static uint64_t smooth(uint64_t before, uint64_t now, int64_t gap)
{
	const double part = (double)gap / (double)(gap + SMOOTH_USEC);

	return (uint64_t)((double)before + ((double)now - (double)before) * part);
}

static uint64_t rate_bps(uint64_t before, uint64_t now, int64_t gap)
{
	return now > before ? (uint64_t)((double)(now - before) * 8e6 / (double)gap) : 0;
}

/* True: there are figures since the last round. A new device, or one whose counters began anew, has none. */
static bool read_traffic(struct uplink *uplink, int64_t now)
{
	const struct traffic_bytes before = uplink->bytes;
	const int64_t gap = now - uplink->read_mono_usec;
	bool fresh = uplink->read_mono_usec && gap <= GAP_MOST_USEC;

	if (traffic_read(uplink->traffic, uplink->device, &uplink->bytes) < 0) {
		uplink->read_mono_usec = 0;
		return false;
	}
	uplink->read_mono_usec = now;
	if (!fresh || uplink->bytes.received < before.received || uplink->bytes.sent < before.sent)
		return false;
	uplink->delivered_bps[ADJUST_DOWN] = smooth(
	    uplink->delivered_bps[ADJUST_DOWN], rate_bps(before.received, uplink->bytes.received, gap), gap);
	uplink->delivered_bps[ADJUST_UP] =
	    smooth(uplink->delivered_bps[ADJUST_UP], rate_bps(before.sent, uplink->bytes.sent, gap), gap);
	return true;
}

static bool is_loaded(const struct uplink *uplink, const struct adjust_settings *settings)
{
	for (unsigned way = 0; way < ADJUST_WAYS; way++) {
		const uint64_t of =
		    settings->minimum_bps[way] ? settings->minimum_bps[way] : settings->configured_bps[way];

		if (adjust_load(uplink->delivered_bps[way], of, settings->headroom_percent) > LOADED)
			return true;
	}
	return false;
}

/* ---- saying so ---- */

static void say_adjusted(struct uplink *uplink, const struct adjust_settings *settings,
			 const struct adjust *before)
{
	char now_text[UNITS_TEXT], configured[UNITS_TEXT];

	for (unsigned way = 0; way < ADJUST_WAYS; way++) {
		const uint64_t was = before->rates[way].bps, is = uplink->adjust.rates[way].bps;
		const bool left = was == settings->configured_bps[way],
			   back = is == settings->configured_bps[way];

		if (was == is || !was)
			continue;
		units_rate_human(is, now_text);
		units_rate_human(settings->configured_bps[way], configured);
		if ((left || back) && rate_take(&uplink->lines, uplink->read_mono_usec))
			log_notice("the uplink's rate %s is adjusted: %s of %s (probes come %jd ms late)",
				   way_names[way], now_text, configured,
				   (intmax_t)(uplink->delay.extra_usec / USEC_PER_MSEC));
		else
			log_debug("uplink %s: %s of %s", way_names[way], now_text, configured);
	}
}

static void say_shortfall(struct uplink *uplink, const struct adjust_settings *settings, unsigned changed,
			  int64_t wall_usec, const uint64_t *given)
{
	char given_text[UNITS_TEXT], configured[UNITS_TEXT];

	for (unsigned way = 0; way < ADJUST_WAYS; way++) {
		if (!(changed & 1u << way))
			continue;
		units_rate_human(settings->configured_bps[way], configured);
		if (uplink->shortfall.ways[way].raised) {
			uplink->raised_wall_usec[way] = wall_usec;
			log_warning("the uplink gives %s of %s %s: probes come %jd ms late under load",
				    units_rate_human(given[way], given_text), configured, way_names[way],
				    (intmax_t)(uplink->delay.extra_usec / USEC_PER_MSEC));
		} else {
			uplink->raised_wall_usec[way] = 0;
			log_notice("the uplink no longer gives less than %s %s", configured, way_names[way]);
		}
	}
}

/* ---- a round of probes ---- */

static void judge_shortfall(struct uplink *uplink, const struct adjust_settings *settings,
			    const struct adjust_sample *seen, int64_t wall_usec)
{
	struct shortfall_sample sample = {.seen = *seen, .headroom_percent = settings->headroom_percent};
	uint64_t given[ADJUST_WAYS];
	unsigned changed;

	for (unsigned way = 0; way < ADJUST_WAYS; way++) {
		const uint64_t adjusted = uplink->adjust.rates[way].bps;

		sample.configured_bps[way] = settings->configured_bps[way];
		sample.adjusted_bps[way] = adjusted ? adjusted : settings->configured_bps[way];
	}
	changed = shortfall_take(&uplink->shortfall, &sample);
	for (unsigned way = 0; way < ADJUST_WAYS; way++)
		given[way] = uplink->shortfall.ways[way].given_bps;
	say_shortfall(uplink, settings, changed, wall_usec, given);
}

static enum delay_verdict judge_delay(struct uplink *uplink, const struct policy *policy,
				      const struct adjust_settings *settings, int64_t mono_usec)
{
	const struct delay_probe probe = {.mono_usec = mono_usec,
					  .rtt_usec = uplink->rtt_usec,
					  .loaded = is_loaded(uplink, settings),
					  .limit_usec = latency_limit(policy)};

	return delay_take(&uplink->delay, &probe);
}

static void judge(struct uplink *uplink, const struct policy *policy, struct instant now)
{
	const struct adjust_settings settings = settings_of(policy);
	const struct adjust before = uplink->adjust;
	struct adjust_sample sample = {.mono_usec = now.mono_usec};
	bool changed;

	uplink->verdict = judge_delay(uplink, policy, &settings, now.mono_usec);
	sample.delay = uplink->verdict;
	sample.extra_usec = uplink->delay.extra_usec;
	memcpy(sample.delivered_bps, uplink->delivered_bps, sizeof(sample.delivered_bps));
	changed = is_adjusted(policy) && adjust_take(&uplink->adjust, &settings, &sample);
	judge_shortfall(uplink, &settings, &sample, now.wall_usec);
	if (!changed)
		return;
	say_adjusted(uplink, &settings, &before);
	engine_adjust(uplink->daemon->engine);
}

void uplink_probe(struct uplink *uplink, const char *device, uint32_t rtt_usec)
{
	const struct instant now = clock_now();
	const struct policy *policy;

	if (!uplink)
		return;
	policy = engine_policy(uplink->daemon->engine);
	/* Sooner than that a rate cannot be told, and nobody asked for it. */
	if (strncmp(device, policy->uplink, IFNAMSIZ) != 0 || !policy->n_probes ||
	    (uplink->read_mono_usec && now.mono_usec - uplink->read_mono_usec < GAP_LEAST_USEC))
		return;
	uplink->rtt_usec = rtt_usec;
	if (read_traffic(uplink, now.mono_usec))
		judge(uplink, policy, now);
}

/* ---- the policy, and what the kernel held ---- */

void uplink_policy(struct uplink *uplink)
{
	struct adjust_settings settings;
	const struct policy *policy;

	if (!uplink)
		return;
	policy = engine_policy(uplink->daemon->engine);
	settings = settings_of(policy);
	if (!policy->n_probes && (policy->adjust.minimum.down_bps || policy->adjust.minimum.up_bps))
		log_warning("uplink.adjust does nothing without uplink.probes");
	if (uplink->adjusted !=
	    is_adjusted(policy)) { /* another kind of evidence: what was found is no figure for it */
		uplink->shortfall = (struct shortfall){0};
		memset(uplink->raised_wall_usec, 0, sizeof(uplink->raised_wall_usec));
	}
	uplink->adjusted = is_adjusted(policy);
	if (uplink->adjusted)
		adjust_bounds(&uplink->adjust, &settings);
	else
		uplink->adjust = (struct adjust){0};
	if (strncmp(uplink->device, policy->uplink, IFNAMSIZ) == 0 && policy->n_probes)
		return;
	memset(uplink->device, 0, sizeof(uplink->device));
	memcpy(uplink->device, policy->uplink, strnlen(policy->uplink, IFNAMSIZ - 1));
	uplink->read_mono_usec = 0;
	uplink->delay = (struct delay){0};
	uplink->verdict = DELAY_UNSURE;
	uplink->shortfall = (struct shortfall){0};
	memset(uplink->raised_wall_usec, 0, sizeof(uplink->raised_wall_usec));
}

void uplink_adopt(struct uplink *uplink, const struct plan *actual)
{
	static const enum adjust_way way_of[PLAN_TREES] = {[PLAN_UP] = ADJUST_UP, [PLAN_DOWN] = ADJUST_DOWN};
	struct adjust_settings settings;
	const struct policy *policy;

	if (!uplink)
		return;
	policy = engine_policy(uplink->daemon->engine);
	if (!is_adjusted(policy))
		return;
	settings = settings_of(policy);
	for (size_t i = 0; i < actual->n_classes; i++) {
		const struct plan_class *row = &actual->classes[i];
		const unsigned whole = 100 - MIN(policy->headroom_percent, 99u);

		/* Rounded up, then down to a step: the same one as before. */
		if (row->minor == PLAN_ROOT && row->tree < PLAN_TREES)
			adjust_adopt(&uplink->adjust, &settings, way_of[row->tree],
				     row->ceiling_bps / whole * 100 + 800);
	}
}

/* ---- for others ---- */

struct policy_rate uplink_rate(const struct uplink *uplink)
{
	if (!uplink || !is_adjusted(engine_policy(uplink->daemon->engine)))
		return (struct policy_rate){0};
	return (struct policy_rate){.down_bps = uplink->adjust.rates[ADJUST_DOWN].bps,
				    .up_bps = uplink->adjust.rates[ADJUST_UP].bps};
}

uint64_t uplink_late(const struct uplink *uplink)
{
	return uplink && uplink->verdict == DELAY_HIGH ? (uint64_t)MAX(uplink->delay.extra_usec, (int64_t)0)
						       : 0;
}

static const char *reason_of(const struct uplink *uplink)
{
	static const char *const reasons[] = {[DELAY_UNSURE] = "unsure",
					      [DELAY_NONE] = "no delay",
					      [DELAY_HIGH] = "delay",
					      [DELAY_SILENT] = "no answer"};

	return reasons[uplink->verdict];
}

static json_t *adjust_json(const struct uplink *uplink, const struct policy *policy)
{
	json_t *object;

	if (!is_adjusted(policy))
		return json_null();
	object = json_object();
	for (unsigned way = 0; way < ADJUST_WAYS; way++) {
		const uint64_t configured = of_way(policy->uplink_rate, way);
		const uint64_t bps = uplink->adjust.rates[way].bps;

		json_object_set_new(object, way_names[way],
				    json_pack("{s:I, s:I, s:I}", "rate_bps",
					      (json_int_t)(bps ? bps : configured), "configured_bps",
					      (json_int_t)configured, "minimum_bps",
					      (json_int_t)of_way(policy->adjust.minimum, way)));
	}
	return object;
}

static json_t *alarm_json(const struct uplink *uplink, const struct policy *policy)
{
	json_t *object = json_object();
	char since[CLOCK_TEXT];

	for (unsigned way = 0; way < ADJUST_WAYS; way++)
		if (uplink->shortfall.ways[way].raised)
			json_object_set_new(
			    object, way_names[way],
			    json_pack("{s:s, s:I, s:I}", "since",
				      clock_text(uplink->raised_wall_usec[way], since), "given_bps",
				      (json_int_t)uplink->shortfall.ways[way].given_bps, "configured_bps",
				      (json_int_t)of_way(policy->uplink_rate, way)));
	if (json_object_size(object))
		return object;
	json_decref(object);
	return json_null();
}

static json_t *probe_json(const struct uplink *uplink)
{
	if (!uplink->delay.base_usec)
		return json_null();
	return json_pack("{s:o, s:I, s:I, s:s}", "rtt_usec",
			 uplink->rtt_usec ? json_integer(uplink->rtt_usec) : json_null(), "empty_usec",
			 (json_int_t)uplink->delay.base_usec, "late_usec",
			 (json_int_t)uplink->delay.extra_usec, "state", reason_of(uplink));
}

void uplink_describe(const struct uplink *uplink, json_t *object)
{
	const struct policy *policy;

	if (!uplink || !object)
		return;
	policy = engine_policy(uplink->daemon->engine);
	json_object_set_new(object, "link",
			    json_pack("{s:i, s:i}", "overhead_bytes", policy->overhead_bytes, "mpu_bytes",
				      policy->mpu_bytes));
	json_object_set_new(object, "probe", probe_json(uplink));
	json_object_set_new(object, "adjust", adjust_json(uplink, policy));
	json_object_set_new(object, "alarm", alarm_json(uplink, policy));
}

/* ---- life ---- */

int uplink_new(struct daemon *daemon, struct uplink **out)
{
	struct uplink *uplink = calloc(1, sizeof(*uplink));
	int r;

	if (!uplink)
		return -ENOMEM;
	uplink->daemon = daemon;
	uplink->lines = (struct rate){.every_usec = USEC_PER_MINUTE, .burst = 6};
	r = traffic_new(&uplink->traffic);
	if (r < 0)
		return free(uplink), r;
	*out = uplink;
	return 0;
}

struct uplink *uplink_free(struct uplink *uplink)
{
	if (!uplink)
		return NULL;
	traffic_free(uplink->traffic);
	free(uplink);
	return NULL;
}
