#!/usr/bin/env bash
# A unit has Environment=DATABASE_URL=postgresql://app:p%40ss@localhost/appdb, a valid URL whose password has an encoded @.
# One would expect the variable as it stands, as in EnvironmentFile=, or a unit that is refused, since only known specifiers may follow a %.
# systemd leaves the variable out and goes on: the check of the unit ends with 0, and the service starts without its URL. It needs %%40.
set -euo pipefail

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
apt-get -qq -o APT::Sandbox::User=root download systemd=252.39-1~deb12u2 libsystemd-shared=252.39-1~deb12u2
for package in ./*.deb; do dpkg-deb -x "$package" .; done
LD_LIBRARY_PATH=$(dirname "$(find "$PWD" -name 'libsystemd-shared-252.so' -print -quit)")
export LD_LIBRARY_PATH
check() { # check NAME LINE
    printf '[Service]\nType=oneshot\nExecStart=/usr/bin/true\n%s\n' "$2" >"$1.service"
    usr/bin/systemd-analyze verify --man=no --generators=no "./$1.service" 2>&1
}
as_it_stands=$(check single 'Environment=DATABASE_URL=postgresql://app:p%40ss@localhost/appdb')
status=$?
doubled=$(check doubled 'Environment=DATABASE_URL=postgresql://app:p%%40ss@localhost/appdb')

usr/bin/systemd-analyze --version | head -n 1
echo "p%40ss: exit status $status; ${as_it_stands##*service:}"
echo "p%%40ss: ${doubled:-no message}"
[ "$status" = 0 ] && [[ $as_it_stands == *"Failed to resolve specifiers in DATABASE_URL="*"ignoring"* ]] && [ -z "$doubled" ]
