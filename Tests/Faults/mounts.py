# SPDX-License-Identifier: Apache-2.0
"""File systems that a test fills or locks without harm to any other."""

import contextlib
import os
import pathlib
import subprocess


class Skipped(Exception):
    """What a test needs is not there."""


class Disk:
    """A small file system in memory, mounted for the time of a test."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def fill(self):
        """Takes all the room that is left."""
        with open(self.folder / "ballast", "ab", buffering=0) as ballast:
            for size in (1 << 20, 4096):
                with contextlib.suppress(OSError):
                    while True:
                        ballast.write(bytes(size))

    def make_room(self):
        (self.folder / "ballast").unlink()

    def set_writable(self, is_writable):
        subprocess.run(["mount", "-o", f"remount,{'rw' if is_writable else 'ro'}", self.folder], check=True)


@contextlib.contextmanager
def disk(folder, megabytes):
    """Mounts a disk at a new folder. Throws Skipped where that is not allowed."""
    if os.geteuid() != 0:
        raise Skipped("mounting a small file system needs root")
    os.makedirs(folder)
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "waymark-test", folder]
    mounted = subprocess.run(command, capture_output=True, text=True)
    if mounted.returncode != 0:
        raise Skipped(f"a small file system cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", folder], check=True)
