# SPDX-License-Identifier: Apache-2.0
"""Several servers at once, less those that are not there."""

import contextlib
import os
import tempfile

from . import load
from .rounds import say
from .server import Unavailable


@contextlib.contextmanager
def running(*servers):
    """Those of the servers that start; the others are named in a line each."""
    with contextlib.ExitStack() as stack:
        started = []
        for server in servers:
            try:
                started.append(stack.enter_context(server))
            except Unavailable as why:
                say(f"skipped: {server.name}: {why}")
        yield started


@contextlib.contextmanager
def files(call):
    """A folder with the body of a call as the file `echo`, for nghttpd."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "echo"), "wb") as file:
            file.write(call.body)
        yield folder


def echoes(server, calls):
    load.h2load(server, load.UNARY, calls)
