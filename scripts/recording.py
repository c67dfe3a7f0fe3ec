"""Draws the output of a run as an animated SVG, which works anywhere an image does."""

import re
import textwrap
from html import escape

COLUMNS, ROWS = 104, 22
CHARACTER, LINE, MARGIN, BAR = 8.4, 20, 16, 34  # pixels
LINE_SECONDS = 0.22  # to read a line
SPEED = 8  # how much faster than the run
HOLD = 6  # seconds at the end, and then from the start
DONE = re.compile(r"   done in ([\d.]+) s")
COLOURS = {
    "== ": "stage",
    "   retraining advised": "alarm",
    "   promoted": "good",
    "   healthy": "good",
}
STYLE = """
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: pre;
  fill: #c9d1d9 }
.stage { fill: #56b6c2; font-weight: bold } .alarm { fill: #f0883e; font-weight: bold }
.good { fill: #7ee787 } .command { fill: #ffffff; font-weight: bold }
.done, .title { fill: #8b949e }
.lines, .cover { animation: TIMEs step-end infinite }
.lines { transform: translateY(TOPpx); animation-name: scroll }
.cover { transform: translateY(ENDpx); animation-name: cover }
@media (prefers-reduced-motion: reduce) { .lines, .cover { animation: none } }
"""


def recording(command: str, printed: list[str]) -> str:
    """Draws the terminal while lines appear, with a pause at the end.

    Each stage takes a fixed share of its real time. With reduced motion, only the end is shown.
    """
    rows = [("command", f"$ {command}")]
    times = [0.0]
    clock = 1.5
    stage: list[int] = []  # the rows of the current stage
    for line in printed:
        done = DONE.fullmatch(line)
        if done and stage:
            extra = float(done[1]) / SPEED / len(stage)
            for position, row in enumerate(stage, 1):
                times[row] += extra * position
            clock += extra * len(stage)
        for part in textwrap.wrap(line, COLUMNS, subsequent_indent="      ") or [""]:
            if part.startswith("== "):
                stage = []
            stage.append(len(rows))
            rows.append((colour(part), part))
            times.append(clock)
            clock += LINE_SECONDS
    return drawn(rows, times, clock + HOLD)


def colour(line: str) -> str:
    """The CSS class of a line."""
    for start, name in COLOURS.items():
        if line.startswith(start):
            return name
    return "done" if DONE.fullmatch(line) else ""


def drawn(rows: list[tuple[str, str]], times: list[float], total: float) -> str:
    """The picture: a scrolling group of all rows, and a cover over those that haven't appeared."""
    covers, scrolls = [], []
    for row, time in enumerate(times, 1):
        share = f"{100 * time / total:.2f}%"
        covers.append(f"{share}{{transform:translateY({row * LINE}px)}}")
        if row > ROWS:
            scrolls.append(f"{share}{{transform:translateY({(ROWS - row) * LINE}px)}}")
    top, end = min(ROWS - len(rows), 0) * LINE, len(rows) * LINE
    style = STYLE.replace("TIME", f"{total:.1f}").replace("TOP", str(top)).replace("END", str(end))
    style += f"@keyframes cover {{{''.join(covers)}}}\n"
    style += f"@keyframes scroll {{0%{{transform:none}}{''.join(scrolls)}}}\n"
    texts = []
    for number, (name, text) in enumerate(rows, 1):
        y = number * LINE - 5
        texts.append(f'<text class="{name}" x="{MARGIN}" y="{y}">{escape(text)}</text>')
    width = round(COLUMNS * CHARACTER) + 2 * MARGIN
    shown = ROWS * LINE
    lines = "\n".join(texts)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {shown + BAR + MARGIN}">
<title>Recording of {escape(rows[0][1].removeprefix("$ "))}</title>
<style>{style}</style>
<rect width="100%" height="100%" rx="8" fill="#161b22"/>
<circle cx="20" cy="17" r="6" fill="#ff5f57"/><circle cx="40" cy="17" r="6" fill="#febc2e"/>
<circle cx="60" cy="17" r="6" fill="#28c840"/>
<text class="title" x="84" y="22">a real run, times compressed</text>
<svg y="{BAR}" width="{width}" height="{shown}"><g class="lines">
{lines}
<rect class="cover" width="{width}" height="{end}" fill="#161b22"/>
</g></svg>
</svg>
"""
