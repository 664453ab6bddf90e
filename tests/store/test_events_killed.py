"""``kill -9`` in the middle of a storm: nothing acknowledged is lost, nothing is doubled."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from foretaste.core import Event
from foretaste.core.errors import StorageError
from foretaste.store import Spool, open_store

STORM = Path(__file__).with_name("storm.py")


def storm(url, how, where, tags, lines):
    """Start a process for each tag, kill each after it acknowledged so many; what they said."""
    running = [
        subprocess.Popen(
            [sys.executable, str(STORM), url, how, str(where), tag], stdout=subprocess.PIPE
        )
        for tag in tags
    ]
    acknowledged = {}
    for tag, process in zip(tags, running, strict=True):
        heard = [process.stdout.readline() for _ in range(lines)]
        os.kill(process.pid, signal.SIGKILL)
        rest, _ = process.communicate(timeout=20)
        whole = (b"".join(heard) + rest).decode()
        if not whole.endswith("\n"):  # torn while it said so
            whole = whole.rpartition("\n")[0]
        acknowledged[tag] = {int(line) for line in whole.split()}
        assert len(acknowledged[tag]) >= lines - 1
    return acknowledged


def check(events, acknowledged):
    kept = Counter((one.user_id, one.idempotency_key) for one in events.read())
    assert set(kept.values()) == {1}, "nothing twice"
    for tag, numbers in acknowledged.items():
        assert all(kept[tag, f"{tag}-{number}"] == 1 for number in numbers), "nothing lost"


@pytest.mark.parametrize("how", ["durable", "fast"])
def test_killed_while_appending(store_url, tmp_path, how):
    open_store(store_url).close()
    acknowledged = storm(store_url, how, "-", ["ann", "bob"], 60)
    with open_store(store_url) as store:
        events = store.space().events
        check(events, acknowledged)
        # Their senders do not know what was kept and send all again.
        for tag, numbers in acknowledged.items():
            again = [
                Event(f"i{n}", "like", user_id=tag, idempotency_key=f"{tag}-{n}") for n in numbers
            ]
            assert events.append_counted(again).new == 0
        check(events, acknowledged)


def test_killed_while_spooling(store_url, tmp_path):
    folder = tmp_path / "spool"
    acknowledged = storm("-", "spool", folder, ["ann", "bob"], 60)
    assert list(folder.glob("*.events"))
    with open_store(store_url) as store:
        events = store.space().events
        spools = [Spool(folder), Spool(folder)]
        with ThreadPoolExecutor(2) as pool:
            given = list(
                pool.map(lambda spool: spool.drain(lambda _, some: events.append(some)), spools)
            )
        assert sum(given) == events.count(), "each file was taken by one"
        check(events, acknowledged)
        assert list(folder.iterdir()) == []


@pytest.mark.postgres
def test_the_database_crashes_in_a_storm_and_comes_back(postgres):
    """Durable acknowledgements survive; senders that were refused send again; once each."""
    crashed, refused = threading.Event(), threading.Event()

    def send(tag):
        number = 0
        while number < 400 and not (crashed.is_set() and number > 200):
            some = [
                Event("i", user_id=tag, idempotency_key=f"{tag}-{n}")
                for n in range(number, number + 4)
            ]
            try:
                events.append(some)
            except StorageError:
                refused.set()
                crashed.wait(20)
                continue
            number += 4
        return number

    try:
        with open_store(postgres.fresh()) as store, ThreadPoolExecutor(4) as pool:
            events = store.space().events
            sending = [pool.submit(send, f"u{n}") for n in range(4)]
            while events.count() < 40:
                pass
            postgres.crash()
            assert refused.wait(20)
            with pytest.raises(StorageError):
                store.ping()
            postgres.start()
            crashed.set()
            sent = {f"u{n}": future.result(60) for n, future in enumerate(sending)}
            check(events, {tag: set(range(number)) for tag, number in sent.items()})
            assert events.count() == sum(sent.values())
    finally:
        crashed.set()
        postgres.start()
