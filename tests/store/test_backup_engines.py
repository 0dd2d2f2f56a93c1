"""The short form of tests/torture/backups.py: from one engine to the other and back."""

from pathlib import Path

from tests.torture.backups import equal, in_process, round_trip


def test_from_sqlite_to_postgresql_and_back(empty_postgresql: str, tmp_path: Path) -> None:
    trip = round_trip(1000, empty_postgresql, tmp_path, in_process)
    assert equal(trip)
    assert all(each.part.count for each in trip.dumps[-1].tables), "every table had rows"
    assert trip.dumps[-1].rows > 8000
