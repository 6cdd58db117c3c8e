"""The client pysignalr (asyncio), which speaks over WebSockets alone.

It can upload a stream only as a call that expects no answer, so what the server made of an upload
is seen by the events that it sends.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from pysignalr.client import SignalRClient
from pysignalr.messages import CompletionMessage, Message
from pysignalr.protocol.json import JSONProtocol
from pysignalr.protocol.messagepack import MessagepackProtocol

from checks import BROKEN_COUNTER, NO_METHOD, THROW_ERROR, WAIT, Mismatch, Told, begin, has_left, same

T = TypeVar("T")

PROTOCOLS = {"json": JSONProtocol, "messagepack": MessagepackProtocol}


class CallFailed(Exception):
    """The server answered a call with an error."""


class Peer:
    """A client whose calls and events can be awaited."""

    def __init__(self, url: str, protocol: str) -> None:
        self.client = SignalRClient(url, protocol=PROTOCOLS[protocol]())
        self.opened = asyncio.Event()
        self.events: asyncio.Queue[Any] = asyncio.Queue()
        self.answer_to_ask: Any = None
        self.client.on_open(self._on_open)
        self.client.on_error(self._on_error)
        self.client.on("Receive", self._on_receive)
        self.client.on("Ask", self._on_ask)

    async def _on_open(self) -> None:
        self.opened.set()

    async def _on_error(self, _: CompletionMessage) -> None:
        """Required, although each call hears of its own failure too."""

    async def _on_receive(self, arguments: list[Any]) -> None:
        self.events.put_nowait(arguments)

    async def _on_ask(self, arguments: list[Any]) -> Any:
        same("what is asked has no arguments", arguments, [])
        if isinstance(self.answer_to_ask, Exception):
            raise self.answer_to_ask
        return self.answer_to_ask

    async def until(self, awaited: Awaitable[T]) -> T:
        """Waits for something, and no longer than the client runs."""
        task = asyncio.ensure_future(awaited)
        await asyncio.wait({task, self.running}, timeout=WAIT, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        task.cancel()
        if self.running.done():
            self.running.result()
        raise Mismatch("nothing came in time")

    async def invoke(self, method: str, *arguments: Any) -> Any:
        """Calls a method and waits for its result."""
        answer: asyncio.Future[CompletionMessage] = asyncio.get_running_loop().create_future()

        async def on_answer(message: Message) -> None:
            assert isinstance(message, CompletionMessage)
            answer.set_result(message)

        await self.client.send(method, list(arguments), on_answer)
        message = await self.until(answer)
        if message.error is not None:
            raise CallFailed(message.error)
        return message.result

    async def send(self, method: str, *arguments: Any) -> None:
        """Calls a method without waiting for anything."""
        await self.client.send(method, list(arguments))

    async def error_of(self, method: str, *arguments: Any) -> str | None:
        """Calls a method that fails, and gives the text of its error."""
        try:
            await self.invoke(method, *arguments)
        except CallFailed as failure:
            return str(failure)
        return None

    async def stream(self, method: str, *arguments: Any) -> tuple[list[Any], str | None]:
        """All items of a stream, and the error that it ended with."""
        items: list[Any] = []
        end: asyncio.Future[CompletionMessage] = asyncio.get_running_loop().create_future()

        async def on_next(item: Any) -> None:
            items.append(item)

        async def on_end(message: Message) -> None:
            assert isinstance(message, CompletionMessage)
            end.set_result(message)

        await self.client.stream(method, list(arguments), on_next, on_end, on_end)
        message = await self.until(end)
        return items, message.error

    async def event(self) -> Any:
        """The arguments of the next event."""
        return await self.until(self.events.get())

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Peer]:
        """The client has no way to stop but to be cancelled, as its documentation shows."""
        self.running = asyncio.create_task(self.client.run())
        try:
            await self.until(self.opened.wait())
            yield self
        finally:
            self.running.cancel()
            with suppress(asyncio.CancelledError):
                await self.running


async def calls(peer: Peer) -> None:
    same("a text comes back", await peer.invoke("Echo", "grüß dich, 世界 🙂"), "grüß dich, 世界 🙂")
    same("a long text comes back", await peer.invoke("Echo", "x" * 20_000), "x" * 20_000)
    same("numbers are added", await peer.invoke("Add", -2, 44), 42)
    same("a call fails with its text", await peer.error_of("ThrowError"), THROW_ERROR)
    same("so does one that does not exist", await peer.error_of("Nothing"), NO_METHOD)
    same("a method is found whatever its case", await peer.invoke("echo", "a"), "a")


async def events(peer: Peer, other: Peer) -> None:
    same("a method without a result", await peer.invoke("Broadcast", "to all"), None)
    same("the caller hears it", await peer.event(), ["to all"])
    same("the other one hears it", await other.event(), ["to all"])
    await other.invoke("JoinGroup", "room")
    await peer.invoke("SendToGroup", "room", "to the room")
    same("a member hears its group", await other.event(), ["to the room"])
    await other.invoke("LeaveGroup", "room")
    await peer.invoke("SendToGroup", "room", "to nobody")
    await peer.send("Broadcast", "to all again")
    same("who left hears its group no more", await other.event(), ["to all again"])
    same("who never joined did not either", await peer.event(), ["to all again"])


async def streams(peer: Peer) -> None:
    same("a stream", await peer.stream("Counter", 500, 0), (list(range(500)), None))
    same("an empty stream", await peer.stream("Counter", 0, 0), ([], None))
    same("a stream that fails", await peer.stream("CounterThatFails", 2), ([0, 1], BROKEN_COUNTER))


async def uploads(peer: Peer) -> None:
    texts = [f"text {number}" for number in range(30)]
    async with peer.client.client_stream("BroadcastStream") as upload:
        for text in texts:
            await upload.send(text)
    same("an upload arrives in order", [await peer.event() for _ in texts], [[text] for text in texts])
    same("and the connection goes on", await peer.invoke("Echo", "still here"), "still here")


async def client_results(peer: Peer) -> None:
    failed = "An unexpected error occurred invoking 'AskCaller' on the server. HubException: "
    peer.answer_to_ask = 42
    same("the client is asked", await peer.invoke("AskCaller"), 42)
    peer.answer_to_ask = ValueError("from callback")
    same("a client that refuses", await peer.error_of("AskCaller"), failed + "from callback")
    peer.answer_to_ask = None
    no_result = failed + "Client didn't provide a result."
    same("a client without an answer", await peer.error_of("AskCaller"), no_result)


async def leaving(told: Told) -> None:
    async with Peer(told.functional_hub, told.protocol).connected() as peer:
        connection_id = await peer.invoke("GetCallerConnectionId")
        same("the transport", await peer.invoke("GetActiveTransportName"), "WebSockets")
    await asyncio.to_thread(has_left, told, connection_id)


async def main(told: Told) -> None:
    same("the transport that the client has", told.transport, "WebSockets")
    async with Peer(told.hub, told.protocol).connected() as peer:
        await calls(peer)
        async with Peer(told.hub, told.protocol).connected() as other:
            await events(peer, other)
        await streams(peer)
        await uploads(peer)
        await client_results(peer)
    await leaving(told)


if __name__ == "__main__":
    asyncio.run(main(begin(__doc__ or "")))
