"""Jobs, bundles, experiments, reports, export, health, metrics, traces."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from foretaste.app.service import Service
from foretaste.app.service.work.tasks import TASKS
from foretaste.feedback.reports.experiment import METRICS
from foretaste.serve import make_app
from foretaste.serve.watching.tracing import make_spans
from foretaste.serve.wire.operating import BundlesOut, JobIn, JobKind, JobOut, JobPage
from foretaste.serve.wire.reports import (
    DriftOut,
    ExperimentOut,
    ExperimentResultOut,
    ExplorationOut,
    Metric,
    QualityOut,
    SatisfactionOut,
    StatsOut,
)

from .shop import Caller, client_of, settings_for


def test_jobs_start_are_listed_and_can_be_cancelled(call: Caller) -> None:
    reply = call.post("/v1/jobs", {"kind": "evaluate"})
    assert reply.status_code == 202
    job = JobOut.model_validate(reply.json())
    JobPage.model_validate(call.get("/v1/jobs?n=5").json())
    assert call.get(f"/v1/jobs/{job.job_id}").json()["kind"] == "evaluate"
    cancelled = call.post(f"/v1/jobs/{job.job_id}/cancel")
    assert cancelled.status_code in (200, 409), cancelled.text
    assert call.get("/v1/jobs/nothing").status_code == 404
    assert call.post("/v1/jobs", {"kind": "format-disk"}).status_code == 422
    assert call.post("/v1/jobs", {"kind": "refresh"}, role="writer").status_code == 403
    assert JobIn(kind="refresh").arguments == {}


def test_work_that_is_asked_for_twice_under_one_name_is_done_once(call: Caller) -> None:
    named = {"Idempotency-Key": "once"}
    first = call.post("/v1/jobs", {"kind": "export"}, headers=named)
    again = call.post("/v1/jobs", {"kind": "export"}, headers=named)
    assert first.json()["job_id"] == again.json()["job_id"]
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert call.post("/v1/jobs", {"kind": "evaluate"}, headers=named).status_code == 409
    other = call.post("/v1/jobs", {"kind": "export"}, headers={"Idempotency-Key": "other"})
    assert other.json()["job_id"] != first.json()["job_id"]
    for one in (first, other):
        call.post(f"/v1/jobs/{one.json()['job_id']}/cancel")
    sessions = [call.post("/v1/sessions", headers=named).json()["session_id"] for _ in range(2)]
    assert sessions[0] == sessions[1]


def test_names_of_the_wire_are_those_of_the_service() -> None:
    assert set(JobKind.__args__) <= set(TASKS)
    assert set(Metric.__args__) == set(METRICS)


def test_bundles_are_listed_and_there_is_no_way_back_from_the_first(call: Caller) -> None:
    found = BundlesOut.model_validate(call.get("/v1/bundles").json())
    assert [one.active for one in found.bundles] == [True]
    assert call.post("/v1/bundles/roll-back").status_code == 409
    assert call.post("/v1/bundles/roll-back", {"to": "nothing"}).status_code in (404, 409)


def test_an_experiment_lives_from_draft_to_result(call: Caller) -> None:
    arms = {"plain": {"weight": 1}, "varied": {"weight": 1, "settings": {"diversity": 0.5}}}
    body = {"kind": "ab", "arms": arms, "metric": "click_rate"}
    path = "/v1/experiments/first"
    draft = ExperimentOut.model_validate(call("PUT", path, json=body).json())
    assert draft.status == "draft" and draft.arms["varied"].settings == {"diversity": 0.5}
    assert call.post(f"{path}/start").json()["status"] == "running"
    assert call("PUT", path, json=body).status_code == 409
    arms_seen = set()
    for n in range(12):
        answer = call.post("/v1/recommendations", {"user_id": f"x{n}"}).json()
        arms_seen.add(answer["arms"]["first"])
        again = call.post("/v1/recommendations", {"user_id": f"x{n}"}).json()
        assert again["arms"] == answer["arms"], "always the same arm"
        event = {"user_id": f"x{n}", "item_id": answer["items"][0]["item_id"], "kind": "click"}
        call.post("/v1/feedback", event | {"answer_id": answer["answer_id"]})
    assert arms_seen == {"plain", "varied"}
    result = ExperimentResultOut.model_validate(call.get(f"{path}/result").json())
    assert result.report is not None and not result.report.ratio.mismatch
    assert call.post(f"{path}/stop").json()["status"] == "stopped"
    assert [one["name"] for one in call.get("/v1/experiments").json()["experiments"]] == ["first"]
    assert call("DELETE", path).status_code in (204, 409)
    wrong = {**body, "arms": {"a": {}, "b": {"settings": {"source": "nobody"}}}}
    assert call("PUT", "/v1/experiments/other", json=wrong).status_code == 409
    three = {"kind": "interleaving", "arms": {"a": {}, "b": {}, "c": {}}}
    assert call("PUT", "/v1/experiments/other", json=three).status_code == 422


def test_exploration_is_off_until_it_is_set(call: Caller) -> None:
    assert call.get("/v1/exploration").json()["kind"] == "none"
    first = call.post("/v1/recommendations", {"user_id": "p9"}).json()["items"]
    assert all("propensity" not in item for item in first)
    body = {"kind": "thompson", "share": 0.3}
    now = ExplorationOut.model_validate(call("PUT", "/v1/exploration", json=body).json())
    assert now.kind == "thompson"
    found = call.post("/v1/recommendations", {"user_id": "p9", "n": 10}).json()["items"]
    assert all(0 < item["propensity"] <= 1 for item in found)
    call("PUT", "/v1/exploration", json={"kind": "none"})


def test_reports_have_their_shapes(call: Caller) -> None:
    answer = call.post("/v1/recommendations", {"user_id": "p3"}).json()
    event = {"user_id": "p3", "item_id": answer["items"][0]["item_id"], "kind": "click"}
    call.post("/v1/feedback", event | {"answer_id": answer["answer_id"]})
    report = call.get("/v1/reports/satisfaction?by=source&by=arm")
    found = SatisfactionOut.model_validate(report.json())
    assert found.by == ["source", "arm"] and found.by_answer >= 1
    assert call.get("/v1/reports/satisfaction?by=shoe-size").status_code == 422
    DriftOut.model_validate(call.get("/v1/reports/drift").json())
    QualityOut.model_validate(call.get("/v1/reports/quality").json())
    stats = StatsOut.model_validate(call.get("/v1/stats").json())
    assert stats.items == 36 and stats.events > 0


def test_everything_can_be_taken_home(call: Caller) -> None:
    reply = call.get("/v1/export?format=jsonl")
    assert reply.status_code == 200 and reply.headers["content-type"] == "application/zip"
    names = zipfile.ZipFile(io.BytesIO(reply.content)).namelist()
    assert any("event" in name for name in names) and any("item" in name for name in names)
    assert all(not name.startswith("/") and ".." not in name for name in names)
    assert call.get("/v1/export?format=exe").status_code == 422
    assert call.get("/v1/export", role="operator").status_code == 403


def test_what_administrators_do_is_written_down(call: Caller) -> None:
    made = call.post("/v1/keys", {"name": "audited", "role": "page"}).json()
    entries = call.get("/v1/audit?n=20").json()["entries"]
    (ours,) = [one for one in entries if one["subject"] == made["key_id"]]
    assert ours["action"] == "key.create"
    me = call.get("/v1/me").json()
    assert ours["actor"] == me["key_id"]
    assert made["key"] not in str(entries)
    past = call.post("/v1/keys", {"name": "late", "role": "page", "expires_s": 5.0})
    assert past.status_code == 409


def test_metrics_count_what_happens(call: Caller) -> None:
    def number(name: str) -> float:
        for line in call.get("/metrics").text.splitlines():
            if line.startswith(name + " "):
                return float(line.rpartition(" ")[2])
        return 0.0

    name = 'foretaste_http_requests_total{method="POST",route="/v1/recommendations",status="200"}'
    before, kept = number(name), number('foretaste_events_total{outcome="accepted"}')
    call.post("/v1/recommendations", {"user_id": "p1"})
    call.post("/v1/feedback", {"user_id": "m", "item_id": "item-1", "kind": "view"})
    call.get("/v1/items/some%2Fid")
    assert number(name) == before + 1
    assert number('foretaste_events_total{outcome="accepted"}') == kept + 1
    text = call.get("/metrics").text
    assert "some%2Fid" not in text and "some/id" not in text, "ids would make endless series"
    for wanted in (
        "foretaste_http_request_seconds_bucket",
        "foretaste_ready 1.0",
        "foretaste_bundle_info{",
        "foretaste_spooled",
        "foretaste_items 36.0",
    ):
        assert wanted in text, wanted
    assert call.get("/metrics", role="writer").status_code == 403


def test_metrics_are_open_when_the_owner_says_so(shop_bundle: Path, tmp_path: Path) -> None:
    settings = settings_for(tmp_path, shop_bundle, http__metrics_open=True)
    with Service.open(settings) as service, client_of(make_app(service)) as client:
        assert client.get("/metrics").status_code == 200


def test_health_says_little_to_strangers(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    assert call.client.get("/health/live").json() == {"status": "ok", "degraded": []}
    assert call.client.get("/health/ready").status_code == 200
    whole = call.service.health()
    secret = "the database does not answer: postgresql://ann@secret-host/db"
    sick = type(whole)(True, True, (secret, "default: 3 impressions were dropped"), whole.details)
    monkeypatch.setattr(type(call.service), "health", lambda _: sick)
    said = call.client.get("/health/ready")
    assert said.status_code == 200 and said.json()["status"] == "degraded"
    assert "secret-host" not in said.text and "default" not in said.text
    down = type(whole)(True, False, (), {})
    monkeypatch.setattr(type(call.service), "health", lambda _: down)
    reply = call.client.get("/health/ready")
    assert reply.status_code == 503 and reply.headers["retry-after"]


def test_a_degraded_answer_says_so_and_is_counted(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    workspace = call.service.workspace()
    real = workspace.recommend(_query())
    sick = replace(real, warnings=("degraded: the database is gone",))
    monkeypatch.setattr(type(workspace), "recommend", lambda *_, **__: sick)
    assert call.post("/v1/recommendations").json()["warnings"] == list(sick.warnings)
    assert "foretaste_answers_degraded_total 1.0" in call.get("/metrics").text


def _query() -> Any:
    from foretaste.core import Query

    return Query("p1")


def test_requests_leave_spans_that_go_on_from_the_caller(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    memory = InMemorySpanExporter()
    monkeypatch.setattr("foretaste.serve.app.make_spans", lambda _: make_spans(None, memory))
    with client_of(make_app(service)) as client:
        call = Caller(service, client)
        parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        call.get("/v1/items/item-1", headers={"traceparent": parent, "X-Request-ID": "r-1"})
        call.get("/v1/items/nothing")
    first, second = memory.get_finished_spans()
    assert first.name == "GET /v1/items/{item_id}"
    assert f"{first.context.trace_id:032x}" == "0af7651916cd43dd8448eb211c80319c"
    assert first.attributes["http.response.status_code"] == 200
    assert first.attributes["foretaste.request_id"] == "r-1"
    assert second.attributes["http.response.status_code"] == 404
    assert make_spans(None) is None
