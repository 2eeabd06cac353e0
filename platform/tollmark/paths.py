"""Where things lie: in a clone, or in an installed wheel, which brings pages and static files inside the package."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
IN_CLONE = (PACKAGE.parents[1] / "manage.py").exists()
ROOT = PACKAGE.parents[1] if IN_CLONE else PACKAGE
TEMPLATE_FOLDER = ROOT / "templates"
STATIC_FOLDER = ROOT / "static"
LOCALE_FOLDER = PACKAGE / "locale"
"""Catalogues of translations, inside the package in both cases."""
DATA = (ROOT if IN_CLONE else Path.cwd()) / ".data"
