"""Cards and columns as Teamwork's clients handle them; a card is a task in a column."""

from sqlalchemy import select

from app.access import visible_status
from app.errors import Invalid, NotFound
from app.models import Status
from app.services.board import put_on_board
from app.services.finding import project_named, task_named
from app.services.logbook_commands import AddCard, OrderStatuses, RemoveCard
from app.services.references import task_to_edit
from app.services.work import Work


def add_card(command: AddCard, work: Work) -> None:
    """Put a task into a column. Raises NotFound, Forbidden, Invalid."""
    shown = (Status.id == command.status_id, visible_status(work.viewer))
    if work.scalar(select(Status.id).where(*shown)) is None:
        raise NotFound("Status not found")
    task = task_named(work, command.task_id)
    try:
        put_on_board(work, task, command.status_id, command.after_id)
    except Invalid as error:
        if "status_id" not in error.messages:
            raise
        raise Invalid({"task_id": "this task is not of the column's project"}) from None


def remove_card(command: RemoveCard, work: Work) -> None:
    """Take a task off the board. Raises NotFound, Forbidden."""
    task = task_to_edit(work, command.task_id)
    if task.status_id is None:
        raise NotFound("Task not found")
    work.touch([task.id], status_id=None, card_position=0)


def order_statuses(command: OrderStatuses, work: Work) -> None:
    """Put columns of a project first. Raises NotFound, Forbidden, Invalid."""
    try:
        project_named(work, command.project_id, "manager")
    except Invalid:
        raise NotFound("Project not found") from None
    order = select(Status.id, Status.position).where(Status.project_id == command.project_id)
    found = {row.id: row.position for row in work.all(order.order_by(Status.position, Status.id))}
    missing = [str(each) for each in command.status_ids if each not in found]
    if missing:
        raise Invalid({"status_ids": f"no such column: {', '.join(missing)}"})
    if not command.status_ids:
        return
    placed = dict.fromkeys((*command.status_ids, *found))
    moved = {
        status: {"position": number, "changed_at": work.now}
        for number, status in enumerate(placed)
        if found[status] != number
    }
    work.put_each(Status, moved, versioned=True)
