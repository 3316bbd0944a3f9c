#!/usr/bin/env bash
# Everything that is measured, one script after the other, each into its part of docs/performance.md.
# Takes an hour and a half with the defaults; the variables of the scripts hold here, too.
#
#   runtime/bench/all.sh [NAME...]     of jmh, echo, socketio, fanout, relay, life
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

failed=()
for name in "${@:-jmh echo socketio fanout relay life}"; do
  for script in $name; do
    [[ -x $script.sh && $script != all ]] || { echo "all.sh: $script (expected: jmh, echo, socketio, fanout, relay, life)" >&2; exit 1; }
    echo "=== $script.sh" >&2
    "./$script.sh" --write || failed+=("$script")
  done
done
((${#failed[@]} == 0)) || { echo "all.sh: failed: ${failed[*]}" >&2; exit 1; }
