# shellcheck shell=bash
# Sourced by scripts/up, scripts/test and scripts/lint from the root of the checkout: what a machine must have.
# Each function does nothing, and quickly, when its part is already there.

export PYTHONSAFEPATH=1 # A folder named like a room of ours in the current directory must not shadow it.
unset PYTHONDONTWRITEBYTECODE # Without kept byte code each process that starts compiles every module anew.
export NUMBA_CACHE_DIR="${NUMBA_CACHE_DIR:-$PWD/var/numba}" # Compiled loops of hotspots, kept between processes.
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_INPUT=1

say() { printf '%s\n' "$*" >&2; }
fail() {
    say "$*"
    exit 1
}

# Print the first Python of at least 3.11 that can make virtual environments.
find_python() {
    local candidate
    for candidate in python3 python3.11 python3.12 python3.13 /usr/bin/python3 "$HOME"/.pyenv/versions/3.1[1-9]*/bin/python3; do
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

# Succeed when some installed PostgreSQL has PostGIS: its library, for the control file alone can be left behind.
has_postgis() {
    local library
    for library in /usr/lib/postgresql/*/lib/postgis-3.so; do
        [ -x "${library%/lib/*}/bin/initdb" ] && return
    done
    return 1
}

has_chromium() { command -v chromium >/dev/null || command -v google-chrome >/dev/null; }

# Run a command as root: as we are, or through sudo when that asks for no password.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

can_be_root() { [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }; }

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --quiet --no-install-recommends "$@" >&2
}

# Print the PostgreSQL package with PostGIS that this release of Debian or Ubuntu carries.
postgis_package() {
    local found
    found=$(apt-cache search --names-only '^postgresql-[0-9]+-postgis-3$' | cut -d ' ' -f 1 | sort --version-sort | tail -n 1)
    printf '%s\n' "${found:-postgresql-15-postgis-3}"
}

# Install the named parts that are missing (python, postgis, chromium, gdal), or say in one sentence what to install.
ensure_system() {
    local part missing=()
    for part in "$@"; do
        case $part in
        python) find_python >/dev/null || missing+=(python3-venv) ;;
        postgis) has_postgis || missing+=(postgis) ;;
        chromium) has_chromium || missing+=(chromium) ;;
        gdal) command -v ogrinfo >/dev/null || missing+=(gdal-bin) ;;
        esac
    done
    [ ${#missing[@]} = 0 ] && return
    command -v apt-get >/dev/null ||
        fail "Missing: ${missing[*]}. Without apt-get please install Python 3.11 or later with venv, PostgreSQL 15 or later with PostGIS 3, and (for the tests) Chromium and GDAL's tools, then start again."
    if can_be_root; then
        say "Installing from the system's packages: ${missing[*]} ..."
        as_root apt-get update --quiet --quiet >&2
    fi
    missing=("${missing[@]/#postgis/$(postgis_package)}")
    can_be_root ||
        fail "Missing packages: as root run \`apt-get update && apt-get install --no-install-recommends ${missing[*]}\`, then start again."
    keep_debian_from_making_a_cluster "${missing[*]}"
    apt_install "${missing[@]}"
}

# Debian's package makes and starts a cluster of its own; ours is private, so that one would only take memory.
# A machine that already has postgresql-common is its administrator's: nothing is changed there.
keep_debian_from_making_a_cluster() {
    [[ $1 == *postgresql* ]] && [ ! -d /etc/postgresql-common ] || return 0
    apt_install postgresql-common
    as_root sed --in-place 's/^#\?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
}

# Make .venv from the named lock files, and again when one of them, the project's settings or its place changes.
# What the tests need beyond the product stays when only the product is asked for.
ensure_python() {
    local stamp=.venv/made-from python wanted
    wanted=$(pwd && sha256sum pyproject.toml "$@")
    if [ "$(head -n $(($# + 2)) $stamp 2>/dev/null)" = "$wanted" ] && .venv/bin/python -c '' 2>/dev/null; then
        return
    fi
    python=$(find_python)
    say "Installing Python packages with $python into .venv ..."
    .venv/bin/python -m pip --version >/dev/null 2>&1 || { rm -rf .venv && "$python" -m venv .venv; }
    rm -f $stamp
    .venv/bin/python -m pip install --quiet --require-hashes "${@/#/--requirement=}"
    .venv/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
    printf '%s\n' "$wanted" >$stamp
}

# Fetch the browser files that the lock names into web/static/vendor.
ensure_assets() { .venv/bin/python -m scripts.assets; }

# Run the named steps while no other set-up of this checkout runs.
set_up_alone() {
    mkdir -p var
    exec 9>var/set-up.lock
    flock 9
    "$@"
    exec 9>&-
}
