#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the table that Tests/SPCTests/SubgroupConstantTests.swift holds c4, A3, B3 and B4 against: with mpmath, 60 digits.

usage: python3 Tools/subgroup_constants.py > Tests/SPCTests/Exact/subgroup-constants.csv
"""

from mpmath import mp, mpf, loggamma, exp, sqrt

mp.dps = 60

SIZES = (
    list(range(2, 61))
    + [75, 99, 100, 101, 128, 150, 200, 250, 333, 343, 344, 500, 750, 1000, 1001, 1024, 2000, 3333, 5000, 9999]
    + [10_000, 20_000, 50_000, 65_536, 99_999, 100_000, 123_457, 200_000, 300_000, 500_000, 999_999, 1_000_000]
)

print("n,c4,A3,B3,B4")
for n in SIZES:
    m = mpf(n)
    c4 = sqrt(2 / (m - 1)) * exp(loggamma(m / 2) - loggamma((m - 1) / 2))
    reach = 3 * sqrt(1 - c4 * c4) / c4
    b3 = max(mpf(0), 1 - reach)
    numbers = [c4, 3 / (c4 * sqrt(m)), b3, 1 + reach]
    print(n, *(mp.nstr(x, 40, strip_zeros=False, min_fixed=-2, max_fixed=3) if x else "0" for x in numbers), sep=",")
