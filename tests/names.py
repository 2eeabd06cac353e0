"""Names that no other test uses."""

import uuid


def unique(stem: str = "org") -> str:
    """A slug, such as `acme-3f9a1c20d4`."""
    return f"{stem}-{uuid.uuid4().hex[:10]}"
