# SPDX-License-Identifier: Apache-2.0
"""Prints the table of where tools differ as Markdown: compare.py [PATH-OF-WAYMARK]. Run by compare.sh."""
import sys

import rows
from tools import all_tools


def grouped(answers):
    """Equal answers brought together, in the order in which they were first given."""
    together = {}
    for name, answer in answers:
        together.setdefault(answer, []).append(name)
    return "<br>".join(f"{answer}: {', '.join(names)}" for answer, names in together.items()) or "none has it"


def ours(answers):
    """What we answer; our rule sets are named, the packages' are not compared with them."""
    return grouped(answers) if len(answers) > 1 else (answers[0][1] if answers else "")


def main():
    tools = all_tools(sys.argv[1] if len(sys.argv) > 1 else None)
    print("| asked | the packages | Waymark | by the sources |")
    print("|---|---|---|---|")
    for question, ask, source in rows.ROWS:
        packages, own = [], []
        for tool in tools:
            for name, answer in answered(tool, ask):
                (own if tool.name == "Waymark" else packages).append((name, answer))
        print(f"| {question} | {grouped(packages)} | {ours(own)} | {source} |")


def answered(tool, ask):
    """(name, answer) of a tool: none, one, or one for each of its rule sets."""
    try:
        answer = ask(tool)
    except Exception:  # whatever a package raises, it refuses the series
        answer = "refused"
    if answer is None:
        return []
    if isinstance(answer, dict):
        own = tool.name == "Waymark"
        return [(rules if own else name_of(tool, rules, answer), said) for rules, said in answer.items() if said]
    return [(tool.name, answer)]


def name_of(tool, rules, answer):
    return tool.name if len(answer) == 1 else f"{tool.name} ({rules})"


main()
