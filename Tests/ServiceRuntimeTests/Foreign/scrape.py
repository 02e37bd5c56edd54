# SPDX-License-Identifier: Apache-2.0
"""Reads metrics at a URL with Prometheus's own client: scrape.py URL prometheus|openmetrics.

Prints each sample as `NAME{LABEL=VALUE,...} NUMBER`, with the labels as Python writes them, and each family as
`# NAME TYPE UNIT`. The parser of OpenMetrics is strict: it refuses families without end, units that are not in the
name, buckets out of order, bounds not written as they should be, and counters that are not whole.
"""

import sys
import urllib.request

from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as prometheus

ACCEPT = {
    # What a Prometheus server sends.
    "openmetrics": "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.2",
    "prometheus": "text/plain;version=0.0.4;q=0.5,*/*;q=0.2",
}
TYPES = {
    "openmetrics": "application/openmetrics-text; version=1.0.0; charset=utf-8",
    "prometheus": "text/plain; version=0.0.4; charset=utf-8",
}


def main():
    url, form = sys.argv[1:]
    request = urllib.request.Request(url, headers={"accept": ACCEPT[form]})
    with urllib.request.urlopen(request, timeout=20) as response:
        assert response.headers["content-type"] == TYPES[form], response.headers["content-type"]
        text = response.read().decode("utf-8")
    families = list({"openmetrics": openmetrics, "prometheus": prometheus}[form](text))
    names = [family.name for family in families]
    assert len(set(names)) == len(names), names
    for family in families:
        print("#", family.name, family.type, family.unit or "-")
        assert family.documentation, family.name
        for sample in family.samples:
            labels = ",".join(f"{name}={value!r}" for name, value in sorted(sample.labels.items()))
            print(f"{sample.name}{{{labels}}} {float(sample.value)!r}")


main()
