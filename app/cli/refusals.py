"""How the core's refusals are said on the command line."""

import click

from app.errors import DomainError


class Refused(click.ClickException):
    """A domain error on the command line."""

    def __init__(self, error: DomainError) -> None:
        super().__init__(error.message)
