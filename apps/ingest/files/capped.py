"""Files in forms: taken from people who are signed in, where a file is asked for, and no larger than is allowed.

A form is read before its view is asked, so that this is the only place where a stranger's file can be turned away unread.
"""

from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload, TemporaryFileUploadHandler

from apps.ingest.files import storage

ROOM_FOR_FIELDS = 1 << 20
PLACES = ("/files", "/providers/replay-sets")


class Beside(TemporaryUploadedFile):
    """Lies where files lie until they are read: what is temporary may be kept in memory, and is no place for gigabytes."""

    def __init__(self, name: str | None, content_type: str | None, charset: str | None, extra: Any) -> None:
        file = NamedTemporaryFile(suffix=".upload", dir=storage.folder())  # noqa: SIM115  # closed with the request
        UploadedFile.__init__(self, file, name, content_type, 0, charset, extra)


class Capped(TemporaryFileUploadHandler):
    def handle_raw_input(self, input_data: Any, *named: Any, **more: Any) -> None:  # noqa: ARG002  # Django's signature
        self.length = int(named[1])

    def new_file(self, *named: Any, **more: Any) -> None:
        """Raises StopUpload; the form then ends here, and what it lacks is refused."""
        request = self.request
        wanted = request is not None and request.path.endswith(PLACES) and request.user.is_authenticated
        if not wanted or self.length > settings.UPLOAD_BYTES + ROOM_FOR_FIELDS:
            raise StopUpload(connection_reset=True)
        FileUploadHandler.new_file(self, *named, **more)
        self.file = Beside(self.file_name, self.content_type, self.charset, self.content_type_extra)
