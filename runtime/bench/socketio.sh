#!/usr/bin/env bash
# Socket.IO clients at Selvedge's sample functions `echo` and `rooms`, beside Node's socket.io: what
# an echoed event costs, what an event to a room costs for each member, what an idle connection
# costs; and an event to a room of three nodes, beside three Node servers that share a Redis adapter.
# Each server is one process on one core (those of a cluster share it); the load generator is on
# another; the servers take turns. The Node packages are installed into a directory that is removed
# again.
#
#   runtime/bench/socketio.sh [--write]     the table, also into docs/performance.md
#
# Variables: REPETITIONS (5), SECONDS_EACH (6), CONNECTIONS (200), MEMBERS (2000), RATE (5000),
# WARMUP (60: seconds of each load before a JVM is measured; its compiler shares the core), IDLE
# (10000), PARTS ("echo room idle cluster"), SERVER_CORE (0), LOAD_CORE (1), JAVA_HOME.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

repetitions=${REPETITIONS:-5} seconds=${SECONDS_EACH:-6} connections=${CONNECTIONS:-200}
members=${MEMBERS:-2000} rate=${RATE:-5000} idle=${IDLE:-10000}
read -ra parts <<<"${PARTS:-echo room idle cluster}"
peers=(node selvedge)
has() { [[ " ${parts[*]} " == *" $1 "* ]]; }
if has cluster; then need redis-server redis-server; fi
raise_descriptors $((idle + 200)) IDLE

install_packages socket.io@4.8.4 @socket.io/redis-adapter@8.3.0 redis@5.8.2
for name in node selvedge redis node-{1,2,3}; do port[$name]=$(free_port); done
protocol=sio

# The handlers do what the sample functions do, each in its namespace.
cat >"$work/server.mjs" <<END
import { createServer } from "node:http";
import { Server } from "socket.io";

const [port, redisPort] = process.argv.slice(2).map(Number);
const options = {};
if (redisPort) {
  const { createClient } = await import("redis");
  const { createAdapter } = await import("@socket.io/redis-adapter");
  const pub = createClient({ url: "redis://127.0.0.1:" + redisPort });
  const sub = pub.duplicate();
  await Promise.all([pub.connect(), sub.connect()]);
  options.adapter = createAdapter(pub, sub);
}
const http = createServer();
const io = new Server(http, options);
io.of("/echo").on("connection", (socket) => {
  socket.on("echo", (text) => socket.emit("echo", text));
});
const rooms = io.of("/rooms");
rooms.on("connection", (socket) => {
  socket.on("enter", (room, name, answer) => {
    socket.data = { room, name };
    socket.join(room);
    answer("socketio");
  });
  socket.on("say", (text) => {
    rooms.to(socket.data.room).emit("said", { from: socket.data.name, kind: "socketio", text });
  });
});
http.listen({ port, host: "127.0.0.1", backlog: 4096 });
END
cat >"$work/selvedge.yaml" <<END
edge:
  max-connections-per-ip: 0
END

functions=("$home/functions/echo/target/echo.jar" "$home/functions/rooms/target/rooms.jar")
start node "$server_core" node "$work/server.mjs" "${port[node]}"
start_selvedge "${functions[@]}"
for peer in "${peers[@]}"; do await "$peer"; done

# start_clusters: three servers each. A cluster's pids are those of all its processes, Redis included.
start_clusters() {
  local n
  start redis "$server_core" redis-server --port "${port[redis]}" --bind 127.0.0.1 --save "" --appendonly no
  await redis
  for n in 1 2 3; do
    start "node-$n" "$server_core" node "$work/server.mjs" "${port[node-$n]}" "${port[redis]}"
    await "node-$n"
    start_node "selvedge-$n"
  done
  pid[node-cluster]="${pid[node-1]},${pid[node-2]},${pid[node-3]},${pid[redis]}"
  pid[selvedge-cluster]="${pid[selvedge-1]},${pid[selvedge-2]},${pid[selvedge-3]}"
  await_nodes 3
  selvedge deploy "$home/functions/rooms/target/rooms.jar" >/dev/null
}

# room PEER and cluster PEER: what a delivery costs.
room() { deliveries "$1" room "${pid[$1]}" "$1"; }
cluster() { deliveries "$1" cluster "${pid[$1-cluster]}" "$1"-{1,2,3}; }

machine=$(machine)
path=/echo
if has cluster; then start_clusters; fi
# Before rooms, but after some load: a process grows for whatever it does first, and later connections take what it has.
if has idle; then
  for peer in "${peers[@]}"; do warm_up "$peer"; done
  for ((i = 1; i <= repetitions; i++)); do
    say "idle connections, repetition $i of $repetitions"
    for peer in "${peers[@]}"; do held "$peer" "$idle" 1; done
  done
fi
# Behind that: thousands of connections that come and go make a JVM compile again what it has compiled for messages.
if has echo; then warm_up selvedge; fi
if has room; then say "warming up the room"; publish "${pid[selvedge]}" "$WARMUP" 0 selvedge >/dev/null; fi
if has cluster; then say "warming up the cluster"; publish "${pid[selvedge-cluster]}" "$WARMUP" 0 selvedge-{1,2,3} >/dev/null; fi
for ((i = 1; i <= repetitions; i++)); do
  say "repetition $i of $repetitions"
  if has echo; then
    for peer in "${peers[@]}"; do messages "$peer"; done
    for peer in "${peers[@]}"; do paced "$peer"; done
  fi
  if has room; then for peer in "${peers[@]}"; do room "$peer"; done; fi
  if has cluster; then for peer in "${peers[@]}"; do cluster "$peer"; done; fi
done

version() {
  case $1 in
    node) echo "Node $(node --version), socket.io $(node -p "require('$work/node_modules/socket.io/package.json').version")" ;;
    selvedge) echo "Selvedge, through a function, $(jdk)" ;;
  esac
}

table() {
  local peer columns=()
  for peer in "${peers[@]}"; do columns+=("$(version "$peer")"); done
  echo
  echo "Machine: $machine. Medians of $repetitions repetitions in turns (least–most)."
  echo
  heading "${columns[@]}" "Selvedge / Node, in the same repetition"
  compared "CPU for an echoed event of 64 bytes, $connections connections, µs" cpu %.2f
  compared "of that the kernel's" cpu-kernel %.2f
  compared "events per second then" messages %.0f
  compared "CPU for an event at $rate/s, µs" paced %.1f
  compared "latency at $rate/s, p50, µs" p50 %.0f
  compared "latency at $rate/s, p99, µs" p99 %.0f
  compared "CPU for a delivery of an event to a room with $members members, µs" room %.2f
  compared "of that the kernel's" room-kernel %.2f
  compared "deliveries per second then" room-deliveries %.0f
  compared "the same with the members spread over three servers (Node: with a Redis adapter, Redis counted), µs" cluster %.2f
  compared "of that the kernel's" cluster-kernel %.2f
  compared "deliveries per second then" cluster-deliveries %.0f
  compared "an idle connection, of $idle: resident growth the first time, bytes" resident %.0f
  compared "the same: live heap, bytes" heap %.0f
  compared "CPU for a handshake, µs" handshake %.0f
  compared "handshakes per second" handshakes %.0f
  echo
}

# compared TEXT WHAT FORMAT: a row, if it was measured, with how one compares to the other.
compared() {
  [[ -s $work/figure-selvedge-$2 ]] || return 0
  echo "$(row "$@") $(ratio selvedge node "$2") |"
}

table | tee "$work/out"
if [[ ${1:-} == --write ]]; then write_table socketio <"$work/out"; fi
