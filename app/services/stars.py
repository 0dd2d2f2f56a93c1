"""Stars: projects that a person has marked for himself."""

from sqlalchemy import select

from app.access import visible_project
from app.errors import NotFound
from app.models import Project, Star
from app.services.structure_commands import StarProject
from app.services.work import Work


def star_project(command: StarProject, work: Work) -> None:
    """Give a project the viewer's star, or take it off; whoever sees the project may. The project
    itself does not change. Raises NotFound.
    """
    seen = (Project.id == command.project_id, visible_project(work.viewer))
    if work.scalar(select(Project.id).where(*seen)) is None:
        raise NotFound("Project not found")
    star = {"person_id": work.viewer.person_id, "project_id": command.project_id}
    if command.starred:
        work.insert_links(Star, [star])
    else:
        work.clear(Star, **star)
