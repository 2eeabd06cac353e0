#!/bin/sh
# Brings database, static files and prices up to this code: before the first start, and at each upgrade while the old code
# still runs. Needs DATABASE_URL (of the owner), and DATABASE_ADMIN_URL where the owner may not make roles. Repeatable.
set -eu
cd "$(dirname "$0")/.."
umask 022 # the proxy reads the static files
python=${PYTHON:-.venv/bin/python}
export PYTHONPATH="$PWD/platform:$PWD"
for command in roles "migrate --no-input" partitions "collectstatic --no-input" "prices import"; do
    # shellcheck disable=SC2086 # a command and its arguments
    "$python" -m tollmark $command
done
