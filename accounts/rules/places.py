"""Where a person may be sent after signing in."""

from urllib.parse import urlsplit

LONGEST_PATH = 500


def same_site_path(text: str | None) -> str | None:
    """Return `text` when it is a path on this site and nothing else a browser could read into it; otherwise None."""
    if not text or len(text) > LONGEST_PATH or not text.startswith("/") or text.startswith("//"):
        return None
    if "\\" in text or any(not c.isprintable() or c.isspace() for c in text):
        return None  # browsers read "/\\host" and "/<tab>/host" as another site
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else text
