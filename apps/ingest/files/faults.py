"""What stops a file as a whole."""


class FileFault(Exception):
    """`message` is a sentence that says what to do; what was stored before stays."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message
