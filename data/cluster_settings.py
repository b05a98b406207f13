"""The configuration files of the private cluster, chosen from the machine's memory."""

import contextlib
import os
from pathlib import Path

MEBIBYTE = 1 << 20
CGROUP_MEMORY = Path("/sys/fs/cgroup/memory.max")

# Values of a request can be personal or say where a place is: no statement, parameter or detail reaches the log.
QUIET = {
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_lock_waits": "off",
    "log_checkpoints": "off",
    "log_line_prefix": "'%m [%p] '",
}
# Only for tests: survives the death of the server's processes, not of the machine.
FRAGILE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def memory_mebibytes() -> int:
    """Return the memory that this process may use, in MiB: the machine's, or the container's when less."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    # Without a container limit the file is missing, or says "max".
    with contextlib.suppress(OSError, ValueError):
        machine = min(machine, int(CGROUP_MEMORY.read_text()))
    return machine // MEBIBYTE


def server_settings(memory: int, *, durable: bool, compression: str) -> dict[str, str]:
    """Return the settings of a cluster on a machine with `memory` MiB.

    `compression` is the write-ahead log's. A cluster that is not durable is for tests: small, and without
    the disk flushes that only matter when the machine stops.
    """
    shared_buffers = min(max(memory // 8, 128), 2048) if durable else 128
    settings = {
        "listen_addresses": "'127.0.0.1'",
        "unix_socket_permissions": "0777",
        "max_connections": "200",
        "shared_buffers": f"{shared_buffers}MB",
        "effective_cache_size": f"{max(memory // 2, 256)}MB",
        "maintenance_work_mem": f"{min(max(memory // 32, 64), 1024)}MB",
        "work_mem": "16MB",
        "random_page_cost": "1.1",
        "max_wal_size": "4GB",
        "wal_compression": compression,
        "jit": "off",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        "lc_messages": "'C.UTF-8'",
    }
    return settings | QUIET | ({} if durable else FRAGILE)


def postgresql_conf(settings: dict[str, str]) -> str:
    """Return the text of postgresql.conf for these settings."""
    heading = "# Written at every start. Settings of your own: ALTER SYSTEM, which wins over this file.\n"
    return heading + "".join(f"{name} = {value}\n" for name, value in settings.items())


def pg_hba_conf(operator: str) -> str:
    """Return the text of pg_hba.conf: a password from everyone, and the operator only over the socket."""
    return (
        "local all all scram-sha-256\n"
        f"local replication {operator} scram-sha-256\n"
        f"host all {operator} all reject\n"
        "host all all 127.0.0.1/32 scram-sha-256\n"
    )
