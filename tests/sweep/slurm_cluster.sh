# shellcheck shell=bash
# Sourced by tests: a Slurm cluster of one node on the loopback interface, with keys, state and daemons of its own.
#   slurm_start DIR   starts it in the empty folder DIR and exports SLURM_CONF; false, with the reason in
#                     slurm_reason, where that is not possible
#   slurm_stop        ends its daemons

slurm_pids=()
slurm_reason=""

slurm_refuse() {
  slurm_reason=$1
  slurm_stop
  return 1
}

# A port of the loopback interface that nobody listens on.
slurm_free_port() {
  local port
  for _ in {1..50}; do
    port=$((20000 + RANDOM % 12000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
}

slurm_write_conf() {
  local dir=$1 host cpus
  host=$(hostname -s)
  cpus=$(nproc)
  cat >"$dir/slurm.conf" <<EOF
ClusterName=fusesim
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$(slurm_free_port)
SlurmdPort=$(slurm_free_port)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$dir/munge.socket
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd.log
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_min_interval=100000,batch_sched_delay=0
CompleteWait=0
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cpus State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
EOF
}

# slurm_daemon LOG COMMAND...: starts a daemon that stays in the foreground of its own process.
slurm_daemon() {
  local log=$1
  shift
  "$@" >"$log" 2>&1 </dev/null &
  slurm_pids+=($!)
}

slurm_start() {
  local dir=$1 tool
  ((EUID == 0)) || { slurm_refuse "the daemons of Slurm need root"; return 1; }
  for tool in munged slurmctld slurmd sbatch squeue scancel sinfo; do
    command -v "$tool" >/dev/null || { slurm_refuse "no $tool here (packages slurm-wlm, munge)"; return 1; }
  done
  mkdir -p "$dir/state" "$dir/spool"
  head -c 1024 /dev/urandom >"$dir/munge.key"
  chmod 400 "$dir/munge.key"
  slurm_write_conf "$dir"
  export SLURM_CONF=$dir/slurm.conf
  slurm_daemon "$dir/munged.out" munged --foreground --force --key-file="$dir/munge.key" --socket="$dir/munge.socket" \
    --pid-file="$dir/munged.pid" --log-file="$dir/munged.log" --seed-file="$dir/munge.seed"
  for _ in {1..50}; do [[ -S $dir/munge.socket ]] && break || sleep 0.1; done
  slurm_daemon "$dir/slurmctld.out" slurmctld -D
  slurm_daemon "$dir/slurmd.out" slurmd -D
  for _ in {1..150}; do
    if sinfo --noheader --format '%t' 2>/dev/null | grep -q '^idle'; then return 0; fi
    for tool in "${slurm_pids[@]}"; do
      kill -0 "$tool" 2>/dev/null || { slurm_refuse "a daemon ended: $(tail -qn 1 "$dir"/*.out | tr '\n' ' ')"; return 1; }
    done
    sleep 0.2
  done
  slurm_refuse "the node did not become idle within 30 s: $(tail -qn 1 "$dir"/*.out | tr '\n' ' ')"
}

slurm_stop() {
  local pid
  for pid in ${slurm_pids[@]+"${slurm_pids[@]}"}; do kill "$pid" 2>/dev/null; done
  for pid in ${slurm_pids[@]+"${slurm_pids[@]}"}; do
    for _ in {1..50}; do kill -0 "$pid" 2>/dev/null && sleep 0.1 || break; done
    kill -9 "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
  done
  slurm_pids=()
  return 0
}
