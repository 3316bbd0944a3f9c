# What the benchmarks have in common. Sourced, with bash, by the scripts beside it.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables of the script that sources this, and for it

bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
home=$(cd "$bench/../.." && pwd -P)
work=$(mktemp -d)
started=()
declare -A pid port  # of each peer
declare -A admin     # the admin port of each node that start_node has started
join=                # where later nodes of that cluster find the earlier ones
admin_token=benchmark-token-0123456789abcdef

fail() {
  echo "${0##*/}: $1" >&2
  exit 1
}

say() { printf '%s\n' "$*" >&2; }

# need PROGRAM PACKAGE: ends if the program is missing, and says what to install.
need() { command -v "$1" >/dev/null || fail "$1 is missing: apt-get install $2"; }

# Ends what was started, by process id. workerd waits for its connections, for ever.
finish() {
  local pid deadline=$((SECONDS + 15))
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${started[@]}"; do
    while kill -0 "$pid" 2>/dev/null && ((SECONDS < deadline)); do sleep 0.1; done
    kill -KILL "$pid" 2>/dev/null || true
  done
  for pid in "${started[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap finish EXIT

# start PEER CORE COMMAND...: runs it on that core in the background.
start() {
  local name=$1 core=$2
  shift 2
  taskset -c "$core" "$@" >"$work/$name.log" 2>&1 </dev/null &
  started+=($!)
  pid[$name]=$!
}

# await PEER: until it listens on its port; ends if it has ended.
await() {
  local deadline=$((SECONDS + 60))
  until (: <"/dev/tcp/127.0.0.1/${port[$1]}") 2>/dev/null; do
    kill -0 "${pid[$1]}" 2>/dev/null || fail "$1 ended: $(tail -n 5 "$work/$1.log")"
    ((SECONDS < deadline)) || fail "$1 does not listen on port ${port[$1]} after 60 s: $(tail -n 5 "$work/$1.log")"
    sleep 0.1
  done
}

# start_selvedge FUNCTION...: a node without a cluster, configured by $work/selvedge.yaml.
start_selvedge() {
  admin[selvedge]=$(free_port)
  start selvedge "$server_core" env SELVEDGE_BUILD=never "$home/selvedge" dev --config "$work/selvedge.yaml" \
    --port "${port[selvedge]}" --admin-port "${admin[selvedge]}" --data "$work/data" "$@"
}

# start_node NAME OPTION...: a node of the cluster of those before it, configured by
# $work/selvedge.yaml. The commands of the launcher ask the last one that was started.
start_node() {
  local name=$1 cluster_port
  shift
  export SELVEDGE_TOKEN=$admin_token SELVEDGE_NODE
  cluster_port=$(free_port)
  port[$name]=$(free_port) admin[$name]=$(free_port)
  join=${join:+$join,}127.0.0.1:$cluster_port
  start "$name" "$server_core" env SELVEDGE_BUILD=never "$home/selvedge" start --config "$work/selvedge.yaml" \
    --host 127.0.0.1 --port "${port[$name]}" --admin-port "${admin[$name]}" --cluster-port "$cluster_port" \
    --join "$join" --data "$work/data-$name" "$@"
  SELVEDGE_NODE=http://127.0.0.1:${admin[$name]}
  await_ready "$name"
}

# await_ready NODE: until it says so.
await_ready() {
  local deadline=$((SECONDS + 60))
  until curl --silent --fail --output /dev/null "http://127.0.0.1:${admin[$1]}/readyz"; do
    kill -0 "${pid[$1]}" 2>/dev/null || fail "$1 ended: $(tail -n 5 "$work/$1.log")"
    ((SECONDS < deadline)) || fail "$1 is not ready after 60 s: $(tail -n 5 "$work/$1.log")"
    sleep 0.1
  done
}

# await_nodes COUNT: until the cluster of the last node has so many.
await_nodes() {
  local deadline=$((SECONDS + 60))
  until [[ $(selvedge nodes --json | grep -o '"id"' | wc -l) == "$1" ]]; do
    ((SECONDS < deadline)) || fail "not $1 nodes after 60 s"
    sleep 0.5
  done
}

selvedge() { SELVEDGE_BUILD=never "$home/selvedge" "$@"; }

# metric NAME NODE...: the sum over the nodes, and over all labels unless the name has them.
metric() {
  local name=$1 one
  shift
  for one in "$@"; do
    curl --silent --fail --header "Authorization: Bearer $admin_token" "http://127.0.0.1:${admin[$one]}/metrics"
  done | awk -v name="$name" 'index($0, name) == 1 && substr($0, length(name) + 1) ~ /^[{ ]/ { sum += $NF } END { printf("%.0f\n", sum) }'
}

# install_packages NAME@VERSION...: of npm, into $work.
install_packages() {
  need npm npm
  need node nodejs
  say "installing $*"
  (cd "$work" && npm install --silent --no-audit --no-fund --prefix "$work" "$@" >"$work/npm.log" 2>&1) ||
    fail "npm install failed: $(tail -n 5 "$work/npm.log")"
}

# raise_descriptors COUNT VARIABLE: ends if a process may not have so many open.
raise_descriptors() {
  local limit
  limit=$(ulimit -Hn)
  ulimit -n "$limit"
  [[ $limit == unlimited ]] || ((limit >= $1)) || fail "ulimit -n is $limit (expected: $1; or set $2)"
}

free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 10000))
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

# load KIND URL OPTION...: a run of the load generator on its core, as one line of JSON.
load() { taskset -c "$load_core" env SELVEDGE_BUILD=never "$home/selvedge" bench "$@" --json --quiet; }

# figure NAME: the number of that name in the JSON on standard input.
figure() { grep -o "\"$1\":[-0-9.eE]*" | head -n 1 | cut -d: -f2; }

# record PEER WHAT FIGURE: of one repetition.
record() { echo "$3" >>"$work/figure-$1-$2"; }

# value PEER WHAT FORMAT: median (least–most) of what was recorded, or a dash.
value() {
  local file="$work/figure-$1-$2"
  [[ -s $file ]] || { echo "–"; return; }
  sort -g "$file" | awk -v format="$3" '
    { v[NR] = $1 }
    END {
      m = NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2
      printf(format, m); if (NR > 1) { printf(" ("); printf(format, v[1]); printf("–"); printf(format, v[NR]); printf(")") }
      print ""
    }'
}

median() { sort -g "$work/figure-$1-$2" 2>/dev/null | awk '{ v[NR] = $1 } END { if (NR) print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

# ratio PEER OTHER WHAT: the median, over the repetitions, of one's figure divided by the other's in the same repetition.
ratio() { quotient "figure-$1-$3" "figure-$2-$3"; }

# growth PEER WHAT OTHER: the same of two figures of one peer.
growth() { quotient "figure-$1-$2" "figure-$1-$3"; }

quotient() {
  [[ -s $work/$1 && -s $work/$2 ]] || { echo "–"; return; }
  paste "$work/$1" "$work/$2" | awk '$2 > 0 { print $1 / $2 }' | sort -g |
    awk '{ v[NR] = $1 } END { if (NR) printf("%.2f\n", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2) }'
}

# live_heap PID: bytes that are live in a JVM's heap, after a full collection.
live_heap() { "$jcmd" "$1" GC.class_histogram | awk '/^Total/ { print $3 }'; }

# descriptors PID...: open ones, of the processes and those that they have started.
descriptors() {
  local pid sum=0
  for pid in "$@" $(for p in "$@"; do pgrep -P "$p" || true; done); do
    sum=$((sum + $(find "/proc/$pid/fd" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l)))
  done
  echo "$sum"
}

# ---- what is measured of a peer; the script says which path in $path

WARMUP=${WARMUP:-60} # seconds of load before a JVM is measured: its compiler shares the core
lead=${LEAD:-4} # seconds before each measurement: the load generator is a JVM, too

protocol=ws # of the load: a word of bench --protocol

url() { echo "ws://127.0.0.1:${port[$1]}$path"; }

# warm_up PEER: a JVM is measured when it is compiled.
warm_up() {
  say "warming up $1"
  load "$protocol" "$(url "$1")" --connections "$connections" --duration "$WARMUP" --warmup 0 >/dev/null
}

# messages PEER: CPU for each message, at full speed.
messages() {
  local json
  json=$(load "$protocol" "$(url "$1")" --connections "$connections" --duration "$seconds" --warmup "$lead" --pid "${pid[$1]}")
  record "$1" cpu "$(figure cpuMicrosPerMessage <<<"$json")"
  record "$1" cpu-kernel "$(figure kernelMicrosPerMessage <<<"$json")"
  record "$1" messages "$(figure messagesPerSecond <<<"$json")"
  say "  $1: $(figure cpuMicrosPerMessage <<<"$json") µs CPU for a message, $(figure messagesPerSecond <<<"$json") messages/s"
}

# paced PEER: CPU and latency at a fixed rate; less than the peer can do, so that it is not queues that are measured.
paced() {
  local json
  json=$(load "$protocol" "$(url "$1")" --connections "$connections" --duration "$seconds" --warmup "$lead" --rate "$rate" --pid "${pid[$1]}")
  record "$1" paced "$(figure cpuMicrosPerMessage <<<"$json")"
  record "$1" p50 "$(figure p50 <<<"$json")"
  record "$1" p99 "$(figure p99 <<<"$json")"
  say "  $1: p50 $(figure p50 <<<"$json") µs, p99 $(figure p99 <<<"$json") µs at $rate/s"
}

# publish PIDS SECONDS WARMUP SERVER...: messages to a group of $members members that are spread over
# the servers, each sent when all have got the one before; one line of JSON.
publish() {
  local server pids=$1 duration=$2 warmup=$3 urls=()
  shift 3
  for server in "$@"; do urls+=("ws://127.0.0.1:${port[$server]}/rooms"); done
  load fanout "${urls[@]}" --protocol "$protocol" --connections "$members" --duration "$duration" --warmup "$warmup" --pid "$pids"
}

# deliveries PEER FIGURE PIDS SERVER...: what a delivery costs; the JSON stays in $work/publish.json.
deliveries() {
  local peer=$1 what=$2 json
  shift 2
  json=$(publish "$1" "$seconds" "$lead" "${@:2}")
  echo "$json" >"$work/publish.json"
  record "$peer" "$what" "$(figure cpuMicrosPerMessage <<<"$json")"
  record "$peer" "$what-kernel" "$(figure kernelMicrosPerMessage <<<"$json")"
  record "$peer" "$what-deliveries" "$(figure messagesPerSecond <<<"$json")"
  say "  $peer, $what: $(figure cpuMicrosPerMessage <<<"$json") µs CPU for a delivery, $(figure messagesPerSecond <<<"$json") deliveries/s"
}

# held PEER COUNT SOCKETS: connections that do nothing, each with so many sockets on the server; of a JVM also what is live in its heap.
held() {
  local heap="" before deadline generator
  if [[ $1 == selvedge ]]; then before=$(live_heap "${pid[$1]}"); fi
  load idle "$(url "$1")" --protocol "$protocol" --connections "$2" --duration 10 --pid "${pid[$1]}" >"$work/idle.json" &
  generator=$!
  if [[ $1 == selvedge ]]; then
    deadline=$((SECONDS + 60))
    until (($(descriptors "${pid[$1]}") >= $2 * $3)) || ((SECONDS > deadline)); do sleep 0.2; done
    sleep 1
    heap=$((($(live_heap "${pid[$1]}") - before) / $2))
    record "$1" heap "$heap"
  fi
  wait "$generator" || fail "$1: $(<"$work/idle.json") $(tail -n 3 "$work/$1.log")"
  # Only the first ones grow the process: later ones get the memory of those before.
  [[ -s $work/figure-$1-resident ]] || record "$1" resident "$(figure residentBytesPerConnection <"$work/idle.json")"
  record "$1" handshakes "$(figure handshakesPerSecond <"$work/idle.json")"
  record "$1" handshake "$(figure cpuMicrosPerHandshake <"$work/idle.json")"
  say "  $1: $(figure residentBytesPerConnection <"$work/idle.json") B resident ${heap:+and $heap B live heap }each, $(figure cpuMicrosPerHandshake <"$work/idle.json") µs CPU for a handshake"
}

# ---- the table

# heading WORD...: the first two lines of a table, a column for each word.
heading() {
  local word line="| |" rule="| --- |"
  for word in "$@"; do line+=" $word |" rule+=" --- |"; done
  printf '%s\n%s\n' "$line" "$rule"
}

# row TEXT WHAT FORMAT
row() {
  local peer line="| $1 |"
  for peer in "${peers[@]}"; do line+=" $(value "$peer" "$2" "$3") |"; done
  echo "$line"
}

# ratios PEER...: Selvedge's CPU for a message beside theirs.
ratios() {
  local peer
  for peer in "$@"; do
    [[ -s $work/figure-$peer-cpu ]] || continue
    echo "CPU for a message, Selvedge / $peer, in the same repetition: $(ratio selvedge "$peer" cpu) at full speed, $(ratio selvedge "$peer" paced) at $rate/s (medians)."
  done
}

jdk() { "$java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/JDK \1/p'; }

machine() {
  echo "$(nproc) × $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), Linux $(uname -r), $(date -u +%F); load average before: $(cut -d' ' -f1 /proc/loadavg)"
}

# write_table NAME: puts standard input between the markers of that name in docs/performance.md.
write_table() {
  local document=$home/docs/performance.md
  grep -q "<!-- begin: $1 -->" "$document" || fail "$document has no marker <!-- begin: $1 -->"
  cat >"$work/table"
  awk -v name="$1" -v table="$work/table" '
    $0 == "<!-- begin: " name " -->" { print; while ((getline line < table) > 0) print line; skip = 1 }
    $0 == "<!-- end: " name " -->" { skip = 0 }
    !skip { print }' "$document" >"$work/document"
  cp "$work/document" "$document"
}

PATH=$PATH:/usr/sbin
need taskset util-linux
need pgrep procps
need curl curl
(($(nproc) >= 2)) || fail "one core only (expected: 2 or more, one for the server, one for the load)"
"$home/selvedge" --version >/dev/null
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
jcmd=${JAVA_HOME:+$JAVA_HOME/bin/}jcmd
command -v "$jcmd" >/dev/null || jcmd=$(dirname "$(readlink -f "$(command -v java)")")/jcmd
server_core=${SERVER_CORE:-0} load_core=${LOAD_CORE:-1}
