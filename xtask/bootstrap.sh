#!/bin/sh
# What must be there before cargo can build xtask: a C compiler, cargo, node. Quick when all is in place.
# Installs Debian or Ubuntu packages where it may (root, or sudo without a password), and rustup for this user.
set -u

MIN_RUST_MINOR=95 # rust-version in Cargo.toml
MIN_NODE=18
TOTAL=4
STEP=0

begin() {
    STEP=$((STEP + 1))
    STARTED=$(date +%s)
    printf '[setup %s/%s] %s … ' "$STEP" "$TOTAL" "$1"
}
done_with() { printf '%s, %s s\n' "$1" "$(($(date +%s) - STARTED))"; }
fail() {
    printf 'failed\n\n%s\n' "$1" >&2
    exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}
may_install() {
    has apt-get || return 1
    [ "$(id -u)" = 0 ] && return 0
    has sudo && sudo -n true 2>/dev/null
}
# apt_install WHY PACKAGES...: installs them or says what to type.
apt_install() {
    why=$1
    shift
    if ! has apt-get; then
        fail "$why is missing. Install it with this system's package manager and run make again."
    fi
    if ! may_install; then
        fail "$why is missing and this user may not install packages. Run:
  sudo apt-get install $*"
    fi
    printf 'installing %s … ' "$*"
    log=$(mktemp)
    if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >"$log" 2>&1; then
        as_root apt-get update >"$log" 2>&1
        if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >>"$log" 2>&1; then
            tail -n 15 "$log" >&2
            rm -f "$log"
            fail "apt-get could not install: $*"
        fi
    fi
    rm -f "$log"
}

begin "C compiler"
if ! has cc; then
    if [ "$(uname -s)" = Darwin ]; then
        fail "No C compiler. Run: xcode-select --install"
    fi
    apt_install "A C compiler (for SQLite and WebP)" build-essential
fi
done_with "$(command -v cc)"

rust_minor() { cargo --version 2>/dev/null | sed -n 's/^cargo 1\.\([0-9]*\)\..*/\1/p'; }
recent_rust() {
    minor=$(rust_minor)
    [ -n "$minor" ] && [ "$minor" -ge "$MIN_RUST_MINOR" ]
}
fetch_rustup() {
    if has curl; then
        curl --proto '=https' --tlsv1.2 --connect-timeout 20 -fsSL https://sh.rustup.rs
    else
        wget -q --timeout=20 -O - https://sh.rustup.rs
    fi
}

begin "Rust 1.$MIN_RUST_MINOR or later"
if ! recent_rust && has rustup; then
    printf 'rustup update … '
    rustup update stable >/dev/null 2>&1
    recent_rust || rustup default stable >/dev/null 2>&1
fi
if ! recent_rust && ! has rustup; then
    if ! has curl && ! has wget; then
        apt_install "curl (to fetch rustup)" curl ca-certificates
    fi
    installer=$(mktemp)
    if fetch_rustup >"$installer" 2>/dev/null && [ -s "$installer" ]; then
        printf 'rustup … '
        sh "$installer" -y --quiet --no-modify-path --profile minimal --component rustfmt --component clippy >/dev/null 2>&1
    fi
    rm -f "$installer"
    PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
    export PATH
fi
if ! recent_rust && may_install; then
    # Debian keeps a current compiler for its browsers.
    candidate=$(apt-cache policy rustc-web 2>/dev/null | sed -n 's/.*Candidate: 1\.\([0-9]*\)\..*/\1/p')
    if [ -n "$candidate" ] && [ "$candidate" -ge "$MIN_RUST_MINOR" ]; then
        apt_install "Rust" rustc-web cargo-web
    fi
fi
if ! recent_rust; then
    fail "Rust 1.$MIN_RUST_MINOR or later is needed (found: $(cargo --version 2>/dev/null || echo none)).
rustup could not be fetched or updated. Install it from https://rustup.rs and run make again."
fi
done_with "$(cargo --version | cut -d' ' -f1-2)"

node_major() { node --version 2>/dev/null | sed -n 's/^v\([0-9]*\)\..*/\1/p'; }
begin "Node $MIN_NODE or later, npm"
if ! has node; then
    apt_install "Node (fonts and browser tests come from npm)" nodejs npm
elif ! has npm; then
    apt_install "npm (fonts and browser tests come from it)" npm
fi
major=$(node_major)
if [ -z "$major" ] || [ "$major" -lt "$MIN_NODE" ]; then
    fail "Node $MIN_NODE or later is needed, found $(node --version 2>/dev/null || echo none).
Install a newer one (https://nodejs.org) and run make again."
fi
done_with "node $(node --version)"

# Checkouts share the target folder, and cargo compares times only: what another checkout built from other sources
# would count as built. Touched sources are built again; dependencies are not.
checkout_file="${CARGO_TARGET_DIR:-target}/.checkout"
if [ -f "$checkout_file" ] && [ "$(cat "$checkout_file")" != "$PWD" ]; then
    git ls-files -z 2>/dev/null | xargs -0 touch -c
fi
mkdir -p "${CARGO_TARGET_DIR:-target}" && printf '%s\n' "$PWD" >"$checkout_file"

begin "build tools (xtask)"
printf '\n'
cargo build --quiet --package xtask || fail "xtask did not build; cargo's message is above."
printf '[setup %s/%s] build tools (xtask) ' "$STEP" "$TOTAL"
done_with "ready"
