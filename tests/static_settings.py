"""Django's settings for whoever only reads the code: mypy's plugins, which connect to nothing."""

import os

from tollmark.embedded.adopt import NOWHERE

os.environ.update(NOWHERE)

from tollmark.settings import *  # noqa: F403
