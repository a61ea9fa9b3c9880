"""Makes the pictures and the results of the gallery, swarmviz/gallery/stored/: .venv/bin/python tools/gallery.py

Those that are stale or missing, unless cards are named or ``--all`` is given; ``--stale`` only lists them. Each figure gets as many runs
as fit into ``--seconds`` of a processor, at least 2 and at most the paper's; how many these were is kept with it. All of them take about
a quarter of an hour. A new entry or preset has a card by itself: tests/gallery/test_stored.py fails until this has made its picture.

``--same`` is for a change of sources that changes no result. Those of the cards whose runs took ``--seconds`` at most are computed again
and compared with what is stored, a result value by value and a preset by its pictures; nothing is counted when one differs. A card that
took longer is not computed: it counts where its own values are those of its stored result, and each of its dynamics and landscapes is
that of a figure that was compared. What neither holds for stays stale, and is named.

``--words`` gives stored results what their variables and axes are called now, by a quick run of each figure; no value changes.
``--redraw`` draws the pictures of figures from their stored results, after a change of the charts.

Processors with other vectors give other last bits, and a run that is chaotic shows them. What is stored was made for AVX2; another x86
processor compiles for that with NUMBA_CPU_NAME=znver3 NUMBA_CPU_FEATURES= and a NUMBA_CACHE_DIR of its own.
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
from swarmviz.papers.compute import provenance  # noqa: E402
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


def same(keys: list[str], made: dict[str, Made], seconds: float) -> list[str]:
    """The cards that count as made of the present sources, by what is said above of ``--same``.

    Raises
    ------
    SystemExit
        When one differs from what is stored.
    """
    there = [
        key for key in keys if key in made and all((stored.FOLDER / name).is_file() for name in stored.files_of(key))
    ]
    cheap = [key for key in there if made[key].seconds <= seconds]
    for i, key in enumerate(cheap):
        is_same = compared(CARDS[key], made[key].runs)
        print(f"{i + 1}/{len(cheap)} {key}: {'the same' if is_same else 'differs'}", flush=True)
        if not is_same:
            raise SystemExit(f"{key} differs from what is stored: make what is stale anew")
    seen = {name for key in cheap if CARDS[key].figure is not None for name in CARDS[key].names}
    dear = [key for key in there if key not in cheap and CARDS[key].names <= seen and has_its_values(CARDS[key])]
    for key in dear:
        print(f"{key}: not computed, its dynamics and landscapes are those of figures that are the same")
    return cheap + dear


def compared(card: Card, runs: int) -> bool:
    """Whether a card that is computed again has the values or pictures that are stored; its stored result then gets its present words."""
    if card.figure is None:
        files = (stored.FOLDER / name for name in stored.files_of(card.key))
        return [file.read_bytes() for file in files] == thumbnails.of_preset(card.preset)
    packed = stored.packed(card.figure, card.figure.compute(runs, THREADS))
    is_same = bool(stored.unpacked(packed).equals(stored.reference(card.key, stored.FOLDER)))
    if is_same:
        (stored.FOLDER / f"{card.key}.nc.gz").write_bytes(packed)
    return is_same


def reword(card: Card) -> bool:
    """Whether the words of a stored result were others than those of the present sources, which it has now."""
    if card.figure is None:
        return False
    path = stored.FOLDER / f"{card.key}.nc.gz"
    content = stored.reworded(stored.reference(card.key, stored.FOLDER), card.figure.compute(FEW, THREADS, quick=True))
    if not stored.unpacked(content).equals(stored.reference(card.key, stored.FOLDER)):
        raise SystemExit(f"{card.key}: other values, not only other words")
    is_new = content != path.read_bytes()
    path.write_bytes(content)
    return is_new


def redraw(card: Card) -> bool:
    """Whether the pictures of a figure were others than its stored result gives now, which they are then."""
    if card.figure is None:
        return False
    files = [stored.FOLDER / f"{card.key}-{theme}.webp" for theme in stored.THEMES]
    pictures = thumbnails.of_figure(card.figure, stored.reference(card.key, stored.FOLDER))
    is_new = [file.read_bytes() for file in files] != pictures
    for file, picture in zip(files, pictures, strict=True):
        file.write_bytes(picture)
    return is_new


def has_its_values(card: Card) -> bool:
    """Whether the stored result of a figure was computed with the values that the figure has now."""
    figure = card.figure
    return (
        figure is not None
        and stored.reference(card.key, stored.FOLDER).attrs["parts"] == provenance(figure, 1, False)["parts"]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Make what is stale of the gallery.")
    parser.add_argument("keys", nargs="*", metavar="KEY", help="cards, in place of those that are stale")
    parser.add_argument("--all", action="store_true", help="every card")
    parser.add_argument("--stale", action="store_true", help="list what is stale, and make nothing")
    parser.add_argument(
        "--same", action="store_true", help="count as made of these sources what is seen to be the same"
    )
    parser.add_argument("--words", action="store_true", help="renew what stored results say of themselves")
    parser.add_argument("--redraw", action="store_true", help="draw the figures' pictures from the stored results")
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
    if given.words:
        print("new words:", *(key for key in keys if reword(CARDS[key])))
        return
    if given.redraw:
        print("new pictures:", *(key for key in keys if redraw(CARDS[key])))
        return
    stored.FOLDER.mkdir(exist_ok=True)
    made = stored.read_list(stored.FOLDER)
    if given.same:
        counted = same(keys, made, given.seconds)
        stored.write_list(
            made | {key: made[key]._replace(digest=digest_of(CARDS[key])) for key in counted}, stored.FOLDER
        )
        if left := [key for key in keys if key not in counted]:
            raise SystemExit(f"stale as before: {' '.join(left)}")
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
