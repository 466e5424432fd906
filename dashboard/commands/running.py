"""``init``, ``serve``, ``demo``: a home to start from, and the dashboard as a process of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess  # the dashboard is started as a process: the command line never imports it
import sys
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from dashboard.commands import loading
from dashboard.commands.asked import home_of
from dashboard.loading import READ_ONLY
from etl.errors import SupportKpiError
from etl.settings import Home, load_settings

#: A ``supportkpi.toml`` and ``targets.toml`` with every key explained, commented out.
STARTERS = ("supportkpi.toml", "targets.toml")

Port = Annotated[int, typer.Option("--port", min=1, max=65535, metavar="N", help="Port of the dashboard.")]
Address = Annotated[str, typer.Option("--address", metavar="A", help="Address it listens on.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command()(init)
    app.command()(serve)
    app.command()(demo)


def init(context: typer.Context) -> None:
    """Write supportkpi.toml and targets.toml with comments into the home folder; what is there stays."""
    home = home_of(context)
    home.folder.mkdir(parents=True, exist_ok=True)
    for name in STARTERS:
        place = home.folder / name
        if place.exists():
            typer.echo(f"{place} is there already and was left as it is.")
        else:
            place.write_text(starter(name), encoding="utf-8")
            typer.echo(f"{place} written.")


def starter(name: str) -> str:
    """The text of one of STARTERS."""
    return files("dashboard").joinpath("templates", name).read_text(encoding="utf-8")


def serve(
    context: typer.Context,
    port: Port = 8501,
    address: Address = "127.0.0.1",
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Without the page Load data: nothing can be loaded or taken back.")
    ] = False,
) -> None:
    """Open the dashboard on the data loaded; it sees later loads by itself."""
    home = home_of(context)
    refuse_taken(port, address)
    if home.work_file.exists():
        follow_settings(home)
    start(home, port, address, read_only)


def follow_settings(home: Home) -> None:
    """Derive the facts anew when what they stand on has changed since they were published."""
    from etl import snapshot, work

    try:
        if snapshot.publish_if_stale(home) is not None:
            typer.echo("Settings or rules have changed since the last load; the facts were derived anew.", err=True)
    except work.BusyError:
        typer.echo("A load is running; its data will show when it has ended.", err=True)


def demo(
    context: typer.Context,
    port: Port = 8501,
    address: Address = "127.0.0.1",
    opening: Annotated[bool, typer.Option("--serve/--no-serve", hidden=True)] = True,
) -> None:
    """Load the sample data of a made-up software company and open the dashboard."""
    home = home_of(context)
    exports = sample_exports()
    if opening:
        refuse_taken(port, address)
    copy_settings(exports, home)
    if home.current_snapshot() is None:
        typer.echo("Loading the sample data; this takes half a minute.", err=True)
        loading.show_report(loading.load_all(home, [exports]))
    else:
        typer.echo(f"{home.folder} holds data already; it is shown as it is.", err=True)
    if opening:
        start(home, port, address)


def sample_exports() -> Path:
    """The folder with the sample exports and their settings."""
    folder = Path(str(files("sample_data"))) / "exports"
    if not folder.is_dir():
        raise SupportKpiError(
            "The sample data is not there.", f"{folder} is missing.", "Run python -m sample_data.generate."
        )
    return folder


def copy_settings(exports: Path, home: Home) -> None:
    """Put the sample's settings and mappings into the home folder; what is there stays."""
    home.folder.mkdir(parents=True, exist_ok=True)
    for source in (exports.parent / "home").rglob("*.toml"):
        place = home.folder / source.relative_to(exports.parent / "home")
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, place)


def start(home: Home, port: int, address: str, read_only: bool = False) -> None:
    """Replace this process by the dashboard's, so that Ctrl-C and signals reach it."""
    command = server_command(port, address, load_settings(home).uploads.megabytes)
    environment = os.environ | {"SUPPORTKPI_HOME": str(home.folder.resolve())}
    if read_only:
        environment[READ_ONLY] = "1"
    typer.echo(f"The dashboard is on http://{address}:{port} (Ctrl-C ends it).", err=True)
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "posix":
        os.execve(command[0], command, environment)  # noqa: S606
    raise typer.Exit(subprocess.call(command, env=environment))  # noqa: S603


def server_command(port: int, address: str, upload_megabytes: int = 200) -> list[str]:
    """The command that runs the dashboard. A browser is opened where somebody sits at a terminal.

    Nothing is sent anywhere, errors show no code, and the installed files are not watched.
    """
    options = {
        "server.port": port,
        "server.address": address,
        "server.headless": str(not sys.stdout.isatty()).lower(),
        "server.showEmailPrompt": "false",
        "server.fileWatcherType": "none",
        "server.maxUploadSize": upload_megabytes,
        "server.enableXsrfProtection": "true",
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
    }
    application = str(files("dashboard").joinpath("app.py"))
    flags = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "streamlit", "run", application, *flags]


def refuse_taken(port: int, address: str) -> None:
    """Say in one sentence that something else listens there, before anything is started."""
    try:
        family = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0][0]
    except socket.gaierror as error:
        raise SupportKpiError(f"'{address}' is no address of this machine.", "", "Try 127.0.0.1.") from error
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise SupportKpiError(
                f"The dashboard cannot listen on {address}:{port}.",
                f"{error.strerror}.",
                f"Choose another port: --port {port + 1 if port < 65535 else 8501}.",
            ) from error
