#!/usr/bin/env bash
# Three Apache Kafka nodes (KRaft, broker and controller in one, replication 3, min.insync.replicas 2) on loopback, kept up
# until this script is told to end:
#   kafka-nodes.sh DIR [NODES]      data and ports stay in DIR; a second start goes on with them
# Prints "ready bootstrap=HOST:PORT,..." and then a line whenever a node is started again.
# Kafka comes from KAFKA_HOME, an unpacked Apache Kafka 4.x, or from PENSTOCK_RUNTIME, by default ../shared/runtime beside the
# checkout. Java 17 or later runs it.
set -uo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
readonly repository
dir=
nodes=3
jars=
declare -A pids=()
ends_with_us=()
! command -v setpriv >/dev/null || ends_with_us=(setpriv --pdeathsig TERM)

main() {
  dir=${1:?usage: kafka-nodes.sh DIR [NODES]}
  nodes=${2:-3}
  mkdir -p "$dir" && dir=$(cd "$dir" && pwd)
  exec 9>"$dir/lock"
  flock -n 9 || fail "Kafka nodes already run in $dir."
  find_jars
  trap 'exit 0' INT TERM
  trap finish EXIT

  [ -f "$dir/ports" ] || choose_ports
  local node
  for node in $(seq "$nodes"); do
    prepare "$node"
    run "$node"
  done
  for node in $(seq "$nodes"); do
    until answers "$(port_of "$node" 1)"; do
      kill -0 "${pids[$node]}" 2>/dev/null || fail "Kafka node $node ended while starting:" "$dir/$node.log"
      sleep 0.2
    done
  done
  echo "ready bootstrap=$(bootstrap)"
  while sleep 1; do keep_up; done
}

find_jars() {
  command -v java >/dev/null || fail "Java is missing. Type: sudo apt-get install -y openjdk-17-jre-headless"
  local runtime=${PENSTOCK_RUNTIME:-$repository/../shared/runtime}
  if [ -n "${KAFKA_HOME:-}" ]; then
    jars="$KAFKA_HOME/libs/*"
    [ -d "$KAFKA_HOME/libs" ] || fail "KAFKA_HOME is $KAFKA_HOME, which has no folder libs; set it to an unpacked Apache Kafka 4.x."
  elif [ -x "$runtime/bin/jars-dir" ]; then
    jars="$("$runtime/bin/jars-dir")/kafka/*" || fail "Kafka could not be unpacked from $runtime."
  else
    fail "Apache Kafka is missing. Unpack a 4.x release from https://kafka.apache.org/downloads and set KAFKA_HOME to its folder."
  fi
}

# Two ports a node: clients, controllers.
choose_ports() {
  python3 - "$nodes" >"$dir/ports" <<'PY'
import socket, sys
sockets = [socket.socket() for _ in range(2 * int(sys.argv[1]))]
for s in sockets:
    s.bind(("127.0.0.1", 0))
for first, second in zip(sockets[::2], sockets[1::2]):
    print(first.getsockname()[1], second.getsockname()[1])
PY
  head -c 16 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=' >"$dir/cluster-id"
}

port_of() { sed -n "$1p" "$dir/ports" | cut -d ' ' -f "$2"; }
bootstrap() { for node in $(seq "$nodes"); do printf '%s127.0.0.1:%s' "$([ "$node" = 1 ] || echo ,)" "$(port_of "$node" 1)"; done; }
voters() { for node in $(seq "$nodes"); do printf '%s%s@127.0.0.1:%s' "$([ "$node" = 1 ] || echo ,)" "$node" "$(port_of "$node" 2)"; done; }
answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

prepare() {
  local node=$1
  local copies=$((nodes < 3 ? nodes : 3))
  local insync=$((copies > 1 ? copies - 1 : 1))
  mkdir -p "$dir/$node"
  cat >"$dir/$node.properties" <<CONF
process.roles=broker,controller
node.id=$node
controller.quorum.voters=$(voters)
listeners=PLAINTEXT://127.0.0.1:$(port_of "$node" 1),CONTROLLER://127.0.0.1:$(port_of "$node" 2)
advertised.listeners=PLAINTEXT://127.0.0.1:$(port_of "$node" 1)
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs=$dir/$node
auto.create.topics.enable=false
default.replication.factor=$copies
min.insync.replicas=$insync
offsets.topic.replication.factor=$copies
transaction.state.log.replication.factor=$copies
transaction.state.log.min.isr=$insync
share.coordinator.state.topic.replication.factor=$copies
share.coordinator.state.topic.min.isr=$insync
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=4000
broker.heartbeat.interval.ms=1000
CONF
  cat >"$dir/log4j2.properties" <<'CONF'
status=error
appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%d{ISO8601} %p %c{1} %m%n
rootLogger.level=WARN
rootLogger.appenderRef.console.ref=console
CONF
  java_with 128m
  [ -f "$dir/$node/meta.properties" ] || "${java[@]}" kafka.tools.StorageTool format -g -t "$(cat "$dir/cluster-id")" -c "$dir/$node.properties" >"$dir/$node.log" 2>&1 ||
    fail "Kafka node $node cannot use its folder:" "$dir/$node.log"
}

run() {
  local node=$1
  java_with "${KAFKA_HEAP:-256m}"
  "${java[@]}" kafka.Kafka "$dir/$node.properties" >>"$dir/$node.log" 2>&1 9>&- &
  pids[$node]=$!
}

# java_with HEAP    the command in front of a class
java_with() {
  java=("${ends_with_us[@]}" java "-Xms$1" "-Xmx$1" -XX:+UseSerialGC "-Dlog4j2.configurationFile=$dir/log4j2.properties" -cp "$jars")
}

# A node that ended, by whatever hand, comes back on its data.
keep_up() {
  local node
  for node in $(seq "$nodes"); do
    kill -0 "${pids[$node]}" 2>/dev/null && continue
    printf '%(%H:%M:%S)T node %s ended and is started again\n' -1 "$node"
    run "$node"
  done
}

fail() {
  echo "$1" >&2
  [ $# -lt 2 ] || tail -n 15 "$2" >&2
  exit 1
}

# A node that is the last of its quorum waits for others that will not come; what it has acknowledged is on the others too.
finish() {
  local waited
  trap '' INT TERM
  [ "${#pids[@]}" -gt 0 ] || return
  kill -TERM "${pids[@]}" 2>/dev/null
  for ((waited = 0; waited < 80; waited++)); do
    kill -0 "${pids[@]}" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL "${pids[@]}" 2>/dev/null
  wait
} 2>/dev/null

main "$@"
