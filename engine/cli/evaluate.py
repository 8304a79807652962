"""`fewshot evaluate`: how well algorithms learn from a few examples, where the answers are known."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from engine.cli.base import Command
from engine.cli.numbers import at_least

if TYPE_CHECKING:
    from engine.evaluation.comparison import Question, Result


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        nargs="+",
        required=True,
        metavar="PATH",
        help="folders or zips with a folder of pictures a class, files or folders of glyph arrays (.npz), or "
        "the word “synthetic” for invented characters",
    )
    parser.add_argument(
        "--algorithm", nargs="+", default=["all"], metavar="NAME", help="one or more, or: all (the default)"
    )
    parser.add_argument(
        "--backbone", default="efficientnet-lite0", metavar="NAME", help="default: %(default)s"
    )
    parser.add_argument("--include", nargs="+", default=[], metavar="PREFIX", help="only classes named so")
    parser.add_argument("--way", nargs="+", type=at_least(2), default=[5], metavar="N", help="default: 5")
    parser.add_argument(
        "--shot", nargs="+", type=at_least(1), default=[1, 5], metavar="K", help="default: 1 5"
    )
    parser.add_argument("--query", type=at_least(1), default=5, metavar="N", help="default: %(default)s")
    parser.add_argument("--episodes", type=at_least(1), default=600, metavar="N", help="default: %(default)s")
    parser.add_argument("--seed", type=at_least(0), default=0, metavar="S", help="default: %(default)s")
    parser.add_argument("--device", default="auto", metavar="D", help="auto, cpu, cuda:N or mps")
    parser.add_argument(
        "--transductive",
        action="store_true",
        help="judge an episode's pictures together where the algorithm can, as papers of the MAML family do",
    )
    parser.add_argument(
        "--turns",
        type=int,
        choices=(1, 4),
        default=1,
        help="4: a class in each of its four turns counts as a class, as papers on Omniglot do",
    )
    parser.add_argument("--json", action="store_true", help="print the results as JSON on stdout")


def _run(options: argparse.Namespace) -> int:
    # Here, not above: it loads torch, which a wrong call should not have to wait for.
    from engine.evaluation.comparison import Question

    question = Question(
        tuple(options.data),
        tuple(options.algorithm),
        options.backbone,
        tuple(dict.fromkeys(options.way)),
        tuple(dict.fromkeys(options.shot)),
        options.query,
        options.episodes,
        options.seed,
        tuple(options.include),
        options.transductive,
        options.turns,
        options.device,
    )
    results = _follow(question)
    if options.json:
        print(json.dumps([_as_json(result, question) for result in results], indent=2))
    else:
        _print_tables(results, question)
    return 0


def _follow(question: Question) -> list[Result]:
    from engine.evaluation.comparison import Result, compare
    from engine.meta_training.reading import Notice, ReadingData

    results: list[Result] = []
    with tqdm(disable=None, file=sys.stderr, unit="") as bar:
        for event in compare(question):
            match event:
                case ReadingData(name=name, pictures=pictures):
                    bar.set_description(f"Reading {name}", refresh=False)
                    bar.n = pictures
                    bar.refresh()
                case Notice(message=message):
                    bar.write(message, file=sys.stderr)
                case Result(data=data, algorithm=algorithm):
                    results.append(event)
                    bar.set_description(f"Judged {algorithm} on {data}", refresh=False)
                    bar.n = len(results)
                    bar.refresh()
    return results


def _as_json(result: Result, question: Question) -> dict[str, Any]:
    evaluation = result.evaluation
    return {
        "data": result.data,
        "algorithm": result.algorithm,
        "backbone": question.backbone,
        "way": result.way,
        "shot": result.shot,
        "query": question.query,
        "episodes": evaluation.accuracy.episodes,
        "seed": question.seed,
        "accuracy": evaluation.accuracy.mean,
        "interval": evaluation.accuracy.interval,
        "milliseconds": evaluation.milliseconds,
        "transductive": evaluation.transductive,
    }


def _print_tables(results: list[Result], question: Question) -> None:
    """For each data set a table: a row an algorithm, a column a task."""
    for data in dict.fromkeys(result.data for result in results):
        mine = [result for result in results if result.data == data]
        tasks = list(dict.fromkeys((result.way, result.shot) for result in mine))
        rows = [["", *(f"{way}-way {shot}-shot" for way, shot in tasks)]]
        for algorithm in dict.fromkeys(result.algorithm for result in mine):
            cells = [_cell(result) for result in mine if result.algorithm == algorithm]
            rows.append([_name(algorithm, mine, question), *cells])
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        print(f"{data} on {question.backbone}: accuracy ± 95 % interval, and time an episode")
        for first, *rest in rows:
            cells = [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
            print("  ".join([first.ljust(widths[0]), *cells]).rstrip())
        print()
    print(
        f"{question.episodes} episodes each with {question.query} pictures a class to be judged on, "
        f"seed {question.seed}."
    )


def _name(algorithm: str, results: list[Result], question: Question) -> str:
    """With its mode, where modes may differ."""
    if not question.transductive:
        return algorithm
    modes = {result.evaluation.transductive for result in results if result.algorithm == algorithm}
    return f"{algorithm} ({'transductive' if modes == {True} else 'inductive'})"


def _cell(result: Result) -> str:
    return f"{result.evaluation.accuracy}  {result.evaluation.milliseconds:6.1f} ms"


COMMAND = Command("evaluate", "Measure how well algorithms learn from a few examples.", _configure, _run)
