#!/bin/sh
# Puts a dump into an EMPTY database: restore.sh FILE. The platform must not run on it yet.
#   DATABASE_ADMIN_URL   a superuser, signed in to that database
#   DATABASE_URL, SECRET_KEY (and further role URLs) as the platform has them: the roles are made first
set -eu
: "${1:?a file made by backup.sh}" "${DATABASE_ADMIN_URL:?}" "${DATABASE_URL:?}" "${SECRET_KEY:?}"
dump=$(realpath "$1")
cd "$(dirname "$0")/.."
python=${PYTHON:-.venv/bin/python}
bin=${PG_BIN:+$PG_BIN/}
export PYTHONPATH="$PWD/platform:$PWD"
as_admin() { "$python" deploy/with_url.py DATABASE_ADMIN_URL "$@"; }

tables=$(as_admin "${bin}psql" -XAtc "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
[ "$tables" = 0 ] || { echo "The database has $tables tables; restore into an empty one." >&2; exit 1; }
"$python" -m tollmark roles # the walls name them, and a dump of one database does not bring them
as_admin "${bin}pg_restore" --exit-on-error --jobs="${RESTORE_JOBS:-2}" --dbname= "$dump"
as_admin "${bin}psql" -XAtqc "ANALYZE"
"$python" -m tollmark migrate --no-input # a backup of older code is brought up to this one
"$python" -m tollmark partitions         # of the days since
