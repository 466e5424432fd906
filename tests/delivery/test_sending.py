"""Reports by mail, through a real server: encrypted, in words, tried again, and never twice."""

from __future__ import annotations

import io
import json
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from openpyxl import load_workbook
from post_office import PASSWORD, PostOffice

from dashboard import cli, engine
from dashboard.commands import report as reports
from dashboard.commands.report import ask_of, contents
from dashboard.delivery import message, smtp
from dashboard.delivery.sent import Sending, SentLog, State
from dashboard.exports import told
from dashboard.exports.report import Report
from dashboard.rhythm import Rhythm
from etl.errors import UsageError
from etl.settings import Home, Mail, load_settings

TO = ("vp@example.com", "board@example.com")


class Answer(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Answer]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def one(home: Home, *words: object) -> Answer:
        with pytest.raises(SystemExit) as left:
            cli.main(["--home", str(home.folder), *map(str, words)])
        captured = capsys.readouterr()
        engine._engine.cache_clear()
        return Answer(int(left.value.code or 0), captured.out, captured.err)

    return one


@pytest.fixture
def home(golden_home: Home, tmp_path: Path) -> Home:
    shutil.copytree(golden_home.folder, tmp_path / "home")
    return Home(tmp_path / "home")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    with PostOffice(tmp_path) as started:
        yield started


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "WAITS", (0.01, 0.01, 0.01))


@pytest.fixture(autouse=True)
def _read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every home here is a copy of one: what its reports hold is worked out once a period."""
    monkeypatch.setattr(reports, "contents", lambda ask, rhythm, home: READ.get(ask.period) or _read(ask, rhythm, home))


READ: dict[Any, Any] = {}


def _read(ask: Any, rhythm: Rhythm, home: Home) -> Report:
    READ[ask.period] = contents(ask, rhythm, home)
    return READ[ask.period]  # type: ignore[no-any-return]


def declare(home: Home, office: PostOffice, **more: Any) -> None:
    keys = {"host": "localhost", "port": office.port, "sender": "kpi@example.com", "to": list(TO)}
    keys |= {"ca_file": str(office.ca_file), **more}
    told_so = "".join(f"{name} = {json.dumps(value)}\n" for name, value in keys.items())
    with home.settings_file.open("a", encoding="utf-8") as file:
        file.write(f"\n[mail]\n{told_so}")


SEND = ("send", "weekly", "--period", "2025-W08", "--format", "csv")


def states(home: Home) -> list[State]:
    return [entry.state for entry in SentLog(home.sent).entries()]


# What arrives


def test_the_mail_says_the_readings_in_words_and_carries_the_files(run: Run, home: Home, office: PostOffice) -> None:
    declare(home, office)
    answer = run(home, *SEND[:-1], "csv,xlsx")
    assert answer.code == 0, answer.err
    (mail,), (envelope,) = office.mails, office.taken
    assert tuple(envelope.rcpt_tos) == TO
    assert mail["Subject"] == "Support, weekly review: 17–23 Feb 2025 (week 8)"
    assert mail["To"] == ", ".join(TO)
    body = mail.get_body()
    assert body is not None
    text = body.get_content().replace("\r\n", "\n")
    report = contents(ask_of(home, Rhythm.WEEKLY, "2025-W08"), Rhythm.WEEKLY, home)
    assert text == message.body(report)
    assert all(told.headline(line) in text for line in report.sections[0].lines)
    files = {part.get_filename(): part.get_content() for part in mail.iter_attachments()}
    assert sorted(files) == ["weekly-2025-W08.csv", "weekly-2025-W08.xlsx"]
    assert "Readings" in load_workbook(io.BytesIO(files["weekly-2025-W08.xlsx"])).sheetnames


@pytest.fixture(scope="module")
def report(golden_home: Home) -> Report:
    return contents(ask_of(golden_home, Rhythm.WEEKLY, "2025-W08"), Rhythm.WEEKLY, golden_home)


def changed(report: Report) -> Report:
    """The same report in which MTTR is a signal: its value lies far above all before it."""
    first = report.sections[0]
    mttr = next(line for line in first.lines if line.reading.kpi.name == "mttr")
    assert mttr.story is not None
    far = replace(mttr.reading, value=9000.0, low=8000.0, high=9900.0, n=40)
    usual = {"n": 40, "value": 600.0, "low": 500.0, "high": 700.0}
    past = tuple(far if each is mttr.reading else replace(each, **usual) for each in mttr.story.past)
    story = replace(mttr.story, now=far, past=past)
    lines = tuple(type(line).of(story) if line is mttr else line for line in first.lines)
    return replace(report, sections=(replace(first, lines=lines), *report.sections[1:]))


def test_where_nothing_really_moved_it_says_so_in_one_line(report: Report) -> None:
    assert not any(line.has_changed for line in report.sections[0].lines)
    without = replace(report, sections=(replace(report.sections[0], sentences=()), *report.sections[1:]))
    assert message.body(without).splitlines().count(told.STABLE) == 1
    assert message.body(report).splitlines().count(told.STABLE) == 1
    moved = changed(without)
    assert any(line.has_changed for line in moved.sections[0].lines)
    assert told.STABLE not in message.body(moved)


def test_what_other_sections_come_to_is_told_under_their_headings(report: Report) -> None:
    first, second, *others = report.sections
    silent = (replace(each, sentences=()) for each in others)
    told_so = replace(report, sections=(first, replace(second, sentences=("Two answers wait.",)), *silent))
    text = message.body(told_so)
    assert f"\n{second.heading}\n* Two answers wait.\n" in text
    assert others[0].heading not in text


def test_a_subject_from_outside_makes_no_header(report: Report) -> None:
    nasty = replace(report, title="Support\r\nBcc: everybody@example.com")
    mail = message.compose(nasty, "kpi@example.com", TO, {}, "1")
    assert mail["Bcc"] is None
    assert "\n" not in mail["Subject"]
    with pytest.raises(ValueError, match="not a mail address"):
        Mail(to=("vp@example.com\nBcc: everybody@example.com",))


# Encrypted or not at all


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_user_and_password_go_over_tls(
    run: Run, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    with PostOffice(tmp_path, security, with_users=True) as office:
        declare(home, office, security=security, user="kpi")
        assert run(home, *SEND).code == 2  # no password in the environment
        monkeypatch.setenv(smtp.PASSWORD, "wrong")
        refused = run(home, *SEND)
        assert refused.code == 1
        assert "refused the user or password" in refused.err
        assert "wrong" not in refused.err
        monkeypatch.setenv(smtp.PASSWORD, PASSWORD)
        assert run(home, *SEND).code == 0
        assert len(office.taken) == 1
    written = "".join(path.read_text() for path in home.sent.iterdir())
    assert PASSWORD not in written


def test_a_password_in_the_settings_is_refused(home: Home, office: PostOffice) -> None:
    declare(home, office, password="secret")
    with pytest.raises(UsageError, match=r"mail\.password"):
        load_settings(home)
    with pytest.raises(ValueError, match="without encryption"):
        Mail(host="localhost", security="none", user="kpi")


def test_a_certificate_nobody_vouches_for_ends_it(run: Run, home: Home, office: PostOffice) -> None:
    declare(home, office)
    text = home.settings_file.read_text()
    home.settings_file.write_text("\n".join(line for line in text.splitlines() if not line.startswith("ca_file")))
    answer = run(home, *SEND)
    assert answer.code == 1
    assert "is not trusted" in answer.err
    assert office.taken == []


def test_a_server_without_starttls_is_not_spoken_to_in_clear(run: Run, home: Home, tmp_path: Path) -> None:
    with PostOffice(tmp_path, "none") as office:
        declare(home, office)
        answer = run(home, *SEND)
        assert answer.code == 1
        assert "does not offer" in answer.err
        assert office.taken == []


# Tried again, and never twice


def test_the_same_is_not_sent_twice(run: Run, home: Home, office: PostOffice) -> None:
    declare(home, office)
    assert run(home, *SEND).code == 0
    second = run(home, *SEND)
    assert second.code == 0
    assert "nothing was sent now" in second.out
    shuffled = run(home, *SEND, "--to", TO[1].upper(), "--to", TO[0])
    assert "nothing was sent now" in shuffled.out
    assert len(office.taken) == 1
    assert run(home, *SEND, "--again").code == 0
    assert len(office.taken) == 2
    assert states(home) == [State.SENT, State.SENT]
    (first, again) = office.mails
    assert first["Message-ID"] == again["Message-ID"]  # a mailbox that has the first need not show the second


def test_others_another_period_and_other_formats_are_other_sendings(run: Run, home: Home, office: PostOffice) -> None:
    declare(home, office)
    assert run(home, *SEND).code == 0
    assert run(home, *SEND, "--to", "ceo@example.com").code == 0
    assert run(home, "send", "weekly", "--period", "2025-W07", "--format", "csv").code == 0
    assert run(home, "send", "weekly", "--period", "2025-W08", "--format", "json").code == 0
    assert len(office.taken) == 4


def test_changed_figures_are_sent_as_a_correction_and_a_new_load_alone_is_not(
    run: Run, home: Home, office: PostOffice
) -> None:
    declare(home, office)
    report = contents(ask_of(home, Rhythm.WEEKLY, "2025-W08"), Rhythm.WEEKLY, home)
    log = SentLog(home.sent)
    old = log.begin(Sending("weekly", "2025-W08", TO, "other figures"))
    assert old is not None
    log.end(old, State.SENT)
    assert run(home, *SEND).code == 0
    assert office.mails[0]["Subject"].startswith("Corrected: ")
    lines = (replace(line, reading=replace(line.reading, as_of=None)) for line in report.sections[0].lines)
    later = replace(report, sections=(replace(report.sections[0], lines=tuple(lines)), *report.sections[1:]))
    assert message.fingerprint(later, ["pdf"]) == message.fingerprint(report, ["pdf"])
    assert message.fingerprint(changed(report), ["pdf"]) != message.fingerprint(report, ["pdf"])


def test_a_server_that_is_away_is_survived_and_nothing_is_lost(run: Run, home: Home, tmp_path: Path) -> None:
    with PostOffice(tmp_path) as office:
        declare(home, office)
    away = run(home, *SEND)
    assert away.code == 1
    assert "Tried 4 times" in away.err
    assert states(home) == [State.FAILED]
    with PostOffice(tmp_path) as office:
        text = home.settings_file.read_text().splitlines()
        port = f"port = {office.port}"
        home.settings_file.write_text("\n".join(port if line.startswith("port") else line for line in text))
        assert run(home, *SEND).code == 0
        assert len(office.taken) == 1
    assert states(home) == [State.FAILED, State.SENT]


@pytest.mark.parametrize(
    ("answers", "code", "left", "state"),
    [
        (["451 later", "421 busy"], 0, 1, State.SENT),  # passes, so it is tried again
        (["451 later"] * 4, 1, 0, State.FAILED),
        (["554 we do not like it"], 1, 0, State.FAILED),  # stays, so it is not
        (["die"], 1, 1, State.BEGUN),  # taken, and the server was gone before it said so
    ],
)
def test_what_the_server_answers_decides_whether_it_is_tried_again(
    run: Run, home: Home, office: PostOffice, answers: list[str], code: int, left: int, state: State
) -> None:
    declare(home, office)
    office.answers = list(answers)
    assert run(home, *SEND).code == code
    assert (len(office.taken), states(home)) == (left, [state])
    office.answers = []
    run(home, *SEND)
    assert len(office.taken) == 1  # sent now, or before; never twice


def test_a_crash_between_sending_and_the_log_sends_nothing_again(
    run: Run, home: Home, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(home, office)
    with monkeypatch.context() as patched:
        patched.setattr(SentLog, "end", killed)
        assert run(home, *SEND).code != 0
    assert len(office.taken) == 1
    assert states(home) == [State.BEGUN]
    second = run(home, *SEND)
    assert second.code == 2
    assert "may have left or not" in second.err
    assert "--again" in second.err
    assert len(office.taken) == 1
    assert run(home, *SEND, "--again").code == 0
    assert len(office.taken) == 2


def killed(*_: object, **__: object) -> None:
    raise MemoryError("the machine stopped")


def test_an_entry_cut_short_counts_as_begun(run: Run, home: Home, office: PostOffice) -> None:
    declare(home, office)
    assert run(home, *SEND).code == 0
    (entry,) = home.sent.iterdir()
    entry.write_text(entry.read_text()[:40])
    assert run(home, *SEND).code == 2
    assert len(office.taken) == 1
    listed = run(home, "sent")
    assert "the entry is not whole" in listed.out


def test_of_two_processes_one_may_send(tmp_path: Path) -> None:
    one, other = SentLog(tmp_path / "sent"), SentLog(tmp_path / "sent")
    wanted = Sending("weekly", "2025-W08", TO, "figures")
    assert one.begin(wanted) is not None
    assert other.begin(wanted) is None


def test_who_the_server_does_not_know_is_named_and_the_others_have_it(run: Run, home: Home, office: PostOffice) -> None:
    declare(home, office)
    office.unknown = {TO[1]}
    answer = run(home, *SEND)
    assert answer.code == 1
    assert TO[1] in answer.err
    assert office.taken[0].rcpt_tos == [TO[0]]
    (entry,) = SentLog(home.sent).entries()
    assert (entry.state, entry.refused) == (State.SENT, (TO[1],))
    office.unknown = set(TO)
    assert run(home, *SEND, "--again").code == 1
    assert states(home)[-1] is State.FAILED


# Only if there is something to say


def test_an_alert_is_silent_while_nothing_moved(run: Run, home: Home, office: PostOffice) -> None:
    declare(home, office)
    answer = run(home, *SEND, "--only-if-signal")
    assert answer.code == 0
    assert "nothing was sent" in answer.out
    assert office.taken == []
    assert states(home) == []


def test_an_alert_needs_a_signal_on_enough_rows(report: Report) -> None:
    assert message.signals(report) == []
    moved = changed(report)
    assert [line.reading.kpi.name for line in message.signals(moved)] == ["mttr"]
    assert [line.reading.kpi.name for line in message.signals(moved, floor=40)] == ["mttr"]
    assert message.signals(moved, floor=41) == []  # n is 40


# What is asked of the command line


def test_it_says_what_is_missing_before_anything_is_worked_out(run: Run, home: Home) -> None:
    answer = run(home, *SEND)
    assert answer.code == 2
    assert "lacks host and sender" in answer.err
    dry = run(home, *SEND, "--dry-run")
    assert dry.code == 0
    assert dry.out.startswith("Support, weekly review")


def test_what_was_sent_is_listed(run: Run, home: Home, office: PostOffice) -> None:
    declare(home, office)
    run(home, *SEND)
    (entry,) = json.loads(run(home, "sent", "--format", "json").out)
    assert (entry["report"], entry["period"], entry["state"]) == ("weekly", "2025-W08", "sent")
    assert "2025-W08" in run(home, "sent").out


def test_a_port_nobody_listens_on_is_a_sentence() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        mail = Mail(host="127.0.0.1", port=free.getsockname()[1], sender="kpi@example.com", to=TO)
    waited: list[float] = []
    with pytest.raises(smtp.NotSentError, match="refused"):
        smtp.send(mail, TO, message.EmailMessage(), waited.append)
    assert waited == list(smtp.WAITS)
