#!/bin/bash
# slurm_test.sh RUN_SWEEP: the Slurm engine against real daemons: points equal the local engine's, byte for byte, times
# aside; what is missing is submitted again and nothing else; a signal cancels the job. Exit code 77: no cluster can be
# started here.
set -uo pipefail
run_sweep=$1
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/slurm_cluster.sh"
scratch=$(mktemp -d)
trap 'slurm_stop; rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1

fail() {
  echo "FAILED: $*"
  tail -n 5 "$scratch"/cluster/*.log "$scratch"/*/.sweep/slurm/*.log 2>/dev/null
  exit 1
}

# expect CODE ARGUMENTS...: runs run_sweep and checks its exit code.
expect() {
  local code=$1 got=0
  shift
  "$run_sweep" "$@" --no-page >out.txt 2>err.txt || got=$?
  ((got == code)) || fail "exit code $got instead of $code: run_sweep $*: $(cat err.txt)"
}

# Everything that a sweep's directory holds, without times and run_sweep's own files.
results() {
  local file
  (cd "$1" && find . -type f -not -path './.sweep/*' | LC_ALL=C sort | while read -r file; do
    echo "== $file"
    case $file in
      ./sweep.csv) sed -E 's/,[^,]*,[^,]*$//' "$file" ;;
      *.json) sed -E 's/(seconds": )[0-9.e+-]+/\1/' "$file" ;;
      *) cat "$file" ;;
    esac
  done)
}

same_results() { diff <(results local) <(results "$1") >difference.txt || fail "$1 differs: $(head -n 20 difference.txt)"; }
tasks_of_last_job() { find "$1/.sweep/slurm" -name '*.log' | wc -l; }

mkdir cluster
if ! slurm_start "$scratch/cluster"; then
  echo "skipped: $slurm_reason"
  exit 77
fi

cat >sweep.yaml <<'EOF'
name: slurm_test
models: [squeezenet1_1, mobilenet_v3_small]
axes:
  fusion: [lbdf, brr]
  buffer: [1, 128KiB, 256KiB]
set:
  search: exact
slurm:
  partition: main
  time_limit: "10"
  points_per_task: 2
  throttle: 3
  flags: [--nice=1]
EOF
grep -v '^  partition' sweep.yaml >other_partition.yaml
echo '  partition: absent' >>other_partition.yaml

expect 1 sweep.yaml --out local
expect 1 sweep.yaml --out slurm --engine slurm
same_results slurm
(($(tasks_of_last_job slurm) == 6)) || fail "$(tasks_of_last_job slurm) tasks instead of 6"

# Only the task that holds the missing point runs again; the command that did not wait collects later.
rm -rf slurm/points/squeezenet1_1-lbdf-* slurm/sweep.csv
rm -rf slurm/points/mobilenet_v3_small-brr-*
expect 0 sweep.yaml --out slurm --engine slurm --no-wait
[[ ! -e slurm/sweep.csv ]] || fail "--no-wait made a table"
expect 1 sweep.yaml --out slurm --engine slurm
same_results slurm
(($(tasks_of_last_job slurm) == 6)) || fail "$(tasks_of_last_job slurm) tasks instead of 6"
rm -rf "$(echo slurm/points/squeezenet1_1-brr-* | cut -d ' ' -f 1)"
expect 1 sweep.yaml --out slurm --engine slurm
same_results slurm
(($(tasks_of_last_job slurm) == 1)) || fail "$(tasks_of_last_job slurm) tasks instead of 1"

# Nothing is missing: nothing is submitted.
before=$(cat slurm/.sweep/slurm/job)
expect 1 sweep.yaml --out slurm --engine slurm
[[ $before == "$(cat slurm/.sweep/slurm/job)" ]] || fail "submitted without need"

# Stopped while it waits: the job is cancelled, and the same command goes on.
scontrol update NodeName="$(hostname -s)" State=DRAIN Reason=test
"$run_sweep" sweep.yaml --out stopped --engine slurm >out.txt 2>err.txt &
waiter=$!
for _ in {1..100}; do squeue --noheader | grep -q . && break || sleep 0.1; done
squeue --noheader | grep -q . || fail "nothing was submitted"
sleep 0.5
kill -TERM "$waiter"
wait "$waiter"
got=$?
((got == 143)) || fail "exit code $got instead of 143: $(cat err.txt)"
[[ -z $(squeue --noheader) ]] || fail "the job was not cancelled: $(squeue)"
scontrol update NodeName="$(hostname -s)" State=RESUME
expect 1 sweep.yaml --out stopped --engine slurm
same_results stopped

expect 2 other_partition.yaml --out other --engine slurm
grep -q 'sbatch refused: .*partition' err.txt || fail "no reason: $(cat err.txt)"
echo "passed"
