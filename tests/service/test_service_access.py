"""Strangers stay out, roles hold, workspaces do not see one another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from foretaste.app.service import RIGHTS, ROLES, Principal, Service, load_service_settings
from foretaste.core import Event, Query
from foretaste.core.errors import (
    ConflictError,
    DataError,
    ForbiddenError,
    InputError,
    SettingsError,
    UnauthenticatedError,
    UnknownIdError,
)
from foretaste.testing import FixedClock


def test_the_first_key_is_made_once_and_shown_once(settings_of: Callable[..., Any]) -> None:
    given = settings_of()
    with Service.open(given) as service:
        key = service.access.first_key()
        assert key is not None and service.access.first_key() is None
        found = service.access.authenticate(key)
        assert (found.workspace, found.role) == ("default", "admin")
        assert key not in repr(found)
    with Service.open(given) as again:
        assert again.access.first_key() is None
        assert again.access.authenticate(key) == found
    secret = key.rpartition("_")[2].encode()
    files = [path for path in Path(given.home).rglob("*") if path.is_file()]
    assert files and not any(secret in path.read_bytes() for path in files)


def test_what_is_no_key_is_refused(service: Service) -> None:
    key = service.access.create_key("default", "reader", "mine").key
    head, _, secret = key.rpartition("_")
    for bad in (
        None, "", "x", key + "A", key[:-1], f"{head}_{'A' * len(secret)}", head + "_",
        key.replace("ft_", "FT_"), "ft_" + "0" * 16 + "_" + secret, "é" * 63,
    ):  # fmt: skip
        with pytest.raises(UnauthenticatedError):
            service.access.authenticate(bad)
    assert service.access.authenticate(key).name == "mine"


def test_roles_contain_those_below_them(service: Service) -> None:
    access = service.access
    for place, role in enumerate(ROLES):
        who = Principal("default", role, "k", "n")
        for right, least in RIGHTS.items():
            assert access.allows(who, right) == (place >= ROLES.index(least))
    with pytest.raises(ForbiddenError, match="operator"):
        access.check(Principal("default", "writer", "k", "n"), "forget")
    with pytest.raises(InputError):
        access.allows(Principal("default", "admin", "k", "n"), "everything")
    with pytest.raises(InputError):
        access.create_key("default", "king", "x")  # type: ignore[arg-type]


def test_keys_end(settings_of: Callable[..., Any], until: Callable[..., Any]) -> None:
    clock = FixedClock(1_700_000_000.0)
    with (
        Service.open(settings_of(), clock=clock) as one,
        Service.open(settings_of(), clock=clock) as two,
    ):
        key = one.access.create_key("default", "writer", "x", clock.now_s() + 60)
        assert two.access.authenticate(key.key).role == "writer"
        clock.advance(61)
        with pytest.raises(UnauthenticatedError):
            two.access.authenticate(key.key)
        lasting = one.access.create_key("default", "writer", "y")
        two.access.authenticate(lasting.key)
        with pytest.raises(UnknownIdError):
            one.access.revoke(lasting.key_id, workspace="other")
        one.access.revoke(lasting.key_id, workspace="default", actor="me")

        def ended() -> bool:
            try:
                two.access.authenticate(lasting.key)
            except UnauthenticatedError:
                return True
            return False

        until(ended, timeout_s=2.0)
        shown = [k for k in one.access.keys("default") if k.key_id == lasting.key_id]
        assert shown[0].revoked_s is not None and shown[0].secret_hash == ""
        entries = one.workspace().audit(10).items
        assert ("key.revoke", "me") in [(entry.action, entry.actor) for entry in entries]
        assert not any(lasting.key in repr(entry) for entry in entries)


def test_a_login_link_works_once_and_not_for_long(settings_of: Callable[..., Any]) -> None:
    clock = FixedClock(1_700_000_000.0)
    with Service.open(settings_of(), clock=clock) as service:
        token = service.access.login_token("default", "operator")
        found = service.access.redeem(token)
        assert found.role == "operator" and found.key_id.startswith("login")
        late = service.access.login_token()
        clock.advance(service.settings.limits.login_token_s + 1)
        for bad in (token, late, "", "x"):
            with pytest.raises(UnauthenticatedError):
                service.access.redeem(bad)


def test_workspaces_do_not_see_one_another(
    service: Service, settings_of: Callable[..., Any], clans_bundle: Path
) -> None:
    mine = service.workspace()
    other = service.create_workspace("other", source=clans_bundle, actor="key-1")
    key = service.access.create_key("other", "admin", "theirs")
    assert service.access.authenticate(key.key).workspace == "other"
    assert [one.name for one in service.access.keys("other")] == ["theirs"]
    other.record([Event("red-0", "like", user_id="x")])
    other.put_items([{"item_id": "theirs-alone", "title": "Theirs"}])
    assert mine.events(user_id="x").items == []
    assert mine.recommend(Query("x")).item_ids == mine.recommend(Query("y")).item_ids
    with pytest.raises(UnknownIdError):
        mine.item("theirs-alone")
    answer = other.recommend(Query("x"))
    with pytest.raises(UnknownIdError):
        mine.answer_shown(answer.answer_id)
    assert mine._inside.pseudonym("x") != other._inside.pseudonym("x")
    with pytest.raises(ConflictError):
        service.create_workspace("other")
    for name in ("", "../up", "Upper", "a" * 41, "-x"):
        with pytest.raises(InputError):
            service.create_workspace(name)
    with pytest.raises(UnknownIdError):
        service.workspace("nobody")
    with pytest.raises(DataError):
        service.create_workspace("third", source=clans_bundle / "nothing-here")
    assert service.workspaces() == ("default", "other")
    with pytest.raises(UnknownIdError):
        service.workspace("third")
    service.create_workspace("third", source=clans_bundle)  # what failed may be tried again
    assert service.workspaces() == ("default", "other", "third")


def test_settings_come_from_file_environment_and_overrides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "foretaste.toml"
    file.write_text(
        'seed = 3\n[service]\nhome = "h"\n[service.http]\nport = 1\n'
        '[service.storage]\nurl = "postgresql://me:hush@db/x?password=hush2"\n'
    )
    monkeypatch.setenv("FORETASTE_SERVICE_HTTP__PORT", "2")
    found = load_service_settings(file, {"http.workers": 3})
    assert (found.home, found.http.port, found.http.workers) == ("h", 2, 3)
    assert "hush" not in repr(found.redacted()) and "db/x" in found.redacted()["storage"]["url"]
    assert found.store_url.startswith("postgresql://me:hush@")
    with pytest.raises(SettingsError, match="pepper"):
        load_service_settings({"pepper": 1})
    from foretaste.app import load_settings

    assert load_settings(file).seed == 3  # the fit's settings stand in the same file


def test_without_keys_everybody_is_the_owner(settings_of: Callable[..., Any]) -> None:
    with Service.open(settings_of(http={"keys": False})) as service:
        assert service.access.authenticate(None).role == "admin"
        with pytest.raises(UnauthenticatedError):
            service.access.authenticate("ft_wrong")
