# SPDX-License-Identifier: Apache-2.0
"""Watchers of a service's events, who go on where they were after every break, and then tell what they were told."""

import threading

import grpc

import contracts
import service

# How a watch ends when the service ends, stops, or cannot use its store; and when its watcher leaves.
BREAKS = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}
PATIENCE = 60


class Watchers:
    """Some watchers of one service, wherever it is at the moment."""

    def __init__(self, ledger, count=2):
        self._ledger = ledger
        self._watchers = [Watcher(ledger, number) for number in range(count)]

    def __enter__(self):
        for watcher in self._watchers:
            watcher.start()
        return self

    def __exit__(self, *_):
        for watcher in self._watchers:
            watcher.leave()

    def follow(self, address):
        """Says where the service is now."""
        for watcher in self._watchers:
            watcher.follow(address)

    def compare(self, store):
        """Waits until they were told of everything, and compares that with the store."""
        rows = store.rows(
            "SELECT sequence, kind, object_id, before_json, after_json FROM events ORDER BY sequence")
        stored = [(row[0], row[1], row[2], row[3] or "", row[4] or "") for row in rows]
        for watcher in self._watchers:
            if not watcher.wait_for(len(stored)):
                self._ledger.fail(f"a watcher was told of {watcher.told} events of {len(stored)} within {PATIENCE} s")
            elif watcher.events() != stored:
                self._ledger.fail("what a watcher was told is not what the store has")

    @property
    def breaks(self):
        return sum(watcher.breaks for watcher in self._watchers)


class Watcher(threading.Thread):
    def __init__(self, ledger, number):
        super().__init__(name=f"watcher {number}", daemon=True)
        self.breaks = 0
        self._ledger = ledger
        self._changed = threading.Condition()
        self._address = None
        self._left = False
        self._call = None
        self._events = []
        self._position, self._hash = 0, ""

    def follow(self, address):
        with self._changed:
            self._address = address
            self._changed.notify_all()

    def leave(self):
        with self._changed:
            self._left = True
            call = self._call
            self._changed.notify_all()
        if call:
            call.cancel()
        self.join()

    @property
    def told(self):
        with self._changed:
            return len(self._events)

    def events(self):
        with self._changed:
            return list(self._events)

    def wait_for(self, count):
        with self._changed:
            return self._changed.wait_for(lambda: len(self._events) >= count, PATIENCE)

    def run(self):
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._address or self._left)
                if self._left:
                    return
                address = self._address
            try:
                self._watch(address)
            except grpc.RpcError as error:
                if error.code() not in BREAKS:
                    self._ledger.fail(f"a watch behind {self._position} ended with {error.code().name}: {error.details()}")
                    return
                self.breaks += 1
            # The service is away for a while.
            with self._changed:
                self._changed.wait_for(lambda: self._left, 0.05)

    def _watch(self, address):
        with service.channel(address) as channel:
            request = contracts.events.WatchEventsRequest(
                service="people", after_sequence=self._position, after_hash=self._hash)
            call = contracts.events_services.EventServiceStub(channel).WatchEvents(request)
            with self._changed:
                self._call = call
                if self._left:
                    return
            for message in call:
                self._take(message)

    def _take(self, message):
        with self._changed:
            for event in message.events:
                if event.sequence != len(self._events) + 1:
                    self._ledger.fail(f"a watcher was told of event {event.sequence} after event {len(self._events)}")
                self._events.append(
                    (event.sequence, event.kind, event.object_id, event.before_json, event.after_json))
            self._position, self._hash = message.position, message.position_hash
            self._changed.notify_all()
