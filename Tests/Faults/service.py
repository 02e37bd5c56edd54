# SPDX-License-Identifier: Apache-2.0
"""A service of ours as a process: started, asked whether it is ready, stopped, killed."""

import json
import os
import pathlib
import re
import select
import signal
import subprocess
import time
import urllib.error
import urllib.request

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

# Long enough for a debug build on a busy machine; nothing waits for this long when all is well.
PATIENCE = 60


class DidNotStart(Exception):
    """The process ended before it was ready."""

    def __init__(self, status, sentence):
        super().__init__(f"it ended with status {status}: {sentence}")
        self.status = status
        self.sentence = sentence


def _environment():
    """The environment without settings: a service is told by its flags alone, and writes nowhere else."""
    return {name: value for name, value in os.environ.items()
            if not name.startswith("WAYMARK_")} | {"XDG_DATA_HOME": "/nonexistent", "HOME": "/nonexistent",
                                                   "WAYMARK_DRAIN_TIME": "0"}


def channel(address):
    """A channel with a connection of its own."""
    return grpc.insecure_channel(address, options=[("grpc.use_local_subchannel_pool", 1)])


class Service:
    """One run of an executable, from its start to its end."""

    def __init__(self, program, arguments, log, environment=None, through=()):
        """Starts it.

        `log` is the file that its standard error is added to, `through` the start of a command line that ends with the
        program and becomes it.
        """
        self.name = pathlib.Path(program).name
        self.log = pathlib.Path(log)
        with open(self.log, "ab") as stderr:
            self._log_begin = stderr.tell()
            self.process = subprocess.Popen(
                [*through, program, "--host", "127.0.0.1", "--port", "0", "--admin-port", "0", "--log-format", "json",
                 "--access-log", "off", *arguments],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr,
                env={**_environment(), **(environment or {})})
        self.address = None
        self._channel = None

    def wait_until_ready(self):
        """Waits for the ready line. Throws DidNotStart when the process ends instead."""
        deadline = time.monotonic() + PATIENCE
        line = b""
        while not line.endswith(b"\n"):
            readable, _, _ = select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))
            if not readable:
                self.kill()
                raise DidNotStart(None, f"it was not ready within {PATIENCE} s")
            byte = os.read(self.process.stdout.fileno(), 1)
            if not byte:
                raise DidNotStart(self.process.wait(PATIENCE), self.sentence())
            line += byte
        found = re.fullmatch(rf"{self.name} ready: (\S+)\n", line.decode())
        if not found:
            self.kill()
            raise DidNotStart(None, f"it said {line!r} where its ready line has to be")
        self.address = found[1]
        self._channel = channel(self.address)
        return self

    def errors(self):
        """What it wrote to standard error since it was started."""
        with open(self.log, "rb") as file:
            file.seek(self._log_begin)
            return file.read().decode(errors="replace")

    def log_lines(self):
        """The lines of its log."""
        return [json.loads(line) for line in self.errors().splitlines() if line.startswith("{")]

    def sentence(self):
        """What it wrote beside its log: why it cannot go on."""
        return "\n".join(line for line in self.errors().splitlines() if not line.startswith("{"))

    @property
    def is_running(self):
        return self.process.poll() is None

    # Readiness

    def is_serving(self):
        """What grpc.health.v1 says of the server as a whole."""
        answer = health_pb2_grpc.HealthStub(self._channel).Check(health_pb2.HealthCheckRequest(), timeout=PATIENCE)
        return answer.status == health_pb2.HealthCheckResponse.SERVING

    def readyz(self):
        """The status of /readyz on the admin port."""
        admin = next(line["address"] for line in self.log_lines() if line["message"] == "admin port open")
        try:
            with urllib.request.urlopen(f"http://{admin}/readyz", timeout=PATIENCE) as response:
                return response.status
        except urllib.error.HTTPError as error:
            return error.code

    def wait_for_readiness(self, wanted, limit):
        """Seconds until both say what is wanted, or None when `limit` seconds go by."""
        start = time.monotonic()
        while time.monotonic() - start < limit:
            if self.is_serving() == wanted and (self.readyz() == 200) == wanted:
                return time.monotonic() - start
            time.sleep(0.02)
        return None

    # Ending

    def kill(self):
        """Ends it as kill -9 does; waits until it is gone."""
        self.process.kill()
        self._gone()

    def stop(self):
        """Ends it in order; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self._gone()

    def ask_to_stop(self):
        self.process.send_signal(signal.SIGTERM)

    def _gone(self):
        status = self.process.wait(PATIENCE)
        self.process.stdout.close()
        if self._channel:
            self._channel.close()
            self._channel = None
        return status

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.is_running:
            self.kill()
