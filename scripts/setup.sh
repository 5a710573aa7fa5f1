# shellcheck shell=bash disable=SC2034
# Sourced by the other scripts: installs missing packages, configures, builds. Says what it does on stderr only, so that
# standard output stays the program's own.
set -euo pipefail
export LC_ALL=C

scripts_dir=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(dirname "$scripts_dir")
build_dir=${FUSESIM_BUILD_DIR:-$root/build/release}

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "$(basename "$0"): $*"
  exit 3
}

# take_no_install "$@": sets install=yes|no and rest=(the other arguments).
take_no_install() {
  install=yes
  rest=()
  local arg
  for arg in "$@"; do
    if [[ $arg == --no-install ]]; then install=no; else rest+=("$arg"); fi
  done
}

# Prints the packages of the list that this script needs and that are not installed, one a line; `also_for`: another
# word of the list.
missing_packages() {
  local wanted present=""
  wanted=$(sed 's/#.*//' "$scripts_dir/packages.txt" | awk -v script="$(basename "$0")" -v also="${also_for:-}" '
    { needed = NF == 1; for (i = 2; i <= NF; ++i) if ($i == script || $i == also) needed = 1; if (needed) print $1 }')
  # Node.js from elsewhere brings its own npm, and Debian's cannot be installed beside it.
  if command -v npm >/dev/null; then wanted=$(grep -vx npm <<<"$wanted"); fi
  if command -v dpkg-query >/dev/null; then
    # shellcheck disable=SC2086  # one argument for each package
    present=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' $wanted 2>/dev/null | sed -n 's/ installed$//p') || true
  fi
  grep -vxF -e "$present" <<<"$wanted" || true
}

as_root() {
  if ((EUID == 0)); then
    env DEBIAN_FRONTEND=noninteractive "$@"
  elif command -v sudo >/dev/null; then
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  else
    fail "neither root nor sudo: cannot install packages"
  fi
}

apt_install() {
  as_root apt-get install -y --no-install-recommends "$@" </dev/null >&2
}

# install_packages yes|no
install_packages() {
  local missing
  read -r -d '' -a missing <<<"$(missing_packages)" || true
  if ((${#missing[@]} == 0)); then return; fi
  if [[ $1 == no ]]; then fail "missing packages: ${missing[*]}"; fi
  if ! command -v apt-get >/dev/null; then fail "no apt-get here; missing packages: ${missing[*]}"; fi
  say "installing Debian packages (and what they depend on): ${missing[*]}"
  if ! compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; then
    as_root apt-get update </dev/null >&2
  fi
  # Lists can be older than the archive: one more try with fresh ones.
  apt_install "${missing[@]}" || { as_root apt-get update </dev/null >&2 && apt_install "${missing[@]}"; } ||
    fail "could not install: ${missing[*]}"
}

# One compiler for each processor, and for each 1.5 GiB of free memory.
build_jobs() {
  local jobs by_memory=1000
  jobs=$(nproc)
  if [[ -r /proc/meminfo ]]; then
    by_memory=$(awk '/^MemAvailable:/ { print int($2 / 1572864) }' /proc/meminfo)
  fi
  if ((by_memory < jobs)); then jobs=$by_memory; fi
  echo $((jobs > 0 ? jobs : 1))
}

# A build folder that was copied or moved along with the tree is of no use to CMake.
drop_foreign_build() {
  local cache=$build_dir/CMakeCache.txt
  if [[ -f $cache ]] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$cache"; then
    say "configuring anew: the build folder belongs to another tree"
    rm -rf "$build_dir"
  fi
}

# is_configured [-DKEY=VALUE]...: the build folder has these settings.
is_configured() {
  local setting
  [[ -f $build_dir/build.ninja ]] || return 1
  for setting in "$@"; do
    setting=${setting#-D}
    grep -qE "^${setting%%=*}:[A-Z]+=${setting#*=}\$" "$build_dir/CMakeCache.txt" || return 1
  done
}

# configure [-DKEY=VALUE]...: runs CMake unless the build folder already has these settings.
configure() {
  if is_configured "$@"; then return; fi
  say "configuring in $build_dir"
  rm -rf "$build_dir/.built" # other settings: everything is built anew
  (cd "$root" && cmake --preset release -B "$build_dir" "$@" >&2) || fail "configuring failed"
}

# build TARGET... (configure first). Silent where nothing is to be done.
build() {
  local log=$build_dir/build.log target
  mkdir -p "$build_dir/.built"
  commit_of_tree >"$build_dir/.built/.begun"
  if ! ninja -C "$build_dir" -j "$(build_jobs)" "$@" 2>&1 | tee "$log" | show_build "$@"; then
    grep -vE '^\[[0-9]+/[0-9]+\] ' "$log" >&2
    fail "the build failed"
  fi
  for target in "$@"; do cp -p "$build_dir/.built/.begun" "$build_dir/.built/$target"; done
}

# As cmake/WriteCommit.cmake looks it up.
commit_of_tree() {
  GIT_OPTIONAL_LOCKS=0 git -C "$root" describe --always --dirty --abbrev=40 '--exclude=*' 2>/dev/null || echo unknown
}

# is_built PROGRAM...: all are there, and nothing that they are made of is newer than the beginning of the last build of
# them, or of everything, that went well. run_sweep has the commit in it.
is_built() {
  local program stamp good
  for program in "$@"; do
    good=no
    [[ -x $build_dir/bin/$program ]] || return 1
    for stamp in "$build_dir/.built/$program" "$build_dir/.built/all"; do
      if [[ ! -f $stamp ]]; then continue; fi
      if [[ $program == run_sweep && $(<"$stamp") != "$(commit_of_tree)" ]]; then continue; fi
      if [[ -z $(cd "$root" && find CMakeLists.txt CMakePresets.json cmake hw sw -newer "$stamp" -print -quit) ]]; then
        good=yes
      fi
    done
    [[ $good == yes ]] || return 1
  done
}

# Who holds the lock of the build folder, for a message.
lock_holder() {
  local lock pid what fd
  lock=$(readlink -f "$build_dir/.lock")
  read -r pid what <"$lock" || { sleep 0.2 && read -r pid what <"$lock"; } || true
  if [[ -n $pid && -r /proc/$pid/cmdline ]]; then
    echo "process $pid ($(tr '\0' ' ' <"/proc/$pid/cmdline" | sed 's/ $//')), which $what"
    return
  fi
  # Its script is gone; what it had started goes on.
  for fd in /proc/[0-9]*/fd/9; do
    if [[ $(readlink "$fd" || true) != "$lock" ]]; then continue; fi
    pid=${fd#/proc/}
    pid=${pid%%/*}
    case $(cat "/proc/$pid/comm" 2>/dev/null) in
      ninja | cmake | npm* | node)
        echo "process $pid ($(tr '\0' ' ' <"/proc/$pid/cmdline" | sed 's/ $//')), which was left behind"
        return
        ;;
    esac
  done
  echo "a build that does not say who it is"
}

# try_lock: fails where somebody else builds in the build folder.
try_lock() {
  exec 9>>"$build_dir/.lock"
  flock -n 9
}

# take_lock WHAT (after try_lock): waits until nobody else builds, and says for whom. WHAT: "builds run_sim".
take_lock() {
  if ! flock -n 9; then
    say "waiting for $(lock_holder) in $build_dir"
    flock 9
  fi
  echo "$$ $1" >"$build_dir/.lock"
}

release_lock() {
  : >"$build_dir/.lock"
  exec 9>&-
}

# Reads what ninja prints. On a terminal: one line that is written over.
show_build() {
  local line started=no
  while IFS= read -r line; do
    if [[ ! $line =~ ^\[[1-9] || $line == *"looking up the commit" ]]; then continue; fi
    if [[ $started == no ]]; then
      started=yes
      say "building $* in $build_dir (the first time takes some minutes)"
    fi
    if [[ -t 2 ]]; then printf '\r\033[K%.79s' "$line" >&2; fi
  done
  if [[ $started == yes && -t 2 ]]; then printf '\r\033[K' >&2; fi
}

web_is_installed() {
  cmp -s "$root/web/package-lock.json" "$build_dir/web/package-lock.json" &&
    [[ -f $build_dir/web/node_modules/.package-lock.json ]]
}

# install_web: what web/package-lock.json lists (ECharts, and what drives the browser in a test), from the npm
# registry into the build folder. All but the HTML report works without: says what failed and goes on.
install_web() {
  local folder=$build_dir/web
  if web_is_installed; then return; fi
  try_lock || true
  take_lock "installs what web/package-lock.json lists"
  if ! web_is_installed; then
    say "installing what web/package-lock.json lists in $folder"
    mkdir -p "$folder"
    cp "$root"/web/{package.json,package-lock.json,.npmrc} "$folder"
    (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund </dev/null >&2) ||
      say "npm failed: no HTML report of sweeps"
  fi
  release_lock
}

# The build folder, or the place where it is to be, takes files.
can_write() {
  mkdir -p "$build_dir" 2>/dev/null && [[ -w $build_dir ]] && [[ ! -e $build_dir/.lock || -w $build_dir/.lock ]]
}

# prepare "-DKEY=VALUE ..." TARGET...: one build at a time; programs that are built already wait for nobody, and run
# where nothing can be written.
prepare() {
  local settings
  read -r -a settings <<<"$1"
  shift
  install_packages "$install"
  if [[ -z ${HOME:-} || ! -w ${HOME:-/nonexistent} ]]; then export CCACHE_DIR=${CCACHE_DIR:-$build_dir/.ccache}; fi
  # A fresh clone in another place finds what an earlier one compiled.
  export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$root} CCACHE_NOHASHDIR=1
  if ! can_write; then
    if is_configured ${settings[@]+"${settings[@]}"} && is_built "$@"; then return; fi
    fail "cannot write in $build_dir, where $* is to be built: FUSESIM_BUILD_DIR=another/folder names another place"
  fi
  drop_foreign_build
  if ! try_lock && is_configured ${settings[@]+"${settings[@]}"} && is_built "$@"; then
    exec 9>&-
    return
  fi
  take_lock "builds $*"
  configure ${settings[@]+"${settings[@]}"}
  build "$@"
  release_lock
}
