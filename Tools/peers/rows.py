# SPDX-License-Identifier: Apache-2.0
"""The rows of the table: what is asked, how, and what the sources say."""
from math import pi, sqrt

import numpy as np

import series
from questions import (
    about_the_median,
    can_freeze,
    centre,
    exact_b4,
    factor,
    frozen,
    in_march,
    in_may,
    in_order,
    known_share,
    laney,
    least,
    lines,
    mean,
    named_months,
    only,
    run_chart,
    runs_of_ranges,
    s_factor,
    subgroups_alone,
    subgroups_frozen,
    upper,
    whether,
)

ENDS, PASSES = "ends it", "does not end it"
TWO_OF_THREE = [
    (
        f"2 of 3: {how}",
        whether("two of three", series.with_zone(values), "signal", "no signal"),
        source,
    )
    for (how, values), source in zip(
        series.TWO_OF_THREE.items(),
        (
            "Signals in every school (Western Electric 1956; Nelson 1984). pyshewhart asks for more than two of three",
            "Signals: two of three are beyond on one side, the third may lie anywhere (Western Electric 1956; Nelson "
            "1984). NHSRplotthedots and so Making Data Count want all three on one side of the centre",
            "Signals with Western Electric and Nelson, for whom beyond 3σ is beyond 2σ too; not as a pair with "
            "NHSRplotthedots, whose zone ends at the limit. The second value is outside its limit in any case",
        ),
    )
]

ROWS = [
    (
        f"G: upper limit of 12 gaps (mean {mean(series.GAPS):.1f}, median {np.median(series.GAPS):.1f})",
        lines("g", series.GAPS, say=upper()),
        "m + 3√(m(m + 1)) about the mean m (Benneyan 2001; Provost & Murray), whatever line is drawn in the middle. "
        "pyqicharts takes a quantile of the geometric distribution, which Benneyan discusses too; clinical-qikit puts "
        "the median where the mean belongs",
    ),
    (
        "G: centre line",
        lines("g", series.GAPS, say=centre()),
        "The mean (Benneyan 2001) or the median, which rules about runs want as half of the points lie on each side "
        "(Provost & Murray)",
    ),
    (
        "T: limits of the same 12 as days",
        lines("t", series.GAPS),
        "An I chart of y^(1/3.6), raised to 3.6 (Nelson 1994; Provost & Murray). pyqicharts takes quantiles of the "
        "exponential distribution",
    ),
    (
        "T: centre line",
        lines("t", series.GAPS, say=centre()),
        "The mean of the transformed values, raised to 3.6 (Nelson 1994). The plain mean is higher, and more than half "
        "of the points lie below it",
    ),
    (
        "I: two of 14 months without a value, the level higher after them",
        lines("i", series.GAP_IN_TIME),
        "Montgomery and Wheeler speak of successive values. Those who close up the gap take the step over it as one "
        "moving range more (wider), those who break count only neighbours in time. Either is sound if it is said; one "
        "missing value must not undo the chart, as in pycontrolcharts",
    ),
    (
        "I: one wild value in 20, as it comes",
        lines("i", series.WILD),
        "All moving ranges count until a cause is found (Montgomery; Wheeler). Provost & Murray leave those above "
        "3.27 R̄ out once, as clinical-qikit, controlchartspy and NHSRplotthedots do",
    ),
    (
        "I: the same with large moving ranges left out",
        only(("pyqicharts", "controlchartspy", "Waymark"), lines("i", series.WILD, screen=True)),
        "Moving ranges above 3.267 R̄ are left out; the value itself stays in the mean (Provost & Murray). pyqicharts "
        "takes values that end such a range out of the mean as well",
    ),
    (
        "I: half of the width, in mean moving ranges",
        lines("i", series.UNIT_STEPS, say=factor),
        f"3/d₂ with d₂ = 1.128 is {3 / 1.128:.4f}, with d₂ = 2/√π {3 * sqrt(pi) / 2:.4f}, and 2.66 in tables "
        "(Montgomery; Wheeler): too small a difference to matter, too large for two tools to agree to four digits",
    ),
    (
        f"I: rates from {min(series.SMALL_RATES)} to {max(series.SMALL_RATES)}",
        lines("i", series.SMALL_RATES, digits=6),
        "The same to every digit but the unit's. processbehavior rounds values and limits to three decimals",
    ),
    (
        "I about the median, of the wild series",
        about_the_median,
        "Wheeler allows the median where wild values pull at the mean: median ± 3.145 times the median moving range, "
        "as controlchartspy's i_mm has it; its i_m keeps the mean moving range, screened",
    ),
    (
        "P: numerator of May not known, denominators 200",
        lines("p", series.NOT_KNOWN, series.DENOMINATORS, say=in_may),
        f"A month whose numerator is not known has no part in the centre, which is {known_share():.4f}; its 200 "
        "patients do not count as 200 without the event",
    ),
    (
        "U: the same over 200 bed days",
        lines("u", series.NOT_KNOWN, series.DENOMINATORS, say=in_may),
        f"As before: {known_share():.4f}. With a value missing, pandas holds the counts as fractions, and abspc takes "
        "fractions for rates",
    ),
    (
        "P: upper limit near 100 %",
        lines("p", series.NEARLY_ALL, series.HUNDREDS, say=upper(4)),
        "Cut at 1, as a share cannot be higher (Montgomery; AIAG)",
    ),
    (
        "P′: σz of shares that vary less than chance",
        laney(series.STEADY, series.THOUSANDS),
        "Below 1, which makes the limits narrower than the P chart's (Laney 2002). Some take 1 at least, as "
        "clinical-qikit does; with Waymark that is an option",
    ),
    (
        "P′: σz of shares that vary more",
        laney(series.UNSTEADY, series.THOUSANDS),
        "The mean moving range of z over 1.128 (Laney 2002)",
    ),
    (
        "U: a month without exposure",
        lines("u", *series.CLOSED, say=in_march),
        "No exposure, no rate: the month has no point (Montgomery; Provost & Murray). A rate of 0 would be a claim",
    ),
    (
        "Run chart of 24: shortest longest run that signals",
        run_chart("longest run", series.with_longest_run, range(4, 13)),
        "9: more than log₂ 24, rounded, + 3 = 8 (Anhøj & Olesen 2014; Schilling 2012). IHI's shift is 6 (Perla, Provost "
        "& Murray 2011). clinical-qikit has the same formula, but rounds down and signals at it, not beyond",
    ),
    (
        "Run chart of 24: most crossings that signal",
        run_chart("crossings", series.with_crossings, range(11, 1, -1)),
        "7: fewer than 8, the 5 % quantile of Binomial(23, ½) (Anhøj & Olesen 2014; Chen 2010). pyqicharts takes the "
        "largest number whose probability is below 5 % and asks for fewer still. shewhart has a normal approximation",
    ),
    (
        "I: shift, values in a row on one side",
        least("shift", series.with_run, range(5, 13)),
        "9 (Nelson 1984), 8 (Western Electric 1956; Provost & Murray), 7 (Making Data Count), 6 on run charts (Perla et "
        "al. 2011). In pyshewhart the rule of 8 can never be met",
    ),
    (
        "I: a point on the centre line within ten that are above",
        whether("shift", series.with_point_on_line(), PASSES, ENDS),
        "Passed over (Perla et al. 2011; Anhøj 2014), or ends the run (NHSRplotthedots; a strict reading of Nelson)",
    ),
    (
        "I: trend, values in a row each higher",
        least("trend", series.with_trend, range(4, 11)),
        "6 (Nelson 1984), 5 (Perla et al. 2011), 7 (Making Data Count). processbehavior says 6 and counts steps, so "
        "that it takes 7 values; pycontrolcharts likewise, but for a rise of positive values at the very start",
    ),
    (
        "I: two equal neighbours within a trend of seven different values",
        whether("trend", series.with_tie_in_trend(), PASSES, ENDS),
        "Equal neighbours count once and do not end it (Perla et al. 2011), or end it (Nelson 1984: each steadily "
        "higher)",
    ),
    *TWO_OF_THREE,
    (
        "MR: rules about runs on moving ranges",
        runs_of_ranges,
        "Not applied: neighbours share a value, so that they are not independent (Nelson 1982; Montgomery)",
    ),
    (
        "I: upper limit with months written Jan 2015, Feb 2015 and so on",
        named_months,
        f"{in_order()} in the order of time. Where text is sorted as text, April comes first and the moving ranges "
        "are others",
    ),
    (
        "X̄: upper limit frozen after 12 of 24 subgroups, the later ones spread more",
        subgroups_frozen,
        f"{subgroups_alone()}, as of the first twelve alone. clinical-qikit freezes the centre only",
    ),
    (
        "S: B₄ for subgroups of 24",
        s_factor(24),
        f"{exact_b4(24)} (from c₄ by the gamma function; tables have three digits)",
    ),
    (
        "S: B₄ for subgroups of 1,000",
        s_factor(1000),
        f"{exact_b4(1000)}. pycontrolcharts' table of c₄ ends at 100",
    ),
    (
        "I: twelve equal values",
        lines("i", series.CONSTANT),
        "The formula gives limits on the centre; no verdict should hang on them",
    ),
    (
        "C: a count of −2",
        lines("c", series.NEGATIVE, say=upper()),
        "Not a count: refused, or left out and said so",
    ),
    (
        "C: centre with the baseline frozen after 12 of 24 months",
        can_freeze(frozen("c")),
        f"The mean of the first twelve, {mean(series.BEFORE_AND_AFTER[:12]):.2f}",
    ),
    (
        "P: the same over 100 each",
        can_freeze(frozen("p", [100] * 24)),
        f"As before, {mean(series.BEFORE_AND_AFTER[:12]) / 100:.4f}. pyqicharts freezes C, I and run charts only",
    ),
]
