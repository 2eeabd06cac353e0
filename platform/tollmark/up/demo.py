"""The demo, seeded by its own command through the running platform."""

from collections.abc import Mapping
from pathlib import Path

from tollmark.up import programs
from tollmark.up.supervisor import Supervisor


def was_seeded(data: Path) -> bool:
    return _said(data).exists()


def seed(supervisor: Supervisor, environment: Mapping[str, str], data: Path, url: str) -> None:
    """Lay it, or continue it up to now. Its last line says how to get in, and is kept for the next start."""
    if supervisor.run(programs.command("demo", "seed", "--url", url, environment=environment)):
        supervisor.say("The demo is not complete; the platform runs on without.")
        return
    file = _said(data)
    file.touch(mode=0o600)
    file.write_text(supervisor.output.last_line.get("demo", ""))


def sign_in(data: Path) -> list[str]:
    return [_said(data).read_text(), ""] if was_seeded(data) else []


def _said(data: Path) -> Path:
    return data / "demo.seeded"
