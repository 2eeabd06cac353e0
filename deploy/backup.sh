#!/bin/sh
# One consistent dump of the database, named by its time, checked, and then given its name; old ones are deleted.
#   DATABASE_BACKUP_URL  a role that reads past the walls between tenants (see BACKUP.md); never the platform's own
#   BACKUP_DIR           where to; BACKUP_KEEP_DAYS how long (35: what was deleted is gone from backups after that)
#   PG_BIN               the folder of pg_dump, when the one on the path is older than the server
set -eu
umask 077
: "${DATABASE_BACKUP_URL:?}" "${BACKUP_DIR:?}"
here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-$here/../.venv/bin/python}
bin=${PG_BIN:+$PG_BIN/}
name="$BACKUP_DIR/tollmark-$(date -u +%Y%m%dT%H%M%SZ).dump"
trap 'rm -f "$name.partial"' EXIT
"$python" "$here/with_url.py" DATABASE_BACKUP_URL "${bin}pg_dump" --format=custom --compress=6 \
    --lock-wait-timeout=60s --file="$name.partial"
"${bin}pg_restore" --list "$name.partial" | grep -q "TABLE DATA public traces_request" # it can be read, and has requests
sync "$name.partial"
mv "$name.partial" "$name"
find "$BACKUP_DIR" -maxdepth 1 -name 'tollmark-*.dump' -mtime "+${BACKUP_KEEP_DAYS:-35}" -delete
echo "$name"
