"""Fetch the fonts of the papers and the assets of the API documentation: exact versions, never committed.

Does nothing when every file is in place and right; needs `npm` otherwise. Run from anywhere.
"""

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LIST = Path(__file__).with_name("assets.json")


def main() -> int:
    """Fetch what is missing or differs; 1 when a fetched file is not the one the list names."""
    for package in json.loads(LIST.read_text("utf-8")):
        wanted = [file for file in package["files"] if not in_place(file)]
        if wanted:
            print(f"fetching {package['name']} {package['version']}")
            for name in fetch(package, wanted):
                print(f"{name}: not the file whose SHA-256 is listed in {LIST.name}", file=sys.stderr)
                return 1
    return 0


def in_place(file: dict[str, str]) -> bool:
    """Whether the file is there with the listed SHA-256."""
    path = ROOT / file["to"]
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == file["sha256"]


def fetch(package: dict[str, Any], files: list[dict[str, str]]) -> list[str]:
    """Write the files of the package; or write none and name those that differ from the list."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", "--pack-destination", folder, f"{package['name']}@{package['version']}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as members:
            contents = {file["to"]: read(members, f"package/{file['from']}") for file in files}
    wrong = [file["to"] for file in files if hashlib.sha256(contents[file["to"]]).hexdigest() != file["sha256"]]
    if not wrong:
        for name, content in contents.items():
            (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / name).write_bytes(content)
    return wrong


def read(archive: tarfile.TarFile, name: str) -> bytes:
    """The bytes of one regular file of the archive."""
    member = archive.extractfile(name)
    if member is None:
        raise FileNotFoundError(name)
    return member.read()


if __name__ == "__main__":
    sys.exit(main())
