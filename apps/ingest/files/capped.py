"""Files in forms: taken from people who are signed in, where a file is asked for, and no larger than is allowed.

A form is read before its view is asked, so that this is the only place where a stranger's file can be turned away unread.
"""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler

ROOM_FOR_FIELDS = 1 << 20
PLACES = ("/files", "/providers/replay-sets")


class Capped(TemporaryFileUploadHandler):
    def handle_raw_input(self, input_data: Any, *named: Any, **more: Any) -> None:  # noqa: ARG002  # Django's signature
        self.length = int(named[1])

    def new_file(self, *named: Any, **more: Any) -> None:
        """Raises StopUpload; the form then ends here, and what it lacks is refused."""
        request = self.request
        wanted = request is not None and request.path.endswith(PLACES) and request.user.is_authenticated
        if not wanted or self.length > settings.UPLOAD_BYTES + ROOM_FOR_FIELDS:
            raise StopUpload(connection_reset=True)
        super().new_file(*named, **more)
