# SPDX-License-Identifier: Apache-2.0
"""Restarts two gateways behind a proxy, one after the other, while five callers call, and counts what is lost.

Real executables, real proxies, each with its file of deploy/proxies, of which only addresses and paths are changed. Callers do not
repeat anything: what fails, has failed. Use: run.py BIN [--calls 5000] [PROXY...]
"""

import argparse
import contextlib
import http.client
import itertools
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

import grpc
import httpx

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent
CONFIGURATIONS = REPOSITORY / "deploy" / "proxies"
DRAIN = "3s"
JSON = {"content-type": "application/json"}
LIST = "/waymark.projects.v1.ProjectService/ListProjects"
CREATE = "/waymark.people.v1.OrganisationService/CreateOrganisation"
WATCH = "/waymark.events.v1.EventService/WatchEvents"
HEALTH = "/grpc.health.v1.Health/Check"
PROXIES = ["envoy", "haproxy", "nginx", "caddy", "traefik"]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def until(what, holds, limit=30):
    end = time.monotonic() + limit
    while True:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if holds():
                return
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not so within {limit} s")
        time.sleep(0.05)


class Program:
    """A program that runs until it is told to stop, its words in a file."""

    def __init__(self, folder, name, arguments, environment=None):
        self.log = folder / f"{name}.log"
        self.name = name
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                arguments, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=folder,
                env={**os.environ, **(environment or {})}, start_new_session=True)

    def ready(self):
        """The port in its ready line."""
        found = []

        def look():
            assert self.process.poll() is None, f"{self.name} ended: {self.words()}"
            found[:] = re.findall(rf"^{self.name} ready: \S+:(\d+)$", self.log.read_text(), re.M)
            return found

        until(f"{self.name} is ready", look)
        return int(found[-1])

    def words(self):
        return self.log.read_text(errors="replace")[-3000:]

    def stop(self, limit=30):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(limit)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None


class Stack:
    """The three services and two gateways."""

    def __init__(self, bin, folder):
        self.bin, self.folder = bin, folder
        quiet = {"WAYMARK_DRAIN_TIME": "0", "WAYMARK_LOG_FORMAT": "text"}
        data = ["--port", "0", "--data-dir", str(folder)]
        self.programs = []

        def start(name, *more):
            program = Program(folder, name, [f"{bin}/{name}", *data, *more], quiet)
            self.programs.append(program)
            return f"127.0.0.1:{program.ready()}"

        self.people = start("people")
        self.projects = start("projects", "--people-address", self.people)
        self.measurement = start("measurement", "--projects-address", self.projects)
        self.ports = [free_port(), free_port()]
        self.gateways = [self.gateway(port) for port in self.ports]
        for port in self.ports:
            self.wait(port)

    def gateway(self, port):
        return Program(self.folder, "gateway", [
            f"{self.bin}/gateway", "--port", str(port), "--people-address", self.people,
            "--projects-address", self.projects, "--measurement-address", self.measurement,
            "--drain-time", DRAIN, "--trusted-proxies", "127.0.0.1", "--log-format", "text", "--access-log", "all"])

    def wait(self, port):
        def ready():
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200

        until(f"the gateway at {port} is ready", ready)

    def restart(self, index):
        status = self.gateways[index].stop()
        assert status == 0, f"a gateway ended with {status}: {self.gateways[index].words()}"
        self.gateways[index] = self.gateway(self.ports[index])
        self.wait(self.ports[index])

    def close(self):
        for program in self.gateways + self.programs[::-1]:
            program.stop()


class Proxy:
    """One of the proxies, with its file of deploy/proxies."""

    def __init__(self, name, folder, ports, port):
        certificates = folder / "certificates"
        changes = [
            ("127.0.0.1:8080", f"127.0.0.1:{ports[0]}"), ("127.0.0.1:8081", f"127.0.0.1:{ports[1]}"),
            ("port_value: 8080", f"port_value: {ports[0]}"), ("port_value: 8081", f"port_value: {ports[1]}"),
            ("port_value: 443 ", f"port_value: {port} "), ("0.0.0.0:443", f"0.0.0.0:{port}"),
            ("listen 443 ", f"listen {port} "), ("https://qi.example.org:443", f"https://localhost:{port}"),
            ("/etc/waymark/web", str(certificates / "web")), ("/etc/traefik", str(folder)),
            # Nothing of a test is to be reached from elsewhere.
            ("0.0.0.0", "127.0.0.1"),
        ]
        files = {
            "envoy": ["envoy.yaml"], "haproxy": ["haproxy.cfg"], "nginx": ["nginx.conf"], "caddy": ["Caddyfile"],
            "traefik": ["traefik.yaml", "traefik-waymark.yaml"],
        }[name]
        for file in files:
            text = (CONFIGURATIONS / file).read_text()
            for old, new in changes:
                text = text.replace(old, new)
            (folder / file).write_text(text)
        beside = pathlib.Path(sys.executable).parent
        tool = lambda program: next(
            (str(place) for place in [beside / program, pathlib.Path("/usr/sbin") / program] if place.exists()), program)
        arguments = {
            "envoy": [tool("envoy"), "-c", "envoy.yaml", "--disable-hot-restart", "--concurrency", "1", "-l", "warning"],
            "haproxy": [tool("haproxy"), "-W", "-db", "-f", "haproxy.cfg"],
            # What Debian's package keeps elsewhere, and a user who need not exist.
            "nginx": [
                tool("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr", "-g",
                f"daemon off; pid {folder}/nginx.pid;" + ("user root;" if os.geteuid() == 0 else "")],
            "caddy": [tool("caddy"), "run", "--config", "Caddyfile", "--adapter", "caddyfile"],
            "traefik": [tool("traefik"), "--configFile=traefik.yaml"],
        }[name]
        if not shutil.which(arguments[0]):
            raise AssertionError(f"there is no {name} here")
        if name == "nginx":
            text = (folder / "nginx.conf").read_text()
            temporary = "".join(
                f"    {kind}_temp_path {folder}/{kind};\n" for kind in
                ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"])
            text = text.replace("http {\n", "http {\n    access_log off;\n" + temporary, 1)
            (folder / "nginx.conf").write_text(text)
        homes = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "HOME": str(folder)}
        self.program = Program(folder, name, arguments, homes)


class Callers:
    """Five callers in a loop, until they are told to stop."""

    def __init__(self, port, authority):
        self.port, self.authority = port, authority
        self.counts, self.failures = {}, []
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.number = itertools.count()
        kinds = [self.rpc_read, self.rpc_write, self.page, self.json1, self.json2]
        self.threads = [threading.Thread(target=self.loop, args=[kind], daemon=True) for kind in kinds]

    def context(self):
        # One for each client: httpx makes the one that it gets ask for HTTP/2.
        return ssl.create_default_context(cafile=self.authority)

    def channel(self):
        credentials = grpc.ssl_channel_credentials(pathlib.Path(self.authority).read_bytes())
        return grpc.secure_channel(f"localhost:{self.port}", credentials, [("grpc.enable_retries", 0)])

    def rpc_read(self):
        call = self.channel().unary_unary(LIST)
        while True:
            call(b"", timeout=20)
            yield

    def rpc_write(self):
        call = self.channel().unary_unary(CREATE)
        while True:
            call(self.organisation(), timeout=20)
            yield

    def organisation(self):
        name = f"Trust {next(self.number)} of {id(self)}".encode()
        inner = b"\x1a" + bytes([len(name)]) + name + b"\x28\x01"
        return b"\x0a" + bytes([len(inner)]) + inner

    def http1(self, method, path, body=None, headers={}):
        connection = http.client.HTTPSConnection("localhost", self.port, context=self.context(), timeout=20)
        while True:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
            assert answer.status == 200, f"{answer.status} {text[:200]}"
            yield

    def page(self):
        return self.http1("GET", "/?q=nothing")

    def json1(self):
        return self.http1("POST", LIST, b"{}", JSON)

    def json2(self):
        with httpx.Client(http1=False, http2=True, verify=self.context(), timeout=20) as client:
            while True:
                name = f"Trust {next(self.number)} of {id(self)}"
                answer = client.post(
                    f"https://localhost:{self.port}{CREATE}", headers=JSON,
                    content=json.dumps({"organisation": {"name": name, "kind": "ORGANISATION_KIND_SYSTEM"}}))
                assert answer.status_code == 200, f"{answer.status_code} {answer.text[:200]}"
                yield

    def loop(self, kind):
        calls = kind()
        while not self.over.is_set():
            try:
                next(calls)
                with self.lock:
                    self.counts[kind.__name__] = self.counts.get(kind.__name__, 0) + 1
            except Exception as error:  # Whatever it is, a call has failed.
                with self.lock:
                    self.failures.append(f"{time.monotonic():.3f} {kind.__name__}: {type(error).__name__} {error}"[:400])
                calls = kind()
                time.sleep(0.02)

    @property
    def total(self):
        with self.lock:
            return sum(self.counts.values())

    def run(self, calls, restart):
        for thread in self.threads:
            thread.start()
        until("the callers are at work", lambda: len(self.counts) == len(self.threads))
        restart(0)
        time.sleep(2)  # For the proxy to see that it is back.
        restart(1)
        end = time.monotonic() + 60
        while self.total < calls and time.monotonic() < end:
            time.sleep(0.1)
        self.over.set()
        for thread in self.threads:
            thread.join(30)


def check_outside(port, authority):
    """What the gateway makes of the name that people use."""
    context = ssl.create_default_context(cafile=authority)

    def ask(method, path, body=None, headers={}):
        connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=20)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    _, page = ask("GET", "/api", headers={"X-Forwarded-Host": "elsewhere.example"})
    assert f"https://localhost:{port}/waymark." in page, re.findall(r"https?://\S+", page)[:3]
    form = {"content-type": "application/x-www-form-urlencoded"}
    status, text = ask("POST", "/organisations", "name=", {**form, "Origin": f"https://localhost:{port}"})
    assert status != 403, f"a form of our own: {status} {text[:300]}"
    status, text = ask("POST", "/organisations", "name=", {**form, "Origin": "https://elsewhere.example"})
    assert status == 403, f"a form of another site: {status}"


def watch_through(channel):
    """Begins a watch, and takes the message that comes at once: service "people", from_now."""
    stream = channel.unary_stream(WATCH)(b"\x0a\x06people\x18\x01", timeout=20)
    next(iter(stream))
    stream.cancel()


def run(name, stack, folder, authority, calls):
    place = folder / name
    place.mkdir()
    (place / "certificates").symlink_to(folder / "certificates")
    port = free_port()
    proxy = Proxy(name, place, stack.ports, port)
    try:
        callers = Callers(port, authority)
        health = callers.channel().unary_unary(HEALTH)

        def serves():
            assert proxy.program.process.poll() is None, f"{name} ended: {proxy.program.words()}"
            try:
                return health(b"", timeout=2) == b"\x08\x01"
            except grpc.RpcError:
                return False

        until(f"{name} passes calls on", serves)
        check_outside(port, authority)
        watch_through(callers.channel())
        start = time.monotonic()
        callers.run(calls, stack.restart)
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(callers.counts.items()))
        print(f"{name}: {len(callers.failures)} of {callers.total + len(callers.failures)} calls failed "
              f"in {time.monotonic() - start:.0f} s ({kinds})", flush=True)
        for failure in callers.failures[:10]:
            print(f"  {failure}", flush=True)
        if callers.failures:
            print(proxy.program.words())
        return not callers.failures and callers.total >= calls
    finally:
        proxy.program.stop(10)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bin")
    parser.add_argument("--calls", type=int, default=5000)
    parser.add_argument("proxies", nargs="*", default=PROXIES)
    options = parser.parse_intermixed_args()
    unknown = set(options.proxies) - set(PROXIES)
    if unknown:
        sys.exit(f"proxies: unknown: {', '.join(sorted(unknown))}; there are {', '.join(PROXIES)}")
    with tempfile.TemporaryDirectory(prefix="waymark-proxies-") as temporary:
        folder = pathlib.Path(temporary)
        certificates = folder / "certificates"
        subprocess.run(
            [f"{options.bin}/waymark", "certs", "--dir", str(certificates), "--name", "web"], check=True,
            stdout=subprocess.DEVNULL)
        (certificates / "web-with-key.pem").write_text(
            (certificates / "web.pem").read_text() + (certificates / "web.key").read_text())
        stack = Stack(options.bin, folder)
        passed, failed = [], []
        try:
            for name in options.proxies:
                try:
                    fine = run(name, stack, folder, str(certificates / "ca.pem"), options.calls)
                except AssertionError as error:
                    print(f"{name}: {error}", flush=True)
                    fine = False
                (passed if fine else failed).append(name)
        finally:
            stack.close()
        print(f"{len(passed)} passed, {len(failed)} failed")
        sys.exit(1 if failed else 0)


main()
