"""Several processes at once: tokens, jobs and facts, on both databases."""

import json
import subprocess
import sys

from foretaste.store import TokenRecord

TAKE = """
import json, sys
from foretaste.core.errors import BusyError, ConflictError
from foretaste.store import open_store
url, name = sys.argv[1:]
taken, jobs, added = [], [], 0
with open_store(url) as store:
    space = store.space("a")
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(12):
        if store.tokens.take(f"t{number}"):
            taken.append(number)
        job = space.jobs.claim(name, stale_s=1e9)
        if job:
            jobs.append(job.job_id)
            space.jobs.update(job.job_id, worker=name, status="done")
        while True:
            now = space.facts.get("n")
            try:
                space.facts.put("n", now + 1, expected=now)
                break
            except ConflictError:
                pass
    print(json.dumps([taken, jobs]))
"""


def test_each_thing_goes_to_exactly_one_process(store, store_url):
    space = store.space("a")
    for number in range(12):
        store.tokens.add(TokenRecord(f"t{number}", "a", "admin", 9e12))
        space.jobs.add("fit", job_id=f"j{number}")
    space.facts.put("n", 0)
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", TAKE, store_url, f"w{number}"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for number in range(2)
    ]  # fmt: skip
    try:
        for worker in workers:
            assert worker.stdout.readline() == "ready\n"
        for worker in workers:
            worker.stdin.write("go\n")
            worker.stdin.flush()
        answers = [json.loads(worker.communicate(timeout=120)[0]) for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
    tokens = [number for taken, _ in answers for number in taken]
    jobs = [name for _, claimed in answers for name in claimed]
    assert sorted(tokens) == list(range(12)), "each token once"
    assert sorted(jobs) == sorted(f"j{number}" for number in range(12)), "each job once"
    assert space.facts.get("n") == 24, "no change lost"
    assert {job.status for job in space.jobs.page().items} == {"done"}
