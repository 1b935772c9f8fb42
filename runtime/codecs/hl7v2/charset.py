"""Character sets of HL7 v2 messages: MSH-18 (table 0211), byte order marks, and a fallback that is told."""

from __future__ import annotations

import re

from runtime.codecs.findings import BAD_CHARACTER_SET, Findings

# HL7 table 0211 (v2.8.2, chapter 2C), DICOM's ISO IR names, and names that senders use instead.
_NAMES = {
    "ASCII": "ascii",
    **{f"8859/{part}": f"iso8859-{part}" for part in (*range(1, 12), *range(13, 17))},
    "ISO IR6": "ascii",
    "ISO IR14": "shift_jis",
    "ISO IR87": "iso2022_jp",
    "ISO IR159": "iso2022_jp_1",
    "ISO IR100": "iso8859-1",
    "ISO IR101": "iso8859-2",
    "ISO IR109": "iso8859-3",
    "ISO IR110": "iso8859-4",
    "ISO IR144": "iso8859-5",
    "ISO IR127": "iso8859-6",
    "ISO IR126": "iso8859-7",
    "ISO IR138": "iso8859-8",
    "ISO IR148": "iso8859-9",
    "ISO IR166": "tis-620",
    "GB 18030-2000": "gb18030",
    "GB 18030": "gb18030",
    "KS X 1001": "euc_kr",
    "BIG-5": "big5",
    "UNICODE": "utf-8",
    "UNICODE UTF-8": "utf-8",
    "UNICODE UTF-16": "utf-16",
    "UNICODE UTF-32": "utf-32",
    "UTF-8": "utf-8",
    "WINDOWS-1252": "cp1252",
}
_KEYS = {re.sub(r"[^A-Z0-9]", "", name): codec for name, codec in _NAMES.items()} | {
    "UTF8": "utf-8",
    "CP1252": "cp1252",
    **{f"ISO8859{part}": f"iso8859-{part}" for part in (*range(1, 12), *range(13, 17))},
}
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"M\x00S\x00H\x00", "utf-16-le"),
    (b"\x00M\x00S\x00H", "utf-16-be"),
)
_UTF_8_MARK = b"\xef\xbb\xbf"


def codec_name(declared: str) -> str:
    """Python's name of a character set of table 0211; empty if it is not known."""
    return _KEYS.get(re.sub(r"[^A-Z0-9]", "", declared.upper()), "")


def decode_text(data: bytes, findings: Findings) -> tuple[str, str]:
    """Text of a message, and the codec that read it. Never fails: Latin-1 reads every byte, and is told."""
    wide = next((codec for mark, codec in _MARKS if data.startswith(mark)), "")
    if wide:
        return _decode_wide(data, wide, findings)
    if data.isascii():
        return data.decode("ascii"), "utf-8"
    return _decode_declared(data.removeprefix(_UTF_8_MARK), declared_set(data), findings)


def declared_set(data: bytes) -> str:
    """The first repetition of MSH-18 as it stands in the bytes; empty if there is none."""
    start = data.find(b"MSH")
    if start < 0 or len(data) < start + 5:
        return ""
    line = re.split(rb"[\r\n]", data[start : start + 4096], maxsplit=1)[0]
    fields = line.split(line[3:4])
    if len(fields) < 18:
        return ""
    return fields[17].split(line[5:6] or b"~")[0].decode("latin-1").strip()


def _decode_declared(data: bytes, declared: str, findings: Findings) -> tuple[str, str]:
    codec = codec_name(declared)
    if codec in ("utf-16", "utf-32"):
        findings.tell(
            BAD_CHARACTER_SET,
            "warning",
            "MSH-18",
            "the bytes are not in the wide character set that is declared",
        )
        codec = ""
    try:
        text = data.decode(codec or "utf-8")
    except UnicodeDecodeError as problem:
        return _guess(data, codec, problem.start, findings)
    if codec not in ("", "utf-8") and _is_utf_8(data):
        message = "the bytes beyond ASCII would also be valid UTF-8; the declared character set was used"
        findings.tell(BAD_CHARACTER_SET, "warning", "MSH-18", message)
    return text, codec or "utf-8"


def _guess(data: bytes, codec: str, position: int, findings: Findings) -> tuple[str, str]:
    for guess in ("utf-8", "cp1252", "latin-1"):
        if guess == codec:
            continue
        try:
            text = data.decode(guess)
        except UnicodeDecodeError:
            continue
        message = f"not valid {codec or 'utf-8'} at byte {position}; read as {guess}"
        findings.tell(BAD_CHARACTER_SET, "warning", f"byte {position}", message)
        return text, guess
    raise AssertionError("latin-1 reads every byte")


def _decode_wide(data: bytes, codec: str, findings: Findings) -> tuple[str, str]:
    try:
        return data.decode(codec).lstrip("\ufeff"), codec
    except UnicodeDecodeError as problem:
        message = f"not valid {codec} from byte {problem.start} on; what cannot be read is replaced"
        findings.tell(BAD_CHARACTER_SET, "warning", f"byte {problem.start}", message)
        return data.decode(codec, "replace").lstrip("\ufeff"), codec


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
