#!/usr/bin/env python3
"""Makes the table of a fault run from the lines its tests left: faults_table.py FOLDER SIZE."""
import datetime
import json
import pathlib
import re
import subprocess
import sys

folder, size = pathlib.Path(sys.argv[1]), sys.argv[2]
rows = [json.loads(path.read_text()) for path in folder.glob("*.json")]
rows.sort(key=lambda row: (int(re.sub(r"\D", "", row["Fault"]) or 0), row["What"]))


def git(*words):
    return subprocess.run(["git", *words], capture_output=True, text=True, check=False).stdout.strip()


def seconds(text):
    hours, minutes, rest = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


# The table itself may differ from the commit; anything else must be told.
changed = [line for line in git("status", "--porcelain").splitlines() if not line.endswith("tests/FAULTS.md")]
commit = git("rev-parse", "--short=12", "HEAD") + (" with changes" if changed else "")
now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
print("# Faults played against the real programs\n")
print(f"Written by `make faults{'-nightly' if size == 'nightly' else ''}`: size {size}, commit {commit}, {now}. A seed repeats its row:")
print("`PENSTOCK_SEED=n tests/faults.sh ci CLASS`. Told: samples that were never accepted, named by a gap. Recovery: until the part")
print("that was ended works again, the longest.\n")
print("| fault | what | injected | records judged | lost | double | unexplained | told | longest recovery | seed |")
print("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|")
for row in rows:
    recovery = seconds(row["Recovery"])
    print(
        f"| {row['Fault']} | {row['What']} | {row['Injected']:,} | {row['Records']:,} | {row['Lost']} | {row['Double']} | {row['Unexplained']} "
        f"| {row['Told']:,} | {f'{recovery:.1f} s' if recovery else ''} | {row['Seed'] or ''} |"
    )
for row in rows:
    if row.get("Seconds"):
        print(f"\n## {row['Fault']}, {row['What']}: longest, in seconds\n")
        for what, longest in row["Seconds"].items():
            print(f"- {what}: {longest}")
for row in rows:
    if row.get("Figures"):
        print(f"\n## {row['Fault']}, {row['What']}\n")
        for what, figure in row["Figures"].items():
            print(f"- {what}: {figure}")
log = folder / "run.log"
lines = log.read_text(errors="replace").splitlines() if log.exists() else []
for title, mark in (("Not run here", "[SKIP]"), ("Failed", "[FAIL]")):
    found = sorted({line.strip().replace("Penstock.IntegrationTests.Faults.", "").replace(f" {mark}", "") for line in lines if line.endswith(mark)})
    if found:
        print(f"\n## {title}\n")
        for name in found:
            print(f"- {name}")
