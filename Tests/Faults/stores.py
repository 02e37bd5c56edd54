# SPDX-License-Identifier: Apache-2.0
"""Where a service keeps its data, and a look into it beside the service."""

import csv
import io
import pathlib
import sqlite3
import subprocess


class SQLiteStore:
    """A data folder with one SQLite file for each service."""

    engine = "sqlite"

    def __init__(self, folder, service="people"):
        self.folder = pathlib.Path(folder)
        self.file = self.folder / f"{service}.sqlite"
        self.arguments = ["--data-dir", str(folder)]

    def rows(self, sql):
        """What the engine itself finds in the file."""
        connection = sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=30)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()


    def write(self, sql, values):
        """Changes the file as nobody but its service may; while that does not run."""
        connection = sqlite3.connect(self.file, timeout=30)
        try:
            with connection:
                connection.execute(sql, values)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()


class PostgresStore:
    """A database of PostgreSQL, in which each service has a schema of its own."""

    engine = "postgres"

    def __init__(self, url, folder, service="people"):
        self.url = url
        self.schema = service
        self.arguments = ["--store", url, "--data-dir", str(folder)]

    def rows(self, sql):
        """What PostgreSQL's own client is told. Numbers come as numbers, NULL as None."""
        marker = "\x01"
        output = subprocess.run(
            ["psql", self.url, "-X", "-q", "--csv", "-t", "-v", "ON_ERROR_STOP=1", "-P", f"null={marker}",
             "-c", f"SET search_path = {self.schema}", "-c", sql],
            check=True, capture_output=True, text=True, timeout=60).stdout
        return [tuple(_value(cell, marker) for cell in row) for row in csv.reader(io.StringIO(output))]


def _value(cell, marker):
    if cell == marker:
        return None
    return int(cell) if cell.lstrip("-").isdigit() else cell
