// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A chart's marks, one after the other: what is added later lies above. A failure sticks, so that who draws
 * writes straight down.
 */
#include <errno.h>
#include <string.h>
#include "chart_plot.h"
#include "letters.h"

#define INK 0x222222u
#define LETTER 0.54 /* of its size: how wide one is at most, about */

static struct chart_mark *add(struct plot *plot, const struct chart_mark *like)
{
	struct chart *chart = plot->out;
	struct chart_mark *grown;

	if (chart->n == plot->room && !plot->error) {
		grown = reallocarray(chart->marks, plot->room * 2 + 64, sizeof(*grown));
		if (grown) {
			chart->marks = grown;
			plot->room = plot->room * 2 + 64;
		} else {
			plot->error = -ENOMEM;
		}
	}
	if (plot->error)
		return NULL;
	chart->marks[chart->n] = *like;
	return &chart->marks[chart->n++];
}

void plot_line(struct plot *plot, double x, double y, double x2, double y2, double width, unsigned rgb)
{
	add(plot, &(struct chart_mark){
		      .kind = CHART_LINE, .x = x, .y = y, .x2 = x2, .y2 = y2, .width = width, .rgb = rgb});
}

void plot_box(struct plot *plot, double x, double y, double wide, double high, unsigned rgb)
{
	add(plot,
	    &(struct chart_mark){.kind = CHART_BOX, .x = x, .y = y, .x2 = wide, .y2 = high, .rgb = rgb});
}

void plot_text(struct plot *plot, double x, double y, enum chart_align align, const char *words)
{
	struct chart_mark *mark = add(
	    plot,
	    &(struct chart_mark){
		.kind = CHART_TEXT, .x = x, .y = y, .width = CHART_TEXT_SIZE, .rgb = INK, .align = align});

	if (!mark)
		return;
	mark->text = strdup(words);
	if (!mark->text)
		plot->error = -ENOMEM;
}

double plot_text_width(const char *words)
{
	return (double)letters_count(words) * CHART_TEXT_SIZE * LETTER;
}
