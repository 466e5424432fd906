"""The way to the mail server, and the one question that matters when it fails: can the mail have left?"""

from __future__ import annotations

import os
import smtplib
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from etl.errors import SupportKpiError, UsageError
from etl.settings import Mail

PASSWORD = "SUPPORTKPI_MAIL_PASSWORD"  # noqa: S105  (the name of the variable, not a password)
#: Seconds waited before each further try, where nothing was handed over: half a minute in all.
WAITS = (2.0, 8.0, 20.0)
_PORTS = {"starttls": 587, "tls": 465, "none": 25}


@dataclass(frozen=True)
class Outcome:
    """``refused`` are recipients the server did not take; the others have it."""

    refused: tuple[str, ...] = ()


class NotSentError(SupportKpiError):
    """For certain nothing has left; the same may be tried again."""


class UnknownError(SupportKpiError):
    """The mail was handed over and the server said nothing: it may have left."""


class _TryAgainError(Exception):
    """Nothing was handed over, and the reason may pass."""


def check(mail: Mail, to: Sequence[str]) -> None:
    """Raise UsageError for what ``[mail]`` lacks, before anything is worked out."""
    missing = [name for name, value in (("host", mail.host), ("sender", mail.sender)) if not value]
    if missing:
        raise UsageError(
            "Mail is not set up.", f"[mail] in supportkpi.toml lacks {' and '.join(missing)}.", "See docs/delivery.md."
        )
    if not to:
        raise UsageError("There is nobody to send it to.", "", "Name recipients with --to, or under [mail] to.")
    if mail.user and not os.environ.get(PASSWORD):
        raise UsageError(
            f"[mail] names the user '{mail.user}' and {PASSWORD} is empty.",
            "The password is read from there and nowhere else.",
            "",
        )


def send(mail: Mail, to: Sequence[str], message: EmailMessage, wait: Callable[[float], None] = time.sleep) -> Outcome:
    """Hand the message over, with further tries while nothing was handed over and the reason may pass.

    Raises NotSentError where it has not left for certain, UnknownError where nobody can tell.
    """
    for pause in (*WAITS, None):
        try:
            return _once(mail, to, message)
        except _TryAgainError as error:
            if pause is None:
                raise NotSentError(
                    f"The mail server {mail.host} did not take the mail.",
                    f"{error} Tried {len(WAITS) + 1} times; nothing was sent.",
                    "Try again later: nothing is sent twice.",
                ) from error
            wait(pause)
    raise AssertionError("the last try returns or raises")


def _once(mail: Mail, to: Sequence[str], message: EmailMessage) -> Outcome:
    """One try: up to the data every failure is certain, after it none is without the server's word."""
    try:
        server = _connected(mail)
    except smtplib.SMTPAuthenticationError as error:
        raise NotSentError(
            f"The mail server {mail.host} refused the user or password.", _said(error), f"Look at {PASSWORD}."
        ) from error
    except ssl.SSLCertVerificationError as error:
        raise NotSentError(
            f"The certificate of {mail.host} is not trusted.",
            f"{error.verify_message}.",
            "Name your company's certificates with [mail] ca_file; nothing was sent.",
        ) from error
    except smtplib.SMTPNotSupportedError as error:
        raise NotSentError(
            f"The mail server {mail.host} does not offer what [mail] asks for.",
            f"{error}",
            "Nothing was sent; a password is never sent without encryption.",
        ) from error
    except OSError as error:
        raise _TryAgainError(_said(error)) from error
    try:
        refused = _addressed(server, mail, to)
        _hand_over(server, mail, message)
        return Outcome(tuple(refused))
    finally:
        server.close()


def _connected(mail: Mail) -> smtplib.SMTP:
    """A session that is encrypted and signed in as the settings say; nothing less is ever fallen back to."""
    port, seconds = mail.port or _PORTS[mail.security], mail.timeout_seconds
    trusted = ssl.create_default_context(cafile=mail.ca_file)
    server: smtplib.SMTP
    if mail.security == "tls":
        server = smtplib.SMTP_SSL(mail.host, port, timeout=seconds, context=trusted)
    else:
        server = smtplib.SMTP(mail.host, port, timeout=seconds)
    try:
        server.ehlo_or_helo_if_needed()
        if mail.security == "starttls":
            server.starttls(context=trusted)
            server.ehlo()
        if mail.user:
            server.login(mail.user, os.environ.get(PASSWORD, ""))
    except BaseException:
        server.close()
        raise
    return server


def _addressed(server: smtplib.SMTP, mail: Mail, to: Sequence[str]) -> list[str]:
    """Name sender and recipients; returns those refused. All refused: nothing is sent."""
    try:
        _accepted(server.mail(mail.sender or ""), mail)
        answers = {address: server.rcpt(address) for address in to}
    except OSError as error:
        raise _TryAgainError(_said(error)) from error
    refused = [address for address, (code, _) in answers.items() if code not in (250, 251)]
    if len(refused) == len(to):
        _accepted(answers[refused[0]], mail)
    return refused


def _hand_over(server: smtplib.SMTP, mail: Mail, message: EmailMessage) -> None:
    try:
        answer = server.data(message.as_bytes())
    except smtplib.SMTPDataError as error:
        _accepted((error.smtp_code, error.smtp_error), mail)
    except OSError as error:
        raise UnknownError(
            f"The mail server {mail.host} went away while it was handed the mail.",
            "It may have been sent or not.",
            "Ask a recipient; where it did not come, send it with --again.",
        ) from error
    else:
        _accepted(answer, mail)


def _accepted(answer: tuple[int, bytes | str], mail: Mail) -> None:
    """Raise for an answer that is a refusal: 4xx passes, 5xx does not."""
    code, words = answer
    if 200 <= code < 300:
        return
    said = f"It said: {code} {words.decode(errors='replace') if isinstance(words, bytes) else words}."
    if code < 500:
        raise _TryAgainError(said)
    raise NotSentError(f"The mail server {mail.host} refused the mail.", said, "Nothing was sent.")


def _said(error: Exception) -> str:
    """What went wrong on the way to the server, in a sentence; never what was said to it."""
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return f"It said: {error.smtp_code} {words.decode(errors='replace') if isinstance(words, bytes) else words}."
    return f"{getattr(error, 'strerror', None) or str(error) or type(error).__name__}."
