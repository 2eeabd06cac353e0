"""Static files beside which their packed forms lie, so that none is packed while somebody waits."""

from typing import Any

import brotli
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

QUALITY = 6
"""Of Brotli: charts' script of 4.8 MB becomes 1.27 MB in 0.14 s; at 11, 1.11 MB in 11 s, which a first start would wait for."""


class Quick(Compressor):
    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        return bytes(brotli.compress(data, quality=QUALITY))  # type: ignore[no-untyped-call]


class Packed(CompressedManifestStaticFilesStorage):
    def create_compressor(self, **options: Any) -> Compressor:
        return Quick(**options)  # type: ignore[no-untyped-call]
