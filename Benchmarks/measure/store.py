# SPDX-License-Identifier: Apache-2.0
"""The stores, on SQLite and on PostgreSQL: durable writes, look-ups, and many observations."""

import contextlib
import os
import random
import re
import shutil
import sqlite3
import statistics
import struct
import subprocess
import tempfile
import time

import grpc

from . import load
from .report import Target, spread
from .rounds import ratio, say
from .server import HERE, Server, Unavailable, executable, ours

ROOT = os.path.dirname(HERE)
ENGINES = ["SQLite", "PostgreSQL"]
CALLERS = 32


# Messages --------------------------------------------------------------------------------------------------------------

def field(number, value):
    """A field of a message: text, bytes, or a number."""
    if isinstance(value, int):
        return load.varint(number << 3) + load.varint(value)
    value = value.encode() if isinstance(value, str) else value
    return load.varint(number << 3 | 2) + load.varint(len(value)) + value


def first_text(message, number):
    """The text of the first field `number`, in a message whose fields before it are text or messages."""
    place = 0
    while place < len(message):
        tag, place = number_at(message, place)
        length, place = number_at(message, place)
        if tag >> 3 == number:
            return message[place:place + length]
        place += length
    raise ValueError("there is no such field")


def number_at(message, place):
    value = shift = 0
    while True:
        byte = message[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value, place


# Services --------------------------------------------------------------------------------------------------------------

class Postgres:
    """A PostgreSQL of its own that synchronises to the disk, until the block ends."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="waymark-bench-pg-")
        os.rmdir(self.folder)
        made = subprocess.run(
            [f"{ROOT}/Tools/postgres.sh", "start", self.folder, "--durable"], stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise Unavailable(f"PostgreSQL: {made.stderr.strip()}")
        # As on one machine: the others are compared without TLS, too.
        self.url = made.stdout.strip() + "?sslmode=disable"
        return self

    def __exit__(self, *_):
        subprocess.run([f"{ROOT}/Tools/postgres.sh", "stop", self.folder], stdin=subprocess.DEVNULL, check=False)

    def tool(self, name, *arguments, **options):
        """Runs one of PostgreSQL's programs on the database."""
        parts = re.match(r"postgres://(\w+):(\w+)@([\d.]+):(\d+)/(\w+)", self.url)
        environment = dict(
            os.environ, PGUSER=parts[1], PGPASSWORD=parts[2], PGHOST=parts[3], PGPORT=parts[4], PGDATABASE=parts[5],
            PGSSLMODE="disable")
        found = shutil.which(name) or next(
            (path for path in sorted(
                f"/usr/lib/postgresql/{version}/bin/{name}" for version in os.listdir("/usr/lib/postgresql"))
             if os.path.exists(path)), name)
        return subprocess.run(
            [executable(found), *arguments], env=environment, capture_output=True, text=True, check=True, **options).stdout


class Service(Server):
    """One of the services, over a store of its own."""

    def __init__(self, name, store, label, cores=None):
        directory = os.path.join(ROOT, os.environ.get("DIST", ".dist"), "bin")
        super().__init__(
            label, [f"{directory}/{name}", "--host", "127.0.0.1", "--port", "0", "--store", store, "--log-level", "error"],
            **({"cores": cores} if cores else {}))

    def await_listening(self):
        end = time.monotonic() + self.patience
        while self.port is None:
            self.output.seek(0)
            said = self.output.read().decode(errors="replace")
            if line := re.search(r"ready: 127\.0\.0\.1:(\d+)", said):
                self.port = int(line[1])
            elif time.monotonic() > end or self.process.poll() is not None:
                raise Unavailable(f"{self.name} did not start: {said.strip()[-300:]}")
            else:
                time.sleep(0.02)

    def call(self, method, message):
        with grpc.insecure_channel(self.address) as channel:
            return channel.unary_unary(f"/{method}")(message, timeout=60)

    def most_memory(self):
        """The largest resident memory so far, in MB."""
        with open(f"/proc/{self.pid}/status") as status:
            return int(re.search(r"VmHWM:\s+(\d+) kB", status.read())[1]) / 1000


@contextlib.contextmanager
def stores(service, cores=None):
    """The service over a store of each engine, those that there are."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="waymark-bench-"))
        found = {"SQLite": stack.enter_context(Service(service, f"sqlite:{folder}/{service}.sqlite", "SQLite", cores))}
        found["SQLite"].folder = folder
        try:
            postgres = stack.enter_context(Postgres())
            found["PostgreSQL"] = stack.enter_context(Service(service, postgres.url, "PostgreSQL", cores))
            found["PostgreSQL"].postgres = postgres
        except Unavailable as why:
            say(f"skipped: {why}")
        yield found


ALL = set(os.sched_getaffinity(0))


# Durable writes --------------------------------------------------------------------------------------------------------

class Written(load.Call):
    """A call of ours, by its full name; how many bytes come back is found out by calling it once.

    Times take more or fewer bytes.
    """

    slack = 8

    def __init__(self, service, method, message):
        self.path, self.body = f"/{method}", load.framed(message)
        self.answer = 5 + len(service.call(method, message))


ORGANISATION = "waymark.people.v1.OrganisationService/CreateOrganisation", field(1, field(3, "Bench"))


def organisation(service):
    return first_text(first_text(service.call(*ORGANISATION), 1), 1)


def person(service):
    message = field(1, field(2, organisation(service)) + field(3, "Somebody Else"))
    return Written(service, "waymark.people.v1.PersonService/CreatePerson", message)


def bare_sqlite(folder, count):
    """Rows per second of a loop that inserts into the same table with the same indexes, and does nothing else: as many
    rows in a transaction as there are callers."""
    path = f"{folder}/bare.sqlite"
    with contextlib.suppress(FileNotFoundError):
        os.remove(path)
    with contextlib.closing(sqlite3.connect(f"{folder}/people.sqlite")) as ours_:
        schema = [sql for (sql,) in ours_.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = 'organisations' AND sql IS NOT NULL ORDER BY type DESC")]
    store = sqlite3.connect(path, isolation_level=None)
    for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", *schema):
        store.execute(statement)
    begin = time.monotonic()
    for group in range(count // CALLERS):
        store.execute("BEGIN IMMEDIATE")
        store.executemany(
            "INSERT INTO organisations (organisation_id, parent_id, name, name_key, kind, revision, created_at, updated_at)"
            " VALUES (?, '', 'Bench', 'bench', 2, 1, 1, 1)", [(f"{group:018}{row:018}",) for row in range(CALLERS)])
        store.execute("COMMIT")
    took = time.monotonic() - begin
    store.close()
    return count // CALLERS * CALLERS / took


def pgbench(postgres, seconds):
    """Transactions per second of pgbench with as many clients, each inserting one row at a time into the same table with
    the same indexes, and doing nothing else."""
    postgres.tool(
        "psql", "-q", "-c", "DROP TABLE IF EXISTS public.bare", "-c",
        "CREATE TABLE public.bare (LIKE people.organisations INCLUDING ALL)")
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(
            "INSERT INTO public.bare (organisation_id, parent_id, name, name_key, kind, revision, created_at, updated_at)"
            " VALUES (gen_random_uuid()::text, '', 'Bench', 'bench', 2, 1, 1, 1);\n")
        script.flush()
        said = postgres.tool(
            "pgbench", "-n", "-M", "prepared", "-c", str(CALLERS), "-j", "1", "-T", str(seconds), "-f", script.name)
    return float(re.search(r"tps = ([\d.]+)", said)[1])


def writes(rounds):
    """Single rows, each durable before it is answered, by 32 callers."""
    count = 20_000
    found, targets = {}, []
    with stores("people", ALL) as services:
        for engine, service in services.items():
            rows, after_reading = Written(service, *ORGANISATION), person(service)

            def ours_(call, service=service):
                return count / load.h2load(service, call, count, connections=CALLERS, streams=1, cores=ALL)

            def peer(engine=engine, service=service):
                return bare_sqlite(service.folder, count * 4) if engine == "SQLite" else pgbench(service.postgres, 3)

            one, two = f"{engine}: CreateOrganisation through RPC", f"{engine}: CreatePerson, which reads a row first"
            other = f"{engine}: " + (
                f"bare loop, groups of {CALLERS}" if engine == "SQLite" else f"pgbench, {CALLERS} clients")
            names = {one: lambda: ours_(rows), two: lambda: ours_(after_reading), other: peer}
            ours_(rows)
            turns = rounds.turns(list(names), lambda name, names=names: names[name]())
            found.update(turns)
            if engine == "SQLite":
                targets.append(
                    Target("durable writes/s on SQLite: × 5,000", statistics.median(turns[one]) / 5000, 1, least=True))
                targets.append(Target("the same: × bare SQLite loop", ratio(turns, one, other), None, 0.6, least=True))
            else:
                targets.append(
                    Target("durable writes/s on PostgreSQL: × pgbench", ratio(turns, one, other), 0.6, least=True))
    spread(f"durable single rows, {CALLERS} callers", found, "rows/s", 1, 0)
    return targets


# Look-ups --------------------------------------------------------------------------------------------------------------

def lookup(rounds):
    """One object by its id: CPU of the service per call, over that of the bare echo call."""
    targets = []
    with stores("people") as services, ours() as echo:
        calls = {}
        for engine, service in services.items():
            made = service.call(person(service).path[1:], person(service).body[5:])
            calls[engine] = Written(
                service, "waymark.people.v1.PersonService/GetPerson", field(1, first_text(first_text(made, 1), 1)))

        def make(server, count):
            load.h2load(server, calls.get(server.name, load.UNARY), count)

        found = rounds.cpu([echo, *services.values()], make, 5000)
    spread("GetPerson, CPU of the service", found, "µs per call", 1000)
    for engine, limit in (("SQLite", 15), ("PostgreSQL", 40)):
        if engine in found:
            over = statistics.median(
                (mine - bare) / 1000 for mine, bare in zip(found[engine], found["Waymark"]))
            print(f"\n{engine}: {over:.1f} µs over the echo call.")
            targets.append(Target(f"look-up on {engine}, µs over the echo call: × {limit}", over / limit, 1))
    return targets


# Many observations -----------------------------------------------------------------------------------------------------

def measures(service, count, prefix):
    """Puts measures into the store, beside the service that has it open."""
    names = [f"{prefix}-{number:012x}" for number in range(count)]
    columns = (
        "organisation_id, id, project_id, name, kind, operational_definition, unit, numerator_meaning,"
        " denominator_meaning, direction, chart_kind, rule_set, multiplier, create_time, update_time, revision")
    if service.name == "SQLite":
        store = sqlite3.connect(f"{service.folder}/measurement.sqlite", timeout=30)
        with store:
            store.executemany(
                f"INSERT INTO measures ({columns}) VALUES ('bench', ?, 'p', 'M', 1, '', '', '', '', 2, 'i',"
                " 'making-data-count@2', 1.0, 1, 1, 1)", [(name,) for name in names])
        store.close()
    else:
        service.postgres.tool(
            "psql", "-q", "-c",
            f"INSERT INTO measurement.measures ({columns}) SELECT 'bench', '{prefix}-' || lpad(to_hex(n), 12, '0'), 'p',"
            " 'M', 1, '', '', '', '', 2, 'i', 'making-data-count@2', 1.0, 1, 1, 1"
            f" FROM generate_series(0, {count - 1}) n")
    return names


def chunks(names, points, largest=1000):
    """Chunks of observations, `points` days for each measure."""
    chance = random.Random(1)

    for name in names:
        for begin in range(0, points, largest):
            days = range(begin, min(begin + largest, points))
            values = struct.pack(f"<{len(days)}d", *(chance.gauss(50, 7) for _ in days))
            packed = b"".join(load.varint(day * 2) for day in days)
            yield field(2, field(1, name) + field(2, packed) + field(3, values))


def loaded(service, messages):
    """Sends chunks, and returns how many were answered and the seconds that it took."""
    with grpc.insecure_channel(service.address) as channel:
        stream = channel.stream_stream("/waymark.measurement.v1.ObservationService/LoadObservations")
        begin = time.monotonic()
        count = sum(1 for _ in stream(iter(messages), timeout=900))
        return count, time.monotonic() - begin


def exported(service):
    with grpc.insecure_channel(service.address) as channel:
        stream = channel.unary_stream("/waymark.measurement.v1.ObservationService/ExportObservations")
        begin = time.monotonic()
        size = sum(len(message) for message in stream(field(1, "bench"), timeout=900))
        return size, time.monotonic() - begin


def bulk(rounds):
    """1,000,000 observations of 1,000 measures by stream, in and out."""
    count, points = 1000, 1000
    targets, found = [], {}
    with stores("measurement", ALL) as services:
        for engine, service in services.items():
            rates = []
            for turn in range(min(rounds.count, 3)):
                messages = list(chunks(measures(service, count, f"01890a5d-ac96-774b-bc{turn:02x}"), points))
                cpu = service.cpu()
                answered, took = loaded(service, messages)
                assert answered == count, answered
                rates.append(count * points / took)
                cpu = (service.cpu() - cpu) / count / points
                say(f"{engine}: {rates[-1]:,.0f} rows/s, {cpu:.0f} ns of CPU a row")
            found[f"{engine}: in"] = rates
            memory = service.most_memory()
            size, took = exported(service)
            found[f"{engine}: out"] = [len(rates) * count * points / took]
            print(f"\n{engine}: `measurement` had {memory:.0f} MB at most.")
            limit = 150_000 if engine == "SQLite" else 100_000
            targets += [
                Target(f"observations into {engine}, rows/s: × {limit:,}", statistics.median(rates) / limit, 1, least=True),
                Target(f"memory meanwhile, MB: × 120", memory / 120, 1)]
    spread("observations by stream", found, "rows/s", 1, 0)
    return targets


def points(rounds):
    """The 36 points of one measure among 10,000 and among 10,000,000 observations, in turns."""
    targets = []
    with stores("measurement", ALL) as small, stores("measurement", ALL) as large:
        for engine in small:
            calls = {}
            for size, services, count in (("10,000", small, 278), ("10,000,000", large, 277_778)):
                service = services[engine]
                names = measures(service, count, "01890a5d-ac96-774b-bcce")
                _, took = loaded(service, chunks(names, 36))
                if engine == "PostgreSQL":
                    service.postgres.tool("psql", "-q", "-c", "VACUUM ANALYZE")
                calls[size] = service, [
                    Written(service, "waymark.measurement.v1.ObservationService/ListObservations", field(1, name))
                    for name in random.Random(3).sample(names, 20)]
            say(f"{engine}: {count * 36 / took:,.0f} rows/s in chunks of 36")
            spent = {size: [] for size in calls}

            def cost(size, calls=calls, spent=spent):
                service, several = calls[size]
                before, took = service.cpu(), 0
                for call in several:
                    took += load.h2load(service, call, 200, connections=1, streams=1, cores=ALL)
                spent[size].append((service.cpu() - before) / len(several) / 200)
                return took / len(several) / 200 * 1e9

            found = rounds.turns(list(calls), cost)
            spread(f"36 points on {engine}, one call at a time", {
                **{f"by the clock, among {size}": each for size, each in found.items()},
                **{f"CPU, among {size}": each for size, each in spent.items()}}, "µs per call", 1000)
            targets.append(Target(
                f"36 points on {engine}: among 10⁷ × among 10⁴", ratio(found, "10,000,000", "10,000"), 1.2))
    return targets
