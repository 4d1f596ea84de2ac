"""Where things are kept."""

from pathlib import Path

import pytest

from serving import settings


def test_home_follows_the_setting_then_the_desktop_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAILDUTY_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", "/x")
    assert settings.home() == Path("/x/mailduty")
    monkeypatch.setenv("MAILDUTY_HOME", "/y")
    assert settings.home() == Path("/y")
