#!/usr/bin/env bash
# Once, when the primary's volume is new: the centre's role owns the database, and the standby may follow.
set -euo pipefail

psql -v ON_ERROR_STOP=1 --username postgres --dbname postgres \
  -v penstock="$(cat /run/secrets/penstock-password)" -v replication="$(cat /run/secrets/replication-password)" <<'SQL'
CREATE ROLE penstock LOGIN PASSWORD :'penstock';
CREATE ROLE replication LOGIN REPLICATION PASSWORD :'replication';
ALTER DATABASE penstock OWNER TO penstock;
SQL
echo "host replication replication all scram-sha-256" >>"$PGDATA/pg_hba.conf"
