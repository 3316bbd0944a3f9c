#!/usr/bin/env bash
# What a node's life costs: its start, alone and in a cluster, on each JDK; a deploy to three nodes;
# a deploy under 5,000 clients that talk; 100,000 groups that are joined and left; some minutes under
# load, at 70 % of a core. The load generator is on a core of its own but for the starts.
#
#   runtime/bench/life.sh [--write]     the tables, also into docs/performance.md
#
# Variables: REPETITIONS (5), JDKS (homes of JDKs, by default JAVA_HOME and what is installed of 17 and
# 25), CLIENTS (5000), RATE (5000 messages a second of theirs), GROUP_COUNT (100000), SECONDS_EACH (10
# seconds of joins and leaves), MINUTES (2), PARTS ("start deploy redeploy groups sustained"),
# SERVER_CORE (0), LOAD_CORE (1), JAVA_HOME.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

repetitions=${REPETITIONS:-5} clients=${CLIENTS:-5000} rate=${RATE:-5000} groups=${GROUP_COUNT:-100000}
minutes=${MINUTES:-2} connections=${CONNECTIONS:-200}
read -ra parts <<<"${PARTS:-start deploy redeploy groups sustained}"
has() { [[ " ${parts[*]} " == *" $1 "* ]]; }
raise_descriptors $((clients + 1000)) CLIENTS
tools=$(dirname "$(readlink -f "$(command -v "$java")")")
[[ -x $tools/javac ]] || fail "$tools has no javac (expected: a JDK, in JAVA_HOME or on the PATH)"
cat >"$work/selvedge.yaml" <<END
edge:
  max-connections-per-ip: 0
END

# ---- starts

# jdks: the homes to try.
jdks() {
  local home feature seen=" "
  if [[ -n ${JDKS:-} ]]; then
    tr ' ' '\n' <<<"$JDKS"
    return
  fi
  for home in "${JAVA_HOME:-}" "$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")" /usr/lib/jvm/*; do
    [[ -n $home && -x $home/bin/javac && -f $home/release ]] || continue
    feature=$(feature_of "$home")
    if [[ $feature =~ ^(17|25)$ && $seen != *" $feature "* ]]; then
      seen+="$feature "
      echo "$home"
    fi
  done
}

feature_of() { sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"; }

# ready_after COMMAND...: milliseconds until it says that it is ready; it goes on, with its pid in $node.
ready_after() {
  local begin line out
  rm -f "$work/said"
  mkfifo "$work/said"
  begin=${EPOCHREALTIME/[.,]/}
  "$@" >"$work/said" 2>"$work/start.log" </dev/null &
  node=$!
  started+=("$node")
  exec {out}<"$work/said"
  while read -r -t 60 -u "$out" line; do
    if [[ $line == "selvedge ready"* ]]; then
      milliseconds=$(((${EPOCHREALTIME/[.,]/} - begin) / 1000))
      exec {out}<&-
      return
    fi
  done
  fail "no node after 60 s: $(tail -n 5 "$work/start.log")"
}

# end PID: of the one that was started last.
end() {
  kill "$1"
  wait "$1" 2>/dev/null || true
  unset 'started[-1]'
}

# one_start JDK_HOME DIRECTORY WORD OPTION...: of the launcher and the jar in that directory.
one_start() {
  local jdk=$1 directory=$2
  shift 2
  ready_after env JAVA_HOME="$jdk" "$directory/selvedge" "$@" --host 127.0.0.1 --port "$(free_port)" \
    --admin-port "$(free_port)" --data "$work/start-data/${#started[@]}"
}

# starts NAME JDK_HOME DIRECTORY: alone with a function, as the first of a cluster, as its second.
starts() {
  local name=$1 jdk=$2 directory=$3 first first_port
  one_start "$jdk" "$directory" dev "$home/functions/echo/target/echo.jar"
  record "$name" dev "$milliseconds"
  end "$node"
  first_port=$(free_port)
  one_start "$jdk" "$directory" start --cluster-port "$first_port" --join "127.0.0.1:$first_port"
  record "$name" first "$milliseconds"
  first=$node
  one_start "$jdk" "$directory" start --cluster-port "$(free_port)" --join "127.0.0.1:$first_port"
  record "$name" second "$milliseconds"
  end "$node"
  end "$first"
  rm -rf "$work/start-data"
  say "  $name: $(tail -qn 1 "$work/figure-$name-"{dev,first,second} | paste -sd ' ') ms"
}

start_part() {
  local jdk name names=() peer i directory
  export SELVEDGE_TOKEN=$admin_token
  while read -r jdk; do
    name=jdk$(feature_of "$jdk")
    for directory in "$name" "$name-cached"; do
      mkdir -p "$work/$directory/functions"
      cp "$home/selvedge" "$home/runtime/target/selvedge.jar" "$work/$directory"
      cp "$home/functions/echo/target/echo.jar" "$work/$directory/functions"
      names+=("$directory")
      java_of[$directory]=$jdk
    done
    JAVA_HOME="$jdk" "$work/$name-cached/selvedge" cache >/dev/null
  done < <(jdks)
  ((${#names[@]} > 0)) || fail "no JDK 17 or 25 (expected: in JAVA_HOME or below /usr/lib/jvm, or JDKS)"
  machine=$(machine)
  for ((i = 1; i <= repetitions; i++)); do
    for name in "${names[@]}"; do starts "$name" "${java_of[$name]}" "$work/$name"; done
  done
  unset SELVEDGE_TOKEN
  peers=("${names[@]}")
  {
    echo
    echo "Machine: $machine. Medians of $repetitions repetitions in turns (least–most); both cores."
    echo
    local columns=()
    for peer in "${peers[@]}"; do
      columns+=("JDK $(sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' "${java_of[$peer]}/release")$([[ $peer != *-cached ]] || echo ', cached')")
    done
    heading "${columns[@]}"
    row "\`dev\` with a function until it is ready, ms" dev %.0f
    row "\`start\`, the first node of a cluster, ms" first %.0f
    row "\`start\`, a node that joins it, ms" second %.0f
    echo
    echo "The aims on JDK 25: 500 ms and 1,000 ms; on JDK 17: 1,500 ms and 3,000 ms."
  } >>"$work/out"
}
declare -A java_of

# ---- a cluster of three nodes

cluster() {
  local n
  [[ -z ${pid[node-1]:-} ]] || return 0
  install_packages ws@8
  write_client
  for n in 1 2 3; do start_node "node-$n"; done
  pid[cluster]="${pid[node-1]},${pid[node-2]},${pid[node-3]}"
  await_nodes 3
}

addresses() { echo "127.0.0.1:${port[node-1]} 127.0.0.1:${port[node-2]} 127.0.0.1:${port[node-3]}"; }

# The client of what follows: `deploy JAR PATH ADDRESS...`, `groups COUNT SECONDS ADDRESS...`.
write_client() {
  cat >"$work/client.mjs" <<'END'
import { readFileSync } from "node:fs";
import WebSocket from "ws";

const [what, ...words] = process.argv.slice(2);
const admins = process.env.ADMINS.split(" ");
const headers = { authorization: "Bearer " + process.env.SELVEDGE_TOKEN };

function open(address, path, subprotocol) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket("ws://" + address + path, subprotocol);
    socket.on("open", () => resolve(socket));
    socket.on("error", reject);
    socket.on("unexpected-response", (request, answer) => reject(new Error("status " + answer.statusCode)));
  });
}

async function put(jar, query) {
  const answer = await fetch(`http://${admins[0]}/v1/functions${query}`, {
    method: "PUT", headers: { ...headers, "content-type": "application/java-archive" }, body: readFileSync(jar),
  });
  if (!answer.ok) throw new Error(`deploy: ${answer.status} ${await answer.text()}`);
}

async function echoed(address, path) {
  const socket = await open(address, path);
  await new Promise((resolve) => { socket.on("message", resolve); socket.send("hello"); });
  socket.close();
}

/** From the first byte of the jar until a client of each node has its first message back. */
async function deploy(jar, path, ...addresses) {
  // This process is new: what it has to load does not count.
  await fetch(`http://${admins[0]}/healthz`);
  await Promise.allSettled(addresses.map((address) => echoed(address, "/nothing")));
  const begin = performance.now();
  await put(jar, `?name=${path.slice(1)}&route=${path}`);
  const deployed = performance.now();
  await Promise.all(addresses.map((address) => echoed(address, path)));
  return { deployed: deployed - begin, served: performance.now() - begin };
}

/** What the nodes have sent to each other so far: news of groups, and in all. */
async function sent() {
  let news = 0, frames = 0;
  for (const admin of admins) {
    const text = await (await fetch(`http://${admin}/metrics`, { headers })).text();
    for (const line of text.split("\n")) {
      const value = () => Number(line.slice(line.lastIndexOf(" ")));
      if (line.startsWith('selvedge_bus_envelopes_total{kind="GroupWire.Holds"}')) news += value();
      if (line.startsWith("selvedge_bus_frames_total ")) frames += value();
    }
  }
  return { news, frames };
}

function asker(socket) {
  const waiting = new Map();
  let id = 0;
  socket.on("message", (text) => {
    const { reply, error } = JSON.parse(text);
    if (reply !== undefined) waiting.get(reply)(error);
  });
  return (event, ...args) => new Promise((resolve, reject) => {
    waiting.set(++id, (error) => (error ? reject(new Error(JSON.stringify(error))) : resolve()));
    socket.send(JSON.stringify({ event, args, id }));
  });
}

/** Joins and leaves: ten a second on each node for some time, of the groups that it is told. */
async function churn(askers, seconds, group) {
  const before = await sent();
  let joins = 0;
  for (const end = performance.now() + seconds * 1000; performance.now() < end; joins++) {
    const turn = new Promise((resolve) => setTimeout(resolve, 100));
    await Promise.all(askers.map((ask, node) => ask("join", group(node, joins), group(node, joins) + 1)));
    await Promise.all(askers.map((ask, node) => ask("leave", group(node, joins), group(node, joins) + 1)));
    await turn;
  }
  const after = await sent();
  return { joins: joins * askers.length, news: after.news - before.news, frames: after.frames - before.frames };
}

async function groups(count, seconds, ...addresses) {
  const at = "selvedge.json.v1", chunk = 500, share = Math.floor(count / addresses.length);
  const fillers = [], others = [];
  for (const address of addresses) {
    fillers.push(asker(await open(address, "/groups", at)));
    others.push(asker(await open(address, "/groups", at)));
  }
  const before = await sent();
  const begin = performance.now();
  await Promise.all(fillers.map(async (ask, node) => {
    for (let first = 0; first < share; first += chunk) {
      await ask("join", node * share + first, node * share + Math.min(first + chunk, share));
    }
  }));
  const filled = performance.now() - begin;
  const after = await sent();
  // The group has a member on the node already; or it has one on another node only.
  const known = await churn(others, Number(seconds), (node, turn) => node * share + turn % share);
  const fresh = await churn(others, Number(seconds), (node, turn) => ((node + 1) % addresses.length) * share + turn % share);
  return {
    groups: share * addresses.length, fillMillis: filled, fillNews: after.news - before.news,
    knownJoins: known.joins, knownNews: known.news, knownFrames: known.frames,
    freshJoins: fresh.joins, freshNews: fresh.news, freshFrames: fresh.frames,
  };
}

const outcome = await (what === "deploy" ? deploy(...words) : what === "put" ? put(words[0], "") : groups(Number(words[0]), ...words.slice(1)));
console.log(JSON.stringify(outcome ?? {}));
process.exit(0);
END
}

client() {
  ADMINS="127.0.0.1:${admin[node-1]} 127.0.0.1:${admin[node-2]} 127.0.0.1:${admin[node-3]}" \
    taskset -c "$load_core" node "$work/client.mjs" "$@"
}

# jar_of KIB: the echo function with so much more in it, different each time, as $work/echo.jar.
jar_of() {
  cp "$home/functions/echo/target/echo.jar" "$work/echo.jar"
  head -c "$(($1 * 1024))" /dev/urandom >"$work/more"
  "$tools/jar" --update --file "$work/echo.jar" -C "$work" more
}

# ---- deploys

deploy_part() {
  local i addresses
  cluster
  read -ra addresses <<<"$(addresses)"
  machine=$(machine)
  # The first one loads what the later ones use.
  for ((i = 0; i <= repetitions; i++)); do
    jar_of 46
    client deploy "$work/echo.jar" "/bench-$i" "${addresses[@]}" >"$work/deploy.json"
    say "  deploy: $(<"$work/deploy.json")"
    if ((i > 0)); then
      record deploy deployed "$(figure deployed <"$work/deploy.json")"
      record deploy served "$(figure served <"$work/deploy.json")"
    else
      figure served <"$work/deploy.json" >"$work/first-deploy"
    fi
  done
  {
    echo
    echo "Machine: $machine. Medians of $repetitions repetitions (least–most); three nodes on one core."
    echo
    heading "three nodes, $(jdk)"
    peers=(deploy)
    row "a new function in a jar of 50 KB: its deploy is answered after, ms" deployed %.0f
    row "a client of each node has its first message back after, ms" served %.0f
    echo "| the same, the first deploy of a cluster, ms | $(printf '%.0f' "$(<"$work/first-deploy")") |"
    echo
    echo "The aim for the first message: 300 ms."
  } >>"$work/out"
}

# talk PEER: clients of all nodes that send at a fixed rate; of each, its longest wait.
talk() {
  local json urls=() n waits
  for n in 1 2 3; do urls+=("ws://127.0.0.1:${port[node-$n]}/echo"); done
  json=$(load ws "${urls[@]}" --connections "$clients" --duration 12 --warmup 4 --rate "$rate")
  waits=$(grep -o '"longestWaitMicros":{[^}]*}' <<<"$json")
  record "$1" wait50 "$(figure p50 <<<"$waits" | milli)"
  record "$1" wait99 "$(figure p99 <<<"$waits" | milli)"
  record "$1" longest "$(figure max <<<"$waits" | milli)"
  record "$1" missing "$(figure missing <<<"$json")"
  record "$1" dropped "$(figure dropped <<<"$json")"
  say "  $1: $waits missing $(figure missing <<<"$json") dropped $(figure dropped <<<"$json")"
}

milli() { awk '{ print $1 / 1000 }'; }

redeploy_part() {
  local i talking
  cluster
  jar_of 1
  client put "$work/echo.jar" >/dev/null
  talk warm-up
  machine=$(machine)
  for ((i = 1; i <= repetitions; i++)); do
    jar_of 1
    talk quiet
    talk redeploy &
    talking=$!
    # In the middle of what is measured: after opening, and four seconds of warming up.
    sleep 15
    client put "$work/echo.jar" >/dev/null
    wait "$talking"
  done
  {
    echo
    echo "Machine: $machine. Medians of $repetitions repetitions in turns (least–most); three nodes on one core, $clients clients, $rate messages/s."
    echo
    heading "nothing else happens" "a new version takes over"
    peers=(quiet redeploy)
    row "the longest time that a client waited for an answer: half of the clients, ms" wait50 %.1f
    row "p99 of the clients, ms" wait99 %.1f
    row "the longest of all, ms" longest %.1f
    row "answers that never came" missing %.0f
    row "connections that were closed" dropped %.0f
    echo
    echo "The aim for p99: 50 ms, and nothing lost."
  } >>"$work/out"
}

# ---- groups

# A function whose clients join and leave the groups of a range of numbers.
groups_jar() {
  mkdir -p "$work/groups/META-INF"
  cat >"$work/groups/Groups.java" <<'END'
package groups;

import dev.selvedge.function.EdgeFunction;
import dev.selvedge.function.Message;
import dev.selvedge.function.Session;
import io.vertx.core.Future;
import java.util.List;
import java.util.stream.IntStream;

public final class Groups extends EdgeFunction {
  @Override
  protected Future<?> onMessage(Session client, Message message) {
    boolean joins = message.event().equals("join");
    List<Future<Void>> all =
        IntStream.range(message.arg(0, Integer.class), message.arg(1, Integer.class))
            .mapToObj(group -> joins ? client.join("g" + group) : client.leave("g" + group))
            .toList();
    return Future.all(all).compose(done -> message.reply());
  }
}
END
  printf 'name: groups\nmain: groups.Groups\nroutes: [/groups]\n' >"$work/groups/META-INF/function.yaml"
  "$tools/javac" -nowarn -proc:none -cp "$home/runtime/target/selvedge.jar" -d "$work/groups" "$work/groups/Groups.java"
  "$tools/jar" --create --file "$work/groups.jar" -C "$work/groups" groups -C "$work/groups" META-INF
}

groups_part() {
  local addresses before after
  cluster
  read -ra addresses <<<"$(addresses)"
  groups_jar
  selvedge deploy "$work/groups.jar" >/dev/null
  machine=$(machine)
  before=$(live_heap "${pid[node-1]}")
  client groups "$groups" "${SECONDS_EACH:-10}" "${addresses[@]}" >"$work/groups.json"
  say "  groups: $(<"$work/groups.json")"
  after=$(live_heap "${pid[node-1]}")
  {
    echo
    echo "Machine: $machine. Three nodes on one core, $(figure groups <"$work/groups.json") groups with a member each, joins and leaves ten times a second on each node."
    echo
    echo "| | $(jdk) |"
    echo "| --- | --- |"
    echo "| the first members of all groups join, and every node knows it, within, ms | $(printf '%.0f' "$(figure fillMillis <"$work/groups.json")") |"
    echo "| news of it between nodes, for each group | $(per fillNews groups) |"
    echo "| a member joins and leaves a group that has others on its node: news | $(per knownNews knownJoins) |"
    echo "| it is the first and the last on its node: news, two other nodes | $(per freshNews freshJoins) |"
    echo "| live heap of a node when all have left, against before, KiB | $(((after - before) / 1024)) |"
    echo
    echo "The aim: none but of first and last members."
  } >>"$work/out"
}

# per COUNT OF: of the last outcome, one by the other.
per() { awk -v a="$(figure "$1" <"$work/groups.json")" -v b="$(figure "$2" <"$work/groups.json")" 'BEGIN { printf("%.3f\n", a / b) }'; }

# ---- some minutes

# stolen: what the host of this machine has given to others, in hundredths of a second of a core.
stolen() { awk '$1 == "cpu" { print $9 }' /proc/stat; }

# resident PID: MiB.
resident() { awk '/^VmRSS/ { print int($2 / 1024) }' "/proc/$1/status"; }

sustained_part() {
  local json pace slices i node p99s=() before taken
  export SELVEDGE_TOKEN=$admin_token
  port[selvedge]=$(free_port)
  path=/echo
  SELVEDGE_JAVA_OPTS="-Xlog:gc:file=$work/gc.log" start_selvedge "$home/functions/echo/target/echo.jar"
  await selvedge
  node=${pid[selvedge]}
  warm_up selvedge
  json=$(load ws "$(url selvedge)" --connections "$connections" --duration 8 --warmup 4 --pid "$node")
  pace=$(awk -v full="$(figure messagesPerSecond <<<"$json")" 'BEGIN { printf("%.0f", full / 2) }')
  # The rate at which the node needs 0.7 of a core: with fewer messages at a time each costs more.
  for ((i = 1; i <= 3; i++)); do
    json=$(load ws "$(url selvedge)" --connections "$connections" --duration 8 --warmup 2 --rate "$pace" --pid "$node")
    pace=$(awk -v pace="$pace" -v cores="$(figure cores <<<"$json")" 'BEGIN { printf("%.0f", pace * 0.7 / cores) }')
  done
  machine=$(machine)
  before=$(wc -l <"$work/gc.log")
  slices=$((minutes * 2))
  say "$minutes minutes at $pace messages/s"
  for ((i = 1; i <= slices; i++)); do
    taken=$(stolen)
    json=$(load ws "$(url selvedge)" --connections "$connections" --duration 26 --warmup 2 --rate "$pace" --pid "$node")
    record sustained stolen "$(awk -v ticks="$(($(stolen) - taken))" 'BEGIN { printf("%.3f", ticks / 100 / 28) }')"
    record sustained p99 "$(figure p99 <<<"$json")"
    record sustained cores "$(figure cores <<<"$json")"
    record sustained missing "$(figure missing <<<"$json")"
    if ((i == 1 || i == slices)); then
      sleep 1
      record sustained heap "$(($(live_heap "$node") / 1024))"
      record sustained descriptors "$(descriptors "$node")"
      record sustained resident "$(resident "$node")"
      record sustained direct "$(($(metric selvedge_direct_memory_bytes selvedge) / 1024))"
      record sustained threads "$(find "/proc/$node/task" -mindepth 1 -maxdepth 1 | wc -l)"
    fi
    say "  $((i * 30)) s: p99 $(figure p99 <<<"$json") µs, $(figure cores <<<"$json") cores, $(tail -n 1 "$work/figure-sustained-stolen") stolen, $(resident "$node") MiB resident"
  done
  mapfile -t p99s <"$work/figure-sustained-p99"
  {
    echo
    echo "Machine: $machine. $minutes minutes, $connections connections that come anew twice a minute, $pace messages/s; $(jdk), one core."
    echo
    echo "| | after 30 s | at the end |"
    echo "| --- | --- | --- |"
    then_and_now "live heap, KiB" heap
    then_and_now "buffers outside of the heap, KiB" direct
    then_and_now "descriptors" descriptors
    then_and_now "threads" threads
    then_and_now "resident memory, MiB" resident
    echo "| p99 of those 30 s, µs | ${p99s[0]} | ${p99s[-1]} |"
    echo
    echo "CPU: $(value sustained cores %.2f) cores; the machine's host gave $(value sustained stolen %.2f) cores of the machine to others. p99 of all half minutes: $(value sustained p99 %.0f) µs. Answers missing: $(awk '{ sum += $1 } END { print sum }' "$work/figure-sustained-missing")."
    echo "Pauses of the collector: $(pauses Young) for young ones, $(pauses Full) for full ones (those are this script's own, for the live heap), $(pauses Remark) and $(pauses Cleanup) within concurrent cycles."
  } >>"$work/out"
}

# then_and_now TEXT WHAT
then_and_now() { echo "| $1 | $(head -n 1 "$work/figure-sustained-$2") | $(tail -n 1 "$work/figure-sustained-$2") |"; }

# pauses KIND: how many, and the longest, after the line $before of the collector's log.
pauses() {
  tail -n "+$((before + 1))" "$work/gc.log" | awk -v kind="Pause $1" 'index($0, kind) { n++; ms = $NF; sub(/ms$/, "", ms); if (ms + 0 > most) most = ms + 0 }
    END { if (n) printf("%d, up to %.1f ms", n, most); else printf("none") }'
}

for part in start deploy redeploy groups sustained; do
  has "$part" || continue
  : >"$work/out"
  "${part}_part"
  echo >>"$work/out"
  cat "$work/out"
  if [[ ${1:-} == --write ]]; then write_table "life-$part" <"$work/out"; fi
done
