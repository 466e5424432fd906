"""A real mail server on this machine: TLS with a certificate of its own, users, refusals, and deaths at bad moments."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

PASSWORD = "correct horse"


class PostOffice:
    """What was handed in stands in ``taken``. ``answers`` are given, one a mail, before it takes any."""

    def __init__(self, folder: Path, security: str = "starttls", with_users: bool = False) -> None:
        self.taken: list[Envelope] = []
        self.answers: list[str | Callable[[], str]] = []
        self.unknown: set[str] = set()
        authority = trustme.CA()
        self.ca_file = folder / "authority.pem"
        authority.cert_pem.write_to_path(str(self.ca_file))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("localhost").configure_cert(context)
        options: dict[str, Any] = {"hostname": "localhost", "port": 0}
        if security == "starttls":
            options |= {"tls_context": context, "require_starttls": True}
        elif security == "tls":
            options |= {"ssl_context": context}
        if with_users:
            options |= {
                "authenticator": self._is_known,
                "auth_required": True,
                "auth_require_tls": security == "starttls",
            }
        self.controller = _Controller(self, **options)

    def _is_known(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(each.content, policy=policy.default) for each in self.taken]  # type: ignore[misc]

    @property
    def port(self) -> int:
        return int(self.controller.server.sockets[0].getsockname()[1])

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:  # noqa: N802
        if address in self.unknown:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        if self.answers:
            answer = self.answers.pop(0)
            if answer == "die":  # it has the mail, and nobody hears of it
                self.taken.append(envelope)
                server.transport.abort()
                return "250 OK"
            return str(answer)
        self.taken.append(envelope)
        return "250 OK"

    def __enter__(self) -> PostOffice:
        self.controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.controller.stop()


class _Controller(Controller):
    """One that may be given any free port: the library asks at the port it was told."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
