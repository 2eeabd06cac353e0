import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def public_data() -> Path:
    """The folder of public data sets beside the project."""
    folder = Path(os.environ.get("TOLLMARK_PUBLIC_DATA", Path(__file__).parents[3] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no public data in {folder}")
    return folder
