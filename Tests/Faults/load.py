# SPDX-License-Identifier: Apache-2.0
"""Callers that write all the time, and that ask again after a break until they know what became of a write."""

import contextlib
import random
import threading
import time

import grpc

import contracts
from ledger import content, Write
from people import People

# What a break looks like from outside. Whether the write was made is then unknown.
BREAKS = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED}


class Load:
    """A number of callers, who write while the gate is open."""

    def __init__(self, ledger, seed, callers=12, refusals=frozenset()):
        """`refusals`: codes that are no break, but that may be told while something is wrong with the store."""
        self.ledger = ledger
        self.refusals = refusals
        self.refused = {}  # a sentence for each code that was told
        self._changed = threading.Condition()
        self._open = False
        self._ended = False
        self._address = None
        self._writing = callers
        self._callers = [Caller(self, number, seed) for number in range(callers)]
        self.shared = []

    def __enter__(self):
        for caller in self._callers:
            caller.start()
        return self

    def __exit__(self, *_):
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        for caller in self._callers:
            caller.join()

    def prepare(self, address):
        """Makes the organisations that all callers write in turn."""
        people = People(address)
        for number in range(2):
            draft = contracts.organisation.Organisation(name=f"Shared {number}", kind=1)
            write = self.ledger.begin(Write("organisation", draft, creates=True))
            self.ledger.acknowledge(write, people.create("organisation", draft, f"shared:{number}"))
            self.shared.append(write.answer)
        people.close()

    def open(self, address):
        """Lets the callers write to the service at `address`."""
        with self._changed:
            self._address, self._open = address, True
            self._changed.notify_all()

    def close(self):
        """Lets each caller come to the end of the call that it is in. No call is under way afterwards."""
        with self._changed:
            self._open = False
            while self._writing:
                self._changed.wait()

    @contextlib.contextmanager
    def running(self, address):
        self.open(address)
        try:
            yield
        finally:
            self.close()

    def settle(self, address, seconds=60):
        """Has every caller learn what became of its last write."""
        deadline = time.monotonic() + seconds
        while self.ledger.unsettled() and time.monotonic() < deadline:
            with self.running(address):
                time.sleep(0.05)

    def wait_at_gate(self):
        """The address to write to; None when it is over."""
        with self._changed:
            if not self._open and not self._ended:
                self._writing -= 1
                self._changed.notify_all()
                while not self._open and not self._ended:
                    self._changed.wait()
                if not self._ended:
                    self._writing += 1
            return None if self._ended else self._address

    def leave(self):
        """Says that a caller does not come back to the gate."""
        with self._changed:
            self._writing -= 1
            self._changed.notify_all()

    def note(self, error):
        """Keeps one sentence for each code."""
        self.refused.setdefault(error.code().name, error.details())


class Caller(threading.Thread):
    """One caller with objects of its own, and organisations that it writes in turn with all others."""

    def __init__(self, load, number, seed):
        super().__init__(name=f"caller {number}", daemon=True)
        self._load = load
        self._ledger = load.ledger
        self._number = number
        self._random = random.Random(f"{seed}/{number}")
        self._written = 0
        self._own = {"organisation": [], "person": [], "team": []}  # the newest states
        self._pending = None  # what to do until it is done
        self._write = None  # the write that this is about, once it is known
        self._people = None
        self._address = None

    def run(self):
        try:
            self._write_on()
        except Exception as error:
            self._ledger.fail(f"{self.name} cannot go on: {error!r}")
            self._load.leave()

    def _write_on(self):
        while address := self._load.wait_at_gate():
            if address != self._address:
                if self._people:
                    self._people.close()
                self._people, self._address = People(address), address
            try:
                self._step()
            except grpc.RpcError as error:
                self._load.note(error)
                if error.code() not in BREAKS | self._load.refusals:
                    self._ledger.fail(f"a call ended with {error.code().name}: {error.details()}")
                # As clients do: not again at once.
                time.sleep(0.02)
        if self._people:
            self._people.close()

    def _step(self):
        if self._pending is None:
            self._write = None
            self._pending = self._choose()
        elif self._write:
            self._ledger.retry()
        try:
            self._pending()
        except grpc.RpcError:
            if self._write:
                self._ledger.doubt(self._write)
            raise
        self._pending = None

    # What to write

    def _choose(self):
        organisations, persons = self._own["organisation"], self._own["person"]
        if not organisations:
            return self._create("organisation")
        what = self._random.random()
        if what < 0.08:
            return self._create("organisation")
        if what < 0.35 or not persons:
            return self._create("person")
        if what < 0.55:
            return self._create("team")
        if what < 0.62:
            return self._contend()
        return self._update(self._random.choice([kind for kind, objects in self._own.items() if objects]))

    def _new_name(self, kind):
        self._written += 1
        return f"{kind.capitalize()} {self._number}/{self._written} of caller {self._number}, Å “{self._written % 7}”"

    def _draft(self, kind):
        name = self._new_name(kind)
        mark = f"{self._number}-{self._written}"
        if kind == "organisation":
            parent = self._random.choice([*self._own[kind], None])
            return contracts.organisation.Organisation(
                name=name, code=mark, kind=self._random.randint(1, 3), parent_id=parent.id if parent else "")
        organisation = self._random.choice(self._own["organisation"]).id
        if kind == "person":
            return contracts.person.Person(
                organisation_id=organisation, display_name=name, email=f"caller.{mark}@example.org")
        return contracts.team.Team(organisation_id=organisation, name=name, members=self._members())

    def _members(self):
        persons = self._own["person"]
        chosen = self._random.sample(persons, min(len(persons), self._random.randint(1, 12)))
        return [contracts.team.TeamMember(person_id=person.id, function=self._random.randint(1, 6)) for person in chosen]

    # Writing it

    def _create(self, kind):
        draft = self._draft(kind)
        request = f"{self._number}:{self._written}"
        self._write = write = self._ledger.begin(Write(kind, draft, creates=True))

        def attempt():
            answer = self._people.create(kind, draft, request)
            self._ledger.acknowledge(write, answer)
            self._own[kind].append(answer)
        return attempt

    def _update(self, kind):
        place = self._random.randrange(len(self._own[kind]))
        stored = self._own[kind][place]
        draft = type(stored)()
        draft.CopyFrom(stored)
        if kind == "person":
            draft.display_name = self._new_name(kind)
        else:
            draft.name = self._new_name(kind)
        if kind == "team":
            del draft.members[:]
            draft.members.extend(self._members())
        self._write = write = self._ledger.begin(Write(kind, draft, creates=False))

        def attempt():
            try:
                answer = self._people.update(kind, draft)
            except grpc.RpcError as error:
                if error.code() != grpc.StatusCode.ABORTED or not write.in_doubt:
                    raise
                # Nobody else writes this object: the newer version has to be what was asked for before the break.
                answer = self._people.get(kind, stored.id)
                if content(answer) != content(draft):
                    raise
            self._ledger.acknowledge(write, answer)
            self._own[kind][place] = answer
        return attempt

    def _contend(self):
        """An update of an organisation that all callers update: of those that read one version, one may write."""
        identifier = self._random.choice(self._load.shared).id

        def attempt():
            write = self._write
            if write is None:
                draft = self._people.get("organisation", identifier)
                draft.name = self._new_name("organisation")
                self._write = write = self._ledger.begin(Write("organisation", draft, creates=False))
            try:
                answer = self._people.update("organisation", write.draft)
            except grpc.RpcError as error:
                if error.code() != grpc.StatusCode.ABORTED:
                    raise
                if not write.in_doubt:
                    return self._ledger.refuse(write)
                # It was written before the break, or another caller came first.
                return self._ledger.leave_to_events(write)
            self._ledger.acknowledge(write, answer)
        return attempt
