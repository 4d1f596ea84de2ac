"""The front door: the command line. It only hands on; everything it does can be called from Python.

Exit codes: 0 done, 1 done with rejected rows, 2 unusable input.
"""

from __future__ import annotations

import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from serving.commands.ledger_commands import ledger

if TYPE_CHECKING:
    from serving.commands.runs import Summary

# No usage reports to anybody, whichever library is loaded later.
os.environ.setdefault("BENTOML_DO_NOT_TRACK", "True")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="US duty on low-value mail: what is it, how risky is it, what does it owe.\n\n"
    "Exit codes: 0 done, 1 done with rejected rows, 2 unusable input.",
)
sources = typer.Typer(no_args_is_help=True, help="What we know: the tariff, the law, and how fresh they are.")
app.add_typer(sources, name="data")
goods = typer.Typer(no_args_is_help=True, help="The catalogue: what we know of goods, in data/catalogue.")
app.add_typer(goods, name="catalogue")
train = typer.Typer(no_args_is_help=True, help="Trains a model; wants the train extra.")
app.add_typer(train, name="train")
evaluate = typer.Typer(no_args_is_help=True, help="Scores a model, as it is served, on labelled rows.")
app.add_typer(evaluate, name="evaluate")
app.add_typer(ledger, name="ledger")
keys = typer.Typer(no_args_is_help=True, help="Who may ask the service: API keys of parties.")
app.add_typer(keys, name="keys")
party = typer.Typer(no_args_is_help=True, help="What is set for a party: the thresholds of its decisions.")
app.add_typer(party, name="party")
bench_app = typer.Typer(help="How fast this machine is.")
app.add_typer(bench_app, name="bench")

models = typer.Typer(
    no_args_is_help=True, help="The models in use: champions of a registry, or those shipped."
)
app.add_typer(models, name="models")

Day = Annotated[
    datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], metavar="DATE", help="Entry date.")
]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Where to write JSON lines; - is standard output."),
]
Origin = Annotated[
    str | None, typer.Option(metavar="XX", help="Country of origin of the goods, two letters.")
]


@app.command()
def assess(
    manifests: Annotated[
        list[Path], typer.Argument(metavar="MANIFEST...", help="Files, or folders of them.")
    ],
    on: Day = None,
    out: Out = None,
    rates: Annotated[Path | None, typer.Option(metavar="FILE", help="Exchange rates, CSV.")] = None,
    layout: Annotated[
        str | None, typer.Option(help="Name of the layout, where it should not be recognised.")
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What the names of a JSON or XML document mean, YAML."),
    ] = None,
    method: Annotated[str, typer.Option(help="Method of EO 14324: ad_valorem or specific.")] = "ad_valorem",
    settle: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="What the file leaves open, as decimal_mark=, or date_order=dmy.",
        ),
    ] = None,
    party: Annotated[str, typer.Option(help="Whose ledger keeps it.")] = "local",
) -> None:
    """Suggestion, risk, duty and decision for every item of a manifest, kept in the ledger.

    Example: mailduty assess data/samples/manifest.csv --on 2026-09-01 --out answers.jsonl
    """
    from serving.commands.manifest_run import assess_manifests

    _leave(
        assess_manifests(
            manifests,
            on=_day(on),
            out=out,
            rates=rates,
            layout=layout,
            method=method,
            settings={**_settings(settle), **({"mapping": mapping} if mapping else {})},
            party=party,
        )
    )


@app.command()
def duty(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="JSON lines, one item each; - is standard input.")
    ],
    out: Out = None,
) -> None:
    """The duty of items whose tariff number is known, line by line with citations.

    Example: mailduty duty data/samples/items.jsonl --out priced.jsonl
    """
    from serving.commands.runs import price_file

    _leave(price_file(file, out=out))


@app.command()
def suggest(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="JSON lines, one item each; - is standard input.")
    ] = None,
    text: Annotated[str | None, typer.Option(help="One description, in place of a file.")] = None,
    top: Annotated[int, typer.Option(min=1, max=50, help="How many numbers to give.")] = 5,
    confidence: Annotated[
        float, typer.Option(min=0.01, max=0.999, help="Confidence an answer must have.")
    ] = 0.8,
    on: Day = None,
    out: Out = None,
    origin: Origin = None,
    value: Annotated[float | None, typer.Option(help="Value in US dollars, with --text.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="With --text: the whole answer as JSON.")] = False,
) -> None:
    """Ranked tariff numbers for descriptions, the level that can be defended, the question that would decide.

    Example: mailduty suggest --text "women's boho drop earrings, zinc alloy" --origin CN --value 12
    """
    from serving.commands.suggest_run import suggest_file, suggest_text

    if (file is None) == (text is None):
        raise typer.BadParameter("give a FILE or --text")
    day = _day(on) or date.today()
    if text is not None:
        suggest_text(text, day, top, confidence, {"origin": origin, "value_usd": value}, as_json)
    elif file is not None:
        _leave(suggest_file(file, day, out, top, confidence))


@app.command()
def schedule(
    code: Annotated[str, typer.Argument(metavar="CODE", help="Tariff number, with or without dots.")],
    on: Day = None,
    origin: Origin = None,
) -> None:
    """A line of the tariff, its parents, units and rates in force that day.

    Example: mailduty schedule 6109.10.00.12 --on 2026-09-01 --origin CN
    """
    from serving.commands.lookup import show_line

    show_line(code, on=_day(on) or date.today(), origin=origin)


@sources.command("status")
def data_status() -> None:
    """Which tariff, law and models answer here, and through which day they were verified.

    Example: mailduty data status
    """
    from serving.commands.lookup import show_status

    show_status()


@sources.command("build-schedule")
def data_build_schedule(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of official USITC exports.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where to write the table.")
    ] = None,
    extend: Annotated[bool, typer.Option("--extend", help="Go on from the shipped table.")] = False,
) -> None:
    """Builds the compact tariff table from the official exports.

    Example: mailduty data build-schedule ~/usitc-exports --out ~/tariff
    """
    from serving.commands.sources import build_schedule

    build_schedule(folder, out, extend)


@sources.command("pull")
def data_pull(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Which ones; hts if none.")
    ] = None,
    to: Annotated[Path | None, typer.Option(metavar="DIR", help="Where to keep what is fetched.")] = None,
    term: Annotated[str, typer.Option(help="What to search rulings for; for cross only.")] = "",
) -> None:
    """Fetches official sources over the network, looks at what came and keeps it: hts, cross, ofac_*, un.

    Example: mailduty data pull hts --to ~/usitc-exports
    """
    from serving.commands.sources import pull

    pull(names or ["hts"], to, date.today(), term)


@goods.command("generate")
def catalogue_generate(
    rows: Annotated[int, typer.Option(min=1, help="How many descriptions.")] = 1000,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 0,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write JSON lines.")] = Path(
        "-"
    ),
) -> None:
    """Writes labelled item descriptions from the catalogue.

    Example: mailduty catalogue generate --rows 100000 --seed 1 --out descriptions.jsonl
    """
    from serving.commands.catalogue_desk import write_descriptions

    write_descriptions(rows, seed, out)


@goods.command("check")
def catalogue_check(on: Day = None) -> None:
    """Lists what is wrong in the catalogue, or must be rewritten for the tariff of a day.

    Example: mailduty catalogue check --on 2026-09-01
    """
    from serving.commands.catalogue_desk import check_catalogue

    if check_catalogue(_day(on) or date.today()):
        raise typer.Exit(1)


@goods.command("show")
def catalogue_show(
    words: Annotated[str, typer.Argument(metavar="WORDS", help="What a seller calls it.")],
) -> None:
    """One kind of goods: its words, its questions, its numbers, its neighbours.

    Example: mailduty catalogue show "wireless earbuds"
    """
    from serving.commands.catalogue_desk import show_kind

    show_kind(words)


@goods.command("coverage")
def catalogue_coverage(
    on: Day = None,
    rulings: Annotated[Path | None, typer.Option(metavar="FILE", help="Rulings to agree with.")] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw it as PNG; wants the train extra.")
    ] = None,
) -> None:
    """How much of the tariff the catalogue covers, by chapter.

    Example: mailduty catalogue coverage --plot coverage.png
    """
    from serving.commands.catalogue_desk import show_coverage

    day = _day(on) or date.today()
    show_coverage(day, rulings)
    if plot is not None:
        from training.plots import draw_coverage

        draw_coverage(day, plot)


@train.command("hts")
def train_hts(
    data: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of labelled files from outside.")
    ] = None,
    settings: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Settings; else training/hts.yaml.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Where the model goes.")] = None,
    settle: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Changes a setting, as rows=5000.")
    ] = None,
) -> None:
    """Trains the suggester, logs the run, registers the model.

    Example: mailduty train hts --set encoder.kind=static --set rows=20000 --out my-model
    """
    from training.run_hts import SETTINGS, SHIPPED, train_command

    train_command(settings or SETTINGS, out or SHIPPED / "hts", data, settle or [])


@train.command("risk")
def train_risk(
    outcomes: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Your parcels with outcomes, JSON lines.")
    ] = None,
    settings: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Settings; else training/risk.yaml.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Where the model goes.")] = None,
) -> None:
    """Trains the risk score on made-up parcels, or on your outcomes; logs the run, registers the model.

    Example: mailduty train risk --out my-risk-model
    """
    from training.run_risk import SETTINGS, SHIPPED, train_command

    train_command(settings or SETTINGS, out or SHIPPED / "risk", outcomes)


@models.command("pull")
def models_pull(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[MODEL]...", help="hts, risk; both if none.")
    ] = None,
) -> None:
    """Fetches the registry's champions; they are used from the next start on. Wants the train extra.

    Example: mailduty models pull risk
    """
    from serving.settings import home
    from training.champions import NAMES, pull

    for one in pull(names or list(NAMES), home() / "models", date.today()):
        print(f"{one.name} {one.model} (registry version {one.version}) in {one.folder}")


@models.command("show")
def models_show() -> None:
    """Which models answer here, and where each comes from.

    Example: mailduty models show
    """
    from serving.versions import models_in_use

    for name, one in models_in_use().items():
        print(f"{name:<5} {one['version']:<22} {one['from']}")


@evaluate.command("hts")
def evaluate_hts(
    files: Annotated[
        list[Path], typer.Option("--data", metavar="FILE", help="Labelled rows; may be repeated.")
    ],
    model: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Model folder; else the shipped one.")
    ] = None,
    on: Day = None,
    origin: Annotated[str, typer.Option(metavar="XX", help="Origin for the duty of wrong numbers.")] = "CN",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Accuracy by level with intervals, calibration, coverage, ceiling, duty dollars wrong.

    Example: mailduty evaluate hts --data labelled.jsonl --json
    """
    from training.run_hts import DAY, SHIPPED, evaluate_command

    evaluate_command(files, model or SHIPPED / "hts", _day(on) or DAY, origin, as_json)


@evaluate.command("thresholds")
def evaluate_thresholds(
    files: Annotated[
        list[Path], typer.Option("--data", metavar="FILE", help="Labelled rows; may be repeated.")
    ],
    model: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Model folder; else the shipped one.")
    ] = None,
    on: Day = None,
    origin: Annotated[str, typer.Option(metavar="XX", help="Origin for the duty of wrong numbers.")] = "CN",
    words_only: Annotated[
        bool, typer.Option("--words-only", help="Without category and attributes, as most manifests are.")
    ] = False,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw it as PNG; wants the train extra.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """What a threshold on confidence buys and costs: share accepted, share wrong among them, duty wrong.

    Example: mailduty evaluate thresholds --data labelled.jsonl --plot thresholds.png
    """
    from models.artifact import SHIPPED
    from training.thresholds_hts import thresholds_command

    thresholds_command(
        files, model or SHIPPED / "hts", _day(on) or date.today(), origin, words_only, plot, as_json
    )


@evaluate.command("risk")
def evaluate_risk(
    benchmark: Annotated[
        str,
        typer.Option(help="customs-declarations, customs-declarations-grouped, parcels, or outcomes."),
    ] = "parcels",
    train: Annotated[Path | None, typer.Option(metavar="FILE", help="Rows to learn from.")] = None,
    valid: Annotated[Path | None, typer.Option(metavar="FILE", help="Rows to stop and set by.")] = None,
    test: Annotated[Path | None, typer.Option(metavar="FILE", help="Rows to score once.")] = None,
    model: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Model folder for parcels and outcomes; else the shipped one."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """The risk score on a benchmark: the published one beside its look-up, in grouped folds, or our own parcels.

    Example: mailduty evaluate risk --benchmark customs-declarations --train a.csv --valid b.csv --test c.csv
    """
    from training.evaluate_risk import evaluate_risk as measure

    measure(benchmark, train, valid, test, as_json, model=model)


@app.command()
def score(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="JSON lines, one parcel each; - is standard input.")
    ],
    out: Out = None,
    on: Day = None,
    history: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Past parcels, some with an outcome, JSON lines.")
    ] = None,
    lists: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of screening lists to hold names against.")
    ] = None,
    unit_values: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Unit values of UN Comtrade or US Census.")
    ] = None,
    suggester: Annotated[
        bool, typer.Option(help="Ask the suggester about declared numbers; without it, thousands a second.")
    ] = True,
) -> None:
    """How likely something is wrong with each parcel, what, why, and the duty at stake.

    Example: mailduty score data/samples/parcels.jsonl --out scores.jsonl
    """
    from serving.commands.risk_run import score_file

    _leave(score_file(file, _day(on) or date.today(), out, history, lists, unit_values, suggester))


@app.command()
def select(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What mailduty score wrote.")],
    budget: Annotated[int, typer.Option(help="How many parcels can be opened.")] = 100,
    by: Annotated[str, typer.Option(help="risk, revenue or mix.")] = "risk",
    random_share: Annotated[float, typer.Option("--random", help="Share drawn at random.")] = 0.1,
    seed: Annotated[int, typer.Option(help="Seed of the draw.")] = 0,
    out: Out = None,
) -> None:
    """Which parcels to open under a budget, a share of them drawn at random.

    Example: mailduty select scores.jsonl --budget 50 --by mix
    """
    from serving.commands.risk_run import select_file

    _leave(select_file(file, budget, by, random_share, seed, out))


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 3000,
    workers: Annotated[int, typer.Option(help="Processes that answer.")] = 2,
) -> None:
    """The service over HTTP: /assess, /duty, /suggest, /score, /about, and its documentation.

    Example: mailduty serve --port 3000
    """
    from serving.commands.launch import launch

    raise typer.Exit(launch(host, port, workers))


@keys.command("add")
def add_key(
    party: Annotated[str, typer.Argument(metavar="PARTY", help="Whose items the key is for.")],
    scopes: Annotated[
        str, typer.Option(help="Of read, assess, review, file and metrics, with commas between.")
    ] = "read,assess",
) -> None:
    """Makes a key of a party and prints it, this once. From the first key on the service wants one.

    Example: mailduty keys add airline-7 --scopes read,assess,review
    """
    from serving.commands.keys_desk import add

    add(party, scopes)


@keys.command("list")
def list_keys() -> None:
    """Every key there ever was: party, scopes, when it was made and revoked.

    Example: mailduty keys list
    """
    from serving.commands.keys_desk import show

    show()


@keys.command("revoke")
def revoke_key(
    key: Annotated[str, typer.Argument(metavar="KEY", help="The key's twelve signs, as listed.")],
) -> None:
    """Ends a key for good; a service that runs notices within a second.

    Example: mailduty keys revoke 0123456789ab
    """
    from serving.commands.keys_desk import revoke

    revoke(key)


@party.command("show")
def show_party(
    name: Annotated[str, typer.Argument(metavar="PARTY", help="Whose thresholds.")] = "local",
) -> None:
    """The thresholds that decide a party's items, each with its value.

    Example: mailduty party show airline-7
    """
    from serving.commands.parties_desk import show

    show(name)


@party.command("set")
def set_party(
    name: Annotated[str, typer.Argument(metavar="PARTY", help="Whose thresholds.")],
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="YAML; what it does not name stays as shipped.")
    ],
) -> None:
    """Sets the thresholds of a party; kept as a record of its ledger.

    Example: mailduty party set airline-7 thresholds.yaml
    """
    from serving.commands.parties_desk import set_from

    set_from(name, file)


@bench_app.callback(invoke_without_command=True)
def bench(
    context: typer.Context,
    items: Annotated[int, typer.Option(help="Items in the batch.")] = 1_000_000,
    singles: Annotated[int, typer.Option(help="Items priced one at a time.")] = 20_000,
    parcels: Annotated[int, typer.Option(help="Parcels scored; 0 for none.")] = 10_000,
) -> None:
    """How fast this machine prices and suggests: one item at a time, and as a batch.

    Example: mailduty bench --items 200000
    """
    if context.invoked_subcommand:
        return
    from serving.bench.bench import bench as measure
    from serving.bench.bench_suggest import bench_suggest

    measure(items, singles)
    if parcels:
        from serving.bench.bench_risk import bench_risk

        bench_risk(parcels)
    bench_suggest()


@bench_app.command(name="service")
def bench_service(
    seconds: Annotated[float, typer.Option(help="How long manifests come without a break.", min=1)] = 20.0,
) -> None:
    """The service under load, beside a bare endpoint that echoes: single requests, manifests, memory.

    Both run on loopback with a home of their own. As many workers as MAILDUTY_WORKERS says.

    Example: mailduty bench service --seconds 60

    Two workers use two cores: set MAILDUTY_WORKERS=2.
    """
    from serving.bench.bench_service import bench_service as measure

    if not measure(seconds):
        raise typer.Exit(1)


def _day(on: datetime | None) -> date | None:
    return on.date() if on else None


def _settings(pairs: list[str] | None) -> dict[str, str]:
    known = ("value_basis", "decimal_mark", "date_order", "weight_unit", "encoding")
    settings = dict(pair.partition("=")[::2] for pair in pairs or [])
    for name in settings:
        if name not in known:
            raise typer.BadParameter(f"{name!r} is none of {', '.join(known)}", param_hint="--set")
    return settings


def _leave(summary: Summary) -> None:
    if summary.errors:
        raise typer.Exit(1)


def main() -> Any:
    """Runs the command line; an error we know ends as three sentences and exit code 2, not as a traceback."""
    from data.errors import MailDutyError

    try:
        return app()
    except MailDutyError as error:
        print(f"{error.code}: {error}", file=sys.stderr)
    except BrokenPipeError:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # whoever read us has left; say nothing
        return 0
    sys.exit(2)


if __name__ == "__main__":
    main()
