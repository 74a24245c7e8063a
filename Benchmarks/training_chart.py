"""The chart of training.py, as SVG: how many times as fast each way is as the fastest of PEFT's."""

import statistics
from html import escape

WIDTH, LEFT, BAR, GAP, TOP = 960, 470, 13, 12, 62
COLOURS = {"ours-f32": "#9ecae1", "ours-bf16": "#2171b5", "peft-f32": "#d9d9d9",
           "peft-autocast": "#bdbdbd", "peft-compiled": "#8c8c8c"}


def drawn(results):
    """A group of bars for each row, one a way, with the range of our rounds; a line at 1."""
    groups = [(result, {way: found for way, found in result["ways"].items() if "ratios" in found})
              for result in results]
    largest = max((max(found["ratios"]) for _, ways in groups for found in ways.values()), default=1)
    scale = (WIDTH - LEFT - 60) / max(1.2, largest)
    parts, y = [], TOP
    for result, ways in groups:
        threads = "1 thread" if result["threads"] == 1 else f"{result['threads']} threads"
        title = f"{result['title']}, {threads}"
        parts.append(text(LEFT - 10, y + len(ways) * BAR / 2 + 4, title, "end"))
        for way, found in ways.items():
            ratio = statistics.median(found["ratios"])
            parts.append(f'<rect x="{LEFT}" y="{y}" width="{ratio * scale:.1f}" height="{BAR - 2}" '
                         f'fill="{COLOURS[way]}"/>')
            end = ratio
            if way.startswith("ours"):
                low, end = min(found["ratios"]), max(found["ratios"])
                middle = y + BAR / 2 - 1
                parts.append(f'<line x1="{LEFT + low * scale:.1f}" x2="{LEFT + end * scale:.1f}" '
                             f'y1="{middle}" y2="{middle}" stroke="#222"/>')
            parts.append(text(LEFT + end * scale + 5, y + BAR - 3, f"{ratio:.2f}", size=10))
            y += BAR
        y += GAP
    one = LEFT + scale
    parts.append(f'<line x1="{one:.1f}" x2="{one:.1f}" y1="{TOP - 6}" y2="{y - GAP + 4}" stroke="#222" '
                 'stroke-dasharray="3 3"/>')
    legend, x = [], 12
    for way, colour in COLOURS.items():
        if any(way in ways for _, ways in groups):
            legend.append(f'<rect x="{x}" y="34" width="12" height="12" fill="{colour}"/>')
            legend.append(text(x + 17, 44, way))
            x += 120
    heading = text(12, 20, "A step of training: times as fast as the fastest of PEFT's ways", size=15)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" '
            f'height="{y}" font-family="sans-serif"><rect width="100%" height="100%" fill="white"/>'
            + heading + "".join(legend) + "".join(parts) + "</svg>\n")


def text(x, y, words, anchor="start", size=12):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">'
            f"{escape(words)}</text>")
