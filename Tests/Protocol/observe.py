"""What the tools that watch a server share: its metrics, its memory, and charts of both."""

import os
import pathlib
import re
import subprocess
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]


def metrics(address):
    values = {}
    for line in urllib.request.urlopen(f"http://{address}/metrics", timeout=30).read().decode().splitlines():
        if line and not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            values[name] = float(value)
    return values


def anonymous(process):
    """Anonymous resident bytes."""
    for line in pathlib.Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    return 0


def settle():
    """Waits until the machine has done with what ran before."""
    subprocess.run([ROOT / "tools/settle"], check=True)


class DiskProbe:
    """Syncs a page of its own twenty times a second beside what is measured: what the disk itself takes, and when it pauses.

    Between `with` and its end; then `longest` is the longest of these syncs in milliseconds.
    """

    def __init__(self, directory):
        self.directory, self.stop, self.took = directory, threading.Event(), []
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        page = os.urandom(4096)
        with tempfile.TemporaryFile(dir=self.directory, buffering=0) as file:
            # Its blocks are there, so a sync is one write.
            os.pwrite(file.fileno(), page, 0)
            os.fsync(file.fileno())
            while not self.stop.wait(0.05):
                start = time.monotonic()
                os.pwrite(file.fileno(), page, 0)
                os.fdatasync(file.fileno())
                self.took.append(1000 * (time.monotonic() - start))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()
        # What never ended well says nothing: no figure rather than a good one.
        self.longest = max(self.took, default=float("nan"))


def percentile(before, now, share):
    """Of the requests between two scrapes, in milliseconds, by the upper bound of its bucket, interpolated."""
    buckets = []
    for name, value in now.items():
        found = re.match(r'milepost_request_seconds_bucket\{le="([^"]+)"\}', name)
        if found:
            bound = float("inf") if found[1] == "+Inf" else float(found[1])
            buckets.append((bound, value - before.get(name, 0)))
    buckets.sort()
    total = buckets[-1][1]
    if total == 0:
        return 0.0
    low, under = 0.0, 0.0
    for bound, count in buckets:
        if count >= share * total:
            if bound == float("inf"):
                return low * 1000
            return 1000 * (low + (bound - low) * (share * total - under) / max(1, count - under))
        low, under = bound, count
    return low * 1000


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def chart(path, title, places, ticks, panels):
    """Lines over a common axis, one panel below the other, as one SVG.

    `places` has the x of each value, `ticks` pairs of x and its label, a panel a name and series of label, colour and values.
    """
    width, height, left, top, gap = 860, 150, 90, 40, 46
    first, last = min(places), max(places)

    def across(x):
        return left + width * (x - first) / ((last - first) or 1)

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width + left + 30} {top + len(panels) * (height + gap)}" '
        'font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>', f'<text x="{left}" y="20" font-size="15">{title}</text>',
    ]
    for index, (name, series) in enumerate(panels):
        y = top + index * (height + gap)
        most = max(max(values) for _, _, values in series) * 1.1 or 1
        out.append(f'<text x="{left}" y="{y - 4}">{name}</text>')
        for step in range(5):
            line = y + height - height * step / 4
            out.append(f'<line x1="{left}" x2="{left + width}" y1="{line}" y2="{line}" stroke="#dddddd"/>')
            out.append(f'<text x="{left - 6}" y="{line + 4}" text-anchor="end">{number(most * step / 4)}</text>')
        for x, label in ticks:
            out.append(f'<text x="{across(x):.1f}" y="{y + height + 14}" text-anchor="middle">{label}</text>')
        legend = left + width - 8
        for label, colour, values in series:
            points = [(across(x), y + height - height * value / most) for x, value in zip(places, values)]
            line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            out.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
            if len(points) < 20:
                out += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
            if label:
                out.append(f'<text x="{legend}" y="{y - 4}" text-anchor="end" fill="{colour}">{label}</text>')
                # About as wide as the letters are.
                legend -= 7 * len(label) + 14
    out.append("</svg>")
    pathlib.Path(path).write_text("\n".join(out) + "\n")
