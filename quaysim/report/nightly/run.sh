#!/bin/sh
# One night's run: the scenarios against the cluster of a kubeconfig, a report, and what changed since the last.
#
#   KUBECONFIG, CONTEXT   the cluster; both must be given
#   RESULTS               a directory that is kept from night to night (default: results)
#   FEATURES              the scenarios (default: features)
#   OPTIONS               more options for pytest, such as "-n 4 --operator=real"
#   DONE                  a file that is to name the archive of the report when all is written (Sonobuoy)
#
# The exit code is pytest's: 0 where every scenario that could be checked holds.
set -u
: "${KUBECONFIG:?names no kubeconfig}" "${CONTEXT:?names no context of the kubeconfig}"
results=${RESULTS:-results}
mkdir -p "$results"
rm -rf "$results/previous"
if [ -d "$results/report" ]; then mv "$results/report" "$results/previous"; fi

# Told to end, pytest still writes its report: pass it on, and wait for that.
# shellcheck disable=SC2086 # OPTIONS are several words
python -m pytest "${FEATURES:-features}" --cluster=kubeconfig --kubeconfig "$KUBECONFIG" --context "$CONTEXT" \
  --conformance-report "$results/report" -p no:cacheprovider ${OPTIONS:-} &
pytest=$!
trap 'kill -TERM "$pytest"' INT TERM
wait "$pytest"
code=$?
if [ "$code" -gt 128 ]; then
  wait "$pytest"
  code=$?
fi

if [ -f "$results/previous/report.yaml" ] && [ -f "$results/report/report.yaml" ]; then
  python -m quaysim report diff "$results/previous" "$results/report" | tee "$results/report/changes.txt"
fi
if [ -n "${DONE:-}" ]; then
  tar -czf "$results/report.tar.gz" -C "$results" report
  printf '%s' "$results/report.tar.gz" > "$DONE"
fi
exit "$code"
