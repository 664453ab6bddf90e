"""Where settings come from, what a new event says, and whether the installation is well."""

from __future__ import annotations

from pathlib import Path

import pytest

import foretaste as ft
from foretaste.app.health import checkup
from foretaste.app.settings import load_settings
from foretaste.app.signals import SignalRule
from foretaste.core.errors import SettingsError
from foretaste.data import SignalSettings


def test_a_file_gives_way_to_the_environment_and_that_to_overrides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "fit.toml"
    path.write_text('seed = 1\nsources = ["ease"]\n[models.ease]\nridge = 1\n')
    assert load_settings(path).seed == 1
    monkeypatch.setenv("FORETASTE_SET_SEED", "2")
    monkeypatch.setenv("FORETASTE_SET_MODELS__EASE__RIDGE", "200")
    assert load_settings(path).seed == 2
    found = load_settings(path, {"seed": 3})
    assert found.seed == 3 and found.models == {"ease": {"ridge": 200}}
    monkeypatch.setenv("FORETASTE_SET_PEPPER", "1")
    with pytest.raises(SettingsError, match="pepper"):
        load_settings(path)


def test_a_new_event_says_what_an_old_one_said(tmp_path: Path) -> None:
    path = tmp_path / "rated.csv"
    lines = [f"u{stars},i{stars},{stars}" for stars in range(1, 6)]
    path.write_text("user_id,item_id,rating\n" + "\n".join(lines) + "\n")
    data = ft.read(path)
    rule = SignalRule.of(data, SignalSettings())
    for row in range(data.n_users):
        event = data.histories.of(row)
        assert rule.signal("rate", float(event.values[0])) == event.signals[0]
    assert rule.signal("dislike", None) == -1.0
    assert rule.signal("rate", None) == 0.0


def test_a_missing_library_is_said_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(check.ok for check in checkup() if check.needed)
    monkeypatch.setattr("foretaste.app.health._NEEDED", ("no-such-library",))
    (missing,) = (check for check in checkup() if check.needed and not check.ok)
    assert missing.what == "no-such-library" and "pip install" in missing.remedy
