# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes a screenshot small: at most 256 colours, which is more than a page of text has. Chromium writes PNGs quickly, not tightly."""
import collections
import struct
import zlib


def chunks(data):
    at = 8
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        yield kind, data[at + 8:at + 8 + length]
        at += 12 + length


def unfilter(raw, width, height, step):
    """PNG, 9: the five filters, undone."""
    size, lines, above = width * step, [], bytearray(width * step)
    for y in range(height):
        kind, line = raw[y * (size + 1)], bytearray(raw[y * (size + 1) + 1:(y + 1) * (size + 1)])
        for i in range(size):
            left = line[i - step] if i >= step else 0
            up = above[i]
            corner = above[i - step] if i >= step else 0
            if kind == 1:
                line[i] = line[i] + left & 255
            elif kind == 2:
                line[i] = line[i] + up & 255
            elif kind == 3:
                line[i] = line[i] + (left + up) // 2 & 255
            elif kind == 4:
                p = left + up - corner
                near = min((abs(p - left), 0, left), (abs(p - up), 1, up), (abs(p - corner), 2, corner))[2]
                line[i] = line[i] + near & 255
        lines.append(line)
        above = line
    return lines


def distance(a, b):
    return sum((x - y) ** 2 for x, y in zip(a, b))


def palette_of(pixels):
    """The most frequent colours, and for each colour the nearest of them."""
    counts = collections.Counter(pixels)
    kept = [colour for colour, _ in counts.most_common(256)]
    index = {colour: i for i, colour in enumerate(kept)}
    for colour in counts:
        if colour not in index:
            index[colour] = min(range(len(kept)), key=lambda i: distance(kept[i], colour))
    return kept, index


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def shrink(data):
    """8-bit RGB or RGBA, as Chromium writes it; the alpha is dropped."""
    parts = collections.defaultdict(bytes)
    for kind, body in chunks(data):
        parts[kind] += body
    width, height, depth, colour = struct.unpack(">IIBB", parts[b"IHDR"][:10])
    assert depth == 8 and colour in (2, 6)
    step = 3 if colour == 2 else 4
    lines = unfilter(zlib.decompress(parts[b"IDAT"]), width, height, step)
    rows = [[tuple(line[i:i + 3]) for i in range(0, len(line), step)] for line in lines]
    kept, index = palette_of(pixel for row in rows for pixel in row)
    packed = b"".join(b"\0" + bytes(index[pixel] for pixel in row) for row in rows)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)) +
            chunk(b"PLTE", b"".join(bytes(colour) for colour in kept)) + chunk(b"IDAT", zlib.compress(packed, 9)) + chunk(b"IEND", b""))
