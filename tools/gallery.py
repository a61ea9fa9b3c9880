"""Makes the pictures and the results of the gallery, swarmviz/gallery/stored/: .venv/bin/python tools/gallery.py

Those that are stale or missing, unless cards are named or ``--all`` is given; ``--stale`` only lists them. ``--same`` is for a change of
sources that changes no result: the cards that take ``--seconds`` at most are made again and compared value by value, and when nothing
differs all count as made of these sources. Each figure gets as many runs as
fit into ``--seconds`` of a processor, at least 2 and at most the paper's; how many these were is kept with it. All of them take about
a quarter of an hour. A new entry or preset has a card by itself: tests/gallery/test_stored.py fails until this has made its picture.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from swarmviz.gallery import stored, thumbnails  # noqa: E402  (from this checkout)
from swarmviz.gallery.cards import CARDS, Card  # noqa: E402
from swarmviz.gallery.sources import digest_of  # noqa: E402
from swarmviz.gallery.stored import Made  # noqa: E402
from swarmviz.papers import Figure  # noqa: E402
from swarmviz.version import __version__  # noqa: E402

SECONDS, THREADS = 20.0, 2
FEW, SOME = 2, 16  # runs that are tried first


def computed(figure: Figure, seconds: float):
    """The result of a figure with as many runs as fit, their number, and the processor seconds that they have taken.

    What a sweep takes grows linearly with its runs, from what its cells take anyway; two small ones say how.
    """
    few, data = timed(figure, FEW)
    if few > seconds / 2:
        return data, FEW, few
    some, more = timed(figure, SOME)
    each = max((some - few) / (SOME - FEW), some / 1000 / SOME)
    runs = int(min(figure.runs, SOME + (seconds - some) / each))
    if runs < 2 * SOME:
        return more, more.attrs["runs"], some
    took, data = timed(figure, runs)
    return data, runs, took


def alone(figure: Figure):
    """The same of a figure of one or two runs."""
    took, data = timed(figure, figure.runs)
    return data, figure.runs, took


def timed(figure: Figure, runs: int):
    """Processor seconds of so many runs, at most the paper's, and their result."""
    began = time.process_time()
    data = figure.compute(min(runs, figure.runs), THREADS)
    return time.process_time() - began, data


def make(card: Card, seconds: float) -> Made:
    """Write the files of a card."""
    figure = card.figure
    if figure is None:
        runs, cpu, pictures = thumbnails.step_of(card.preset), 0.0, thumbnails.of_preset(card.preset)
    else:
        data, runs, cpu = computed(figure, seconds) if figure.runs > FEW else alone(figure)
        (stored.FOLDER / f"{card.key}.nc.gz").write_bytes(stored.packed(figure, data))
        pictures = thumbnails.of_figure(figure, data)
    for theme, picture in zip(stored.THEMES, pictures, strict=True):
        (stored.FOLDER / f"{card.key}-{theme}.webp").write_bytes(picture)
    return Made(digest_of(card), __version__, runs, round(cpu, 2))


def require_same(keys: list[str], made: dict[str, Made], seconds: float) -> None:
    """Make the cards that took so long at most again, and compare.

    Raises
    ------
    SystemExit
        When one differs from what is stored.
    """
    cheap = [key for key in keys if key in made and made[key].seconds <= seconds]
    for i, key in enumerate(cheap):
        figure, light = CARDS[key].figure, stored.FOLDER / f"{key}-{stored.THEMES[0]}.webp"
        if figure is None:
            same = light.read_bytes() == thumbnails.of_preset(CARDS[key].preset)[0]
        else:
            packed = stored.packed(figure, figure.compute(made[key].runs, THREADS))
            same = stored.unpacked(packed).equals(stored.reference(key))
            if same:  # its words may be others
                (stored.FOLDER / f"{key}.nc.gz").write_bytes(packed)
        print(f"{i + 1}/{len(cheap)} {key}: {'the same' if same else 'differs'}", flush=True)
        if not same:
            raise SystemExit(f"{key} differs from what is stored: make what is stale anew")


def main() -> None:
    parser = argparse.ArgumentParser(description="Make what is stale of the gallery.")
    parser.add_argument("keys", nargs="*", metavar="KEY", help="cards, in place of those that are stale")
    parser.add_argument("--all", action="store_true", help="every card")
    parser.add_argument("--stale", action="store_true", help="list what is stale, and make nothing")
    parser.add_argument(
        "--same", action="store_true", help="see that the results are the same, and count them as made of these sources"
    )
    parser.add_argument(
        "--seconds", type=float, default=SECONDS, help="of a processor, for the runs of a figure (%(default)g)"
    )
    given = parser.parse_args()
    if unknown := [key for key in given.keys if key not in CARDS]:
        parser.error(f"no card is called {', '.join(unknown)}")
    keys = list(CARDS) if given.all else given.keys or stored.stale()
    if given.stale:
        print("\n".join(keys))
        return
    stored.FOLDER.mkdir(exist_ok=True)
    made = stored.read_list()
    if given.same:
        require_same(keys, made, given.seconds)
        stored.write_list(made | {key: made[key]._replace(digest=digest_of(CARDS[key])) for key in keys if key in made})
        return
    for i, key in enumerate(keys):
        made[key] = make(CARDS[key], given.seconds)
        stored.write_list(made)  # what is finished stays when it is interrupted
        print(f"{i + 1}/{len(keys)} {key}: {made[key].runs} runs, {made[key].seconds:.1f} s", flush=True)
    for path in stored.FOLDER.iterdir():  # of cards that are gone
        if path.name != stored.LIST and not any(path.name in stored.files_of(key) for key in CARDS):
            path.unlink()
    print(f"{sum(path.stat().st_size for path in stored.FOLDER.iterdir()) / 1e6:.2f} MB of {stored.MAX_BYTES / 1e6:g}")


if __name__ == "__main__":
    main()
