"""The account itself, of which there is one. Its zone is a setting, which the dialect knows."""

from sqlalchemy import true

from app.models import Account
from app.queries.query import Catalogue
from app.queries.relationships import columns_of

ACCOUNT = Catalogue(
    name="Account",
    source=Account.__table__,
    columns=columns_of(Account, "name weeks_start_on_sunday"),
    visible=lambda _, __: true(),
    searched=("name",),
)
