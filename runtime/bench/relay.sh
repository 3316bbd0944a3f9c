#!/usr/bin/env bash
# Selvedge's router beside HAProxy and nginx: what a relayed WebSocket message costs, what an idle
# tunnel costs, handshakes, and the latency that the relay adds. Each relay is one process on one
# core; the load generator and the server behind the relays are on another; the relays take turns.
#
#   runtime/bench/relay.sh [--write]     the table, also into docs/performance.md
#
# Variables: ROUNDS (15: of messages at full speed), ROUND_SECONDS (3), REPETITIONS (3: of all else),
# SECONDS_EACH (6), CONNECTIONS (200), RATE (4000), TUNNELS (5000),
# PEERS ("haproxy nginx selvedge"; also io_uring and nio: Selvedge on other sockets than epoll's),
# WARMUP (60: seconds of load before a JVM is measured; its compiler shares the core), SERVER_CORE (0),
# LOAD_CORE (1), JAVA_HOME.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

repetitions=${REPETITIONS:-3} seconds=${SECONDS_EACH:-6} connections=${CONNECTIONS:-200}
rounds=${ROUNDS:-15} rate=${RATE:-4000} tunnels=${TUNNELS:-5000}
read -ra peers <<<"${PEERS:-haproxy nginx selvedge}"
need haproxy haproxy
need nginx nginx-light
raise_descriptors $((2 * tunnels + 2000)) TUNNELS

for name in direct haproxy nginx selvedge io_uring nio; do port[$name]=$(free_port); done
path=/

cat >"$work/haproxy.cfg" <<END
global
  nbthread 1
  maxconn $((tunnels + 1000))
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
  timeout tunnel 1h
frontend all
  bind 127.0.0.1:${port[haproxy]}
  default_backend echo
backend echo
  balance leastconn
  cookie SERVER insert indirect nocache
  server one 127.0.0.1:${port[direct]} cookie one
END

mkdir -p "$work/nginx"
cat >"$work/nginx.conf" <<END
daemon off;
worker_processes 1;
worker_rlimit_nofile $((2 * tunnels + 2000));
pid $work/nginx/pid;
error_log $work/nginx/error.log;
events { worker_connections $((2 * tunnels + 2000)); }
http {
  access_log off;
  client_body_temp_path $work/nginx/body;
  proxy_temp_path $work/nginx/proxy;
  fastcgi_temp_path $work/nginx/fastcgi;
  uwsgi_temp_path $work/nginx/uwsgi;
  scgi_temp_path $work/nginx/scgi;
  upstream echo { least_conn; server 127.0.0.1:${port[direct]}; }
  server {
    listen 127.0.0.1:${port[nginx]} backlog=4096;
    location / {
      proxy_pass http://echo;
      proxy_http_version 1.1;
      proxy_set_header Upgrade \$http_upgrade;
      proxy_set_header Connection "upgrade";
      proxy_set_header Host \$host;
      proxy_set_header X-Forwarded-For \$proxy_add_x_forwarded_for;
      proxy_read_timeout 1h;
      proxy_send_timeout 1h;
    }
  }
}
END

cat >"$work/selvedge.yaml" <<END
edge:
  max-connections-per-ip: 0
pools:
  echo:
    members: ["127.0.0.1:${port[direct]}"]
routes:
  - path: /
    pool: echo
END

# What is behind the relays, and what they are compared with where latency is.
start direct "$load_core" env SELVEDGE_BUILD=never "$home/selvedge" bench serve --port "${port[direct]}"
await direct
for peer in "${peers[@]}"; do
  case $peer in
    haproxy) start haproxy "$server_core" haproxy -f "$work/haproxy.cfg" -db ;;
    nginx) start nginx "$server_core" nginx -e "$work/nginx/error.log" -c "$work/nginx.conf" ;;
    selvedge) start_selvedge "$home/functions/echo/target/echo.jar" ;;
    io_uring | nio)
      start "$peer" "$server_core" env SELVEDGE_BUILD=never SELVEDGE_NODE_TRANSPORT="$peer" "$home/selvedge" dev \
        --config "$work/selvedge.yaml" --port "${port[$peer]}" --admin-port "$(free_port)" --data "$work/data-$peer" \
        "$home/functions/echo/target/echo.jar"
      ;;
    *) fail "PEERS: $peer (expected: haproxy, nginx, selvedge, io_uring, nio)" ;;
  esac
  await "$peer"
done

machine=$(machine)
for peer in "${peers[@]}"; do
  case $peer in selvedge | io_uring | nio) warm_up "$peer" ;; esac
done
# Many short rounds: what a message costs on a shared machine changes within seconds, for all of them.
for ((i = 1; i <= rounds; i++)); do
  say "round $i of $rounds"
  for peer in "${peers[@]}"; do lead=2 seconds=${ROUND_SECONDS:-3} messages "$peer"; done
done
for ((i = 1; i <= repetitions; i++)); do
  say "repetition $i of $repetitions"
  for peer in direct "${peers[@]}"; do paced "$peer"; done
done
# Last: thousands of tunnels that come and go make a JVM compile again what it has compiled for messages.
for ((i = 1; i <= repetitions; i++)); do
  say "idle tunnels, repetition $i of $repetitions"
  for peer in "${peers[@]}"; do held "$peer" "$tunnels" 2; done
done

version() {
  case $1 in
    haproxy) haproxy -v | sed -n '1s/^HAProxy version \([^ ]*\).*/HAProxy \1/p' ;;
    nginx) nginx -v 2>&1 | sed 's/.*nginx\//nginx /' ;;
    selvedge) echo "Selvedge, $(jdk)" ;;
    io_uring | nio) echo "Selvedge on $1" ;;
  esac
}

# added PEER WHAT: latency beyond that without a relay, µs.
added() {
  local relay direct
  relay=$(median "$1" "$2") direct=$(median direct "$2")
  awk -v a="$relay" -v b="$direct" 'BEGIN { printf("%.0f\n", a - b) }'
}

table() {
  local peer columns=() line
  for peer in "${peers[@]}"; do columns+=("$(version "$peer")"); done
  echo
  echo "Machine: $machine. Medians (least–most), in turns: $rounds rounds of messages at full speed, $repetitions repetitions of the rest."
  echo
  heading "${columns[@]}"
  row "CPU for a relayed message of 64 bytes (there and back), $connections connections, µs" cpu %.2f
  row "of that the kernel's, µs" cpu-kernel %.2f
  row "messages per second then" messages %.0f
  row "CPU for a message at $rate/s, µs" paced %.1f
  line="| latency added at $rate/s, p50 / p99, µs |"
  for peer in "${peers[@]}"; do line+=" $(added "$peer" p50) / $(added "$peer" p99) |"; done
  echo "$line"
  row "an idle tunnel, both sides, of $tunnels: resident growth the first time, bytes" resident %.0f
  row "the same: live heap, bytes" heap %.0f
  row "CPU for a handshake, µs" handshake %.0f
  row "handshakes per second" handshakes %.0f
  echo
  ratios haproxy nginx
  echo
}

table | tee "$work/out"
if [[ ${1:-} == --write ]]; then write_table relay <"$work/out"; fi
