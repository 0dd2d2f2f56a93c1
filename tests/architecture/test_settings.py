"""Settings are read once, typed, and all in the README's table."""

import re
from pathlib import Path

import pytest

from app.config import BadSetting, Settings, read

README = Path(__file__).resolve().parents[2] / "README.md"


def test_the_readme_lists_every_setting_and_no_other() -> None:
    fields = Settings.__dataclass_fields__.values()
    table = {
        match.group(1): match.group(2).strip()
        for match in re.finditer(r"^\| `([A-Z_]+)` \| (.*?) \|", README.read_text(), re.M)
    }
    expected = {
        field.metadata["name"]: f"`{field.default}`" if field.default else "" for field in fields
    }
    assert table == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TANDEM_TIMEZONE", "Europe/Nowhere"),
        ("TANDEM_TEAMWORK_SHAPE", "round"),
        ("TANDEM_CLOCK", "yesterday"),
        ("TANDEM_ADMIN_KEY", "short"),
        ("PORT", "http"),
        ("WEB_CONCURRENCY", "-1"),
        ("TANDEM_SQLITE_SYNCHRONOUS", "OFF"),
    ],
)
def test_an_unreadable_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        read({name: value})


def test_addresses_of_databases() -> None:
    assert read({"DATABASE_URL": "sqlite:////var/t.db"}).sqlalchemy_url == "sqlite:////var/t.db"
    assert read({}).sqlalchemy_url.endswith("/instance/tandem.db")
    for url in ("postgres://u:p@h/d", "postgresql://u:p@h/d"):
        assert read({"DATABASE_URL": url}).sqlalchemy_url == "postgresql+psycopg://u:p@h/d"


@pytest.mark.decision(38)
def test_a_fixed_clock_may_name_its_zone() -> None:
    plain = read({"TANDEM_CLOCK": "2014-05-12T10:00:00"}).fixed_instant
    zoned = read({"TANDEM_CLOCK": "2014-05-12T12:00:00+02:00"}).fixed_instant
    assert plain == zoned
