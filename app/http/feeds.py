"""The address of a person's calendar feed, which both dialects tell him."""

from urllib.parse import urlsplit


def feed_address(root: str, token: str | None) -> str | None:
    """Where the feed with this secret is, on the server of the address `root`; None without one."""
    parts = urlsplit(root)
    return None if token is None else f"{parts.scheme}://{parts.netloc}/calendar/{token}.ics"
