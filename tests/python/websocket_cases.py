"""Autobahn's WebSocket cases, which kosoku runs against an endpoint that echoes messages.

Left out are the cases of huge messages (9), since the endpoint bounds its messages, and of compression
(12 and 13), which have a script of their own. A case that is not strict is passed: the server does what
a peer may do, if not what it should.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from collections.abc import Iterable

from kosoku import FailureError, run_fuzzingclient
from kosoku._kosoku import Behavior, CaseResult

from checks import Mismatch, Told, begin, same

GROUPS = ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*"]
NUMBER_OF_CASES = 247


async def play(told: Told, cases: list[str]) -> list[CaseResult]:
    """Plays cases, some beside each other, since a few of them wait for a second."""
    url = "ws" + told.server.removeprefix("http") + "/echo"
    try:
        return await run_fuzzingclient(url, cases, concurrency=4)
    except FailureError as failure:
        return failure.results


def count(behaviours: Iterable[str]) -> str:
    """How often each behaviour was seen."""
    return ", ".join(f"{number} {behaviour}" for behaviour, number in Counter(behaviours).most_common())


def describe(case: CaseResult) -> str:
    """What went wrong in a case."""
    return (
        f"{case.case_id}: {case.behavior.value}, {case.result}\n"
        f"    closing: {case.behavior_close.value}, {case.result_close}\n"
        f"    expected: {case.expectation}"
    )


def judge(results: list[CaseResult], number: int) -> None:
    """Fails unless there are so many results, and all are good."""
    print("messages:", count(case.behavior.value for case in results))
    print("closing:", count(case.behavior_close.value for case in results))
    print("not strict:", " ".join(case.case_id for case in results if case.behavior == Behavior.NON_STRICT))
    failed = [describe(case) for case in results if not case.passed]
    if failed:
        raise Mismatch("\n".join([f"{len(failed)} cases failed", *failed]))
    same("the number of cases", len(results), number)


async def main(told: Told) -> None:
    judge(await play(told, GROUPS), NUMBER_OF_CASES)


def leave() -> None:
    """Ends the script. kosoku's threads are still there, and now and then one of them aborts the process
    while Python takes itself down: so it does not.
    """
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main(begin(__doc__ or "")))
    leave()
