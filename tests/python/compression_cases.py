"""Autobahn's cases of compressed messages, which kosoku runs against an endpoint that echoes them.

Left out are, by the numbers at their ends, those whose messages the endpoint leaves uncompressed since
they are short (1 to 3), which kosoku takes for text where it expects bytes, and those with larger
messages than the endpoint takes (9, 10, 14 to 18), and some that take long; of the kinds of data the PDF, which gets no shorter;
of the offers those of a smaller window (13.3, 13.5 and 13.6), which the endpoint passes over.
"""

from __future__ import annotations

import asyncio

from kosoku._kosoku import Behavior

from checks import Told, begin, same
from websocket_cases import judge, leave, play

GROUPS = ["12.1", "12.2", "12.3", "12.4", "13.1", "13.2", "13.4", "13.7"]
SIZES = [4, 8, 11]
CASES = [f"{group}.{size}" for group in GROUPS for size in SIZES]


async def main(told: Told) -> None:
    results = await play(told, CASES)
    judge(results, len(CASES))
    # Without compression they would be passed, too.
    same("whether all were compressed", all(case.behavior == Behavior.OK for case in results), True)


if __name__ == "__main__":
    asyncio.run(main(begin(__doc__ or "")))
    leave()
