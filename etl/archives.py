"""Zip and gzip: what is inside, unpacked under names of our own. A member's name is never a path on disk."""

from __future__ import annotations

import gzip
import shutil
import zipfile
import zlib
from pathlib import Path
from uuid import uuid4

from etl.errors import FileRefusedError

MOST_MEMBERS = 1_000
MOST_BYTES = 20 * 1024**3
#: Text packs about 10 to 1, repetitive logs 50 to 1; a bomb packs 1000 to 1.
MOST_RATIO = 300
_CHUNK = 1 << 20
_FREE_RATIO_BYTES = 50 * 1024**2


def unzip(path: Path, name: str, temporary: Path) -> list[tuple[str, Path]]:
    """Unpack every file of a zip archive: (name to show, path). The archive is taken whole or refused whole."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if _is_wanted(member.filename)]
            _guard(members, name)
            return [(f"{name}/{member.filename}", _unpack(archive, member, temporary)) for member in members]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise FileRefusedError(
            f"{name} cannot be unpacked.", _why(error), "Nothing was taken from it. Fetch or pack it again."
        ) from error


def gunzip(path: Path, name: str, temporary: Path) -> Path:
    """Unpack a gzip file."""
    target = temporary / uuid4().hex
    try:
        with gzip.open(path) as source, target.open("wb") as copy:
            written = 0
            while chunk := source.read(_CHUNK):
                written += len(chunk)
                _guard_size(written, path.stat().st_size, name)
                copy.write(chunk)
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise FileRefusedError(
            f"{name} cannot be unpacked.", _why(error), "Nothing was taken from it. Fetch or pack it again."
        ) from error
    return target


def _is_wanted(filename: str) -> bool:
    """Folders, and what macOS and Windows leave behind, are not exports."""
    last = filename.rsplit("/", 1)[-1]
    return bool(last) and not filename.startswith("__MACOSX/") and not last.startswith(".") and last != "Thumbs.db"


def _guard(members: list[zipfile.ZipInfo], name: str) -> None:
    if not members:
        raise FileRefusedError(f"{name} is an archive with nothing in it.", next_step="Pack the export again.")
    if len(members) > MOST_MEMBERS:
        raise FileRefusedError(
            f"{name} holds {len(members):,} files.",
            f"At most {MOST_MEMBERS:,} are unpacked.",
            "Unpack it yourself and load the folder.",
        )
    if any(member.flag_bits & 1 for member in members):
        raise FileRefusedError(
            f"{name} is locked with a password.", next_step="Unpack it yourself and load the folder."
        )
    _guard_size(sum(m.file_size for m in members), sum(m.compress_size for m in members), name)


def _guard_size(unpacked: int, packed: int, name: str) -> None:
    is_bomb = unpacked > _FREE_RATIO_BYTES and unpacked > MOST_RATIO * max(packed, 1)
    if unpacked > MOST_BYTES or is_bomb:
        raise FileRefusedError(
            f"{name} unpacks to {unpacked / 1024**2:,.0f} MB out of {packed / 1024**2:,.1f} MB.",
            "That is more than an export does.",
            "If you trust it, unpack it yourself and load the folder.",
        )


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, temporary: Path) -> Path:
    target = temporary / uuid4().hex
    with archive.open(member) as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy, _CHUNK)
    return target


def _why(error: Exception) -> str:
    if isinstance(error, EOFError) or "not a zip file" in str(error):
        return "The file ends too early: it was cut off on its way."
    return f"{str(error).rstrip('.')}."
