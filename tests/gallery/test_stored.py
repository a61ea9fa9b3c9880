"""What is stored of the gallery is there, small, of the present sources, and says what was made."""

import gzip

import numpy as np
import pytest
from PIL import Image

from swarmviz import papers
from swarmviz.gallery import stored, thumbnails
from swarmviz.gallery.cards import CARDS
from swarmviz.gallery.stored import Made
from swarmviz.version import __version__
from tests.described import require_described


def test_nothing_that_is_stored_is_stale_or_missing():
    """Run tools/gallery.py when this fails; what it names was made of other sources."""
    assert stored.stale() == []


def test_everything_together_is_small_and_nothing_else_lies_there():
    there = {path.name: path.stat().st_size for path in stored.FOLDER.iterdir()}
    assert set(there) == {stored.LIST, *(name for key in CARDS for name in stored.files_of(key))}
    assert sum(there.values()) < stored.MAX_BYTES


def test_the_list_says_how_each_was_made_and_a_changed_digest_is_named(tmp_path):
    made = stored.read_list()
    assert list(made) == list(CARDS)
    for key, one in made.items():
        runs = papers.ALL[key].runs if key in papers.ALL else thumbnails.step_of(CARDS[key].preset)
        assert 1 <= one.runs <= runs and one.version.split(".")[0] == __version__.split(".")[0]
        assert (one.seconds > 0) == (key in papers.ALL)
    for path in stored.FOLDER.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    stored.write_list(made | {"cbo-few": made["cbo-few"]._replace(digest="0" * 12)}, tmp_path)
    (tmp_path / "001-figure1.nc.gz").unlink()
    assert stored.stale(tmp_path) == ["001-figure1", "cbo-few"]


@pytest.mark.parametrize("key", CARDS)
def test_a_picture_is_small_has_its_size_and_the_paper_of_its_theme(key):
    for theme in stored.THEMES:
        path = stored.FOLDER / f"{key}-{theme}.webp"
        picture = np.asarray(Image.open(path).convert("RGB"), float)
        assert picture.shape == (thumbnails.HEIGHT, thumbnails.WIDTH, 3) and path.stat().st_size < 30_000
        assert picture.std() > 3, "something is seen"
    light, dark = (
        np.asarray(Image.open(stored.FOLDER / f"{key}-{theme}.webp").convert("L"), float).mean()
        for theme in stored.THEMES
    )
    assert light > dark


@pytest.mark.parametrize("key", papers.ALL)
def test_a_stored_result_is_compared_and_drawn_as_the_computed_one(key):
    figure, data = papers.ALL[key], stored.reference(key)
    assert data.attrs["key"] == key and data.attrs["runs"] == stored.read_list()[key].runs and data.attrs["quick"] == 0
    assert bool(figure.comparison(data)) == bool(figure.printed or getattr(figure, "slopes", {}))
    assert len(figure.plot(data).get_axes()) >= len(figure.charts)


@pytest.mark.parametrize("key", papers.ALL)
def test_the_variables_and_axes_of_a_stored_result_say_what_they_are(key):
    """Run tools/gallery.py --words when this fails."""
    require_described(stored.reference(key))


def test_other_words_change_no_value(tmp_path):
    figure, before = papers.ALL["004-transitions"], stored.reference("004-transitions")
    present = figure.compute(runs=2, quick=True)
    present["transitions"].attrs["long_name"] = "Other words"
    (tmp_path / "004-transitions.nc.gz").write_bytes(stored.reworded(stored.reference("004-transitions"), present))
    after = stored.reference("004-transitions", tmp_path)
    assert after.equals(before) and after.attrs == before.attrs and after["finished"].dtype == bool
    assert after["transitions"].attrs["long_name"] == "Other words" != before["transitions"].attrs["long_name"]


def test_what_is_stored_is_what_was_computed(tmp_path):
    figure = papers.ALL["001-figure2"]
    data = figure.compute(runs=3, quick=True)
    (tmp_path / "001-figure2.nc.gz").write_bytes(stored.packed(figure, data))
    back = stored.reference("001-figure2", tmp_path)
    for name in ("dispersion", "dispersion_quantile", "dispersion_claimed"):
        np.testing.assert_allclose(back[name], data[name], rtol=1e-6)
        assert back[name].attrs["long_name"] == data[name].attrs["long_name"]
    assert back.attrs["parts"] == data.attrs["parts"]
    assert set(back.data_vars) < set(data.data_vars) and "final_error" not in back


def test_a_long_series_keeps_its_ends_and_no_more_steps_than_it_may():
    data = papers.ALL["004-figure2"].compute(runs=1)
    thin = stored.thinned(data)
    assert data.sizes["step"] > thin.sizes["step"] == stored.MAX_STEPS
    assert (thin["step"][[0, -1]].values == data["step"][[0, -1]].values).all()
    assert stored.thinned(thin) is thin


def test_a_comparison_of_the_stored_table_has_the_numbers_of_the_computed_one(tmp_path):
    figure = papers.ALL["003-table3"]
    data = figure.compute(runs=2, quick=True)
    (tmp_path / "003-table3.nc.gz").write_bytes(stored.packed(figure, data))
    assert figure.comparison(stored.reference("003-table3", tmp_path)) == figure.comparison(data)


def test_a_damaged_file_is_no_result(tmp_path):
    (tmp_path / "001-figure2.nc.gz").write_bytes(gzip.compress(b"no result"))
    with pytest.raises(TypeError, match="not a valid NetCDF 3"):
        stored.reference("001-figure2", tmp_path)


def test_a_list_of_one_line_a_card_is_read_as_it_was_written(tmp_path):
    one = {"cbo-few": Made("abc", "0.1.0", 20, 0.0), "001-figure2": Made("def", "0.1.0", 1000, 1.25)}
    stored.write_list(one, tmp_path)
    assert stored.read_list(tmp_path) == one and stored.read_list(tmp_path / "nowhere") == {}
    assert len((tmp_path / stored.LIST).read_text().splitlines()) == 4
