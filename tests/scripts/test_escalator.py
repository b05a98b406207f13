"""The escalator and the watchdog as processes: killed mid-ladder, doubled, without a mail server, without a sender."""

import os
import re
import signal
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from data.cluster import Cluster
from data.migrate import set_escalator_password
from scripts.installation import installation
from scripts.notifiers import EmailNotifier, LogNotifier, chosen_notifier
from tests.gate.conftest import held, service, writer
from tests.gate.shift_playing import Shift, a_shift
from tests.waiting import until

__all__ = ["held", "service", "writer"]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def shift(
    writer: psycopg.Connection, service: psycopg.Connection, cluster: Cluster, held: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Shift:  # fmt: skip
    """Give a team that has set out, and the settings of an installation whose escalator can sign in."""
    monkeypatch.setenv("WAYMARK_VAR", str(tmp_path))
    monkeypatch.setenv("WAYMARK_DATABASE_URL", cluster.url(database=held))
    password = psycopg.conninfo.conninfo_to_dict(installation().escalator)["password"]
    set_escalator_password(writer, str(password))
    writer.execute("UPDATE access.notice SET acknowledged_at = access.clock(), acknowledged_by = %s", [uuid_of(writer)])
    writer.execute("UPDATE access.shift SET state = 'home', stop = NULL, next_due_at = NULL")
    writer.execute(
        "UPDATE access.alarm SET closed_at = access.clock(), closed_how = 'spoke', taken_at = access.clock(),"
        " taken_by = %s, closed_by = %s WHERE closed_at IS NULL",
        [uuid_of(writer)] * 2,
    )
    return a_shift(writer, service)


def uuid_of(conn: psycopg.Connection) -> object:
    """Return the id of some membership."""
    row = conn.execute("SELECT id FROM access.membership LIMIT 1").fetchone()
    return row and row[0]


@contextmanager
def running(*commands: str) -> Iterator[list[subprocess.Popen[str]]]:
    """Have commands of ours run as processes, several times a second; killed at the end."""
    words = [[sys.executable, "-m", "scripts.cli", command, "--every", "0.2"] for command in commands]
    found = [
        subprocess.Popen(each, cwd=ROOT, stderr=subprocess.PIPE, text=True, env=os.environ.copy()) for each in words
    ]
    try:
        yield found
    finally:
        for process in found:
            process.kill()
            process.communicate()


def steps(shift: Shift) -> list[int]:
    rows = shift.writer.execute(
        "SELECT s.step FROM access.alarm_step AS s JOIN access.alarm AS a ON a.id = s.alarm_id"
        " WHERE a.shift_id = %s ORDER BY s.step",
        [shift.id],
    )
    return [row[0] for row in rows]


def told(shift: Shift) -> list[str]:
    rows = shift.writer.execute(
        "SELECT n.kind FROM access.notice AS n JOIN access.alarm AS a ON a.id = n.about"
        " WHERE a.shift_id = %s ORDER BY n.kind",
        [shift.id],
    )
    return [row[0] for row in rows]


def test_an_escalator_killed_at_each_step_loses_none_and_doubles_none(shift: Shift) -> None:
    for minute, expected in ((30, [0]), (35, [0, 1]), (40, [0, 1, 2]), (45, [0, 1, 2, 3])):
        with running("escalate") as (process,):
            shift.minute(minute)
            until(lambda expected=expected: steps(shift) == expected)  # type: ignore[misc]
            process.send_signal(signal.SIGKILL)
    assert told(shift) == ["buddy_call", "duty_manager", "second_contact", "second_contact", "team_late", "team_late"]
    assert shift.points("manager") == {1}


def test_an_escalator_that_was_away_takes_all_steps_that_came_due_meanwhile(shift: Shift) -> None:
    shift.minute(50)
    with running("escalate", "escalate"):
        until(lambda: steps(shift) == [0, 1, 2, 3])
    assert len(told(shift)) == 6


def test_a_watchdog_tells_desk_buddy_and_manager_once_when_nobody_escalates(shift: Shift) -> None:
    with running("watchdog"):
        for minute in (2, 3):  # It has just started: nobody is told before it has looked for 90 seconds itself.
            shift.minute(minute)
            until(lambda minute=minute: heartbeat(shift, "watchdog") == minute)  # type: ignore[misc]
        assert shift.kinds("manager") == []
        shift.minute(4)
        until(lambda: shift.kinds("manager") == ["watchdog"])
        shift.minute(5)
        until(lambda: heartbeat(shift, "watchdog") == 5)
    assert [shift.kinds(who) for who in ("buddy", "manager", "desk", "second", "first", "colleague")] == [
        ["watchdog"], ["watchdog"], ["watchdog"], [], [], [],
    ]  # fmt: skip
    with pytest.raises(psycopg.errors.RaiseException, match="not being watched"):
        shift.start("other")


def heartbeat(shift: Shift, process: str) -> float:
    query = "SELECT extract(epoch FROM at - '2026-03-01T12:00Z') / 60 FROM access.heartbeat WHERE process = %s"
    row = shift.writer.execute(query.encode(), [process]).fetchone()
    return float(row[0]) if row else -1


class Mailbox(socketserver.ThreadingTCPServer):
    """A mail server of the plainest kind, which refuses its first letter."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.letters: list[str] = []
        self.refused = 0
        super().__init__(("127.0.0.1", 0), Conversation)


class Conversation(socketserver.StreamRequestHandler):
    """One client's."""

    server: Mailbox

    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline().decode().strip().upper():
            if line == "DATA" and not self.server.refused:
                self.server.refused += 1
                self.say("451 not now")
            elif line == "DATA":
                self.say("354 go on")
                self.server.letters.append(self.letter())
                self.say("250 taken")
            else:
                self.say("221 bye" if line == "QUIT" else "250 yes")

    def letter(self) -> str:
        lines = iter(lambda: self.rfile.readline().decode(), ".\r\n")
        return "".join(lines)

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


def test_a_notice_that_a_mail_server_refused_is_sent_again_and_tells_nothing(
    shift: Shift, monkeypatch: pytest.MonkeyPatch
) -> None:
    shift.minute(35)
    with Mailbox() as mailbox:
        threading.Thread(target=mailbox.serve_forever, daemon=True).start()
        monkeypatch.setenv("WAYMARK_SMTP", f"smtp://127.0.0.1:{mailbox.server_address[1]}")
        with running("escalate"):
            until(lambda: mailbox.refused == 1 and len(mailbox.letters) == 2)
            shift.minute(36)
            until(lambda: len(mailbox.letters) == 3)
        mailbox.shutdown()
    assert sum("Call them now" in letter for letter in mailbox.letters) == 1
    for letter in mailbox.letters:
        assert "Reference" in letter
        assert "0121 496 0001" in letter
        said = re.sub(r"[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}", "", letter.partition("\n\n")[2])
        assert not any(word in said for word in ("A place", "406", "286", str(shift.id), str(shift.places[0])))


def test_the_escalators_role_calls_its_functions_and_reads_nothing(shift: Shift, cluster: Cluster) -> None:
    assert cluster.is_running()
    with psycopg.connect(installation().escalator, autocommit=True) as conn:
        conn.execute("SELECT access.escalate()")
        for query in ("SELECT * FROM access.shift", "SELECT * FROM store.place", "SELECT access.my_shifts()"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(query.encode())
    rows = shift.writer.execute(
        "SELECT p.proname FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace"
        " WHERE n.nspname IN ('access', 'store', 'audit', 'layers', 'imports')"
        " AND has_function_privilege('waymark_escalator', p.oid, 'EXECUTE') ORDER BY 1"
    ).fetchall()
    assert [row[0] for row in rows] == ["claim_notices", "deconflict", "escalate", "forget", "notice_sent", "watch"]


def test_the_settings_choose_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAYMARK_SMTP", raising=False)
    assert isinstance(chosen_notifier(), LogNotifier)
    monkeypatch.setenv("WAYMARK_SMTP", "smtps://desk@mail.test.invalid")
    assert isinstance(chosen_notifier(), EmailNotifier)
    monkeypatch.setenv("WAYMARK_SMTP", "pigeon://loft")
    with pytest.raises(ValueError, match="smtp"):
        chosen_notifier()
