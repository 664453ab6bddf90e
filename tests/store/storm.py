"""A process that appends until it is killed, and says what was acknowledged.

``python storm.py URL durable|fast|spool WHERE TAG``: prints one acknowledged number a line.
"""

import sys

from foretaste.core import Event
from foretaste.store import Spool, open_store


def event(tag: str, number: int) -> Event:
    return Event(f"i{number}", "like", user_id=tag, idempotency_key=f"{tag}-{number}")


def main(url: str, how: str, where: str, tag: str) -> None:
    if how == "spool":
        spool = Spool(where, file_bytes=2_000)

        def keep(events):
            spool.put("default", events)
    else:
        log = open_store(url).space().events

        def keep(events):
            log.append(events, durable=how == "durable")

    for start in range(0, 100_000, 3):
        keep([event(tag, number) for number in range(start, start + 3)])
        for number in range(start, start + 3):
            print(number)
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
