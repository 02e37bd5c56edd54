# SPDX-License-Identifier: Apache-2.0
"""The series that every package is asked about. All values are made up; None is a month without a value."""
from datetime import date


def months(count, first=2015):
    """The first days of so many months in a row."""
    return [date(first + i // 12, i % 12 + 1, 1) for i in range(count)]


# Cases between rare events: mean 17.5, median 10.5.
GAPS = [14, 5, 40, 8, 11, 2, 55, 9, 20, 6, 30, 10]

# Two months without a value, and a step over them.
GAP_IN_TIME = [50, 53, 47, 55, 49, 52, None, None, 61, 58, 60, 57, 63, 59]

# One wild value among quiet ones.
WILD = [50, 52, 49, 51, 53, 50, 48, 51, 90, 50, 52, 49, 51, 50, 48, 52, 51, 49, 50, 53]

# Moving ranges of 1 throughout: the width of the limits is the factor itself.
UNIT_STEPS = [50, 51] * 12

# Numerators of 200 each month; that of May is not known.
NOT_KNOWN = [20, 22, 19, 21, None, 20, 23, 18, 21, 20, 22, 19]
DENOMINATORS = [200] * 12

# Rates per bed day.
SMALL_RATES = [0.00041, 0.00038, 0.00044, 0.00036, 0.00047, 0.0004, 0.00043, 0.00039, 0.00045, 0.00037, 0.00042, 0.0004]

# Nearly all: the upper limit would be above 100 %.
NEARLY_ALL = [98, 99, 100, 97, 99, 98, 99, 100, 98, 97, 99, 98]
HUNDREDS = [100] * 12

# Proportions that vary less than chance, and more.
STEADY = [100, 102, 99, 101, 100, 98, 101, 100, 99, 102, 100, 101]
UNSTEADY = [100, 160, 70, 140, 90, 150, 60, 130, 80, 155, 75, 140]
THOUSANDS = [1000] * 12

# Events over exposure; the ward was closed in March.
CLOSED = ([3, 4, 0, 5, 6, 4, 2, 5], [100, 90, 0, 100, 100, 100, 95, 100])

NEGATIVE = [3, 4, -2, 5, 6, 4, 3, 5, 4, 6, 3, 4]
CONSTANT = [5] * 12

# A change after twelve months, with the lines frozen on these.
BEFORE_AND_AFTER = [5, 6, 4, 5, 7, 5, 6, 4, 5, 6, 5, 4] + [15, 16, 14, 17, 15, 16, 15, 14, 16, 15, 17, 15]

# Individual values of 24 subgroups; the last twelve spread six times as wide.
SUBGROUPS = [[50 + spread * v for v in four] for spread in (1, 6)
             for four in ([-2, 1, 0, 1], [2, -1, 1, -2], [0, 1, -1, 0], [1, 2, -3, 0], [-1, 0, 2, -1], [0, -2, 1, 1]) * 2]

# Wide swings, then narrow ones: the moving ranges have a long run below their mean.
NARROWING = [40, 60] * 6 + [50, 51] * 8

# A year in which counts rise.
RISING = [10, 12, 11, 13, 15, 14, 16, 17, 15, 18, 19, 20]

# Quiet about 50: no run longer than two, no trend longer than two, nothing alternating; mean and median are 50.
QUIET = [60, 56, 44, 40] * 8


def with_run(length):
    """QUIET with a run of so many values above the centre in its middle, none of them rising or falling for long."""
    return balanced([54, 56, 55][: length % 3] + [54, 56, 55] * (length // 3))


def with_point_on_line(side=5):
    """A run above that a point exactly on the centre, mean and median alike, parts in two."""
    above = [53, 55, 54, 53, 55][:side]
    return balanced(above + [50] + above)


def balanced(run):
    """QUIET with a run in its middle, and as many lower values after it, one among each four, that pay it back exactly."""
    low = sum(value > 50 for value in run)
    owed = sum(run) - 50 * len(run)
    paid = [owed // low + (1 if i < owed % low else 0) for i in range(low)]
    after = [value for back in paid for value in (60, 56, 44, 40, 50 - back)]
    return QUIET[:16] + run + [44, 40] + after[:2] + after[4:]


def with_trend(length):
    """QUIET with so many values in its middle each higher than the one before, across the centre."""
    step = 10 / (length - 1)
    return QUIET[:16] + [60] + [45 + step * i for i in range(length)] + [44, 40] + QUIET[16:]


def with_tie_in_trend():
    """Four values that rise, the last of them twice, and three more."""
    return QUIET[:16] + [60] + [44, 46, 48, 50, 50, 52, 54, 56] + [44, 40] + QUIET[16:]


# Where the centre is near 50 and sigma near 8: values of more than 2 and of more than 3 sigma.
TWO_OF_THREE = {
    "two beyond 2σ, the one between them on the same side": [71, 55, 72],
    "two beyond 2σ, the one between them on the other side": [71, 45, 72],
    "one beyond 2σ, then one beyond 3σ": [71, 90],
}


def with_zone(values):
    return QUIET + [60] + values + [44, 40] + QUIET


def with_longest_run(length, useful=24):
    """So many values, none on the median of 50, whose longest run about it is so long, with crossings to spare."""
    rest = useful - 2 * length
    sides = [1] * length + [-1] * length + [1 if i % 2 == 0 else -1 for i in range(rest)]
    return [50 + side * (3 + (i * 7) % 5) for i, side in enumerate(sides)]


def with_crossings(crossings, useful=24):
    """So many values, half on each side of the median of 50, with so many crossings as evenly spread as can be."""
    runs = crossings + 1
    above, below = shares(useful // 2, (runs + 1) // 2), shares(useful // 2, runs // 2)
    sides = []
    for i in range(runs):
        sides += [1] * above.pop() if i % 2 == 0 else [-1] * below.pop()
    return [50 + side * (3 + (i * 7) % 5) for i, side in enumerate(sides)]


def shares(total, parts):
    """The total in so many whole parts that differ by 1 at most."""
    return [total // parts + (1 if i < total % parts else 0) for i in range(parts)]
