"""The worker: looks for what is due, again and again, until it is told to stop."""

import logging
import signal
import threading
from collections.abc import Callable
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError

from app.config import Settings
from app.delivery.hooks import send_hooks, spread
from app.delivery.mail import send_mail
from app.delivery.reminders import realign, remind
from app.services.execute import maintain
from app.services.retries import forget_retries

IDLE_SECONDS: Final = 1.0
REALIGN_EVERY: Final = 60  # rounds

log = logging.getLogger(__name__)


def deliver_due(settings: Settings) -> int:
    """Send everything that is due now; gives how many messages were taken up."""
    total = 0
    while done := _round(settings):
        total += done
    return total


def _round(settings: Settings) -> int:
    """One look at everything. What fails in one part does not keep the others from their turn."""
    parts: tuple[Callable[[], int], ...] = (
        remind,
        spread,
        lambda: send_mail(settings),
        lambda: send_hooks(settings),
    )
    return sum(map(_tried, parts))


def _tried(part: Callable[[], int]) -> int:
    try:
        return part()
    except SQLAlchemyError as error:
        log.warning("the database fails: %s", type(error).__name__)
    except Exception:
        log.exception("a part of the worker failed")
    return 0


def deliver(settings: Settings, gone: Callable[[], bool] = lambda: False) -> None:
    """Work until SIGTERM or SIGINT comes, or `gone` says that nobody wants it any more."""
    stop = threading.Event()

    def told(_signal: int, _frame: Any) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told)
    turn = 0
    while not stop.is_set() and not gone():
        if turn % REALIGN_EVERY == 0:
            _tried(lambda: realign(settings))
            _tried(lambda: maintain(forget_retries))
        turn += 1
        if not _round(settings):
            stop.wait(IDLE_SECONDS)
