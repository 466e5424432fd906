"""Which encoding a file is in, and a UTF-8 copy of it where it is another one."""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path

from etl.errors import FileRefusedError, UsageError

_CHUNK = 1 << 20
_HEAD = 1 << 16

#: Byte order marks, the longest first: the one of UTF-16 begins the one of UTF-32.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Look:
    """What one pass over the bytes tells. ``wrong_at`` is the first byte that is not UTF-8, None where all are."""

    sha256: str
    size: int
    head: bytes
    wrong_at: int | None
    has_nul: bool

    @property
    def encoding(self) -> str | None:
        """The encoding, None where only a single-byte code page is left."""
        for mark, name in _MARKS:
            if self.head.startswith(mark):
                return name
        if self.has_nul and (wide := _wide(self.head)):
            return wide
        return "utf-8" if self.wrong_at is None else None


def look(path: Path) -> Look:
    """Read the whole file once: its hash, whether it is UTF-8, whether it holds NUL characters."""
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    size, head, wrong_at, has_nul = 0, b"", None, False
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            head = head or chunk[:_HEAD]
            digest.update(chunk)
            has_nul = has_nul or b"\0" in chunk
            if wrong_at is None:
                wrong_at = _wrong(decoder, chunk, size)
            size += len(chunk)
    if wrong_at is None:
        wrong_at = _wrong(decoder, b"", size, final=True)
    return Look(digest.hexdigest(), size, head, wrong_at, has_nul)


def _wrong(decoder: codecs.IncrementalDecoder, chunk: bytes, offset: int, final: bool = False) -> int | None:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError as error:
        return offset + error.start
    return None


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: in western text nearly every other byte is NUL."""
    sample = head[: len(head) // 2 * 2]
    if not sample:
        return None
    even, odd = sample[::2].count(0) * 2 / len(sample), sample[1::2].count(0) * 2 / len(sample)
    if odd > 0.4 and even < 0.1:
        return "utf-16-le"
    if even > 0.4 and odd < 0.1:
        return "utf-16-be"
    return None


def head_text(seen: Look) -> str:
    """The beginning of the file as text, good enough to tell what kind of file it is."""
    return seen.head.decode(seen.encoding or "latin-1", errors="replace").lstrip("\ufeff")


def to_utf8(
    path: Path, seen: Look, copy: Path, encoding: str | None = None, control_bytes: str | None = None
) -> tuple[Path, str]:
    """Return a UTF-8 file with the same text and the name of the encoding it was in.

    Clean UTF-8 is returned as it is; anything else is transcoded, a megabyte at a time, to ``copy``. Raises
    UsageError for an encoding nobody knows and FileRefusedError for bytes the declared encoding does not have.
    """
    if encoding is None:
        encoding = seen.encoding
        if encoding is None:
            return copy, _from_code_page(path, copy)
    if _known(encoding) in {"utf-8", "utf-8-sig"} and seen.wrong_at is None:
        return path, "UTF-8"
    table = _control_table(control_bytes) if control_bytes else {}
    try:
        _transcode(path, copy, encoding, table)
    except UnicodeError as error:
        raise FileRefusedError(
            f"{path.name} is not text in {encoding}.",
            f"{str(error).capitalize()}.",
            "Declare its encoding in a mapping.",
        ) from error
    return copy, encoding + (f" with control bytes in {control_bytes}" if control_bytes else "")


def _from_code_page(path: Path, copy: Path) -> str:
    """Not Unicode: Windows-1252, or latin-1 where bytes occur that Windows-1252 has no character for."""
    try:
        _transcode(path, copy, "cp1252", {})
    except UnicodeError:
        _transcode(path, copy, "latin-1", {})
        return "latin-1"
    return "cp1252"


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError as error:
        raise UsageError(f"Nobody knows the encoding '{encoding}'.", next_step="Write one such as utf-8.") from error


def _control_table(code_page: str) -> dict[int, str]:
    """The characters of the bytes 0x80–0x9F in another code page; latin-1 has only control characters there."""
    return {byte: bytes([byte]).decode(_known(code_page), errors="replace") for byte in range(0x80, 0xA0)}


def _transcode(path: Path, copy: Path, encoding: str, table: dict[int, str]) -> None:
    with path.open(encoding=encoding, newline="") as source, copy.open("w", encoding="utf-8", newline="") as target:
        while chunk := source.read(_CHUNK):
            target.write(chunk.translate(table) if table else chunk)
