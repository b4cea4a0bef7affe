# shellcheck shell=bash disable=SC2154
# Sourced by the scripts that start several programs and end them together. The script sets `data`, the folder of the logs.
# The programs end with the script, even when it is killed.
pids=()
names=()

# start NAME COMMAND...    its output goes to $data/NAME.log
start() {
  local name=$1
  shift
  local ends_with_us=()
  ! command -v setpriv >/dev/null || ends_with_us=(setpriv --pdeathsig TERM)
  : >"$data/$name.log"
  # They do not hold the script's lock.
  "${ends_with_us[@]}" "$@" >>"$data/$name.log" 2>&1 9>&- &
  pids+=($!)
  names+=("$name")
}

# lock_data MESSAGE    one run per folder
lock_data() {
  mkdir -p "$data" || exit 1
  exec 9>"$data/lock"
  flock -n 9 || fail "$1"
}

wait_for_line() {
  until grep -qE "$2" "$data/$1.log"; do
    all_alive
    sleep 0.05
  done
}

# Waits until one of them ends; that is a failure.
watch_all() {
  wait -n "${pids[@]}"
  all_alive
}

all_alive() {
  local index
  for index in "${!pids[@]}"; do
    kill -0 "${pids[$index]}" 2>/dev/null || fail "The ${names[$index]} ended. Its last lines:" "${names[$index]}"
  done
}

fail() {
  echo "$1" >&2
  [ $# -lt 2 ] || tail -n 15 "$data/$2.log" >&2
  exit 1
}

answers() {
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# get ADDRESS PATH    over plain HTTP, without a further tool
get() {
  local hostport=${1#http://}
  (
    exec 3<>"/dev/tcp/${hostport%:*}/${hostport#*:}" || exit
    printf 'GET %s HTTP/1.0\r\nHost: %s\r\n\r\n' "$2" "$hostport" >&3
    cat <&3
  ) 2>/dev/null
}

# end_all SECONDS    the last started first, so that it can still deliver; each gets that long
end_all() {
  local index waited
  trap '' INT TERM
  for ((index = ${#pids[@]} - 1; index >= 0; index--)); do
    kill -TERM "${pids[$index]}" 2>/dev/null || continue
    for ((waited = 0; waited < $1 * 20; waited++)); do
      kill -0 "${pids[$index]}" 2>/dev/null || break
      sleep 0.05
    done
    kill -KILL "${pids[$index]}" 2>/dev/null
  done
  wait
}
