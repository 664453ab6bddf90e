"""The event log on both databases."""

from foretaste.testing import EventLogConformance, run_suite


def test_conformance(store):
    number = iter(range(1000))

    class Suite(EventLogConformance):
        def make(self):
            return store.space(f"w{next(number)}").events

    assert len(run_suite(Suite)) == 8
