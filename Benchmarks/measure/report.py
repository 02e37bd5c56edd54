# SPDX-License-Identifier: Apache-2.0
"""What was measured against what is wanted, as Markdown."""

import statistics


class Target:
    """A ratio, what it must reach, and what it should.

    At most that much, or at least where `least` says so.
    """

    def __init__(self, what, measured, must, aim=None, least=False):
        self.what, self.measured, self.must, self.aim, self.least = what, measured, must, aim, least

    def reaches(self, limit):
        if limit is None or self.measured is None:
            return False
        return self.measured >= limit if self.least else self.measured <= limit

    @property
    def verdict(self):
        if self.measured is None:
            return "not measured"
        if self.must is not None and not self.reaches(self.must):
            return "missed"
        if self.reaches(self.aim):
            return "aim reached"
        return "reached" if self.must is not None else "aim missed" if self.aim is not None else ""

    def row(self):
        sign = "≥" if self.least else "≤"
        limits = [f"{sign} {figure(limit)}" if limit is not None else "" for limit in (self.must, self.aim)]
        return f"| {self.what} | {' | '.join(limits)} | {figure(self.measured)} | {self.verdict} |"


def figure(ratio):
    """A ratio as people say it: 1.9, or 1/12."""
    if ratio is None:
        return "–"
    return f"1/{1 / ratio:.2f}" if ratio < 0.6 else f"{ratio:.2f}"


def summary(targets):
    """The table of all that is wanted."""
    print("\n| what | must | aim | measured | |\n|---|---|---|---|---|")
    for target in targets:
        print(target.row())


def spread(title, found, unit, divide=1.0, digits=2):
    """A table of medians, least and largest."""
    print(f"\n| {title} | {unit}, median | least to largest |\n|---|---|---|")
    for name, values in found.items():
        values = [value / divide for value in values]
        print(
            f"| {name} | {statistics.median(values):.{digits}f} | "
            f"{min(values):.{digits}f} to {max(values):.{digits}f} |")
