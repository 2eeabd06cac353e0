"""Where uploaded files lie until they are read."""

import hashlib
import uuid
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.core.files.storage import FileSystemStorage, storages

from apps.ingest.refusals import PostError, too_large


class Stored(NamedTuple):
    name: str
    digest: bytes
    size: int


def uploads() -> FileSystemStorage:
    """A folder, since Parquet is read from both ends."""
    storage = storages["uploads"]
    if not isinstance(storage, FileSystemStorage):
        raise TypeError("the storage `uploads` has to be a folder that every process sees")
    return storage


def folder() -> Path:
    """It is there."""
    found = Path(uploads().location)
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def path_of(name: str) -> Path:
    return Path(uploads().path(name))


def store(pieces: Iterable[bytes], *, most: int) -> Stored:
    """Under a name of ours. Raises PostError for a file that is too large or empty; then nothing is left of it."""
    name, digest, size = uuid.uuid4().hex, hashlib.sha256(), 0
    path = folder() / name
    try:
        with path.open("xb") as file:
            path.chmod(0o600)
            for piece in pieces:
                size += len(piece)
                if size > most:
                    raise too_large(most)
                digest.update(piece)
                file.write(piece)
        if not size:
            raise PostError(400, "empty", "The file is empty.")
    except BaseException:
        delete(name)
        raise
    return Stored(name, digest.digest(), size)


def delete(name: str) -> None:
    """Of a name that is not there nothing is to be done."""
    if name:
        with suppress(FileNotFoundError):
            path_of(name).unlink()


def older_than(moment: datetime) -> list[str]:
    folder = Path(uploads().location)
    if not folder.is_dir():
        return []
    return [path.name for path in folder.iterdir() if path.is_file() and path.stat().st_mtime < moment.timestamp()]
