"""The only reader of wall time. Everything inside is aware UTC."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


class Clock:
    """Tells the time, or always the same instant when one was fixed (TANDEM_CLOCK)."""

    def __init__(self, fixed: datetime | None = None) -> None:
        self._fixed = fixed.astimezone(UTC) if fixed else None

    def fix(self, instant: datetime | None) -> None:
        """Stand still at an instant, or run again when given None."""
        self._fixed = instant.astimezone(UTC) if instant else None

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return self._fixed or datetime.now(UTC)

    def today(self, zone: str) -> date:
        """The day that it is now in a zone of the IANA database."""
        return self.now().astimezone(ZoneInfo(zone)).date()


clock = Clock()
