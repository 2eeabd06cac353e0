"""The house keeps its shape: traps that only some launchers fall into, and locks that belong together."""

import hashlib
import platform
import re
import subprocess
import sys
from pathlib import Path

from tests import order
from tollmark import bootstrap

ROOT = Path(__file__).resolve().parents[2]
PINNED = re.compile(r"^([a-z0-9._-]+)==(\S+)", re.MULTILINE)


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [Path(name) for name in listed.stdout.splitlines()]


def test_the_folder_platform_is_no_package_and_hides_nothing() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()
    assert [child.name for child in (ROOT / "platform").iterdir() if child.name != "__pycache__"] == ["tollmark"]
    assert platform.python_version().startswith("3.")


def test_no_test_folder_is_named_platform_and_each_is_a_package() -> None:
    folders = {path.parent for path in _tracked() if path.parts[0] == "tests" and path.suffix == ".py"}
    assert Path("tests/platform") not in folders
    assert [str(folder) for folder in folders if not (ROOT / folder / "__init__.py").exists()] == []


def test_the_top_level_holds_what_it_should() -> None:
    allowed = {
        *("manage.py", "pyproject.toml", "README.md", "platform", "apps", "templates", "static", "tests", "deploy"),
        *("CHANGELOG.md", "CONTRIBUTING.md", "DECISIONS.md", "LICENSE"),
    }
    assert {path.parts[0] for path in _tracked() if not path.parts[0].startswith(".")} <= allowed


def test_the_test_lock_holds_everything_of_the_main_lock_in_the_same_version() -> None:
    main = dict(PINNED.findall(bootstrap.LOCKS["main"].read_text()))
    test = dict(PINNED.findall(bootstrap.LOCKS["test"].read_text()))
    assert main
    assert {name: test.get(name) for name in main} == main
    assert "pytest" in test
    assert "pytest" not in main


def test_locks_name_no_place_to_download_from() -> None:
    for lock in bootstrap.LOCKS.values():
        assert "://" not in lock.read_text()


def test_every_pin_is_hashed() -> None:
    for lock in bootstrap.LOCKS.values():
        for entry in re.split(r"\n(?=[a-z0-9])", lock.read_text()):
            if PINNED.match(entry):
                assert "--hash=sha256:" in entry, entry


def test_the_bootstrap_needs_nothing_but_the_standard_library() -> None:
    code = "import sys; sys.path.insert(0, 'platform'); from tollmark import bootstrap; print(*sys.modules)"
    command = [sys.executable, "-I", "-S", "-c", code]
    loaded = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    foreign = {name.split(".")[0] for name in loaded} - set(sys.stdlib_module_names) - {"tollmark", "__main__"}
    assert foreign == set()


def test_a_lock_that_changed_makes_the_environment_stale(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    assert not bootstrap.is_fresh(tmp_path, "main")
    lock = bootstrap.LOCKS["main"].read_bytes()
    (tmp_path / ".lock-main").write_text(hashlib.sha256(lock).hexdigest())
    assert bootstrap.is_fresh(tmp_path, "main")
    assert not bootstrap.is_fresh(tmp_path, "test")
    (tmp_path / ".lock-main").write_text(hashlib.sha256(lock + b"\n").hexdigest())
    assert not bootstrap.is_fresh(tmp_path, "main")


def test_the_files_that_are_begun_first_are_there() -> None:
    assert [file for file in order.FIRST if not (ROOT / file).is_file()] == []
