"""Stopwatches: one a person and task, which becomes a time entry when it is stopped (decision 32).

A time entry counts minutes, rounded to the nearest one; a stopwatch that was started counts one at
least.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select

from app.errors import Invalid
from app.models import Stopwatch, Task, TimeEntry
from app.services.references import task_to_log
from app.services.task_commands import (
    PauseStopwatch,
    StartStopwatch,
    StopStopwatch,
    StopwatchState,
)
from app.services.work import Work

NOT_RUNNING = {"stopwatch": "no stopwatch is running on this task"}
NOT_STARTED = {"stopwatch": "no stopwatch was started on this task"}


def start_stopwatch(command: StartStopwatch, work: Work) -> StopwatchState:
    """Start, or go on after a pause; a running one runs on. Raises NotFound, Forbidden."""
    task = task_to_log(work, command.task_id)
    found = _stopwatch(work, task.id)
    if found is None:
        work.insert(
            Stopwatch,
            person_id=work.viewer.person_id,
            task_id=task.id,
            first_started_at=work.now,
            started_at=work.now,
        )
    elif found.paused_at is not None:
        work.change(Stopwatch, found.id, started_at=work.now, paused_at=None)
    return _state(task, _stopwatch(work, task.id), work.now)


def pause_stopwatch(command: PauseStopwatch, work: Work) -> StopwatchState:
    """Pause a running stopwatch. Raises NotFound, Forbidden, Invalid."""
    task = task_to_log(work, command.task_id)
    found = _stopwatch(work, task.id)
    if found is None or found.paused_at is not None:
        raise Invalid(NOT_RUNNING)
    elapsed = _elapsed(found, work.now)
    work.change(Stopwatch, found.id, paused_at=work.now, elapsed_seconds=elapsed)
    return _state(task, _stopwatch(work, task.id), work.now)


def stop_stopwatch(command: StopStopwatch, work: Work) -> StopwatchState:
    """Stop a stopwatch, running or paused, and book its time on the task. Raises NotFound,
    Forbidden, Invalid.
    """
    task = task_to_log(work, command.task_id)
    found = _stopwatch(work, task.id)
    if found is None:
        raise Invalid(NOT_STARTED)
    state = _state(task, found, work.now)
    shown = work.first(select(Task.name, Task.billable).where(Task.id == task.id))
    assert shown is not None
    minutes = max(1, (state.elapsed_seconds + 30) // 60)
    entry = work.insert(
        TimeEntry,
        task_id=task.id,
        project_id=task.project_id,
        list_id=task.list_id,
        person_id=work.viewer.person_id,
        name=shown.name,
        started_at=found.first_started_at,
        minutes=minutes,
        billable=shown.billable,
    )
    work.run(delete(Stopwatch).where(Stopwatch.id == found.id))
    return state._replace(minutes=minutes, time_entry_id=entry)


def _stopwatch(work: Work, task_id: int) -> Row[Any] | None:
    mine = Stopwatch.person_id == work.viewer.person_id
    return work.first(
        select(Stopwatch.__table__)
        .where(mine, Stopwatch.task_id == task_id)
        .with_for_update(key_share=True)
    )


def _elapsed(found: Any, now: datetime) -> int:
    """Seconds of all runs, the present one included."""
    if found.paused_at is not None:
        return int(found.elapsed_seconds)
    return int(found.elapsed_seconds) + max(0, int((now - found.started_at).total_seconds()))


def _state(task: Any, found: Any, now: datetime) -> StopwatchState:
    return StopwatchState(
        id=found.id,
        uid=found.uid,
        person_id=found.person_id,
        task_id=task.id,
        list_id=task.list_id,
        project_id=task.project_id,
        first_started_at=found.first_started_at,
        started_at=found.started_at,
        paused_at=found.paused_at,
        elapsed_seconds=_elapsed(found, now),
        version=found.version,
    )
