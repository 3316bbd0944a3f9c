#!/usr/bin/env bash
# JMH: time and allocation of one operation of the codecs, of an envelope between nodes, of a message's
# way through a session and its function, and of the router's picks.
#
#   runtime/bench/jmh.sh [PATTERN] [--write]     the table, also into docs/performance.md
#
# PATTERN is a regular expression for names of benchmarks, such as Pick. Variables: FORKS (2), ROUNDS
# (5; of SECONDS_EACH), SECONDS_EACH (1), SERVER_CORE (0), JAVA_HOME.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

pattern=Benchmark write=
for word in "$@"; do
  case $word in
    --write) write=yes ;;
    -*) fail "$word (expected: a pattern, --write)" ;;
    *) pattern=$word ;;
  esac
done
rounds=${ROUNDS:-5} seconds=${SECONDS_EACH:-1} forks=${FORKS:-2}
need mvn maven

say "compiling"
(cd "$home" && mvn -q -B -ntp -pl runtime -am test-compile \
  dependency:build-classpath -Dmdep.outputFile="$work/classpath" -Dmdep.includeScope=test >"$work/build.log" 2>&1) ||
  fail "the build failed: $(grep -m 5 ERROR "$work/build.log")"

machine=$(machine)
taskset -c "$server_core" "$java" -cp "$home/runtime/target/test-classes:$home/runtime/target/classes:$(<"$work/classpath")" \
  org.openjdk.jmh.Main "$pattern" -f "$forks" -wi "$rounds" -i "$rounds" -w "$seconds" -r "$seconds" -prof gc \
  -jvmArgsAppend "-Djmh.executor=CUSTOM -Djmh.executor.class=dev.selvedge.testing.LoopThreads" \
  -rf csv -rff "$work/figures.csv" >&2 || fail "JMH failed"

# operations: a line for each benchmark, from JMH's lines for each figure.
operations() {
  awk -F, '
    # Two rounds have none.
    function spread(error) { return error ~ /[0-9]/ ? sprintf(" ± %.0f", error) : "" }
    function unquoted(text) { gsub(/"/, "", text); return text }
    # dev.selvedge.edge.FrameBenchmark.readAText -> edge: read a text
    function words(name,  parts, n) {
      n = split(name, parts, ".")
      gsub(/[A-Z]|[0-9]+/, " &", parts[n])
      gsub(/ +/, " ", parts[n])
      return parts[n - 2] " / " substr(parts[n - 1], 1, length(parts[n - 1]) - 9) ": " tolower(parts[n])
    }
    NR > 1 {
      name = unquoted($1)
      if (name !~ /:/) { order[++count] = name; time[name] = $5; error[name] = $6 }
      else if (name ~ /gc.alloc.rate.norm$/) { sub(/:.*/, "", name); bytes[name] = $5 }
    }
    END {
      for (i = 1; i <= count; i++)
        printf("| %s | %.0f%s | %.0f |\n", words(order[i]), time[order[i]], spread(error[order[i]]), bytes[order[i]])
    }' "$work/figures.csv"
}

table() {
  echo
  echo "Machine: $machine. $(jdk), $forks forks of $rounds rounds of $seconds s; 99.9 % confidence."
  echo
  echo "| | ns | bytes allocated |"
  echo "| --- | --- | --- |"
  operations
  echo
}

table | tee "$work/out"
if [[ -n $write ]]; then write_table jmh <"$work/out"; fi
