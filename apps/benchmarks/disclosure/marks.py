"""Text that a page translates, marked where it stands: `makemessages` knows the name, and no Django is needed for it."""


def gettext_noop(text: str) -> str:
    return text
