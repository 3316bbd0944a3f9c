#!/usr/bin/env bash
# A WebSocket echo through Selvedge's sample function `echo`, beside the bare echo of Bun and of
# Node's `ws`: what a message costs at full speed and at a fixed rate, what an idle connection costs.
# Each server is one process on one core; the load generator is on another; the servers take turns.
# Bun and ws are installed by npm, into a directory that is removed again.
#
#   runtime/bench/echo.sh [--write]     the table, also into docs/performance.md
#
# Variables: REPETITIONS (3), SECONDS_EACH (6), CONNECTIONS (200), RATE (10000), IDLE (15000),
# PEERS ("bun node selvedge"), SERVER_CORE (0), LOAD_CORE (1), JAVA_HOME.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

repetitions=${REPETITIONS:-3} seconds=${SECONDS_EACH:-6} connections=${CONNECTIONS:-200}
rate=${RATE:-10000} idle=${IDLE:-15000}
read -ra peers <<<"${PEERS:-bun node selvedge}"
need npm npm
need node nodejs
limit=$(ulimit -Hn)
ulimit -n "$limit"
[[ $limit == unlimited ]] || ((limit >= idle + 200)) ||
  fail "ulimit -n is $limit (expected: $((idle + 200)), for $idle connections; or set IDLE)"

say "installing Bun and ws"
(cd "$work" && npm install --silent --no-audit --no-fund --prefix "$work" bun@1 ws@8 >"$work/npm.log" 2>&1) ||
  fail "npm install failed: $(tail -n 5 "$work/npm.log")"
for name in bun node selvedge; do port[$name]=$(free_port); done
path=/echo

cat >"$work/bun.js" <<END
Bun.serve({
  hostname: "127.0.0.1",
  port: ${port[bun]},
  fetch(request, server) {
    return server.upgrade(request) ? undefined : new Response("WebSocket only", { status: 426 });
  },
  websocket: { idleTimeout: 960, message(socket, message) { socket.send(message); } },
});
END
cat >"$work/node.mjs" <<END
import { WebSocketServer } from "ws";
const server = new WebSocketServer({ host: "127.0.0.1", port: ${port[node]}, perMessageDeflate: false, backlog: 4096 });
server.on("connection", (socket) => {
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
});
END
cat >"$work/selvedge.yaml" <<END
edge:
  max-connections-per-ip: 0
END

for peer in "${peers[@]}"; do
  case $peer in
    bun) start bun "$server_core" "$work/node_modules/.bin/bun" "$work/bun.js" ;;
    node) start node "$server_core" node "$work/node.mjs" ;;
    selvedge) start_selvedge "$home/functions/echo/target/echo.jar" ;;
    *) fail "PEERS: $peer (expected: bun, node, selvedge)" ;;
  esac
  await "$peer"
done

machine=$(machine)
if [[ " ${peers[*]} " == *" selvedge "* ]]; then warm_up selvedge; fi
for ((i = 1; i <= repetitions; i++)); do
  say "repetition $i of $repetitions"
  for peer in "${peers[@]}"; do messages "$peer"; done
  for peer in "${peers[@]}"; do paced "$peer"; done
  for peer in "${peers[@]}"; do held "$peer" "$idle" 1; done
done

version() {
  case $1 in
    bun) echo "Bun $("$work/node_modules/.bin/bun" --version), bare" ;;
    node) echo "Node $(node --version), ws $(node -p "require('$work/node_modules/ws/package.json').version"), bare" ;;
    selvedge) echo "Selvedge, through a function, $(jdk)" ;;
  esac
}

table() {
  local peer columns=()
  for peer in "${peers[@]}"; do columns+=("$(version "$peer")"); done
  echo
  echo "Machine: $machine. Medians of $repetitions repetitions in turns (least–most)."
  echo
  heading "${columns[@]}"
  row "CPU for an echoed message of 64 bytes, $connections connections, µs" cpu %.2f
  row "messages per second then" messages %.0f
  row "CPU for a message at $rate/s, µs" paced %.1f
  row "latency at $rate/s, p50, µs" p50 %.0f
  row "latency at $rate/s, p99, µs" p99 %.0f
  row "an idle connection, of $idle: resident growth the first time, bytes" resident %.0f
  row "the same: live heap, bytes" heap %.0f
  row "CPU for a handshake, µs" handshake %.0f
  row "handshakes per second" handshakes %.0f
  echo
  ratios bun node
  echo
}

table | tee "$work/out"
if [[ ${1:-} == --write ]]; then write_table echo <"$work/out"; fi
