# SPDX-License-Identifier: Apache-2.0
"""Calls of the service `people`, the same for each kind of object."""

import grpc

import contracts
import ledger
import service

DEADLINE = 20


class People:
    """A client of the service with a connection of its own."""

    def __init__(self, address):
        self._channel = service.channel(address)
        self._stubs = {
            "organisation": contracts.organisation_services.OrganisationServiceStub(self._channel),
            "person": contracts.person_services.PersonServiceStub(self._channel),
            "team": contracts.team_services.TeamServiceStub(self._channel),
        }

    def close(self):
        self._channel.close()

    def create(self, kind, draft, request_id):
        return self._one(kind, "Create", **{kind: draft}, request_id=request_id)

    def update(self, kind, change):
        return self._one(kind, "Update", **{kind: change})

    def get(self, kind, identifier):
        return self._one(kind, "Get", id=identifier)

    def get_all(self, messages):
        """The objects as they are now, many calls at a time; None where there is none."""
        for start in range(0, len(messages), 64):
            calls = [self._call(kind_of(message), "Get").future(
                self._request(kind_of(message), "Get", id=message.id), timeout=DEADLINE)
                for message in messages[start:start + 64]]
            for message, call in zip(messages[start:], calls):
                try:
                    yield getattr(call.result(), kind_of(message))
                except grpc.RpcError as error:
                    if error.code() != grpc.StatusCode.NOT_FOUND:
                        raise
                    yield None

    def list(self, kind):
        """All objects of a kind, page by page."""
        plural = {"organisation": "Organisations", "person": "People", "team": "Teams"}[kind]
        module = getattr(contracts, kind)
        token = ""
        while True:
            request = getattr(module, f"List{plural}Request")(page_size=1000, page_token=token)
            response = getattr(self._stubs[kind], f"List{plural}")(request, timeout=DEADLINE)
            yield from getattr(response, plural.lower())
            token = response.next_page_token
            if not token:
                return

    def _one(self, kind, verb, **fields):
        response = self._call(kind, verb)(self._request(kind, verb, **fields), timeout=DEADLINE)
        return getattr(response, kind)

    def _call(self, kind, verb):
        return getattr(self._stubs[kind], f"{verb}{kind.capitalize()}")

    @staticmethod
    def _request(kind, verb, **fields):
        return getattr(getattr(contracts, kind), f"{verb}{kind.capitalize()}Request")(**fields)


def kind_of(message):
    return next(kind for kind, message_type in ledger.KINDS.items() if isinstance(message, message_type))
