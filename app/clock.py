"""The only reader of wall time. Everything inside is aware UTC."""

from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


@dataclass(slots=True)
class Readings:
    """What was asked of the clock: the days by zone, and whether the very instant was."""

    days: dict[str, date] = field(default_factory=dict)
    instant: bool = False


_watching: ContextVar[Readings | None] = ContextVar("clock_readings", default=None)


class Clock:
    """Tells the time, or always the same instant when one was fixed (TANDEM_CLOCK)."""

    def __init__(self, fixed: datetime | None = None) -> None:
        self._fixed = fixed.astimezone(UTC) if fixed else None

    def fix(self, instant: datetime | None) -> None:
        """Stand still at an instant, or run again when given None."""
        self._fixed = instant.astimezone(UTC) if instant else None

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        readings = _watching.get()
        if readings is not None:
            readings.instant = True
        return self._instant()

    def today(self, zone: str) -> date:
        """The day that it is now in a zone of the IANA database."""
        day = self._instant().astimezone(ZoneInfo(zone)).date()
        readings = _watching.get()
        if readings is not None:
            readings.days[zone] = day
        return day

    def _instant(self) -> datetime:
        return self._fixed or datetime.now(UTC)


def watch() -> Readings:
    """Note from now on what is asked of the clock in this context: an answer made of it holds as
    long as the same questions have the same answers.
    """
    readings = Readings()
    _watching.set(readings)
    return readings


clock = Clock()
