"""with_url.py VARIABLE PROGRAM ...: run a program of Postgres with the parts of that URL in its environment.

Not on its command line, which everybody on the machine can read, and not by a file, which would have to be removed.
"""

import os
import sys

from psycopg import pq
from psycopg.conninfo import conninfo_to_dict


def variables(url: str) -> dict[str, str]:
    """What libpq reads instead: PGHOST, PGPASSWORD, ..."""
    names = {option.keyword.decode(): option.envvar for option in pq.Conninfo.get_defaults()}
    given = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    return {envvar.decode(): value for name, value in given.items() if (envvar := names[name])}


if __name__ == "__main__":
    name, program, *arguments = sys.argv[1:]
    os.execvpe(program, [program, *arguments], os.environ | variables(os.environ[name]))
