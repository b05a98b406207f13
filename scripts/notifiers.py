"""Ways by which a notice leaves: e-mail, or a line in the log. None of them says where, who or when.

An open page is the other way: it asks by itself, every 15 seconds, what waits for whoever is signed in.
"""

import logging
import os
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import unquote, urlsplit

from data.notices import Letter

SECONDS_TO_ANSWER = 10
SCHEMES = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class NotSent(ConnectionError):
    """A notice that did not leave; it is tried again."""


class Notifier(Protocol):
    """A way by which notices leave."""

    def send(self, letter: Letter) -> None:
        """Send one notice. Raises NotSent."""


class LogNotifier:
    """Writes that there is a notice, by its reference: for the demonstration, and where no mail server is set."""

    def send(self, letter: Letter) -> None:
        """Write one line."""
        logging.getLogger(__name__).warning("Notice %s waits for somebody; no mail server is set.", letter.reference)


@dataclass(frozen=True, kw_only=True)
class EmailNotifier:
    """Sends by SMTP. `server` is `smtp://host:port`, `smtp+starttls://user@host` or `smtps://user@host`."""

    server: str
    sender: str
    password: str = ""

    def send(self, letter: Letter) -> None:
        """Send one notice to the address it has; one without an address is for pages alone. Raises NotSent."""
        if letter.address is None:
            return
        try:
            with self._connected() as smtp:
                smtp.send_message(message(letter, self.sender))
        except (smtplib.SMTPException, OSError) as error:
            raise NotSent("The mail server did not take the notice.") from error

    def _connected(self) -> smtplib.SMTP:
        parts = urlsplit(self.server)
        where = (parts.hostname or "localhost", parts.port or SCHEMES[parts.scheme])
        context = ssl.create_default_context()
        if parts.scheme == "smtps":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(*where, timeout=SECONDS_TO_ANSWER, context=context)
        else:
            smtp = smtplib.SMTP(*where, timeout=SECONDS_TO_ANSWER)
        if parts.scheme == "smtp+starttls":
            smtp.starttls(context=context)
        if parts.username:
            smtp.login(unquote(parts.username), self.password)
        return smtp


def message(letter: Letter, sender: str) -> EmailMessage:
    """Return the e-mail of a notice: its one sentence, its reference, and whom to call."""
    made = EmailMessage()
    made["From"], made["To"] = sender, letter.address
    made["Subject"] = f"Waymark: please look ({letter.reference})"
    call = f"\nIf you cannot sign in, call {letter.telephone} and say the reference." if letter.telephone else ""
    made.set_content(f"{letter.sentence}\n\nReference {letter.reference}. Sign in and open Today.{call}\n")
    return made


def chosen_notifier() -> Notifier:
    """Return the way that the settings choose: e-mail where WAYMARK_SMTP names a server, else the log.

    Raises ValueError for a server that is not named as expected.
    """
    server = os.environ.get("WAYMARK_SMTP", "")
    if not server:
        return LogNotifier()
    if urlsplit(server).scheme not in SCHEMES:
        raise ValueError(f"WAYMARK_SMTP begins with one of {', '.join(SCHEMES)}, followed by ://host:port.")
    sender = os.environ.get("WAYMARK_SMTP_FROM", "waymark@localhost")
    return EmailNotifier(server=server, sender=sender, password=os.environ.get("WAYMARK_SMTP_PASSWORD", ""))
