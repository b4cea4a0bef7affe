#!/usr/bin/env bash
# Copies the primary when the volume is new, then follows it.
set -euo pipefail

export PGDATA=${PGDATA:-/var/lib/postgresql/data}
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  install -d -o postgres -g postgres -m 0700 "$PGDATA"
  install -o postgres -g postgres -m 0600 /dev/null /var/lib/postgresql/pgpass
  echo "*:*:*:replication:$(cat /run/secrets/replication-password)" >/var/lib/postgresql/pgpass
  until gosu postgres env PGPASSFILE=/var/lib/postgresql/pgpass pg_basebackup -D "$PGDATA" -R -X stream -c fast \
    -d "host=postgres-1 user=replication application_name=postgres-2"; do
    sleep 2
  done
fi
# Once promoted it writes the log as the primary did.
exec gosu postgres postgres -c hot_standby=on -c max_wal_size=16GB -c wal_compression=on
