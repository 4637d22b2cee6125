# shellcheck shell=bash
# Sourced by every script here: one environment, one way to speak, one way to become root.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$ROOT" || exit
STATE=$ROOT/.ansible/bed        # what the bed remembers: pid files, stamps, logs; never committed
VENV=$ROOT/.venv
COLLECTIONS=$ROOT/.ansible/collections
mkdir -p "$STATE"

export ANSIBLE_HOME=$ROOT/.ansible
export ANSIBLE_CONFIG=$ROOT/ansible.cfg
export MOLECULE_GLOB='molecule/*/molecule.yml'
export PYTHONPATH=$COLLECTIONS
export PATH=$VENV/bin:$PATH
export MOLECULE_COMMAND_BORDERS=false
export PGSOP_STARTED=${PGSOP_STARTED:-$(date +%s)}

elapsed() { echo $(($(date +%s) - PGSOP_STARTED)); }
say() { printf '[%4ds] %s\n' "$(elapsed)" "$*"; }
die() {
    printf '[%4ds] ERROR: %s\n' "$(elapsed)" "$*" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "'$*' needs root and there is no sudo. Run as root, or install what is missing by hand."
    fi
}

apt_install() { # apt_install LOG PACKAGE...
    local log=$1
    shift
    command -v apt-get >/dev/null || die "'$*' is missing and this is no Debian or Ubuntu. Install it by hand and try again."
    say "Installing with apt: $*"
    # The lock keeps two parallel steps of one run apart. Without systemd, services are not to be started by init scripts.
    local runlevel=()
    [ -d /run/systemd/system ] || runlevel=(RUNLEVEL=1)
    if ! (
        flock 9
        as_root apt-get update &&
            as_root env DEBIAN_FRONTEND=noninteractive "${runlevel[@]}" apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "$@"
    ) 9>"$STATE/apt.lock" >>"$log" 2>&1 </dev/null; then
        tail -n 15 "$log" >&2
        die "apt could not install '$*' (whole log: $log)."
    fi
}
