#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Configuration + instant -> plan, compared with what a person has read and committed below expected/.

usage: golden.py PROGRAM [--regenerate] [CASE...]      prints TAP

--regenerate writes the expected files anew; read the difference before committing it.
"""
import argparse
import difflib
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def cases():
    with open(os.path.join(HERE, "cases"), encoding="utf-8") as file:
        for line in file:
            line = line.split("#")[0].strip()
            if line:
                name, config, time, arguments = [*(field.strip() for field in line.split("|")), ""][:4]
                yield name, os.path.join(ROOT if "/" in config else HERE, config), time, arguments.split()


def run(program, config, time, arguments):
    done = subprocess.run([program, config, time, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        return f"exit status {done.returncode}: {done.stderr}"
    return done.stdout


def compare(name, actual, regenerate):
    path = os.path.join(HERE, "expected", name + ".txt")
    if regenerate:
        with open(path, "w", encoding="utf-8") as file:
            file.write(actual)
        return []
    try:
        with open(path, encoding="utf-8") as file:
            expected = file.read()
    except FileNotFoundError:
        return [f"{path} is missing: --regenerate"]
    return list(difflib.unified_diff(expected.splitlines(), actual.splitlines(), "expected", "actual", lineterm=""))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--regenerate", action="store_true")
    options = parser.parse_args()
    chosen = [case for case in cases() if not options.names or case[0] in options.names]
    failed = 0
    print(f"1..{len(chosen)}")
    for number, (name, config, time, arguments) in enumerate(chosen, 1):
        difference = compare(name, run(options.program, config, time, arguments), options.regenerate)
        failed += bool(difference)
        print(f"{'not ok' if difference else 'ok'} {number} - {name}")
        for line in difference:
            print("# " + line)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
