// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One stylesheet for all pages, made when the theme's colours change and then only copied. It holds no
 * address and asks for nothing. Old phones: no grid, no gap, no custom properties; what a browser does not
 * know it passes over without losing the layout.
 */
#include <gnutls/crypto.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "pages.h"
#include "style.h"

#define STYLE_MAX 8192
#define CONTRAST 4.6 /* WCAG 2.1, 1.4.3 wants 4.5 */

/* "$x" is a colour: see colours[]. */
static const char layout[] =
    "*{box-sizing:border-box}"
    "html{-webkit-text-size-adjust:100%;text-size-adjust:100%}"
    "body{margin:0;padding:1rem;font:1.0625rem/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto "
    "Sans',sans-serif}"
    "header,main,footer{max-width:27rem;margin:0 auto}"
    "header{display:flex;align-items:center;padding:.5rem .25rem 1rem;font-size:.9375rem;line-height:1.3}"
    "header svg,header img{flex:none;display:block;margin-right:.7rem}"
    "header svg{width:2.5rem;height:2.5rem}header img{max-width:7rem;max-height:3rem}"
    "header div{min-width:0;overflow-wrap:anywhere;word-wrap:break-word}header b,header span{display:block}"
    "main{border:1px solid;border-radius:1.1rem;padding:1.4rem "
    "1.25rem;overflow-wrap:anywhere;word-wrap:break-word}"
    "h1{font-size:1.5rem;line-height:1.2;margin:0 0 .6rem}"
    "h2{font-size:1.125rem;line-height:1.3;margin:0 0 .5rem}"
    "p{margin:0 0 .9rem}.small{font-size:.9375rem;margin:0}"
    ".tag{display:inline-block;border-radius:1rem;padding:.15rem "
    ".75rem;font-size:.875rem;font-weight:600;margin:0 0 .8rem}"
    ".big{font-size:1.75rem;line-height:1.2;font-weight:700;margin:0 0 .7rem}"
    ".panel,.outage,.alert{border-radius:.8rem;padding:.9rem 1rem;margin:0 0 1.1rem}"
    ".panel .big{font-size:1.35rem;margin:0}"
    ".outage p,.alert p{margin:.25rem 0 0}.outage b{display:block}"
    ".code{font:700 1.375rem/1.4 ui-monospace,'DejaVu Sans Mono',monospace;letter-spacing:.06em;margin:0 0 "
    ".2rem;"
    "-webkit-user-select:all;user-select:all}"
    "ul{margin:0 0 .9rem;padding:0 0 0 1.15rem}li{margin:.35rem 0;font-size:.9375rem}"
    "dl{margin:0 0 1rem;border-top:1px solid}dl div{border-bottom:1px solid;padding:.55rem "
    "0}dt{font-size:.875rem}dd{margin:0}"
    "progress{display:block;width:100%;height:.6rem;margin:0 0 "
    "1rem;-webkit-appearance:none;appearance:none;border:0;"
    "border-radius:1rem;overflow:hidden}progress::-webkit-progress-value{border-radius:1rem}"
    "form{margin:0 0 1rem}.way{border-top:1px solid;margin:1.3rem 0 0;padding:1.1rem 0 0}"
    "label{display:block;font-weight:500;margin:0 0 .25rem}.hint{font-size:.875rem;margin:0 0 .4rem}"
    "input{display:block;width:100%;min-height:3.125rem;padding:.6rem .8rem;border:2px "
    "solid;border-radius:.7rem;margin:0 0 .9rem;"
    "font:inherit;-webkit-appearance:none;appearance:none}"
    ".letters{text-transform:uppercase;letter-spacing:.06em}"
    ".error{margin:0 0 .7rem}"
    "button,.button{display:block;width:100%;min-height:3.25rem;padding:.75rem 1rem;border:2px "
    "solid;border-radius:.8rem;"
    "font:inherit;font-size:1.125rem;font-weight:700;text-align:center;text-decoration:none;cursor:pointer;"
    "margin:0}"
    ".button{margin:0 0 1rem}.plain{background:transparent}"
    ".next{display:inline-block;max-width:100%;padding:.7rem 0;min-height:2.75rem;min-width:2.75rem}"
    "button:focus,a:focus,input:focus{outline:3px solid;outline-offset:3px}"
    "button:focus:not(:focus-visible),a:focus:not(:focus-visible){outline:0}"
    "footer{padding:.6rem 0;text-align:center;font-size:.9375rem}"
    "footer ul{list-style:none;margin:0;padding:0}footer li{display:inline-block;margin:0 .2rem}"
    "footer a{display:inline-block;padding:.7rem .6rem;min-height:2.75rem;min-width:2.75rem}"
    "@media(min-width:40rem){body{padding-top:7vh}}";

static const char colours[] =
    "body{background:$b;color:$t}header span,footer a{color:$t}header svg{color:$g}"
    "main{background:$c;color:$i;border-color:$l}main a{color:$k}"
    ".soft,dt,.hint{color:$s}.tag,.panel{background:$p;color:$i}.panel .small{color:$s}"
    ".warm,.outage{background:$w;color:$v}.alert{background:$f;color:$e}.error{color:$e}"
    "dl,dl div,.way{border-color:$l}li::marker{color:$k}"
    "progress{background:$l;color:$k}progress::-webkit-progress-bar{background:$l}"
    "progress::-webkit-progress-value{background:$k}progress::-moz-progress-bar{background:$k}"
    "input{background:$c;color:$i;border-color:$m}input[aria-invalid]{border-color:$e}"
    "button,main .button{background:$a;color:$o;border-color:$a}main "
    ".plain{background:transparent;color:$k;border-color:$k}"
    "main :focus{outline-color:$i}footer :focus{outline-color:$t}";

struct colour {
	double red, green, blue; /* 0 to 1, sRGB */
};

static const struct colour white = {1, 1, 1}, black = {0, 0, 0};

static struct colour colour_of(const char *text)
{
	unsigned red = 0, green = 0, blue = 0;

	sscanf(text, "#%2x%2x%2x", &red, &green, &blue);
	return (struct colour){red / 255.0, green / 255.0, blue / 255.0};
}

static double linear(double channel)
{
	return channel <= 0.04045 ? channel / 12.92 : pow((channel + 0.055) / 1.055, 2.4);
}

/* WCAG 2.1, "relative luminance" and "contrast ratio". */
static double luminance(struct colour colour)
{
	return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue);
}

static double contrast(struct colour a, struct colour b)
{
	double one = luminance(a) + 0.05, other = luminance(b) + 0.05;

	return one > other ? one / other : other / one;
}

static struct colour mix(struct colour a, struct colour b, double part)
{
	return (struct colour){a.red + (b.red - a.red) * part, a.green + (b.green - a.green) * part,
			       a.blue + (b.blue - a.blue) * part};
}

/* As it is where it can be read on `ground`, else moved towards `towards` until it can. */
static struct colour legible(struct colour colour, struct colour ground, struct colour towards)
{
	struct colour moved = colour;

	for (double part = 0.05; contrast(moved, ground) < CONTRAST && part < 1.01; part += 0.05)
		moved = mix(colour, towards, part);
	return moved;
}

static struct colour ink_on(struct colour ground)
{
	struct colour dark = colour_of("#15231f");

	if (contrast(dark, ground) >= CONTRAST)
		return dark;
	return contrast(white, ground) >= contrast(black, ground) ? white : black;
}

struct palette {
	struct colour by_letter[128];
};

static void set(struct palette *palette, char letter, const char *text)
{
	palette->by_letter[(unsigned char)letter] = colour_of(text);
}

/* b, t, g: the page, text and the emblem on it. c, i, s, l, m: the card, its text, softer text, lines, a
 * field's border (WCAG 1.4.11: 3:1). a, o: a button and its text; k: accent as text. p: panel. w, v: warning;
 * f, e: fault.
 */
static void palette_light(struct palette *palette, struct colour accent, struct colour background)
{
	struct colour *by = palette->by_letter;

	by['b'] = background;
	by['t'] = ink_on(background);
	by['g'] = legible(accent, background, by['t']);
	by['c'] = white;
	set(palette, 'i', "#15231f");
	set(palette, 's', "#4b5f58");
	set(palette, 'l', "#d5e0dc");
	set(palette, 'm', "#74867f");
	by['a'] = accent;
	by['o'] = contrast(white, accent) >= CONTRAST ? white : ink_on(accent);
	by['p'] = mix(accent, white, 0.9);
	by['s'] = legible(by['s'], by['p'], black);
	by['k'] = legible(accent, white, black);
	set(palette, 'w', "#fdf1e0");
	set(palette, 'v', "#7a4106");
	set(palette, 'f', "#fdecea");
	set(palette, 'e', "#a3180e");
}

static void palette_dark(struct palette *palette, struct colour accent)
{
	struct colour *by = palette->by_letter;

	set(palette, 'b', "#0c1311");
	set(palette, 't', "#eaf3f0");
	set(palette, 'c', "#16201d");
	set(palette, 'i', "#eaf3f0");
	set(palette, 's', "#a9bdb6");
	set(palette, 'l', "#2b3935");
	set(palette, 'm', "#7d918a");
	by['k'] = legible(mix(accent, white, 0.35), mix(by['c'], white, 0.1), white);
	by['g'] = by['k'];
	by['a'] = by['k'];
	by['o'] = contrast(black, by['a']) >= CONTRAST ? black : white;
	by['p'] = mix(accent, by['c'], 0.75);
	by['s'] = legible(by['s'], by['p'], white);
	set(palette, 'w', "#33260f");
	set(palette, 'v', "#f3bd78");
	set(palette, 'f', "#3a1614");
	set(palette, 'e', "#ffa198");
}

static struct {
	char accent[8], background[8]; /* what it was made of */
	size_t length;
	char text[STYLE_MAX];
	char hash[64];
} style;

static void add(const char *text, size_t length)
{
	if (length > sizeof(style.text) - style.length)
		return; /* never: a unit test writes it with every colour at its longest, which is each one's
			   only length */
	memcpy(style.text + style.length, text, length);
	style.length += length;
}

static unsigned byte_of(double channel)
{
	return (unsigned)(CLAMP(channel, 0, 1) * 255 + 0.5);
}

static void add_colours(const struct palette *palette)
{
	for (const char *at = colours; *at; at++) {
		const struct colour *colour;
		char text[8];

		if (*at != '$') {
			add(at, 1);
			continue;
		}
		colour = &palette->by_letter[(unsigned char)*++at & 127];
		snprintf(text, sizeof(text), "#%02x%02x%02x", byte_of(colour->red) & 255,
			 byte_of(colour->green) & 255, byte_of(colour->blue) & 255);
		add(text, 7);
	}
}

static void hash_style(void)
{
	uint8_t digest[32];
	gnutls_datum_t raw = {digest, sizeof(digest)}, base64;

	style.hash[0] = '\0';
	if (gnutls_hash_fast(GNUTLS_DIG_SHA256, style.text, style.length, digest) < 0 ||
	    gnutls_base64_encode2(&raw, &base64) < 0)
		return;
	snprintf(style.hash, sizeof(style.hash), "'sha256-%.*s'", (int)base64.size,
		 (const char *)base64.data);
	gnutls_free(base64.data);
}

/* a logo is made for paper */
#define DARK                                                                                                 \
	"@media(prefers-color-scheme:dark){:root{color-scheme:dark}header "                                  \
	"img{background:#fff;padding:.25rem;"                                                                \
	"border-radius:.4rem}"

static void make(const struct settings *settings)
{
	const char *accent = settings && settings->theme.accent[0] ? settings->theme.accent : "#0a6353";
	const char *background =
	    settings && settings->theme.background[0] ? settings->theme.background : "#eaf1ee";
	struct palette palette = {0};

	if (strcmp(style.accent, accent) == 0 && strcmp(style.background, background) == 0)
		return;
	snprintf(style.accent, sizeof(style.accent), "%s", accent);
	snprintf(style.background, sizeof(style.background), "%s", background);
	style.length = 0;
	add(layout, sizeof(layout) - 1);
	palette_light(&palette, colour_of(accent), colour_of(background));
	add_colours(&palette);
	add(DARK, sizeof(DARK) - 1);
	palette_dark(&palette, colour_of(accent));
	add_colours(&palette);
	add("}", 1);
	hash_style();
}

void style_write(struct html *html, const struct settings *settings)
{
	make(settings);
	html_append(html, style.text, style.length);
}

const char *page_style_hash(const struct settings *settings)
{
	make(settings);
	return style.hash;
}
