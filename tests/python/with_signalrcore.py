"""The client signalrcore (threads), which speaks over every transport.

It cannot answer the server (client results), nor get the result of a call with an upload. Over
MessagePack it leaves items out of the messages of an upload, and over long polling it reads texts
only; it could do neither with any server.
"""

from __future__ import annotations

import queue
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from signalrcore.hub_connection_builder import HubConnectionBuilder
from signalrcore.messages.completion_message import CompletionMessage
from signalrcore.subject import Subject
from signalrcore.types import HttpTransportType, HubProtocolEncoding

from checks import BROKEN_COUNTER, NO_METHOD, THROW_ERROR, WAIT, Mismatch, Told, begin, has_left, same

PROTOCOLS = {"json": HubProtocolEncoding.text, "messagepack": HubProtocolEncoding.binary}


class CallFailed(Exception):
    """The server answered a call with an error."""


class Peer:
    """A client whose calls and events can be waited for."""

    def __init__(self, url: str, told: Told) -> None:
        self.connection = (
            HubConnectionBuilder()
            .with_url(url, options={"transport": HttpTransportType(told.transport)})
            .with_hub_protocol(PROTOCOLS[told.protocol])
            .build()
        )
        self.opened = threading.Event()
        self.closed = threading.Event()
        self.events: queue.Queue[Any] = queue.Queue()
        self.failures: dict[str, queue.Queue[CompletionMessage]] = {}
        self.connection.on_open(self.opened.set)
        self.connection.on_close(self.closed.set)
        self.connection.on_error(self._on_error)
        self.connection.on("Receive", self.events.put)

    def _on_error(self, message: CompletionMessage) -> None:
        """Failed calls are told here, whichever they are."""
        self._failure_of(message.invocation_id).put(message)

    def _failure_of(self, invocation_id: str) -> queue.Queue[CompletionMessage]:
        """Where the failure of a call goes, which may come before the call's thread goes on."""
        return self.failures.setdefault(invocation_id, queue.Queue())

    def invoke(self, method: str, *arguments: Any) -> Any:
        """Calls a method and waits for its result."""
        invocation_id = str(uuid.uuid4())
        answer = self._failure_of(invocation_id)
        self.connection.invoke(method, list(arguments), answer.put, invocation_id)
        message = next_of(answer)
        if message.error is not None:
            raise CallFailed(message.error)
        return message.result

    def error_of(self, method: str, *arguments: Any) -> str | None:
        """Calls a method that fails, and gives the text of its error."""
        try:
            self.invoke(method, *arguments)
        except CallFailed as failure:
            return str(failure)
        return None

    def stream(self, method: str, *arguments: Any) -> tuple[list[Any], str | None]:
        """All items of a stream, and the error that it ended with."""
        items: list[Any] = []
        stream = self.connection.stream(method, list(arguments))
        end = self._failure_of(stream.invocation_id)
        stream.subscribe({"next": items.append, "complete": end.put, "error": end.put})
        return items, next_of(end).error

    def event(self) -> Any:
        """The arguments of the next event."""
        return next_of(self.events)

    @contextmanager
    def connected(self) -> Iterator[Peer]:
        self.connection.start()
        try:
            if not self.opened.wait(WAIT):
                raise Mismatch("the connection was not opened in time")
            yield self
        finally:
            self.connection.stop()
        if not self.closed.wait(WAIT):
            raise Mismatch("the connection was not closed in time")


def next_of(waiting: queue.Queue[Any]) -> Any:
    try:
        return waiting.get(timeout=WAIT)
    except queue.Empty:
        raise Mismatch("nothing came in time") from None


def calls(peer: Peer) -> None:
    same("a text comes back", peer.invoke("Echo", "grüß dich, 世界 🙂"), "grüß dich, 世界 🙂")
    same("a long text comes back", peer.invoke("Echo", "x" * 20_000), "x" * 20_000)
    same("numbers are added", peer.invoke("Add", -2, 44), 42)
    same("a call fails with its text", peer.error_of("ThrowError"), THROW_ERROR)
    same("so does one that does not exist", peer.error_of("Nothing"), NO_METHOD)
    same("a method is found whatever its case", peer.invoke("echo", "a"), "a")


def events(peer: Peer, other: Peer) -> None:
    same("a method without a result", peer.invoke("Broadcast", "to all"), None)
    same("the caller hears it", peer.event(), ["to all"])
    same("the other one hears it", other.event(), ["to all"])
    other.invoke("JoinGroup", "room")
    peer.invoke("SendToGroup", "room", "to the room")
    same("a member hears its group", other.event(), ["to the room"])
    other.invoke("LeaveGroup", "room")
    peer.invoke("SendToGroup", "room", "to nobody")
    peer.invoke("Broadcast", "to all again")
    same("who left hears its group no more", other.event(), ["to all again"])
    same("who never joined did not either", peer.event(), ["to all again"])


def streams(peer: Peer) -> None:
    # The client subscribes after it has sent the call, and loses what comes before: hence the delay.
    same("a stream", peer.stream("Counter", 5, 100), ([0, 1, 2, 3, 4], None))
    same("a stream that fails", peer.stream("CounterThatFails", 0), ([], BROKEN_COUNTER))


def uploads(peer: Peer) -> None:
    texts = [f"text {number}" for number in range(30)]
    upload = Subject()
    peer.connection.send("BroadcastStream", upload)
    for text in texts:
        upload.next(text)
    upload.complete()
    same("an upload arrives in order", [peer.event() for _ in texts], [[text] for text in texts])
    same("and the connection goes on", peer.invoke("Echo", "still here"), "still here")


def leaving(told: Told) -> None:
    with Peer(told.functional_hub, told).connected() as peer:
        connection_id = peer.invoke("GetCallerConnectionId")
        same("the transport", peer.invoke("GetActiveTransportName"), told.transport)
    has_left(told, connection_id)


def main(told: Told) -> None:
    with Peer(told.hub, told).connected() as peer:
        calls(peer)
        with Peer(told.hub, told).connected() as other:
            events(peer, other)
        streams(peer)
        if told.protocol == "json":
            uploads(peer)
    leaving(told)


if __name__ == "__main__":
    main(begin(__doc__ or ""))
