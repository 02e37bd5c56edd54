# SPDX-License-Identifier: Apache-2.0
"""A data folder that cannot be written: one sentence and status 1."""

import mounts
from service import DidNotStart, Service
from stores import SQLiteStore


def run(program, folder, log):
    failures, lines = [], []
    with mounts.disk(folder / "disk", megabytes=24) as disk:
        store = SQLiteStore(disk.folder)
        for state in ("empty", "with the store of an orderly stop", "with the store of a killed service"):
            if state != "empty":
                with Service(program, store.arguments, log).wait_until_ready() as service:
                    if "stop" in state:
                        service.stop()
            before = _files(disk)
            disk.set_writable(False)
            try:
                with Service(program, store.arguments, log).wait_until_ready():
                    failures.append(f"it runs on a read-only folder {state}")
            except DidNotStart as refusal:
                if refusal.status != 1:
                    failures.append(f"{state}: status {refusal.status} instead of 1")
                if "\n" in refusal.sentence or str(store.file) not in refusal.sentence \
                        or "cannot be written" not in refusal.sentence:
                    failures.append(f"{state}: not one sentence that says what cannot be written: {refusal.sentence}")
                lines.append(f"{state}: {refusal.sentence}")
            disk.set_writable(True)
            if _files(disk) != before:
                failures.append(f"{state}: files changed")
        with Service(program, store.arguments, log).wait_until_ready() as service:
            service.stop()
    return failures, lines


def _files(disk):
    return {file.name: file.read_bytes() for file in disk.folder.iterdir() if file.is_file()}
