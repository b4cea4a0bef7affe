#!/usr/bin/env bash
# Two PostgreSQL servers on loopback with synchronous replication, kept up until this script is told to end:
#   postgres-pair.sh DIR      data, ports and passwords stay in DIR; a second start goes on with them
# Prints "ready hosts=127.0.0.1:A,127.0.0.1:B ..." and then a line whenever something changes.
#
# What it keeps:
#  - A commit is on both disks while DIR/synchronous exists. That file goes before the primary may commit alone, and comes
#    back after the standby streams again, so a standby is promoted only when it holds every commit.
#  - A server that is replaced is killed before the other is promoted: two primaries are never up at once. This works because
#    both run here; on two machines that is the work of a cluster manager (Patroni, pg_auto_failover).
set -uo pipefail

readonly database=penstock owner=penstock
dir=
bin=
as_server=()

main() {
  dir=${1:?usage: postgres-pair.sh DIR}
  find_server
  mkdir -p "$dir" && dir=$(cd "$dir" && pwd)
  exec 9>"$dir/lock"
  flock -n 9 || fail "A pair already runs in $dir."
  [ "$(id -u)" -ne 0 ] || chown postgres "$dir"
  "${as_server[@]}" test -w "$dir" || fail "The user postgres cannot write to $dir; choose a folder that it can reach, or start this as another user than root."
  trap 'exit 0' INT TERM
  trap finish EXIT

  make_passwords
  [ -f "$dir/a/PG_VERSION" ] || make_primary a
  [ -f "$dir/b/PG_VERSION" ] || { start a; make_standby b a; }
  keep_up
  echo "ready hosts=127.0.0.1:$(port_of a),127.0.0.1:$(port_of b) database=$database user=$owner password=file:$dir/password"
  while sleep 0.5; do keep_up; done
}

# The newest server that is installed; as root it runs as the user postgres.
find_server() {
  bin=${PENSTOCK_POSTGRES_BIN:-$(find /usr/lib/postgresql/*/bin -maxdepth 0 2>/dev/null | sort -V | tail -n 1)}
  [ -x "$bin/initdb" ] || fail "PostgreSQL is missing. Type: sudo apt-get install -y postgresql"
  [ "$(id -u)" -ne 0 ] || as_server=(runuser -u postgres --)
}

# The owner of the database and the server's administrator, made once.
make_passwords() {
  local name
  for name in password admin-password; do
    [ -s "$dir/$name" ] || (umask 077 && head -c 18 /dev/urandom | base64 | tr '+/' '-_' >"$dir/$name")
    [ "$(id -u)" -ne 0 ] || chown postgres "$dir/$name"
  done
  (umask 077 && printf '*:*:*:postgres:%s\n' "$(cat "$dir/admin-password")" >"$dir/pgpass")
  [ "$(id -u)" -ne 0 ] || chown postgres "$dir/pgpass"
  export PGPASSFILE=$dir/pgpass PGCONNECT_TIMEOUT=3
}

make_primary() {
  local name=$1
  say "making server $name"
  server initdb -D "$dir/$name" -U postgres --pwfile "$dir/admin-password" -k -A scram-sha-256 -E UTF8 --locale C.UTF-8 >"$dir/$name.init.log" 2>&1 ||
    fail "initdb failed:" "$dir/$name.init.log"
  "${as_server[@]}" tee -a "$dir/$name/postgresql.conf" >/dev/null <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
port = $(free_port)
max_connections = 100
shared_buffers = 128MB
max_wal_size = 2GB
wal_compression = on
synchronous_commit = on
wal_keep_size = 256MB
CONF
  "${as_server[@]}" tee -a "$dir/$name/pg_hba.conf" >/dev/null <<<'host replication postgres 127.0.0.1/32 scram-sha-256'
  start "$name"
  {
    sql "$name" "CREATE ROLE $owner LOGIN PASSWORD '$(cat "$dir/password")'" &&
      sql "$name" "CREATE DATABASE $database OWNER $owner"
  } >/dev/null || fail "The database could not be made:" "$dir/$name.log"
}

# A copy of the primary that follows it.
make_standby() {
  local name=$1 primary=$2 port
  say "copying server $primary to $name"
  port=$(port_of "$name")
  port=${port:-$(free_port)}
  "${as_server[@]}" rm -rf "${dir:?}/$name"
  server pg_basebackup -D "$dir/$name" -d "$(conninfo "$primary")" -R -X stream -c fast >"$dir/$name.init.log" 2>&1 || {
    say "the copy failed: $(tail -n 1 "$dir/$name.init.log")"
    return 1
  }
  set_port "$name" "$port"
  follow "$name" "$primary"
}

# Looks at both servers and mends what is not as it should be.
keep_up() {
  local primary standby
  primary=$(primary_name)
  standby=$(other "$primary")
  if ! runs "$primary"; then
    if [ -f "$dir/synchronous" ] && answers "$standby"; then
      promote "$standby" "$primary"
      return
    fi
    start "$primary" || return
  fi
  if ! runs "$standby"; then
    start "$standby" || { kill_hard "$standby"; make_standby "$standby" "$primary" && start "$standby"; } || true
  fi
  set_synchronous "$primary" "$standby"
}

promote() {
  local new=$1 old=$2
  say "server $old is gone; promoting $new"
  kill_hard "$old"
  rm -f "$dir/synchronous"
  # Alone it must not wait for a standby; the setting came over from the old primary.
  set_conf "$new" synchronous_standby_names ""
  server pg_ctl promote -w -t 30 -D "$dir/$new" >/dev/null || { say "promoting $new failed, see $dir/$new.log"; return; }
  say "server $new is the primary now"
  rejoin "$old" "$new"
}

# The old primary follows the new one: its own last changes are taken back, or it is copied anew.
rejoin() {
  local old=$1 new=$2
  # Until a checkpoint the new primary's control file still shows the old timeline, and nothing would be taken back.
  sql "$new" CHECKPOINT >/dev/null
  if server pg_rewind -D "$dir/$old" --source-server "$(conninfo "$new")" >"$dir/$old.init.log" 2>&1; then
    set_port "$old" "$(cat "$dir/$old.port")"
    "${as_server[@]}" touch "$dir/$old/standby.signal"
    follow "$old" "$new"
  else
    make_standby "$old" "$new" || return
  fi
  start "$old" || true
}

# A commit waits for the standby only while there is one.
set_synchronous() {
  local primary=$1 standby=$2
  if streams "$primary"; then
    waiting=0
    [ ! -f "$dir/synchronous" ] || return 0
    set_conf "$primary" synchronous_standby_names "*"
    reload "$primary" && touch "$dir/synchronous" && say "server $standby follows $primary; commits are on both"
  elif [ -f "$dir/synchronous" ] && ((++waiting >= 6)); then
    rm -f "$dir/synchronous"
    set_conf "$primary" synchronous_standby_names ""
    reload "$primary" && say "server $standby does not follow; $primary commits alone"
  fi
}
waiting=0

primary_name() { [ -f "$dir/a/standby.signal" ] && echo b || echo a; }
other() { [ "$1" = a ] && echo b || echo a; }
port_of() { cat "$dir/$1.port" 2>/dev/null || sed -n 's/^port = \([0-9]*\).*/\1/p' "$dir/$1/postgresql.conf" 2>/dev/null | tail -n 1; }
pid_of() { head -n 1 "$dir/$1/postmaster.pid" 2>/dev/null; }
runs() { local pid; pid=$(pid_of "$1") && [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; }
answers() { runs "$1" && server pg_isready -q -h 127.0.0.1 -p "$(port_of "$1")" -t 2; }
conninfo() { echo "host=127.0.0.1 port=$(port_of "$1") user=postgres dbname=postgres connect_timeout=3 passfile=$dir/pgpass"; }
server() { "${as_server[@]}" env PGPASSFILE="$dir/pgpass" "$bin/$1" "${@:2}"; }
sql() { server psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$(conninfo "$1")" -c "$2"; }
streams() { [ "$(sql "$1" "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'" 2>/dev/null)" = 1 ]; }
reload() { server pg_ctl reload -s -D "$dir/$1"; }
kill_hard() { local pid; pid=$(pid_of "$1") && [ -n "$pid" ] && kill -KILL "$pid" 2>/dev/null; "${as_server[@]}" rm -f "$dir/$1/postmaster.pid"; }
set_port() { echo "$2" >"$dir/$1.port"; "${as_server[@]}" sed -i "s/^port = .*/port = $2/" "$dir/$1/postgresql.conf"; }
follow() { set_conf "$1" primary_conninfo "$(conninfo "$2") application_name=$1"; }

# One setting of one server; works while it is down.
set_conf() {
  "${as_server[@]}" sed -i "/^$2 = /d" "$dir/$1/postgresql.auto.conf" "$dir/$1/postgresql.conf"
  "${as_server[@]}" tee -a "$dir/$1/postgresql.conf" >/dev/null <<<"$2 = '$3'"
}

# A server that was killed needs a moment until its last process is gone.
start() {
  local name=$1 tries
  runs "$name" && return
  [ -f "$dir/$name.port" ] || port_of "$name" >"$dir/$name.port.new" && mv "$dir/$name.port.new" "$dir/$name.port" 2>/dev/null
  for ((tries = 0; tries < 10; tries++)); do
    server pg_ctl start -s -w -t 10 -D "$dir/$name" -l "$dir/$name.log" >/dev/null 2>&1 9>&- && { say "server $name is up on port $(port_of "$name")"; return; }
    ! runs "$name" || break
    sleep 0.3
  done
  say "server $name does not start: $(tail -n 1 "$dir/$name.log")"
  return 1
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

say() { printf '%(%H:%M:%S)T %s\n' -1 "$1"; }

fail() {
  echo "$1" >&2
  [ $# -lt 2 ] || tail -n 15 "$2" >&2
  exit 1
}

# The primary last, so that the standby has everything.
finish() {
  trap '' INT TERM
  local primary
  [ -n "$dir" ] && [ -f "$dir/a/PG_VERSION" ] || return
  primary=$(primary_name)
  server pg_ctl stop -s -m fast -t 20 -D "$dir/$primary" 2>/dev/null
  server pg_ctl stop -s -m fast -t 20 -D "$dir/$(other "$primary")" 2>/dev/null
}

main "$@"
