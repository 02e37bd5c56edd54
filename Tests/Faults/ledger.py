# SPDX-License-Identifier: Apache-2.0
"""What callers wrote and were told, and whether the store agrees.

Every write gives its object a name that no other write gives. An event that carries the name is therefore the trace of
this write and of no other, and each write has to be in one of three states: acknowledged, and then it is there, as it
was acknowledged, once; refused, and then it is not there; or in doubt, because the answer never came, and then it is
there once or not at all.
"""

import dataclasses
import hashlib
import threading

from google.protobuf import json_format

import contracts

KINDS = {
    "organisation": contracts.organisation.Organisation,
    "person": contracts.person.Person,
    "team": contracts.team.Team,
}
TABLES = {"organisation": "organisations", "person": "people", "team": "teams"}


def name_of(message):
    return message.display_name if isinstance(message, contracts.person.Person) else message.name


def content(message):
    """What the caller decides: everything but id, times and etag."""
    copy = type(message)()
    copy.CopyFrom(message)
    for field in ("id", "create_time", "update_time", "etag"):
        copy.ClearField(field)
    return copy


def shown(message):
    return json_format.MessageToJson(message, indent=None) if message is not None else "nothing"


@dataclasses.dataclass
class Write:
    """One create or update that a caller asks for until it knows what became of it."""

    kind: str
    draft: object
    creates: bool
    answer: object = None  # the object as it was acknowledged
    refused: bool = False
    is_left: bool = False  # nobody will know but by the events
    in_doubt: bool = False
    event: object = None  # the object as its event has it


@dataclasses.dataclass
class Counts:
    acknowledged: int = 0
    retries: int = 0
    doubts: int = 0
    doubts_written: int = 0
    contended: int = 0


class Ledger:
    def __init__(self, store):
        self.store = store
        self.counts = Counts()
        self.failures = []
        self._lock = threading.Lock()
        self._writes = {}  # by name
        self._unsettled = {}  # those whose event was not seen yet, by name
        self._objects = {}  # the newest state of each object, by id, as its last event has it
        self._sequence = 0
        self.events = 0  # read so far
        self._trail = hashlib.sha256()
        self._touched = set()

    def fail(self, sentence):
        with self._lock:
            if sentence not in self.failures:
                self.failures.append(sentence)

    # Callers

    def begin(self, write):
        with self._lock:
            self._writes[name_of(write.draft)] = write
            self._unsettled[name_of(write.draft)] = write
        return write

    def acknowledge(self, write, answer):
        with self._lock:
            write.answer = answer
            self.counts.acknowledged += 1
        if content(answer) != content(write.draft):
            self.fail(f"acknowledged is {shown(answer)}, asked for was {shown(write.draft)}")

    def refuse(self, write):
        with self._lock:
            write.refused = True
            self.counts.contended += 1

    def leave_to_events(self, write):
        """Has the events tell whether it was written: its caller cannot find out any more."""
        with self._lock:
            write.is_left = True

    def doubt(self, write):
        with self._lock:
            if not write.in_doubt:
                write.in_doubt = True
                self.counts.doubts += 1

    def retry(self):
        with self._lock:
            self.counts.retries += 1

    # Comparison, while no call is under way

    def compare(self, client):
        """Compares what came since the last time: events with writes, and objects with their events."""
        self._read_events()
        for name, write in list(self._unsettled.items()):
            if write.answer is not None:
                if write.event is None:
                    self.fail(f"lost: the event of the acknowledged write {shown(write.answer)}")
                elif write.event != write.answer:
                    self.fail(f"acknowledged was {shown(write.answer)}, its event has {shown(write.event)}")
            elif write.refused and write.event is not None:
                self.fail(f"refused, and yet written: {shown(write.event)}")
            elif not write.refused and not write.is_left:
                continue  # its caller asks again
            del self._unsettled[name]
        self._compare_objects(client, self._touched)
        self._touched = set()
        self._compare_tables()

    def compare_everything(self, client):
        """Compares every object that there is, and every event from the first on."""
        self.compare(client)
        listed = {}
        for kind in KINDS:
            for message in client.list(kind):
                if message.id in listed:
                    self.fail(f"listed twice: {shown(message)}")
                listed[message.id] = message
        for identifier, state in self._objects.items():
            if listed.get(identifier) != state:
                self.fail(f"listed is {shown(listed.get(identifier))}, its last event has {shown(state)}")
        for identifier in listed.keys() - self._objects.keys():
            self.fail(f"listed, and never written: {shown(listed[identifier])}")
        trail = hashlib.sha256()
        for row in self._events_after(0):
            trail.update(repr(row).encode())
        if trail.digest() != self._trail.digest():
            self.fail("the events are not those that were there before")

    def unsettled(self):
        """Writes whose callers do not know what became of them."""
        return [write for write in self._unsettled.values() if write.answer is None and not write.refused and not write.is_left]

    @property
    def objects(self):
        return len(self._objects)

    def _events_after(self, sequence):
        return self.store.rows(
            "SELECT sequence, kind, object_id, before_json, after_json FROM events "
            f"WHERE sequence > {sequence} ORDER BY sequence")

    def _read_events(self):
        for row in self._events_after(self._sequence):
            sequence, kind, identifier, before, after = row
            self._trail.update(repr(row).encode())
            if sequence != self._sequence + 1:
                self.fail(f"event {sequence} comes after event {self._sequence}")
            self._sequence = sequence
            self.events += 1
            message_type = KINDS[kind.split(".")[0]]
            state = json_format.Parse(after, message_type())
            known = self._objects.get(identifier)
            earlier = json_format.Parse(before, message_type()) if before else None
            if earlier != known:
                self.fail(f"event {sequence} begins with {shown(earlier)}, the one before it ends with {shown(known)}")
            self._objects[identifier] = state
            self._touched.add(identifier)
            self._attribute(state, creates=before is None)

    def _attribute(self, state, creates):
        write = self._writes.get(name_of(state))
        if write is None:
            self.fail(f"invented: nobody wrote {shown(state)}")
        elif write.event is not None:
            self.fail(f"written twice: {shown(write.event)} and {shown(state)}")
        elif content(state) != content(write.draft) or creates != write.creates:
            self.fail(f"asked for was {shown(write.draft)}, written was {shown(state)}")
        else:
            write.event = state
            if write.answer is None and write.in_doubt:
                self.counts.doubts_written += 1

    def _compare_objects(self, client, identifiers):
        states = [self._objects[identifier] for identifier in identifiers]
        for state, found in zip(states, client.get_all(states)):
            if found != state:
                self.fail(f"there is {shown(found)}, its last event has {shown(state)}")

    def _compare_tables(self):
        """An object without its events, or events without their object: each write counts its object's revision up."""
        for kind, table in TABLES.items():
            # Cast: PostgreSQL sums to a decimal.
            (row,) = self.store.rows(
                f"SELECT (SELECT COUNT(*) FROM {table}), (SELECT CAST(COALESCE(SUM(revision), 0) AS BIGINT) FROM {table}), "
                f"(SELECT COUNT(*) FROM events WHERE kind = '{kind}.created'), "
                f"(SELECT COUNT(*) FROM events WHERE kind LIKE '{kind}.%')")
            objects, revisions, creates, events = row
            if (objects, revisions) != (creates, events):
                self.fail(f"{table}: {objects} rows that were written {revisions} times, "
                          f"but {creates} events of creation and {events} in all")
