from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from foretaste.app.service import Service
from foretaste.serve import make_app

from .shop import Caller, client_of, make_bundle, settings_for


@pytest.fixture(scope="session")
def shop_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_bundle(tmp_path_factory.mktemp("shop") / "bundle")


@pytest.fixture(scope="module")
def service(shop_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    home = tmp_path_factory.mktemp("home")
    with Service.open(settings_for(home, shop_bundle)) as service:
        yield service


@pytest.fixture(scope="module")
def app(service: Service) -> Any:
    return make_app(service)


@pytest.fixture(scope="module")
def call(service: Service, app: Any) -> Iterator[Caller]:
    with client_of(app) as client:
        yield Caller(service, client)


@pytest.fixture
def restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:], level, config = before
    root.setLevel(level)
    structlog.configure(**config)
