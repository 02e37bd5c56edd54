# SPDX-License-Identifier: Apache-2.0
"""A private PostgreSQL (Tools/postgres.sh), and what stands at its port while it is down."""

import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse

_TOOL = pathlib.Path(__file__).parent.parent.parent / "Tools/postgres.sh"


class PrivatePostgres:
    """Started for the tests, with PostgreSQL's own settings of durability."""

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="waymark-postgres-"))
        try:
            self._url = self._run("start", "--durable")
        except BaseException:
            shutil.rmtree(self.folder)
            raise
        return self

    def __exit__(self, *_):
        self._run("stop")

    def database(self, name):
        """The URL of a new database."""
        subprocess.run(["psql", self._url, "-X", "-q", "-c", f'CREATE DATABASE "{name}"'], check=True)
        return urllib.parse.urlsplit(self._url)._replace(path=f"/{name}").geturl()

    @property
    def port(self):
        return urllib.parse.urlsplit(self._url).port

    def kill(self):
        """Ends all of its processes at once, as a crash does."""
        self._run("kill")

    def resume(self):
        """Starts it again; it takes connections when this returns."""
        self._run("resume")

    def log_end(self):
        return (self.folder / "log").stat().st_size

    def arrivals(self, since):
        """The seconds at which someone connected, as the log from byte `since` on has them."""
        with open(self.folder / "log", encoding="utf-8", errors="replace") as log:
            log.seek(since)
            return [_seconds(line) for line in log if "connection received:" in line]

    def _run(self, action, *flags):
        done = subprocess.run([_TOOL, action, self.folder, *flags], capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            raise RuntimeError(f"postgres.sh {action}: {done.stderr.strip()}")
        return done.stdout.strip()


def _seconds(line):
    hours, minutes, seconds = re.match(r"\S+ (\d+):(\d+):([\d.]+)", line).groups()
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


class Doorkeeper(threading.Thread):
    """Takes connections where PostgreSQL did, and either ends each at once or never says a word."""

    def __init__(self, port, is_silent):
        super().__init__(daemon=True)
        self._is_silent = is_silent
        self._listener = socket.create_server(("127.0.0.1", port), backlog=128)
        self._listener.settimeout(0.05)
        self._over = threading.Event()
        self.arrivals = []  # seconds

    def run(self):
        held = []
        while not self._over.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            self.arrivals.append(time.monotonic())
            if self._is_silent:
                held.append(connection)
            else:
                connection.close()
        for connection in held:
            connection.close()
        self._listener.close()

    def leave(self):
        self._over.set()
        self.join()


def most_in_a_second(arrivals):
    """The largest number of times within one second."""
    most = first = 0
    for last, arrival in enumerate(arrivals):
        while arrivals[first] <= arrival - 1:
            first += 1
        most = max(most, last - first + 1)
    return most
