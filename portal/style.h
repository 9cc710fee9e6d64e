/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The stylesheet: the layout is fixed, the colours come from the theme's accent and background, so chosen
 * that text keeps WCAG 2.1's contrast (4.5:1) whatever those two are, by day and in the dark.
 */
#include "html.h"
#include "settings.h"

/* The content of <style>. settings NULL: the portal's own colours. */
void style_write(struct html *html, const struct settings *settings);
