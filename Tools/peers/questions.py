# SPDX-License-Identifier: Apache-2.0
"""How a tool is asked: each function here makes or is a question, which takes a tool and answers with a text, None or
one text for each of its rule sets."""
from math import exp, lgamma, sqrt

import controlchartspy
import pandas as pd
import processbehavior
import pycontrolcharts
import pyqicharts
import qikit
import shewhart
from pyshewhart import constants as pyshewhart_constants

import series
from series import months
from tools import frame


def lines(kind, y, n=None, say=None, digits=2, **options):
    """Asks for the lines of a kind of chart and says them: by default lower limit, centre and upper limit."""
    say = say or (lambda drawn: limits(drawn, digits))

    def ask(tool):
        return say(tool.lines(kind, y, n, **options)) if kind in tool.kinds else None

    return ask


def limits(drawn, digits=2):
    last = last_drawn(drawn)
    low, high = ("none" if v is None else f"{v:.{digits}f}" for v in (drawn.lower[last], drawn.upper[last]))
    return "no limits" if low == high == "none" else f"{low} to {high}"


def last_drawn(drawn):
    return max(i for i, v in enumerate(drawn.values) if v is not None)


def centre(digits=2):
    return lambda drawn: "none" if drawn.centre[0] is None else f"{drawn.centre[0]:.{digits}f}"


def upper(digits=2):
    return lambda drawn: "none" if drawn.upper[0] is None else f"{drawn.upper[0]:.{digits}f}"


def factor(drawn):
    """Half the width over the mean moving range, which is 1."""
    return f"{drawn.upper[0] - drawn.centre[0]:.4f}"


def sigma_z(drawn, p, n):
    return f"{(drawn.upper[0] - drawn.centre[0]) / 3 / sqrt(p * (1 - p) / n):.3f}"


def laney(y, n):
    p = sum(y) / sum(n)
    return lines("p-prime", y, n, say=lambda drawn: sigma_z(drawn, p, n[0]))


def in_may(drawn):
    """What is drawn in the fifth month, whose numerator is not known, and the centre."""
    value = drawn.values[4] if len(drawn.values) == 12 else None
    return f"{'nothing' if value is None else f'{value:.4g}'} in May, centre {drawn.centre[0]:.4f}"


def in_march(drawn):
    value = drawn.values[2] if len(drawn.values) == 8 else None
    return f"{'nothing' if value is None else f'{value:.4g}'} in March, centre {drawn.centre[0]:.4f}"


def least(family, build, lengths):
    """The least length that signals, for each rule set that has such a rule."""

    def ask(tool):
        said = {}
        for rules, families in getattr(tool, "rules", {}).items():
            if family in families and tool.signals(series.QUIET, rules, family) is False:
                found = next((n for n in lengths if tool.signals(build(n), rules, family)), None)
                said[rules] = str(found) if found else f"none up to {lengths[-1]}"
        return said

    return ask


def whether(family, y, yes, no):
    """One of two answers, for each rule set that has such a rule."""

    def ask(tool):
        said = {r: tool.signals(y, r, family) for r, families in tool.rules.items() if family in families}
        return {rules: yes if signal else no for rules, signal in said.items() if signal is not None}

    return ask


def run_chart(family, build, numbers):
    """On a run chart: the first of the numbers that signals."""

    def ask(tool):
        if not hasattr(tool, "run_signals") or tool.run_signals(build(numbers[0]), family) is None:
            return None
        found = next((n for n in numbers if tool.run_signals(build(n), family)), None)
        return "never" if found is None else str(found)

    return ask


def subgroups_frozen(tool):
    """X̄: the upper limit where the lines come from the first twelve subgroups."""
    days = [m for m, four in zip(months(24), series.SUBGROUPS) for _ in four]
    values = [v for four in series.SUBGROUPS for v in four]
    table = pd.DataFrame({"month": days, "y": values})
    if tool.name == "pyqicharts":
        answer = pyqicharts.qic_table(table, "month", "y", "xbar", baseline_points=12).ucl[0]
    elif tool.name == "clinical-qikit":
        answer = qikit.qic(data=table, x="month", y="y", chart="xbar", freeze=12).data.ucl[0]
    elif tool.name == "shewhart":
        first = shewhart.xbar_s(table[:48], value="y", subgroup="month").baseline
        answer = shewhart.xbar_s(table, value="y", subgroup="month", limits=first).stats["xbar_ucl"]
    elif tool.name == "Waymark":
        answer = tool.lines("x-bar", values, freeze=12, dates=days).upper[0]
    else:
        return None
    return f"{answer:.2f}"


def subgroups_alone():
    table = pd.DataFrame({"month": [m for m in months(12) for _ in range(4)],
                          "y": [v for four in series.SUBGROUPS[:12] for v in four]})
    return f"{shewhart.xbar_s(table, value='y', subgroup='month').stats['xbar_ucl']:.2f}"


def runs_of_ranges(tool):
    """Whether rules about runs are applied to moving ranges."""
    y = series.NARROWING
    if tool.name == "clinical-qikit":
        found = qikit.qic(data=frame(y), x="month", y="y", chart="mr").data.runs_signal.any()
    elif tool.name == "controlchartspy":
        found = tool.signals(y, "switched on", "shift", "mr")
    elif tool.name == "pyqicharts":
        found = any("run" in rule for rule in pyqicharts.qic_table(frame(y), "month", "y", "mr").signal_rule)
    elif tool.name == "pycontrolcharts":
        found = any(v["type"] > 2 for p in pycontrolcharts.calc_xmr(y).variation_violations for v in p)
    elif tool.name == "shewhart":
        found = any(s.chart == "mr" and s.rule != "beyond_limits" for s in shewhart.imr(frame(y), value="y").signals)
    elif tool.name == "processbehavior":
        charts = processbehavior.formulate(frame(y), response="y", time="month").execute(companion=True)
        found = any(s != "rule_1" for s in charts.detect_signals(chart="mR").by_rule)
    elif tool.name == "Waymark":
        found = any(s["rule"]["id"] != "outside" for s in tool.chart("mr", y, None, "--rules", "nelson")["signals"])
    else:
        return None
    return "applied" if found else "not applied"


def named_months(tool):
    """I: the upper limit where months are texts as people write them."""
    names = [m.strftime("%b %Y") for m in months(12)]
    table = pd.DataFrame({"month": names, "y": series.RISING})
    if tool.name == "pyqicharts":
        answer = pyqicharts.qic_table(table, "month", "y", "i").ucl[0]
    elif tool.name == "clinical-qikit":
        answer = qikit.qic(data=table, x="month", y="y", chart="i").data.ucl[0]
    elif tool.name == "controlchartspy":
        answer = controlchartspy.spc(table.to_dict("list"), "month", "y", return_objs="limits").limits[0]["ul99"]
    elif tool.name == "processbehavior":
        answer = processbehavior.formulate(table, response="y", time="month").execute().get_chart("X").upl.iloc[0]
    elif tool.name == "Waymark":
        answer = tool.lines("i", series.RISING, dates=names).upper[0]
    else:
        return None
    return f"{answer:.2f}"


def in_order():
    return f"{shewhart.imr(series.RISING).stats['i_ucl']:.2f}"


def s_factor(size):
    """B₄ for subgroups of so many: two subgroups whose deviations are 1 and 1, so that the upper limit is B₄."""
    half = sqrt((size - 1) / size)
    values = [half if i % 2 == 0 else -half for i in range(size)]
    table = pd.DataFrame({"month": [m for m in months(3) for _ in values], "y": values * 3})

    def ask(tool):
        if tool.name == "pyqicharts":
            answer = pyqicharts.qic_table(table, "month", "y", "s").ucl[0]
        elif tool.name == "clinical-qikit":
            answer = qikit.qic(data=table, x="month", y="y", chart="s").data.ucl[0]
        elif tool.name == "shewhart":
            answer = shewhart.xbar_s(table, value="y", subgroup="month", rules="none").stats["s_ucl"]
        elif tool.name == "pycontrolcharts":
            answer = pycontrolcharts.calc_xbar_s(table, value_column="y", subgroup="month").variation_ucl[0]
        elif tool.name == "pyshewhart":
            answer = pyshewhart_constants.B4[size]
        elif tool.name == "Waymark":
            days = [m for m in months(3) for _ in values]
            answer = tool.lines("s", values * 3, dates=days).upper[0]
        else:
            return None
        return f"{answer:.6f}"

    return ask


def exact_b4(size):
    c4 = sqrt(2 / (size - 1)) * exp(lgamma(size / 2) - lgamma((size - 1) / 2))
    return f"{1 + 3 * sqrt(1 - c4 * c4) / c4:.6f}"


def frozen(kind, n=None):
    return lines(kind, series.BEFORE_AND_AFTER, n, say=centre(4 if n else 2), freeze=12)


def only(names, ask):
    """Of the tools that have such an option."""
    return lambda tool: ask(tool) if tool.name in names else None


def can_freeze(ask):
    return only(("pyqicharts", "clinical-qikit", "controlchartspy", "Waymark"), ask)


def about_the_median(tool):
    """I about the median: for each way that a tool has."""
    if tool.name == "controlchartspy":
        return {kind: around(tool.lines(kind, series.WILD)) for kind in ("i_m", "i_mm")}
    if tool.name == "Waymark":
        return around(tool.lines("i", series.WILD, options=("--centre", "median")))
    return None


def around(drawn):
    return f"{limits(drawn)} about {centre()(drawn)}"


def mean(values):
    known = [v for v in values if v is not None]
    return sum(known) / len(known)


def known_share():
    pairs = [(y, n) for y, n in zip(series.NOT_KNOWN, series.DENOMINATORS) if y is not None]
    return sum(y for y, _ in pairs) / sum(n for _, n in pairs)
