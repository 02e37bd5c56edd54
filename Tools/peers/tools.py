# SPDX-License-Identifier: Apache-2.0
"""Each package behind two questions: which lines it draws, and whether it signals. None where it has no such chart."""
import contextlib
import csv
import io
import json
import os
import subprocess
import tempfile
import warnings

import abspc
import controlchartspy
import pandas as pd
import processbehavior
import pycontrolcharts
import pyqicharts
import qikit
import shewhart
from pyshewhart import control_charts

from series import months

warnings.filterwarnings("ignore")


class Lines:
    """What is drawn: values with a lower limit, a centre and an upper limit each."""

    def __init__(self, values, lower, centre, upper):
        self.values, self.lower, self.centre, self.upper = (list(map(number, c)) for c in (values, lower, centre, upper))


def number(value):
    return None if value is None or value != value else float(value)


def frame(y, n=None):
    """As a package gets it from pandas: whole numbers stay so, unless one is missing."""
    columns = {"month": months(len(y)), "y": pd.Series(y, dtype=None if None not in y else "float64")}
    if n is not None:
        columns["n"] = n
    return pd.DataFrame(columns)


class Pyqicharts:
    name = "pyqicharts"
    kinds = {k: k for k in ("run", "i", "mr", "c", "p", "u", "s", "g", "t")}
    rules = {"its own": {"shift": "shift", "trend": "trend", "two of three": "two_sigma"},
             "nelson": {"shift": "N2", "trend": "N3", "two of three": "N5"}}

    def lines(self, kind, y, n=None, freeze=None, screen=None):
        table = pyqicharts.qic_table(frame(y, n), "month", "y", self.kinds[kind], denominator="n" if n else None,
                                     baseline_points=freeze, exclude_mr_outliers=bool(screen))
        return Lines(table.plot_value, table.lcl, table.centre, table.ucl)

    def signals(self, y, rules, family):
        table, rule = pyqicharts.qic_table(frame(y), "month", "y", "i"), self.rules[rules][family]
        if rules == "its own":
            return bool(table[rule].any())
        found = pyqicharts.nelson_rule_signals(table.plot_value, table.centre[0], table.sigma[0])
        return bool((found.rule_id == rule).any())

    def run_signals(self, y, family):
        table = pyqicharts.qic_table(frame(y), "month", "y", "run")
        return bool(table[{"longest run": "anhoej_signal_long_run",
                           "crossings": "anhoej_signal_few_crossings"}[family]].any())


class Qikit:
    name = "clinical-qikit"
    kinds = {"run": "run", "i": "i", "mr": "mr", "c": "c", "p": "p", "u": "u", "p-prime": "pp", "u-prime": "up",
             "g": "g", "t": "t", "i-prime": "ip"}
    rules = {"ihi": {"shift": "shift_signal", "trend": "trend_signal"}, "weco": {"shift": 4, "two of three": 2},
             "nelson": {"shift": 2, "trend": 3, "two of three": 5}}

    def lines(self, kind, y, n=None, freeze=None, screen=None):
        data = qikit.qic(data=frame(y, n), x="month", y="y", n="n" if n else None, chart=self.kinds[kind],
                         freeze=freeze).data
        return Lines(data.y, data.lcl, data.cl, data.ucl)

    def signals(self, y, rules, family):
        summary = qikit.qic(data=frame(y), x="month", y="y", chart="i", method=rules).summary
        rule = self.rules[rules][family]
        return bool(summary[rule]) if isinstance(rule, str) else rule in summary[f"{rules}_rules_triggered"]

    def run_signals(self, y, family):
        summary = qikit.qic(data=frame(y), x="month", y="y", chart="run").summary
        return bool(summary[{"longest run": "run_signal", "crossings": "crossings_signal"}[family]])


class Abspc:
    name = "abspc"
    kinds = {"run": "run", "i": "xmr", "c": "c", "p": "p", "u": "u", "g": "g", "t": "t"}
    rules = {"its own": {"shift": "rule2", "trend": "rule3", "two of three": "rule4"}}

    def lines(self, kind, y, n=None, freeze=None, screen=None):
        table = abspc.calculate_control_limits(frame(y, n), self.kinds[kind], value_col="y", subgroup_col="n")
        none = [None] * len(table)
        return Lines(table.y, table.get("lcl", none), table["mean"], table.get("ucl", none))

    def signals(self, y, rules, family):
        table = abspc.calculate_control_limits(frame(y), "xmr", value_col="y")
        return bool(abspc.detect_special_causes(table, value_col="y")[self.rules[rules][family]].any())

    def run_signals(self, y, family):
        if family != "longest run":
            return None
        table = abspc.calculate_control_limits(frame(y), "run", value_col="y")
        return bool(abspc.detect_run_chart_signals(table, value_col="y").run_shift.any())


class Controlchartspy:
    name = "controlchartspy"
    kinds = {"run": "run", "i": "i", "mr": "mr", "c": "c", "p": "p", "u": "u", "p-prime": "pp", "u-prime": "up",
             "g": "g", "t": "t", "i_m": "i_m", "i_mm": "i_mm"}
    rules = {"switched on": {"shift": "shift", "trend": "trend", "two of three": "two_in_three"}}

    def rows(self, kind, y, n=None, outliers=None, **settings):
        data = {"month": months(len(y)), "y": y, "n": n}
        return controlchartspy.spc(data, "month", "y", "n" if n else None, return_objs="limits",
                                   spc_settings={"chart_type": self.kinds[kind], "perc_labels": "No", **settings},
                                   outlier_settings=outliers or {}).limits

    def lines(self, kind, y, n=None, freeze=None, screen=None):
        settings = {"num_points_subset": freeze, "subset_points_from": "Start"} if freeze else {}
        if screen is not None:
            settings["outliers_in_limits"] = not screen
        rows = self.rows(kind, y, n, **settings)
        return Lines(*([r.get(c) for r in rows] for c in ("value", "ll99", "target", "ul99")))

    def signals(self, y, rules, family, kind="i"):
        rule = self.rules[rules][family]
        return any(r[rule] != "none" for r in self.rows(kind, y, outliers={rule: True}))

    def run_signals(self, y, family):
        return self.signals(y, "switched on", "shift", "run") if family == "longest run" else None


class Shewhart:
    name = "shewhart"
    kinds = {"i": "imr", "c": "c_chart", "p": "p_chart", "u": "u_chart", "p-prime": "laney_p", "u-prime": "laney_u"}
    rules = {"nelson": {"shift": "nelson_2", "trend": "nelson_3", "two of three": "nelson_5"},
             "western_electric": {"shift": "we_4", "two of three": "we_2"}}

    def lines(self, kind, y, n=None, freeze=None, screen=None):
        data = frame(y, n)
        if kind == "i":
            result = shewhart.imr(data, value="y", rules="none")
            values, stats = result.table.value, result.stats
            return Lines(values, *([stats[c]] * len(values) for c in ("i_lcl", "i_center", "i_ucl")))
        column = "defectives" if kind[0] == "p" else "defects"
        size = {} if kind == "c" else {"size": "n"}
        result = getattr(shewhart, self.kinds[kind])(data, **{column: "y"}, **size, rules="none")
        table = result.table
        values = table[{"p": "proportion", "u": "per_unit", "c": "defects"}[kind[0]]]
        return Lines(values, table.lcl, [result.stats[kind[0] + "_center"]] * len(table), table.ucl)

    def signals(self, y, rules, family):
        found = shewhart.imr(frame(y), value="y", rules=rules).signals
        return any(s.rule == self.rules[rules][family] for s in found)

    def run_signals(self, y, family):
        if family != "crossings":
            return None
        return any(s.rule == "clustering" for s in shewhart.run_chart(frame(y), value="y").signals)


class Pyshewhart:
    name = "pyshewhart"
    kinds = {}
    rules = {"western electric": {"shift": "Eight Consecutive", "two of three": "Two Of Three"}}

    def signals(self, y, rules, family):
        """It has no I chart: each value becomes a subgroup of two, 14 apart, so that sigma is near that of the others."""
        pairs = [v + half for v in y for half in (-7, 7)]
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            control_charts.XbarRControlChart(pairs, sample_size=2)
        control_charts.plt.close("all")
        return self.rules[rules][family] in said.getvalue()


class Processbehavior:
    name = "processbehavior"
    kinds = {"i": "X", "mr": "mR"}
    rules = {"extended": {"shift": "rule_4", "trend": "rule_5", "two of three": "rule_2"}}

    def result(self, y):
        return processbehavior.formulate(frame(y), response="y", time="month").execute()

    def lines(self, kind, y, n=None, freeze=None, screen=None):
        chart = self.result(y).get_chart(self.kinds[kind])
        return Lines(chart.y, chart.lpl, chart.center, chart.upl)

    def signals(self, y, rules, family):
        rule = self.rules[rules][family]
        return self.result(y).detect_signals(chart="X", rules=[rule]).has_signals


class Pycontrolcharts:
    name = "pycontrolcharts"
    kinds = {"i": "xmr", "c": "c", "p": "p", "u": "u"}
    rules = {"its own": {"shift": (3, 4), "trend": (5, 6), "two of three": (7, 8)}}

    def lines(self, kind, y, n=None, freeze=None, screen=None):
        data = frame(y, n)
        size = {"p": {"sample_size_column": "n"}, "u": {"area_column": "n"}}.get(kind, {})
        table = getattr(pycontrolcharts, "calc_" + self.kinds[kind])(data, value_column="y", **size)
        return Lines(table.value, table.lcl, table.center_line, table.ucl)

    def signals(self, y, rules, family):
        return any(v["type"] in self.rules[rules][family] for p in pycontrolcharts.calc_xmr(y).violations for v in p)


class Waymark:
    """Our own, through its command line as anybody would."""

    name = "Waymark"
    kinds = {k: k for k in ("run", "i", "mr", "c", "p", "u", "p-prime", "u-prime", "g", "t", "i-prime", "x-bar", "s")}
    rules = {r: {"shift": "shift", "trend": "trend",
                 "two of three": "high-variation" if r == "life-qi" else "two-of-three"}
             for r in ("making-data-count", "nelson", "western-electric", "life-qi", "ihi", "cec")}

    def __init__(self, path):
        self.path = path

    def chart(self, kind, y, n=None, *options, dates=None):
        """The chart as its JSON has it."""
        with tempfile.TemporaryDirectory() as folder:
            source, target = os.path.join(folder, "series.csv"), os.path.join(folder, "chart.json")
            with open(source, "w", newline="") as file:
                rows = csv.writer(file, lineterminator="\n")
                rows.writerow(["month", "y"] + (["n"] if n else []))
                for i, day in enumerate(dates or months(len(y))):
                    rows.writerow([day if isinstance(day, str) else day.isoformat(), "" if y[i] is None else y[i]] + ([n[i]] if n else []))
            command = [self.path, "chart", source, "--kind", kind, "--y", "y", "--multiply", "1", *options]
            done = subprocess.run(command + (["--n", "n"] if n else []) + ["--output", target],
                                  capture_output=True, text=True)
            if done.returncode != 0:
                raise ValueError(done.stderr.strip() or done.stdout.strip())
            with open(target) as file:
                chart = json.load(file)
        return chart[0] if isinstance(chart, list) else chart

    def lines(self, kind, y, n=None, freeze=None, screen=None, options=(), dates=None):
        options = [*options, *(["--freeze", str(freeze)] if freeze else []), *(["--screen", "yes"] if screen else [])]
        points = self.chart(kind, y, n, *options, dates=dates)["points"]
        return Lines(*([p.get(c) for p in points] for c in ("value", "lowerLimit", "centreLine", "upperLimit")))

    def signals(self, y, rules, family):
        return self.signalled("run" if rules == "ihi" else "i", y, rules, self.rules[rules][family])

    def run_signals(self, y, family):
        return self.signalled("run", y, "anhoej", family.replace(" ", "-"))

    def signalled(self, kind, y, rules, rule):
        chart = self.chart(kind, y, None, "--rules", rules)
        if rule not in [r["id"] for r in chart["spec"]["ruleSet"]["rules"]]:
            return None
        return any(s["rule"]["id"] == rule for s in chart["signals"])


def all_tools(waymark=None):
    tools = [Pyqicharts(), Qikit(), Abspc(), Controlchartspy(), Shewhart(), Pyshewhart(), Processbehavior(),
             Pycontrolcharts()]
    return tools + ([Waymark(waymark)] if waymark else [])
