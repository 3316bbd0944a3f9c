#!/usr/bin/env bash
# A message to a group of 2,000 members through Selvedge's sample function `rooms`: on one node, beside
# Bun's `publish`; over three nodes, beside one; with the messages that this takes between the nodes.
# And an echo whose function is on another node than the client, beside one that is on the same.
# Each server is one process, all of them on one core; the load generator is on another; the servers
# take turns. Bun is installed by npm, into a directory that is removed again.
#
#   runtime/bench/fanout.sh [--write]     the tables, also into docs/performance.md
#
# Variables: REPETITIONS (3), SECONDS_EACH (6), MEMBERS (2000), CONNECTIONS (200), PARTS ("group cluster
# remote"), SERVER_CORE (0), LOAD_CORE (1), JAVA_HOME.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

repetitions=${REPETITIONS:-3} seconds=${SECONDS_EACH:-6}
members=${MEMBERS:-2000} connections=${CONNECTIONS:-200}
read -ra parts <<<"${PARTS:-group cluster remote}"
has() { [[ " ${parts[*]} " == *" $1 "* ]]; }
raise_descriptors $((members + 500)) MEMBERS
path=/echo

cat >"$work/selvedge.yaml" <<END
edge:
  max-connections-per-ip: 0
END

# The handlers do what the sample function does, for one room.
start_bun() {
  install_packages bun@1
  port[bun]=$(free_port)
  cat >"$work/bun.js" <<END
const json = "selvedge.json.v1";
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: ${port[bun]},
  fetch(request, server) {
    const headers = { "Sec-WebSocket-Protocol": json };
    return server.upgrade(request, { headers, data: {} }) ? undefined : new Response("WebSocket only", { status: 426 });
  },
  websocket: {
    message(socket, text) {
      const { event, args, id } = JSON.parse(text);
      if (event === "enter") {
        socket.data.room = args[0];
        socket.data.name = args[1];
        socket.subscribe(args[0]);
        socket.send(JSON.stringify({ reply: id, args: ["websocket"] }));
      } else {
        const said = { from: socket.data.name, kind: "websocket", text: args[0] };
        server.publish(socket.data.room, JSON.stringify({ event: "said", args: [said] }));
      }
    },
  },
});
END
  start bun "$server_core" "$work/node_modules/.bin/bun" "$work/bun.js"
  await bun
}

# start_cluster: three nodes that take clients and run functions.
start_cluster() {
  local n
  join=
  for n in 1 2 3; do start_node "node-$n"; done
  pid[cluster]="${pid[node-1]},${pid[node-2]},${pid[node-3]}"
  await_nodes 3
  selvedge deploy "$home/functions/rooms/target/rooms.jar" >/dev/null
}

# start_pair: a node that takes clients, and one that runs their function.
start_pair() {
  join=
  start_node edge --role edge
  start_node host --role host
  port[remote]=${port[edge]} pid[remote]="${pid[edge]},${pid[host]}"
  await_nodes 2
  selvedge deploy "$home/functions/echo/target/echo.jar" >/dev/null
}

# A publication is this envelope of the fabric to each node but one's own that has members.
envelopes='selvedge_bus_envelopes_total{kind="GroupWire.Publish"}'

# over_cluster: deliveries by three nodes, and how many envelopes that took for each publication.
over_cluster() {
  local before after
  before=$(metric "$envelopes" node-{1,2,3})
  deliveries cluster delivery "${pid[cluster]}" node-{1,2,3}
  after=$(metric "$envelopes" node-{1,2,3})
  record cluster envelopes "$(awk -v sent="$((after - before))" -v published="$(figure published <"$work/publish.json")" \
    'BEGIN { print sent / published }')"
}

port[selvedge]=$(free_port)
start_selvedge "$home/functions/echo/target/echo.jar" "$home/functions/rooms/target/rooms.jar"
await selvedge
if has group; then start_bun; fi
if has cluster; then start_cluster; fi
if has remote; then start_pair; fi

machine=$(machine)
if has group || has cluster; then
  say "warming up the group"
  publish "${pid[selvedge]}" "$WARMUP" 0 selvedge >/dev/null
fi
if has cluster; then
  say "warming up the cluster"
  publish "${pid[cluster]}" "$WARMUP" 0 node-{1,2,3} >/dev/null
fi
if has remote; then
  warm_up selvedge
  warm_up remote
fi
for ((i = 1; i <= repetitions; i++)); do
  say "repetition $i of $repetitions"
  if has group; then deliveries bun delivery "${pid[bun]}" bun; fi
  if has group || has cluster; then deliveries selvedge delivery "${pid[selvedge]}" selvedge; fi
  if has cluster; then over_cluster; fi
  if has remote; then
    messages selvedge
    messages remote
  fi
done

table() {
  echo
  echo "Machine: $machine. Medians of $repetitions repetitions in turns (least–most)."
  if has group || has cluster; then
    echo
    heading "Bun $(bun_version), \`publish\`" "Selvedge, one node, $(jdk)" "Selvedge, three nodes"
    peers=(bun selvedge cluster)
    row "CPU for a delivery of a message to a group of $members members, µs" delivery %.2f
    row "deliveries per second then" delivery-deliveries %.0f
    row "messages between nodes for one to the group" envelopes %.3f
    echo
    echo "CPU for a delivery, in the same repetition (medians): Selvedge / Bun $(ratio selvedge bun delivery) (the aim is 1.0), three nodes / one node $(ratio cluster selvedge delivery) (the aim is 1.2)."
  fi
  if has remote; then
    echo
    heading "function on the client's node, $(jdk)" "function on another node, both counted"
    peers=(selvedge remote)
    row "CPU for an echoed message of 64 bytes, $connections connections, µs" cpu %.2f
    row "messages per second then" messages %.0f
    echo
    echo "CPU for a message, another node / the same node, in the same repetition: $(ratio remote selvedge cpu) (median; the aim is 2.5)."
  fi
  echo
}

bun_version() { if has group; then "$work/node_modules/.bin/bun" --version; fi; }

table | tee "$work/out"
if [[ ${1:-} == --write ]]; then write_table fanout <"$work/out"; fi
