#!/usr/bin/env python3
"""The one entry point; every command runs in `.venv`, which is made from the hashed lock when missing or stale."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "platform"))

from tollmark import bootstrap  # the one import that works where nothing is installed yet

if __name__ == "__main__":
    bootstrap.enter(sys.argv)
    from tollmark.__main__ import main

    sys.exit(main(sys.argv))
