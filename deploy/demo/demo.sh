#!/usr/bin/env bash
# The demo: a simulated plant, the centre and the edge agent on this machine, until Ctrl-C.
# PENSTOCK_DEMO_DATA names another folder than artifacts/demo for history, outbox and logs.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

readonly usual_port=8420
readonly programs=artifacts/bin
data=${PENSTOCK_DEMO_DATA:-artifacts/demo}
address=""
reason=""
source deploy/processes.sh

main() {
  trap 'exit 0' INT TERM
  trap finish EXIT
  lock_data "A demo already runs with the data folder $data; end it, or set PENSTOCK_DEMO_DATA to another folder."

  SECONDS=0
  start_plant
  start_centre
  start_agent
  wait_for_first_value
  announce
  watch_all
}

start_plant() {
  start plant "$programs/penstock" profile sim --site deploy/demo/site.yaml --write-site "$data/site.yaml"
  wait_for_line plant '^ready'
}

start_centre() {
  local port=$usual_port
  if answers "$port"; then
    reason="port $usual_port is taken, so a free one was chosen"
    port=0
  fi
  start centre "$programs/penstock-central" run --data "$data/centre" --listen "127.0.0.1:$port"
  wait_for_line centre '^penstock-central ready '
  address=$(sed -n 's|^penstock-central ready \(http://[^/]*\)/*$|\1|p' "$data/centre.log" | head -n 1)
}

start_agent() {
  sed -i "s|http://127\\.0\\.0\\.1:$usual_port|$address|" "$data/site.yaml"
  start agent "$programs/penstock" run --site "$data/site.yaml" --data "$data/agent" --listen 127.0.0.1:0
}

wait_for_first_value() {
  while ! get "$address" /api/v1/tags | grep -q '"latest":{'; do
    all_alive
    sleep 0.1
  done
}

announce() {
  local port=${address##*:}
  cat <<TEXT

  ================================================================
    The first value is there, $SECONDS s after the start. Open

        $address/

  ================================================================
${reason:+
  Note: $reason.
}
  Simulated, from the profiles in hardware-profiles/ (nothing of it is real):
$(devices)
  Now and then a device fails for some seconds: no answer, an exception, a frozen value. The page says so.

  From a laptop:      ssh -L $port:127.0.0.1:$port you@this-machine
  The agent's page:   $(grep -oE -m 1 'status page http://[^ ]+' "$data/agent.log" | head -n 1 | cut -d ' ' -f 3)
  Data and logs:      $data

  A device of your own: copy deploy/demo/site.yaml, write its profile, host and unit_id, then
      $programs/penstock site check my-site.yaml
      $programs/penstock run --site my-site.yaml --data artifacts/my-agent

  Ctrl-C ends everything.
TEXT
}

devices() {
  grep -v '^ready' "$data/plant.log" | sed 's/^/    /'
}

finish() {
  end_all 6
  [ -z "$address" ] || echo "The demo has ended; its data stay in $data."
}

main
