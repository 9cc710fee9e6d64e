# SPDX-License-Identifier: GPL-2.0-or-later
"""axe-core, run in the browser on the page that it shows.

It comes from npm, in the version and with the checksum of package-lock.json, once, into BUILD/axe-core/; from then on no network is
needed. `/usr/bin/python3 tests/browser/axe.py` fetches it ahead of the tests (for scripts/setup, or to fill a cache). With npm it is
`npm ci`; without npm the archive that the lock file names is fetched and checked against the lock file's sha512.
"""
import base64
import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("GERBANG_BUILD", os.path.join(os.path.dirname(os.path.dirname(HERE)), "build"))
SCRIPT = os.path.join(BUILD, "axe-core", "axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


def locked():
    with open(os.path.join(HERE, "package-lock.json")) as file:
        return json.load(file)["packages"]["node_modules/axe-core"]


def with_npm(directory):
    for name in ("package.json", "package-lock.json"):
        shutil.copy(os.path.join(HERE, name), directory)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=directory, check=True, timeout=300)
    with open(os.path.join(directory, "node_modules", "axe-core", "axe.min.js"), "rb") as file:
        return file.read()


def without_npm():
    entry = locked()
    with urllib.request.urlopen(entry["resolved"], timeout=120) as response:
        archive = response.read()
    if "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode() != entry["integrity"]:
        raise RuntimeError(f"{entry['resolved']} is not what package-lock.json names")
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return tar.extractfile("package/axe.min.js").read()


def fetch():
    """The path of the script, fetched if it is not there, or is another version than the lock file's."""
    mark = SCRIPT + ".version"
    version = locked()["version"]
    if os.path.exists(SCRIPT) and os.path.exists(mark) and open(mark).read() == version:
        return SCRIPT
    with tempfile.TemporaryDirectory() as directory:
        script = with_npm(directory) if shutil.which("npm") else without_npm()
    os.makedirs(os.path.dirname(SCRIPT), exist_ok=True)
    with open(SCRIPT, "wb") as file:
        file.write(script)
    with open(mark, "w") as file:
        file.write(version)
    return SCRIPT


def violations(driver, ignore=()):
    """What axe finds on the page: one line a finding."""
    with open(fetch(), encoding="utf-8") as file:
        driver.execute_script(file.read())
    rules = {name: {"enabled": False} for name in ignore}
    result = driver.execute_async_script(
        "const [tags, rules, done] = arguments;"
        "axe.run(document, {runOnly: {type: 'tag', values: tags}, rules: rules, resultTypes: ['violations', 'incomplete']})"
        ".then(done, error => done({violations: [{id: 'axe', help: String(error), nodes: []}], passes: []}))", RULES, rules)
    assert len(result["passes"]) >= 10, "axe judged next to nothing"
    return [f"{found['id']}: {found['help']}: {node['html'][:200]} ({' '.join(node['failureSummary'].split())})"
            for found in result["violations"] for node in (found["nodes"] or [{"html": "", "failureSummary": ""}])]


if __name__ == "__main__":
    print(fetch())
