#!/usr/bin/env python3
"""Measures dfopt and the peers that are installed on a tree of Dockerfiles, and prints the table of README's section Speed.

    benches/peers.py TREE [NAME=PROGRAM ...] [--runs=9] [--write]

A program is looked for on PATH, dfopt also in target/release; NAME=PROGRAM says where it is. `dprint` needs its plugin, too:
`dprint-plugin=dockerfile.wasm`. Files that one of the programs can't read are left out for all, since some stop at the first.
Each command runs once unmeasured, then as often as asked for, all programs in turn; the medians are told: the CPU time of all
processes, and the time that passed. `--write` puts the table into README.md.
"""

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
ONE = """FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .
ENV PORT=8000
RUN apt-get update && apt-get install -y curl
EXPOSE 8000
USER 1000
CMD ["python", "app.py"]
"""
# what each does, its arguments before the files, and what it is asked for its version
PEERS = {
    "dfopt": ("rewrites, checked", ["--check"], "--version"),
    "dockerfmt": ("formats", ["-c"], "version"),
    "dprint": ("formats", ["check", "--incremental=false"], "--version"),
    "dockerfile-doctor": ("lints, 51 repairs", [], "--version"),
    "tally": ("lints, 80 repairs", ["lint", "--no-config", "--slow-checks=off"], "version"),
    "hadolint": ("lints", ["-f", "json"], "--version"),
    "droast": ("lints, 4 repairs", ["--no-roast"], "--version"),
}


def programs(given):
    """The programs that are there, by name."""
    out = {}
    for name in PEERS:
        built = HERE / "target/release/dfopt" if name == "dfopt" else Path()
        path = given.get(name) or (str(built) if built.is_file() else shutil.which(name))
        if path and (name != "dprint" or "dprint-plugin" in given):
            out[name] = path
    return out


def command(name, path, files, given):
    arguments = PEERS[name][1]
    if name == "dprint":
        config = Path(files[0]).parents[1] / "dprint.json"
        config.write_text(json.dumps({"plugins": [str(Path(given["dprint-plugin"]).resolve())]}))
        arguments = arguments + [f"--config={config}"]
    return [path, *arguments, *files]


def run(command):
    """Exit code, seconds of CPU, seconds that passed."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, used.ru_utime + used.ru_stime, time.perf_counter() - start


def measured(commands, runs):
    """The medians for each command, which run in turn."""
    times = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, one in commands.items():
            result = run(one)[1:]
            if turn > 0:
                times[name].append(result)
    return {name: [statistics.median(column) for column in zip(*all)] for name, all in times.items()}


def copied(tree, room, there, given):
    """The Dockerfiles of a tree that all programs read, each in a directory of its own, which is no other's build context."""
    named = re.compile(r"(^|\.)(Dockerfile|Containerfile)(\.|$)", re.IGNORECASE)
    found = sorted(path for path in Path(tree).rglob("*") if path.is_file() and named.search(path.name))
    out = []
    for number, path in enumerate(found):
        file = room / str(number) / "Dockerfile"
        file.parent.mkdir()
        shutil.copyfile(path, file)
        # formatters stop at what they can't read, and say so by a code of their own
        strict = [name for name in ("dockerfmt", "dfopt") if name in there]
        if all(run(command(name, there[name], [str(file)], given))[0] in (0, 1) for name in strict):
            out.append(str(file))
        else:
            shutil.rmtree(file.parent)
    return out


def version(name, path):
    """What a program says that it is, with a blank before it; nothing if it does not say."""
    said = subprocess.run([path, PEERS[name][2]], capture_output=True, text=True, check=False)
    found = re.search(r"\d+\.\d+[.\d]*", said.stdout + said.stderr)
    return f" {found[0].rstrip('.')}" if found else ""


def machine():
    models = re.findall(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text()) if Path("/proc/cpuinfo").exists() else []
    return f"{len(os.sched_getaffinity(0))} cores" + (f" of {models[0]}" if models else "")


def table(tree, given, runs):
    there = programs(given)
    with tempfile.TemporaryDirectory() as name:
        one, room = Path(name, "one/app/Dockerfile"), Path(name, "tree")
        room.mkdir()
        one.parent.mkdir(parents=True)
        files = copied(tree, room, there, given)
        one.write_text(ONE)
        lines = sum(Path(file).read_bytes().count(b"\n") for file in files)
        alone = measured({name: command(name, path, [str(one)], given) for name, path in there.items()}, runs)
        empty = measured({"": [shutil.which("true") or "true"]}, runs)[""]
        whole = measured({name: command(name, path, files, given) for name, path in there.items()}, runs)
    rows = [f"| {name}{version(name, there[name])} | {PEERS[name][0]} | {alone[name][1] * 1000:.1f} ms | {cpu:.3f} s | {wall:.3f} s |"
            for name, (cpu, wall) in sorted(whole.items(), key=lambda row: row[1])]
    return "\n".join([
        f"Measured on {machine()} by `benches/peers.py`: medians of {runs} runs, all programs in turn, {len(files)} real Dockerfiles of",
        f"{lines:,} lines. An empty process takes {empty[1] * 1000:.1f} ms.",
        "",
        "| program | what it does | one file of 10 lines | the tree: CPU | the tree: time |",
        "| --- | --- | --- | --- | --- |",
        *rows,
    ])


def main(arguments):
    flags = [one for one in arguments if one.startswith("--")]
    words = [one for one in arguments if not one.startswith("--")]
    given = dict(word.split("=", 1) for word in words if "=" in word)
    trees = [word for word in words if "=" not in word]
    if len(trees) != 1:
        sys.exit(__doc__)
    runs = next((int(flag[len("--runs="):]) for flag in flags if flag.startswith("--runs=")), 9)
    text = table(trees[0], given, runs)
    print(text)
    if "--write" in flags:
        readme = HERE / "README.md"
        parts = re.split(r"(<!-- speed -->\n|<!-- end of speed -->\n)", readme.read_text())
        parts[2] = text + "\n"
        readme.write_text("".join(parts))


main(sys.argv[1:])
