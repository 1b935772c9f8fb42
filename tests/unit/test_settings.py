"""`mapper.toml` and site files: what they mean, and how mistakes in them are told."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapper.assets import standard_mappings
from mapper.settings import (
    SecretReference,
    SettingsError,
    Site,
    find_settings,
    load_settings,
    load_site,
    settings_for,
)
from mapper.settings.reader import line_of
from runtime.codecs.limits import DEFAULT_LIMITS

PROJECT = """
sources = ["maps"]
imports = ["shared"]
functions = ["clinic.functions"]

[sites]
north = "sites/north.toml"

[defaults]
site = "north"
bundle = "transaction"

[limits]
message = "2 MiB"
repetitions = 500
"""

SITE = """
zone = "America/Chicago"
base = "https://north.example/fhir/"
application = "MAPPER"
facility = "NORTH"
receiving_application = "ECW"
processing_id = "P"
overlays = ["sites.north"]

[identifier_systems]
PRACTICE = "https://north.example/mrn"

[tables.authority]
USSSA = "http://hl7.org/fhir/sid/us-ssn"

[tables.ward]
"3 W" = "three-west"

[secrets]
token = { env = "NORTH_TOKEN" }
"""

NO_ZONE = "1 zone: there is no time zone of this name"
NO_URI = ": must be an absolute URI, like https://practice.example/fhir"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("maps/inner", "shared", "sites"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "mapper.toml").write_text(PROJECT)
    (tmp_path / "sites/north.toml").write_text(SITE)
    return tmp_path


def problems(error: pytest.ExceptionInfo[SettingsError]) -> list[str]:
    return [f"{each.line} {each.key}: {each.message}" for each in error.value.problems]


def told(folder: Path, text: str, name: str = "mapper.toml") -> list[str]:
    (folder / name).write_text(text)
    with pytest.raises(SettingsError) as error:
        load_settings(folder / name) if name == "mapper.toml" else load_site(folder / name)
    return problems(error)


def test_a_project(project: Path) -> None:
    settings = settings_for(project / "maps" / "inner")
    assert settings.file == project / "mapper.toml"
    assert settings.roots == (project / "maps", project / "shared", standard_mappings())
    assert settings.bundle == "transaction"
    assert (settings.limits.message, settings.limits.repetitions) == (2 * 1024 * 1024, 500)
    assert settings.limits.depth == DEFAULT_LIMITS.depth


def test_a_site(project: Path) -> None:
    site = settings_for(project).find_site()
    assert site.name == "north"
    assert site.zone == ZoneInfo("America/Chicago")
    assert site.base == "https://north.example/fhir"
    assert site.overlays == ("sites.north",)
    assert site.tables["ward"] == {"3 W": "three-west"}
    assert site.tables["authority"] == {
        "USSSA": "http://hl7.org/fhir/sid/us-ssn",
        "PRACTICE": "https://north.example/mrn",
    }
    assert site.secrets == {"token": SecretReference("env", "NORTH_TOKEN")}
    assert site.member("application") == "MAPPER"
    assert site.member("zone") == "America/Chicago"
    assert site.member("endpoint") is None
    assert site.values.keys() == {
        "zone",
        "base",
        "application",
        "facility",
        "receiving_application",
        "processing_id",
    }


def test_members_are_a_closed_set() -> None:
    with pytest.raises(KeyError):
        Site().member("password")


def test_without_a_file_modules_lie_in_the_folder_itself(tmp_path: Path) -> None:
    assert find_settings(tmp_path) is None
    settings = settings_for(tmp_path)
    assert settings.sources == (tmp_path,)
    assert settings.find_site() == Site()


def test_functions_come_only_from_allowed_modules(project: Path) -> None:
    settings = settings_for(project)
    allowed = ["runtime.lib.text", "clinic.functions", "clinic.functions.names"]
    refused = ["os", "runtime.library", "runtime", "clinic", "clinic.functions_two"]
    assert [name for name in allowed + refused if settings.allows(name)] == allowed


def test_a_site_is_found_by_name_or_file(project: Path) -> None:
    settings = settings_for(project)
    assert settings.find_site("north").name == "north"
    assert settings.find_site(str(project / "sites/north.toml")).base == "https://north.example/fhir"
    with pytest.raises(SettingsError, match="there is no site 'nort'; did you mean `north`"):
        settings.find_site("nort")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('bundel = "message"', "1 bundel: there is no such setting"),
        ('[defaults]\n\nbundle = "batch"', "3 defaults.bundle: must be one of message, transaction"),
        ('[limits]\nmesage = 5', "2 limits.mesage: there is no such setting; did you mean `message`?"),
        ('[limits]\nmessage = "big"', '2 limits.message: must be a positive number, or a size like "16 MiB"'),
        ("limits.depth = 0", '1 limits.depth: must be a positive number, or a size like "16 MiB"'),
        ("limits.depth = true", '1 limits.depth: must be a positive number, or a size like "16 MiB"'),
        ('sources = "maps"', "1 sources: must be a list of texts"),
        ("imports = [1]", "1 imports: must be a list of texts in quotes"),
        ('functions = ["os; rm"]', "1 functions: 'os; rm' is not the name of a Python module, like clinic.functions"),
        ('sites = 3', "1 sites: must be a table"),
        ('[defaults]\nsite = "x"', "2 defaults.site: [sites] has no such site"),
        ("a = ", "1 : Invalid value"),
    ],
)  # fmt: skip
def test_mistakes_in_a_project(tmp_path: Path, text: str, expected: str) -> None:
    assert told(tmp_path, text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('zone = "America/Chcago"', NO_ZONE + "; did you mean `America/Chicago`?"),
        ('zone = "../../etc/passwd"', NO_ZONE + "; an IANA name is wanted, like America/Chicago"),
        ('base = "north"', "1 base" + NO_URI),
        ('overlays = ["a b"]', "1 overlays: 'a b' is not the name of a module, like sites.north_clinic"),
        ('[tables.ward]\nA = 3', "2 tables.ward.A: must be a text in quotes"),
        ('[identifier_systems]\nX = "mrn"', "2 identifier_systems.X" + NO_URI),
        ('zoen = "X"', "1 zoen: there is no such setting; did you mean `zone`?"),
    ],
)  # fmt: skip
def test_mistakes_in_a_site(tmp_path: Path, text: str, expected: str) -> None:
    assert told(tmp_path, text, "x.toml") == [expected]


@pytest.mark.parametrize("secret", ['"hunter2"', "5", '{ env = "A", file = "b" }', '{ vault = "hunter2" }'])
def test_a_secret_in_the_open_is_refused_and_not_repeated(tmp_path: Path, secret: str) -> None:
    (message,) = told(tmp_path, f"[secrets]\ntoken = {secret}", "x.toml")
    assert message.startswith("2 secrets.token: a secret stands here by reference only")
    assert "hunter2" not in message


def test_folders_with_code_lists_must_be_there(tmp_path: Path) -> None:
    (tmp_path / "codes").mkdir()
    (tmp_path / "mapper.toml").write_text('sources = []\n[x12]\ncodes = ["codes"]\n')
    assert load_settings(tmp_path / "mapper.toml").x12_codes == (tmp_path.resolve() / "codes",)
    assert told(tmp_path, '[x12]\ncodes = ["none"]') == [
        f"2 x12.codes: there is no folder {tmp_path.resolve() / 'none'}"
    ]


def test_x12_guides_lie_inside_the_project(tmp_path: Path) -> None:
    (tmp_path / "out.xml").write_text("<transaction/>")
    project = tmp_path / "project"
    project.mkdir()
    (project / "link.xml").symlink_to(tmp_path / "out.xml")
    for name in ("../out.xml", "link.xml", str(tmp_path / "out.xml")):
        (message,) = told(project, f'[x12]\nmaps = ["{name}"]')
        assert message == f"2 x12.maps: {(tmp_path / 'out.xml').resolve()} lies outside the project"
    assert told(project, '[x12]\nmaps = ["none.xml"]') == [
        f"2 x12.maps: there is no file {project.resolve() / 'none.xml'}"
    ]
    assert told(project, '[x12]\nmaps = ["a\\u0000b"]') == ["2 x12.maps: 'a\\x00b' is not the name of a file"]
    assert told(project, "[x12]\nmap = []") == ["2 x12.map: there is no such setting; did you mean `maps`?"]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = 'sources = ["none"]\nfoo = 1\n[sites]\na = "gone.toml"\n'
    assert [message.split(":")[0] for message in told(tmp_path, text)] == ["1 sources", "2 foo", "4 sites.a"]


def test_unreadable_files(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b'name = "caf\xe9"')
    for name, message in (("latin.toml", "is not UTF-8 at byte 12"), ("gone.toml", "cannot be read")):
        with pytest.raises(SettingsError, match=message):
            load_site(tmp_path / name)


def test_the_documented_files_are_valid(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")
    project, site = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    folders = ("mappings", "sites", "guides", "codes")
    for folder in ("shared/mappings", *(f"project/{name}" for name in folders)):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "project/guides/834.xml").write_text("<transaction/>")
    for name in ("north", "south"):
        (tmp_path / f"project/sites/{name}.toml").write_text(site)
    (tmp_path / "project/mapper.toml").write_text(project)
    settings = load_settings(tmp_path / "project/mapper.toml")
    assert settings.limits == DEFAULT_LIMITS
    assert settings.x12_maps == (tmp_path.resolve() / "project/guides/834.xml",)
    assert settings.x12_codes == (tmp_path.resolve() / "project/codes",)
    assert settings.find_site().tables.keys() == {"authority", "ward"}


@given(st.text("[]a.b=\"'#\n 1", max_size=60), st.lists(st.sampled_from("ab"), max_size=3))
def test_a_line_is_found_or_not_but_never_invented(text: str, key: list[str]) -> None:
    assert 0 <= line_of(text, key) <= text.count("\n") + 1


@given(st.binary(max_size=80) | st.text("[]a=\"'#\n 1{},zonebasecrts", max_size=80).map(str.encode))
def test_only_settings_errors_come_out(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(data)
    for load in (load_site, load_settings):
        with suppress(SettingsError):
            load(path)
