#!/usr/bin/env bash
# A WebSocket echo through Selvedge's sample function `echo`, beside the bare echo of Bun and of
# Node's `ws`, and that of a Durable Object in workerd: what a message costs at full speed with few
# and with many connections, and at a fixed rate; what an idle connection costs. Each server is one
# process on one core; the load generator is on another; the servers take turns. The others are
# installed by npm, into a directory that is removed again.
#
#   runtime/bench/echo.sh [--write]     the table, also into docs/performance.md
#
# Variables: REPETITIONS (3), SECONDS_EACH (6), CONNECTIONS (200), RATE (10000), ACTIVE (16000; 0 for
# none), IDLE (15000), PEERS ("bun workerd node selvedge"), SERVER_CORE (0), LOAD_CORE (1), JAVA_HOME.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

repetitions=${REPETITIONS:-3} seconds=${SECONDS_EACH:-6} connections=${CONNECTIONS:-200}
rate=${RATE:-10000} active=${ACTIVE:-16000} idle=${IDLE:-15000}
read -ra peers <<<"${PEERS:-bun workerd node selvedge}"
raise_descriptors $(((idle > active ? idle : active) + 200)) "IDLE and ACTIVE"

install_packages bun@1 ws@8 workerd@1
for name in bun workerd node selvedge; do port[$name]=$(free_port); done
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
# Of workerd's objects one takes all connections: they do what a function's sessions do, and are what
# is called for when clients are to meet.
cat >"$work/workerd.mjs" <<END
export class Echo {
  async fetch(request) {
    const [client, server] = Object.values(new WebSocketPair());
    server.accept();
    server.addEventListener("message", (event) => server.send(event.data));
    return new Response(null, { status: 101, webSocket: client });
  }
}
export default {
  async fetch(request, env) {
    return env.ECHO.get(env.ECHO.idFromName("echo")).fetch(request);
  },
};
END
cat >"$work/workerd.capnp" <<END
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ (name = "echo", worker = .echo) ],
  sockets = [ (name = "http", address = "127.0.0.1:${port[workerd]}", http = (), service = "echo") ],
);
const echo :Workerd.Worker = (
  modules = [ (name = "echo", esModule = embed "workerd.mjs") ],
  compatibilityDate = "2025-01-01",
  bindings = [ (name = "ECHO", durableObjectNamespace = "Echo") ],
  durableObjectNamespaces = [ (className = "Echo", uniqueKey = "echo") ],
  durableObjectStorage = (inMemory = void),
);
END
workerd() { find "$work/node_modules/@cloudflare" -path '*/bin/workerd' | head -n 1; }

cat >"$work/selvedge.yaml" <<END
edge:
  max-connections-per-ip: 0
END

for peer in "${peers[@]}"; do
  case $peer in
    bun) start bun "$server_core" "$work/node_modules/.bin/bun" "$work/bun.js" ;;
    node) start node "$server_core" node "$work/node.mjs" ;;
    workerd) start workerd "$server_core" "$(workerd)" serve "$work/workerd.capnp" ;;
    selvedge) start_selvedge "$home/functions/echo/target/echo.jar" ;;
    *) fail "PEERS: $peer (expected: bun, workerd, node, selvedge)" ;;
  esac
  await "$peer"
done

# many PEER: CPU for each message when every one of many connections sends.
many() {
  local json
  json=$(load "$protocol" "$(url "$1")" --connections "$active" --duration "$seconds" --warmup "$lead" --pid "${pid[$1]}")
  record "$1" many "$(figure cpuMicrosPerMessage <<<"$json")"
  record "$1" many-messages "$(figure messagesPerSecond <<<"$json")"
  say "  $1: $(figure cpuMicrosPerMessage <<<"$json") µs CPU for a message with $active connections"
}

# Those that take so many, and so much, in the time that there is.
read -ra light <<<"$(printf '%s\n' "${peers[@]}" | grep -vx workerd | paste -sd ' ')"

machine=$(machine)
if [[ " ${peers[*]} " == *" selvedge "* ]]; then warm_up selvedge; fi
for ((i = 1; i <= repetitions; i++)); do
  say "repetition $i of $repetitions"
  for peer in "${peers[@]}"; do messages "$peer"; done
  for peer in "${light[@]}"; do paced "$peer"; done
  # The idle ones first: what more connections need stays with the process.
  for peer in "${light[@]}"; do held "$peer" "$idle" 1; done
  if ((active > 0)); then for peer in "${light[@]}"; do many "$peer"; done; fi
done

version() {
  case $1 in
    bun) echo "Bun $("$work/node_modules/.bin/bun" --version), bare" ;;
    workerd) echo "$("$(workerd)" --version), a Durable Object" ;;
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
  row "of that the kernel's, µs" cpu-kernel %.2f
  row "messages per second then" messages %.0f
  if ((active > 0)); then
    row "CPU for a message, $active connections that all send, µs" many %.2f
    row "messages per second then" many-messages %.0f
  fi
  row "CPU for a message at $rate/s, µs" paced %.1f
  row "latency at $rate/s, p50, µs" p50 %.0f
  row "latency at $rate/s, p99, µs" p99 %.0f
  row "an idle connection, of $idle: resident growth the first time, bytes" resident %.0f
  row "the same: live heap, bytes" heap %.0f
  row "CPU for a handshake, µs" handshake %.0f
  row "handshakes per second" handshakes %.0f
  echo
  ratios bun node
  echo "CPU for a message, Selvedge / a Durable Object of workerd, in the same repetition: $(ratio selvedge workerd cpu) at full speed (median; the aim is 0.17)."
  if ((active > 0)); then
    echo "CPU for a message with $active connections, against the same server's with $connections: Selvedge $(growth selvedge many cpu) (the aim is 1.3), Bun $(growth bun many cpu)."
  fi
  echo
}

table | tee "$work/out"
if [[ ${1:-} == --write ]]; then write_table echo <"$work/out"; fi
