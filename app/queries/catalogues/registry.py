"""All catalogues by name: what their links lead to."""

from collections.abc import Mapping

from app.queries.catalogues.account import ACCOUNT
from app.queries.catalogues.board import STATUSES
from app.queries.catalogues.checklists import CHECK_ITEMS, CHECK_LISTS
from app.queries.catalogues.contributors import CONTRIBUTORS
from app.queries.catalogues.documents import DOCUMENTS
from app.queries.catalogues.dynamic import DYNAMIC_TASKS
from app.queries.catalogues.fields import FIELD_VALUES, FIELDS
from app.queries.catalogues.notes import NOTES
from app.queries.catalogues.planning import PLANNINGS, RISKS
from app.queries.catalogues.structure import COMPANIES, LISTS, PEOPLE, PROJECTS
from app.queries.catalogues.tasks import TASKS
from app.queries.catalogues.templates import TEMPLATES
from app.queries.catalogues.time import STOPWATCHES, TIME_ENTRIES
from app.queries.query import Catalogue

CATALOGUES: Mapping[str, Catalogue] = {
    each.name: each
    for each in (
        ACCOUNT,
        CHECK_ITEMS,
        CHECK_LISTS,
        COMPANIES,
        CONTRIBUTORS,
        DOCUMENTS,
        DYNAMIC_TASKS,
        FIELDS,
        FIELD_VALUES,
        LISTS,
        NOTES,
        PEOPLE,
        PLANNINGS,
        PROJECTS,
        RISKS,
        STATUSES,
        STOPWATCHES,
        TASKS,
        TEMPLATES,
        TIME_ENTRIES,
    )
}
