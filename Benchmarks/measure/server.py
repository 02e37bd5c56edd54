# SPDX-License-Identifier: Apache-2.0
"""Servers that are measured: processes that say where they listen."""

import contextlib
import os
import re
import resource
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILT = os.path.join(HERE, ".build")
PEERS = os.path.join(BUILT, "peers")

# One core for the servers and another for the load, where there are two.
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORES, LOAD_CORES = ({CORES[1]}, {CORES[0]}) if len(CORES) > 1 else (set(CORES), set(CORES))


class Unavailable(Exception):
    """A server or tool that is not there; the text says which."""


def executable(path):
    """The path, which has to be that of a program, or the name of one."""
    found = shutil.which(path)
    if not found:
        raise Unavailable(f"{os.path.basename(path)} is not there")
    return found


def pinned(cores, first=False):
    """What a child does before it becomes another program: keeps to the cores, and may have many files open.

    One that is to come `first` is not interrupted by what else the machine does, where we may say so.
    """

    def prepare():
        os.sched_setaffinity(0, cores)
        if first:
            with contextlib.suppress(PermissionError):
                os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))

    return prepare


class Server:
    """A server process, from its first word to the end of the block."""

    # Whether it comes before what else the machine does.
    first = False

    def __init__(self, name, command, cores=SERVER_CORES, port=None, patience=20, scheme="http"):
        self.name, self.command, self.cores, self.port = name, command, cores, port
        self.patience, self.scheme = patience, scheme

    def __enter__(self):
        self.output = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [executable(self.command[0]), *self.command[1:]], stdin=subprocess.DEVNULL, stdout=self.output,
            stderr=subprocess.STDOUT, preexec_fn=pinned(self.cores, self.first))
        self.pid = self.process.pid
        try:
            self.await_listening()
        except BaseException:
            self.__exit__()
            raise
        return self

    def await_listening(self):
        end = time.monotonic() + self.patience
        while True:
            self.output.seek(0)
            said = self.output.read().decode(errors="replace")
            if self.port is None and (line := re.search(r"listening on 127\.0\.0\.1:(\d+)", said)):
                self.port = int(line[1])
            if self.port is not None:
                try:
                    socket.create_connection(("127.0.0.1", self.port), 1).close()
                    return
                except OSError:
                    pass
            if time.monotonic() > end or self.process.poll() is not None:
                raise Unavailable(f"{self.name} did not start: {said.strip()[-300:]}")
            select.select([], [], [], 0.02)

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.output.close()

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def cpu(self):
        """Nanoseconds of CPU time that the process has used, those of threads that have ended among them."""
        # The number of another process's clock, as clock_getcpuclockid(3) makes it.
        return time.clock_gettime_ns((~self.pid << 3) | 2)

    def resident(self):
        """KiB of memory that are resident."""
        with open(f"/proc/{self.pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+) kB", status.read())[1])


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ours(*options, name="Waymark", **settings):
    return Server(name, [f"{BUILT}/release/echo-server", "--port", "0", *options], **settings)


def bare():
    return Server("bare C echo", [f"{PEERS}/bare_echo"])


def grpc_cpp(*options, name="gRPC C++", **settings):
    return Server(name, [f"{PEERS}/grpc_echo", "server", *options], **settings)


def grpc_swift(*options):
    return Server("grpc-swift-2", [f"{HERE}/peers/grpc-swift/.build/release/grpc-swift-echo", "server", *options])


def nghttpd(folder, tls=()):
    """nghttpd with the files of a folder, and TLS with a key and a certificate if given."""
    port = free_port()
    how = [] if tls else ["--no-tls"]
    return Server(
        "nghttpd", ["nghttpd", *how, "-n1", "-a", "127.0.0.1", "-d", folder, str(port), *tls], port=port,
        scheme="https" if tls else "http")
