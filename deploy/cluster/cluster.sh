#!/usr/bin/env bash
# The cluster on one machine, without containers, until Ctrl-C: three Kafka nodes, two PostgreSQL servers with synchronous
# replication, two centres, and two plants with their agents. Everything on loopback and on free ports.
# PENSTOCK_CLUSTER_DATA names another folder than artifacts/cluster for data and logs.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

readonly programs=artifacts/bin
data=${PENSTOCK_CLUSTER_DATA:-artifacts/cluster}
centres=()
bootstrap="" historian="" password=""
source deploy/processes.sh

main() {
  trap 'exit 0' INT TERM
  trap finish EXIT
  lock_data "A cluster already runs with the data folder $data; end it, or set PENSTOCK_CLUSTER_DATA to another folder."

  SECONDS=0
  start_servers
  "$programs/penstock-central" topics apply --kafka "$bootstrap" >"$data/topics.log" 2>&1 || fail "The topics could not be made:" topics
  start_plants
  start_centre 1
  start_centre 2
  start_agents
  wait_for_values
  announce
  watch_all
}

start_servers() {
  start kafka deploy/cluster/kafka-nodes.sh "$data/kafka"
  start postgres deploy/cluster/postgres-pair.sh "$data/postgres"
  wait_for_line kafka '^ready '
  wait_for_line postgres '^ready '
  bootstrap=$(sed -n 's/^ready bootstrap=//p' "$data/kafka.log")
  historian="Host=$(sed -n 's/^ready hosts=\([^ ]*\) .*/\1/p' "$data/postgres.log");Database=penstock;Username=penstock;Target Session Attributes=read-write"
  password="file:$PWD/$data/postgres/password"
  case $data in /*) password="file:$data/postgres/password" ;; esac
}

start_plants() {
  local site
  for site in north south; do
    start "plant-$site" "$programs/penstock" profile sim --site "$(site_of $site)" --write-site "$data/$site.yaml"
    wait_for_line "plant-$site" '^ready'
    sed -i "s|^forward:.*|forward: {type: kafka, address: \"$bootstrap\"}|" "$data/$site.yaml"
  done
}

site_of() { [ "$1" = north ] && echo deploy/demo/site.yaml || echo deploy/cluster/south.yaml; }

start_centre() {
  start "centre-$1" "$programs/penstock-central" run --data "$data/centre-$1" --listen 127.0.0.1:0 \
    --historian "$historian" --historian-password "$password" --kafka "$bootstrap"
  wait_for_line "centre-$1" '^penstock-central ready '
  centres+=("$(sed -n 's|^penstock-central ready \(http://[^/]*\)/*$|\1|p' "$data/centre-$1.log" | head -n 1)")
}

start_agents() {
  local site
  for site in north south; do
    start "agent-$site" "$programs/penstock" run --site "$data/$site.yaml" --data "$data/agent-$site" --listen 127.0.0.1:0
  done
}

# Both plants on both pages.
wait_for_values() {
  local centre site
  for centre in "${centres[@]}"; do
    for site in north-plant south-plant; do
      until get "$centre" /api/v1/tags | grep -q "\"name\":\"$site/[^{]*\"latest\":{"; do
        all_alive
        sleep 0.2
      done
    done
  done
}

announce() {
  cat <<TEXT

  ================================================================
    Both plants are on both pages, $SECONDS s after the start. Open

        ${centres[0]}/        or        ${centres[1]}/

  ================================================================

  Kafka         $bootstrap    (3 nodes, replication 3)
  PostgreSQL    $(sed -n 's/^ready hosts=\([^ ]*\) .*/\1/p' "$data/postgres.log")    (primary and synchronous standby; database penstock)
  Agents        $(agent_pages)
  Simulated     $(sed -n 's/^ready.*//; /./p' "$data/plant-north.log" "$data/plant-south.log" | wc -l) devices in two plants; nothing of it is real

  Look inside:  psql "host=127.0.0.1 port=$(cat "$data/postgres/a.port") dbname=penstock user=penstock"    (password in $data/postgres/password)
                $programs/penstock-central topics check --kafka $bootstrap
                $programs/penstock-central verify --data $data/centre-1 --historian "$historian" --historian-password $password

  Kill what you like (kill -9): a Kafka node and a PostgreSQL server come back by themselves, a standby is promoted;
  an agent or a centre that ends, ends the demo, because here nobody would start it again as systemd does.
  Memory now:
$(memory)
  Data and logs: $data. Ctrl-C ends everything.
TEXT
}

agent_pages() {
  local site
  for site in north south; do
    grep -oE -m 1 'http://[^ ]+' "$data/agent-$site.log" | head -n 1
  done | paste -sd ' '
}

# Resident memory of every process of the cluster; the servers of PostgreSQL are no children of the script that keeps them.
memory() {
  local index roots
  for index in "${!pids[@]}"; do
    roots=("${pids[$index]}")
    [ "${names[$index]}" != postgres ] || mapfile -t roots < <(head -q -n 1 "$data"/postgres/?/postmaster.pid)
    ps -o rss= --pid "$(all_below "${roots[@]}")" | awk -v name="${names[$index]}" '{ sum += $1 } END { printf "    %-12s %6.0f MB\n", name, sum / 1024 }'
  done
}

all_below() {
  local root list=""
  for root in "$@"; do
    list+="${list:+,}$(descendants "$root")"
  done
  echo "$list"
}

descendants() {
  local child list=$1
  for child in $(pgrep -P "$1"); do
    list+=",$(descendants "$child")"
  done
  echo "$list"
}

finish() {
  end_all 15
  [ "${#centres[@]}" -eq 0 ] || echo "The cluster has ended; its data stay in $data."
}

main
