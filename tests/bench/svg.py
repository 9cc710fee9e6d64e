# SPDX-License-Identifier: GPL-2.0-or-later
"""Plain SVG charts by hand: readable on white, in print and without colour (lines differ in dashes, bars in labels), with a title and
a description for who cannot see them. Nothing but what docs/pictures needs."""
from xml.sax.saxutils import escape

COLOURS = ("#00508c", "#b8500a", "#3d7a1c", "#6b3a8c")
DASHES = ("", "7 3", "2 3", "9 3 2 3")
WIDTH, LEFT, RIGHT = 720, 64, 20


class Picture:
    def __init__(self, title, text, height):
        self.height = height
        self.rows = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="13" role="img" '
                     f'aria-labelledby="t d">', f'<title id="t">{escape(title)}</title>', f'<desc id="d">{escape(text)}</desc>',
                     f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>']
        self.text(LEFT, 20, title, weight="bold", size=15)

    def text(self, x, y, words, anchor="start", weight="normal", size=13, colour="#222"):
        self.rows.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}" font-size="{size}" fill="{colour}">{escape(words)}</text>')

    def line(self, x1, y1, x2, y2, colour="#bbb", width=1, dash=""):
        self.rows.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}" stroke-dasharray="{dash}"/>')

    def rect(self, x, y, width, height, colour):
        self.rows.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" height="{height:.1f}" fill="{colour}"/>')

    def path(self, points, colour, dash, width=2):
        self.rows.append(f'<polyline fill="none" stroke="{colour}" stroke-width="{width}" stroke-dasharray="{dash}" points="'
                         + " ".join(f"{x:.1f},{y:.1f}" for x, y in points) + '"/>')

    def save(self, path):
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(self.rows) + "\n</svg>\n")


def number(value):
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


class Panel:
    """One coordinate system of a picture: x in seconds, y from 0."""

    def __init__(self, picture, top, height, x_range, y_max, y_step, y_label, last=True):
        self.picture, self.top, self.bottom, self.x_range, self.y_max = picture, top, top + height, x_range, y_max
        value = 0
        while value <= y_max + 1e-9:
            y = self.y(value)
            picture.line(LEFT, y, WIDTH - RIGHT, y, "#ddd")
            picture.text(LEFT - 6, y + 4, f"{value:g}", "end", size=12)
            value += y_step
        picture.text(LEFT, top - 8, y_label, size=12, colour="#444")
        step = next(step for step in (1, 2, 5, 10, 20, 60) if (x_range[1] - x_range[0]) / step <= 10)
        for x in range(int(x_range[0]), int(x_range[1]) + 1, step):
            picture.line(self.x(x), self.bottom, self.x(x), self.bottom + 4, "#888")
            if last:
                picture.text(self.x(x), self.bottom + 18, f"{x} s", "middle", size=12)

    def x(self, value):
        return LEFT + (value - self.x_range[0]) / (self.x_range[1] - self.x_range[0]) * (WIDTH - LEFT - RIGHT)

    def y(self, value):
        return self.bottom - min(value, self.y_max) / self.y_max * (self.bottom - self.top)

    def series(self, points, index):
        self.picture.path([(self.x(x), self.y(y)) for x, y in points], COLOURS[index], DASHES[index])

    def level(self, value, words):
        self.picture.line(LEFT, self.y(value), WIDTH - RIGHT, self.y(value), "#666", 1, "1 4")
        self.picture.text(WIDTH - RIGHT, self.y(value) - 4, words, "end", size=12, colour="#555")


def legend(picture, y, names):
    x = LEFT
    for index, name in enumerate(names):
        picture.line(x, y - 4, x + 30, y - 4, COLOURS[index], 2.5, DASHES[index])
        picture.text(x + 36, y, name, size=12)
        x += 60 + 6.6 * len(name)


def bars(title, text, rows, unit, legend_words):
    """rows: (label, dark value, light value): two bars on one line each, on a logarithmic axis, the figures beside them."""
    left, top = 250, 56
    picture = Picture(title, text, top + 34 * len(rows) + 34)
    picture.text(LEFT, 40, legend_words, size=12, colour="#444")
    low, high = 0.1, max(max(row[1:]) for row in rows) * 1.1
    from math import log10

    def x(value):
        return left + (log10(max(value, low)) - log10(low)) / (log10(high) - log10(low)) * (WIDTH - left - 130)

    tick = low
    while tick <= high:
        picture.line(x(tick), top, x(tick), top + 34 * len(rows), "#ddd")
        picture.text(x(tick), top + 34 * len(rows) + 18, f"{tick:g} {unit}", "middle", size=12)
        tick *= 10
    for index, (label, dark, light) in enumerate(rows):
        y = top + 34 * index + 6
        picture.text(left - 8, y + 15, label, "end")
        picture.rect(left, y, x(light) - left, 22, "#a9c4dc")
        picture.rect(left, y + 6, x(dark) - left, 10, COLOURS[0])
        picture.text(x(light) + 6, y + 15, f"{number(dark)} / {number(light)} {unit}", size=12)
    return picture
