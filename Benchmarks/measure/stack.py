# SPDX-License-Identifier: Apache-2.0
"""The whole stack: start, memory, and the import of 100,000 rows."""

import datetime
import json
import os
import re
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.request

from .report import Target
from .server import HERE, Unavailable, executable

ROWS = 100_000
SERVICES = ["people", "projects", "measurement", "gateway"]


class Stack:
    """`waymark up` on an empty folder, until the block ends."""

    def __init__(self, directory):
        self.directory = directory

    def __enter__(self):
        self.data = tempfile.TemporaryDirectory()
        begin = time.monotonic()
        self.process = subprocess.Popen(
            [executable(f"{self.directory}/waymark"), "up", "--data-dir", self.data.name, "--gateway-port", "0"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.pids = {"waymark": self.process.pid}
        for line in self.process.stdout:
            if ready := re.search(r"(\w+) ready at \S+, process (\d+)", line):
                self.pids[ready[1]] = int(ready[2])
            if address := re.match(r"gateway ready: (\S+)", line):
                self.base = address[1]
                break
        else:
            raise Unavailable("waymark up ended before it was ready")
        self.start = time.monotonic() - begin
        threading.Thread(target=lambda: [None for _ in self.process.stdout], daemon=True).start()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.data.cleanup()

    def call(self, method, message):
        request = urllib.request.Request(
            f"{self.base}/{method}", json.dumps(message).encode(), {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)

    def memory(self, name, field="VmRSS"):
        with open(f"/proc/{self.pids[name]}/status") as status:
            return int(re.search(rf"{field}:\s+(\d+) kB", status.read())[1]) / 1000

    def cpu(self, name):
        with open(f"/proc/{self.pids[name]}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure_import(stack):
    organisation = stack.call(
        "waymark.people.v1.OrganisationService/CreateOrganisation", {"organisation": {"name": "Bench"}})
    project = stack.call(
        "waymark.projects.v1.ProjectService/CreateProject",
        {"project": {"organisationId": organisation["organisation"]["id"], "title": "Bench"}})
    measure = stack.call(
        "waymark.measurement.v1.MeasureService/CreateMeasure",
        {"measure": {
            "projectId": project["project"]["id"], "name": "Bench", "chartKind": "CHART_KIND_P",
            "kind": "MEASURE_KIND_OUTCOME"}})
    first = datetime.date(1700, 1, 1)
    rows = "".join(f"{first + datetime.timedelta(days=i)},{i % 50},{100 + i % 7}\n" for i in range(ROWS))
    parts = [("mode", "", "all"), ("file", '; filename="rows.csv"', "period,numerator,denominator\n" + rows)]
    body = "".join(
        f'--edge\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n{value}\r\n'
        for name, extra, value in parts)
    request = urllib.request.Request(
        f"{stack.base}/measures/{measure['measure']['id']}/import", (body + "--edge--\r\n").encode(),
        {"content-type": "multipart/form-data; boundary=edge"})
    cpu, begin = stack.cpu("measurement"), time.monotonic()
    with urllib.request.urlopen(request, timeout=120) as response:
        response.read()
    took, cpu = time.monotonic() - begin, stack.cpu("measurement") - cpu
    page = stack.call(
        "waymark.measurement.v1.ObservationService/ListObservations",
        {"measureId": measure["measure"]["id"], "pageSize": 1})
    assert page["observations"][0]["period"]["year"] == 1700, page
    return took, cpu


def stack(_):
    """`waymark up`, as `make build` built it."""
    directory = os.path.join(os.path.dirname(HERE), os.environ.get("DIST", ".dist"), "bin")
    starts = []
    for _ in range(5):
        with Stack(directory) as running:
            starts.append(running.start)
            time.sleep(1)
            idle = {name: running.memory(name) for name in SERVICES + ["waymark"]}
    with Stack(directory) as running:
        took, cpu = measure_import(running)
        peak = running.memory("measurement", "VmHWM")
    print("\n| what | measured |\n|---|---|")
    start = statistics.median(starts)
    print(f"| `waymark up` to healthy, median of 5 (largest) | {start:.2f} s ({max(starts):.2f} s) |")
    for name, memory in idle.items():
        print(f"| `{name}` idle, resident | {memory:.1f} MB |")
    print(f"| {ROWS:,} rows uploaded to the web page and stored | {took:.2f} s |")
    print(f"| CPU of `measurement` for it; its largest resident memory | {cpu:.2f} s; {peak:.0f} MB |")
    return [
        Target("`waymark up` to healthy: s", start, 2),
        Target("the largest service, idle: MB", max(idle[name] for name in SERVICES), 40),
        Target(f"{ROWS:,} rows imported: s", took, 5),
    ]
