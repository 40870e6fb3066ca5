"""Plots as SVG: bars for a workload, lines for what grows. Axes are logarithmic, since the servers
differ by orders of magnitude."""

import math
from html import escape

COLOURS = {"restanted": "#0b7a3b", "yardstick": "#888888", "fio": "#888888",
           "dovecot": "#c06020", "dovecot tuned": "#2060a0"}
WIDTH, LEFT, RIGHT = 720, 130, 150


def _svg(height, parts):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'font-family="sans-serif" font-size="13">\n'
            f'<rect width="{WIDTH}" height="{height}" fill="white"/>\n' +
            "\n".join(parts) + "\n</svg>\n")


def _text(x, y, text, more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" {more}>{escape(text)}</text>'


def _heading(title, unit):
    return [_text(8, 20, title, 'font-weight="bold"'),
            _text(WIDTH - 8, 20, unit, 'text-anchor="end"')]


def _scale(values, start, end):
    """A function from a value to its place on a logarithmic axis, and the powers of ten on it."""
    low = math.floor(math.log10(min(values)))
    high = max(low + 1, math.ceil(math.log10(max(values))))
    return (lambda value: start + (math.log10(value) - low) / (high - low) * (end - start),
            [10.0 ** power for power in range(low, high + 1)])


def bars(title, unit, values):
    """`values`: {name: (what decides the length, what is written behind it)}."""
    place, marks = _scale([value for value, _ in values.values()], LEFT, WIDTH - RIGHT)
    height = 62 + 26 * len(values)
    parts = _heading(title, unit)
    for mark in marks:
        parts += [f'<line x1="{place(mark):.1f}" x2="{place(mark):.1f}" y1="30" '
                  f'y2="{height - 24}" stroke="#dddddd"/>',
                  _text(place(mark), height - 8, f"{mark:g}", 'text-anchor="middle"')]
    for row, (name, (value, label)) in enumerate(values.items()):
        top = 34 + 26 * row
        parts += [_text(LEFT - 8, top + 15, name, 'text-anchor="end"'),
                  f'<rect x="{LEFT}" y="{top}" width="{max(2.0, place(value) - LEFT):.1f}" '
                  f'height="20" fill="{COLOURS.get(name, "#444444")}"/>',
                  _text(place(value) + 6, top + 15, label)]
    return _svg(height, parts)


def lines(title, units, series):
    """`units`: of x and of y; `series`: {name: [(x, y)…]}."""
    height, top, bottom = 380, 40, 330
    points = [point for line in series.values() for point in line]
    across, columns = _scale([x for x, _ in points], 80, WIDTH - RIGHT)
    up, rows = _scale([y for _, y in points], bottom, top)
    parts = [*_heading(title, units[1]),
             _text(WIDTH - RIGHT, bottom + 40, units[0], 'text-anchor="end"')]
    for mark in columns:
        parts += [f'<line x1="{across(mark):.1f}" x2="{across(mark):.1f}" y1="{top}" '
                  f'y2="{bottom}" stroke="#dddddd"/>',
                  _text(across(mark), bottom + 18, f"{mark:,.0f}", 'text-anchor="middle"')]
    for mark in rows:
        parts += [f'<line x1="80" x2="{WIDTH - RIGHT}" y1="{up(mark):.1f}" y2="{up(mark):.1f}" '
                  'stroke="#dddddd"/>', _text(72, up(mark) + 4, f"{mark:g}", 'text-anchor="end"')]
    for name, line in series.items():
        colour = COLOURS.get(name, "#444444")
        path = " ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in sorted(line))
        x, y = max(line)
        parts += [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>',
                  _text(across(x) + 8, up(y) + 4, name, f'fill="{colour}"')]
    return _svg(height, parts)
