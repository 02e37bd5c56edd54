#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks a running Waymark from outside, through the gateway's port, with nothing but Python's standard library.

usage: check.py wait|all|kept|hole URL [SERVICE]

  wait   until the gateway answers and finds projects' service (at most 60 s)
  all    pages, Connect JSON, errors, an upload of a CSV file and its chart; leaves one extra project behind
  kept   that what `all` left behind is still there
  hole   that a project page answers while SERVICE is down, and names it
"""

import json
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

MARK = "Checked from outside"


def fetch(url, data=None, headers=None):
    request = urllib.request.Request(url, data=data, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def call(base, method, message):
    status, body = fetch(
        f"{base}/{method}", json.dumps(message).encode(), {"content-type": "application/json"}
    )
    return status, json.loads(body)


def expect(what, holds, seen=""):
    if not holds:
        sys.exit(f"FAILED: {what}\n{str(seen)[:2000]}")
    print(f"ok: {what}")


def wait(base):
    for _ in range(60):
        try:
            if call(base, "waymark.projects.v1.ProjectService/ListProjects", {})[0] == 200:
                return print("ok: the gateway and the services answer")
        except (OSError, ValueError):
            pass
        time.sleep(1)
    sys.exit("FAILED: the gateway did not answer within 60 s")


def find(base, query):
    status, answer = call(base, "waymark.projects.v1.ProjectService/ListProjects", {"query": query})
    expect(f"projects are searched for “{query}”", status == 200, answer)
    return answer.get("projects", [])


def upload(base, measure, mode, content):
    boundary = "----waymark-check"
    parts = [("mode", None, mode.encode()), ("file", "values.csv", content)]
    body = b""
    for name, filename, value in parts:
        disposition = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename else "")
        body += f"--{boundary}\r\nContent-Disposition: {disposition}\r\n\r\n".encode() + value + b"\r\n"
    body += f"--{boundary}--\r\n".encode()
    return fetch(
        f"{base}/measures/{measure}/import", body, {"content-type": f"multipart/form-data; boundary={boundary}"}
    )


def check_all(base):
    projects = find(base, "waits over four hours")
    expect("the demonstration has at least 20 projects", len(projects) >= 20, projects)
    status, page = fetch(f"{base}/?" + urllib.parse.urlencode({"q": "waits"}))
    expect("the list page shows them", status == 200 and page.count("/projects/") >= 20, page)
    status, page = fetch(f"{base}/projects/{projects[0]['id']}")
    expect("a project page draws its charts", status == 200 and page.count("<svg") >= 2, page)

    status, answer = call(
        base, "waymark.gateway.v1.ProjectPageService/GetProjectPage", {"projectId": projects[0]["id"]}
    )
    expect("the same page comes as JSON, whole", status == 200 and not answer["page"].get("missing"), answer)
    points = answer["page"]["measures"][0]["chart"]["points"]
    expect("its first chart has three years of months", len(points) == 36, points)

    unknown = "01890a5d-ac96-774b-bcce-b302099a8057"
    status, answer = call(base, "waymark.projects.v1.ProjectService/GetProject", {"id": unknown})
    expect("an unknown id is not found", (status, answer["code"]) == (404, "not_found"), answer)
    status, answer = call(base, "waymark.projects.v1.ProjectService/CreateProject", {"project": {"title": ""}})
    expect("a bad field is named", status == 400 and "project.title" in json.dumps(answer), answer)

    organisation = projects[0]["organisationId"]
    status, answer = call(
        base,
        "waymark.projects.v1.ProjectService/CreateProject",
        {"project": {"organisationId": organisation, "title": MARK}},
    )
    expect("a project is created", status == 200, answer)
    project = answer["project"]["id"]
    status, answer = call(
        base,
        "waymark.measurement.v1.MeasureService/CreateMeasure",
        {
            "measure": {
                "projectId": project,
                "name": "Hands washed",
                "kind": "MEASURE_KIND_PROCESS",
                "direction": "DIRECTION_UP",
                "chartKind": "CHART_KIND_P",
                "multiplier": 100,
                "unit": "%",
            }
        },
    )
    expect("a measure is created", status == 200, answer)
    measure = answer["measure"]["id"]

    status, page = upload(base, measure, "all", b"period,numerator,denominator\n2026-01-01,12,10\n2026-02-30,1,2\n")
    expect("a bad file is reported by row", "2026-02-30" in page and "denominator" in page, page)
    status, answer = call(
        base, "waymark.measurement.v1.ObservationService/ListObservations", {"measureId": measure}
    )
    expect("and nothing of it is stored", status == 200 and not answer.get("observations"), answer)

    rows = "".join(f"2025-{month:02}-01,{60 + month},100\r\n" for month in range(1, 13))
    status, page = upload(base, measure, "all", ("\ufeffperiod;numerator;denominator\r\n" + rows.replace(",", ";")).encode())
    expect("a good file is drawn at once", status == 200 and "<svg" in page, page)
    kept(base)


def kept(base):
    projects = find(base, MARK)
    expect("the project is there", len(projects) >= 1, projects)
    status, answer = call(
        base, "waymark.gateway.v1.ProjectPageService/GetProjectPage", {"projectId": projects[0]["id"]}
    )
    points = answer["page"]["measures"][0]["chart"]["points"]
    expect("with its measure and all twelve values", len(points) == 12 and points[0]["value"] == 61, points)


def hole(base, service):
    project = find(base, "waits over four hours")[0]["id"]
    status, answer = call(base, "waymark.gateway.v1.ProjectPageService/GetProjectPage", {"projectId": project})
    missing = {part["service"] for part in answer.get("page", {}).get("missing", [])}
    expect(f"the page as JSON names {service} as missing", status == 200 and missing == {service}, answer)
    status, page = fetch(f"{base}/projects/{project}")
    services = re.findall(r"<svg", page)
    expect("the web page still shows the charts", status == 200 and len(services) >= 2, page)


def main():
    task, base = sys.argv[1], sys.argv[2].rstrip("/")
    if task == "wait":
        wait(base)
    elif task == "all":
        check_all(base)
    elif task == "kept":
        kept(base)
    elif task == "hole":
        hole(base, sys.argv[3])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
