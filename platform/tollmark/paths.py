"""Where things lie: in a clone, or in an installed wheel, which brings pages and static files inside the package."""

from importlib.util import find_spec
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
IN_CLONE = (PACKAGE.parents[1] / "manage.py").exists()
ROOT = PACKAGE.parents[1] if IN_CLONE else PACKAGE
TEMPLATE_FOLDER = ROOT / "templates"
STATIC_FOLDER = ROOT / "static"
DATA = (ROOT if IN_CLONE else Path.cwd()) / ".data"


def _package_data(name: str) -> Path:
    """The folder of data of an installed package, which is not imported for it."""
    found = find_spec(name)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(name)
    return Path(found.origin).parent / "package_data"


PLOTLY_FOLDER = _package_data("plotly")
"""Where the script for charts lies, as it came with its package."""
