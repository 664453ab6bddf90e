"""Everything the service may be told, section by section, with safe defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from pydantic import Field

from foretaste.core import Settings
from foretaste.store.retention import RetentionSettings

__all__ = [
    "ConsentSettings",
    "HttpSettings",
    "LimitSettings",
    "LiveSettings",
    "LogSettings",
    "RefreshSettings",
    "ServiceSettings",
    "StorageSettings",
]


class StorageSettings(Settings):
    """Where the log lies, and what "kept" means."""

    url: str | None = Field(
        None,
        description="sqlite:///file.db or postgresql://user:password@host/name; none: a SQLite "
        "file in the home folder",
    )
    durability: Literal["durable", "fast"] = Field(
        "durable",
        description="feedback is acknowledged after fsync (durable), or once committed, which "
        "outlives a killed process but not a power cut (fast)",
    )
    spool_bytes: int = Field(
        256 * 2**20, ge=4096, description="events kept on disk while the database is gone"
    )
    impressions: bool = Field(True, description="keep what was shown, with propensities")
    impression_queue: int = Field(
        50_000, ge=1, description="lists waiting to be written; more are counted and dropped"
    )


class LiveSettings(Settings):
    """How fast what happens reaches the answers, and how much memory that may take."""

    people: int = Field(100_000, ge=1, description="people whose newest events are kept in memory")
    bytes: int = Field(64 * 2**20, ge=65_536, description="bytes those events may take")
    poll_s: float = Field(
        0.2, ge=0.01, le=60, description="how often changes of other processes are looked for"
    )
    drift_s: float = Field(
        5.0, ge=0, description="how often popularity follows the stream; 0: only when fitted"
    )
    patience_s: float = Field(
        0.25, gt=0, le=10, description="how long an answer waits for the database before it goes "
        "on from memory"
    )  # fmt: skip
    retry_s: float = Field(
        1.0, gt=0, le=60, description="how often a database that is gone is tried again"
    )


class RefreshSettings(Settings):
    """When a new model is fitted, and how."""

    automatic: bool = Field(True, description="fit again by itself when the bundle is stale")
    events: int = Field(
        1_000, ge=1, description="stale after this many events since the fit (after as many as "
        "it was fitted on, if those were fewer) ..."
    )  # fmt: skip
    share: float = Field(
        0.2, gt=0, description="... that are also this share of those it was fitted on"
    )
    pause_s: float = Field(900.0, ge=0, description="at most one fit by itself in this time")
    age_s: float = Field(
        7 * 86_400.0, gt=0, description="stale after this long, if anything happened since"
    )
    keep: int = Field(3, ge=1, description="bundles kept to roll back to, the active one included")
    threads: int = Field(1, ge=1, description="threads of a fit; the rest is for answers")
    niceness: int = Field(10, ge=0, le=19, description="how far a fit stands back for answers")
    timeout_s: float = Field(6 * 3600.0, gt=0, description="a fit that takes longer is ended")


class ConsentSettings(Settings):
    """What is assumed of people who have not said; each may say otherwise."""

    record: bool = Field(True, description="events are kept")
    personalise: bool = Field(True, description="their events change their answers")
    train: bool = Field(True, description="their events teach the model")
    language_model: bool = Field(
        False, description="their words may be sent to a language model outside"
    )


class LimitSettings(Settings):
    """How much one caller may ask for."""

    list_length: int = Field(1_000, ge=1, le=10_000, description="longest list of one answer")
    batch: int = Field(10_000, ge=1, description="most events, items or people in one request")
    body_bytes: int = Field(8 * 2**20, ge=1024, description="largest body of a request")
    text_characters: int = Field(20_000, ge=1, description="longest text of one attribute or word")
    requests_per_s: float = Field(
        0.0, ge=0, description="requests a second of one key; 0 is without limit"
    )
    requests_burst: int = Field(
        200, ge=1, description="requests a key may make at once on top of its rate"
    )
    page_requests_per_s: float = Field(
        50.0, ge=0, description="requests a second of one address that uses a page key"
    )
    login_token_s: float = Field(600.0, gt=0, description="how long a login link works")


class HttpSettings(Settings):
    """How it is reached."""

    host: str = Field("127.0.0.1", description="address to listen on; this machine alone")
    port: int = Field(8088, ge=0, le=65_535, description="port to listen on; 0 takes a free one")
    workers: int = Field(1, ge=1, le=64, description="processes that answer")
    keys: bool = Field(True, description="ask for a key; off only on a machine of one's own")
    console: bool = Field(True, description="serve the console's pages")
    gorse: bool = Field(True, description="serve the routes that Gorse's clients call")
    origins: tuple[str, ...] = Field((), description="web sites whose pages may call the service")
    proxies: tuple[str, ...] = Field(
        (), description="addresses of proxies whose word about the caller's address is taken"
    )
    certificate: str | None = Field(None, description="file of a TLS certificate")
    certificate_key: str | None = Field(None, description="file of its private key")
    threads: int = Field(8, ge=1, le=256, description="threads of a worker for slower work")
    waiting: int = Field(
        256, ge=1, description="requests that may wait for a thread; more are told to come back"
    )
    inline: bool = Field(True, description="answer on the event loop itself, not in a thread")
    timeout_s: float = Field(30.0, gt=0, description="how long a request may take")
    header_bytes: int = Field(16_384, ge=1024, description="largest headers of a request")
    address_bytes: int = Field(8_192, ge=256, description="longest address of a request")
    stream_bytes: int = Field(2**30, ge=1024, description="largest stream of feedback of a request")
    json_depth: int = Field(20, ge=4, le=200, description="deepest nesting of a JSON body")
    backlog: int = Field(2_048, ge=1, description="connections that may wait to be accepted")
    hsts: bool = Field(False, description="tell browsers to use HTTPS alone, for a year")
    metrics_open: bool = Field(False, description="serve /metrics without a key")
    drain_s: float = Field(10.0, ge=0, description="how long requests may finish at the end")


class LogSettings(Settings):
    """What is written down about the running of it."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="from here up")
    format: Literal["json", "text"] = Field("json", description="one JSON object a line, or text")
    requests: bool = Field(True, description="write one line for each request")
    traces: str | None = Field(None, description="address of an OpenTelemetry collector (OTLP)")


class ServiceSettings(Settings):
    """All settings of the service; a TOML file holds them as ``[service.storage]`` and so on.

    Attributes named after a section hold that section; see the classes for each field.
    """

    home: str = Field(
        "foretaste-home", description="folder of everything the service keeps on this machine"
    )
    bundle: str | None = Field(
        None,
        description="bundle or data to begin with; none: the sample that comes with it; empty: "
        "nothing, the owner puts items and feedback",
    )
    storage: StorageSettings = Field(StorageSettings(), description="where the log lies")
    live: LiveSettings = Field(LiveSettings(), description="real time")
    refresh: RefreshSettings = Field(RefreshSettings(), description="fitting anew")
    consent: ConsentSettings = Field(ConsentSettings(), description="assumed consent")
    retention: RetentionSettings = Field(
        RetentionSettings(), description="how long what happened is kept"
    )
    limits: LimitSettings = Field(LimitSettings(), description="how much one caller may ask")
    http: HttpSettings = Field(HttpSettings(), description="how it is reached")
    log: LogSettings = Field(LogSettings(), description="logs and traces")

    @property
    def home_folder(self) -> Path:
        """The home folder as a path."""
        return Path(self.home)

    @property
    def store_url(self) -> str:
        """The database's address, password included: never print it."""
        if self.storage.url is not None:
            return self.storage.url
        return f"sqlite:///{quote(str(self.home_folder.absolute() / 'foretaste.db'))}"

    def redacted(self) -> dict[str, Any]:
        """These settings for people's eyes.

        Returns:
            Plain values without a password in them.
        """
        from foretaste.app.service.loading import redact_url

        values = self.model_dump(mode="json")
        values["storage"]["url"] = redact_url(self.store_url)
        if self.log.traces is not None:
            values["log"]["traces"] = redact_url(self.log.traces)
        return values
