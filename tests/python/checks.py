"""What the scripts with the clients share: what they are told, how they compare, how they end.

A script runs its checks one after the other and ends with the first that does not hold: with exit
code 1, and with what was found and what was expected as its last line.
"""

from __future__ import annotations

import argparse
import faulthandler
import urllib.request
from dataclasses import dataclass
from typing import Any

WAIT = 20.0
"""Seconds that anything waited for may take."""

WHOLE_SCRIPT = 120.0
"""Seconds after which a script that hangs nevertheless ends, with what its threads were doing."""

THROW_ERROR = "An unexpected error occurred invoking 'ThrowError' on the server. HubException: An error occurred."
NO_METHOD = "Failed to invoke 'Nothing' due to an error on the server. HubException: Method does not exist."
BROKEN_COUNTER = "An error occurred on the server while streaming results. HubException: The counter is broken."


@dataclass(frozen=True)
class Told:
    """What a script was told by its arguments."""

    server: str
    transport: str
    protocol: str

    @property
    def hub(self) -> str:
        """The hub of outside suites."""
        return self.server + "/hubs/test"

    @property
    def functional_hub(self) -> str:
        """The hub of the functional tests, which knows connections by their ids."""
        return self.server + "/testhub"


def begin(about: str) -> Told:
    """Reads the arguments, and sees to it that the script ends."""
    faulthandler.dump_traceback_later(WHOLE_SCRIPT, exit=True)
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("server", help="the server's address, without a path")
    parser.add_argument("--transport", default="WebSockets", help="by SignalR's name")
    parser.add_argument("--protocol", default="json", help="json or messagepack")
    told = parser.parse_args()
    return Told(told.server, told.transport, told.protocol)


class Mismatch(AssertionError):
    """Something else was found than what was expected."""


def same(what: str, found: Any, expected: Any) -> None:
    """Compares, types included: a number that comes back as a float is another one."""
    if (type(found), found) != (type(expected), expected):
        raise Mismatch(f"{what}: expected {expected!r}, found {found!r}")
    print("ok", what)


def has_left(told: Told, connection_id: str) -> None:
    """Waits until the server has no such connection, by asking it for a result of its client.

    A client that is still there would answer something else, or let the question wait.
    """
    question = f"{told.server}/clientresult/{connection_id}"
    with urllib.request.urlopen(question, timeout=WAIT) as response:
        answer = response.read().decode()
    gone = (f"Connection '{connection_id}' does not exist.", f"Connection '{connection_id}' disconnected.")
    if answer not in gone:
        raise Mismatch(f"the server still has a connection that was stopped: {answer!r}")
    print("ok nothing is left of the connection")
