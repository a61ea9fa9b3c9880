"""A file is hostile until it is checked: it is refused in one sentence with the file, the variable and what was expected."""

import re

import h5py
import numpy as np
import pytest
import xarray

import swarmviz as sv
from swarmviz.explore import RunTable, read, reading
from swarmviz.exports import write_netcdf
from tests.explore.written import KINDS, data, written


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_written_is_read_as_it_was(kind, tmp_path):
    xarray.testing.assert_equal(read(written(kind, tmp_path)), data(kind))


def changed(tmp_path, change):
    """The file of a sweep after ``change(h5py.File)``."""
    path = written("sweep", tmp_path)
    with h5py.File(path, "r+") as file:
        change(file)
    return path


def refused(path, *words):
    with pytest.raises(ValueError) as error:
        RunTable(read(path))
    said = str(error.value)
    assert str(path) in said and "\n" not in said
    for word in ("expected", *words) if "damaged" not in words and "cannot be read" not in words else words:
        assert word in said, said


def test_other_files_are_refused(tmp_path):
    text = tmp_path / "text.nc"
    text.write_text("sigma,lam\n1,2\n")
    refused(text, "is no NetCDF-4 file")
    refused(tmp_path / "none.nc", "is no file")
    refused(tmp_path, "is no file")
    foreign = tmp_path / "foreign.nc"
    xarray.Dataset({"sst": (("time", "lat"), np.zeros((3, 2)))}).to_netcdf(foreign, engine="h5netcdf")
    refused(foreign, "attribute 'swarmviz' is missing")
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Sphere(), sv.Swarm(n=5))
    write_netcdf(sim, tmp_path / "one.nc")
    refused(tmp_path / "one.nc", "attribute 'swarmviz' is missing")
    cut = tmp_path / "cut.nc"
    cut.write_bytes(written("sweep", tmp_path).read_bytes()[:3000])
    refused(cut, "damaged")


def test_variables_of_other_kinds_are_refused_by_name(tmp_path):
    def compound(file):
        file.create_dataset("pairs", data=np.zeros(3, dtype=[("a", "f8"), ("b", "i4")]))

    refused(changed(tmp_path, compound), "'pairs'", "numbers, yes and no, or texts")


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda file: file.create_group("inner"), ["'inner'", "variables only"]),
        (lambda file: file.__setitem__("far", h5py.ExternalLink("/etc/passwd", "/x")), ["'far'", "leads to another place"]),
        (lambda file: file.__setitem__("soft", h5py.SoftLink("/best")), ["'soft'", "leads to another place"]),
        (lambda file: file.create_dataset("raw", (3,), "f8", external=[("/etc/hostname", 0, 24)]), ["'raw'", "other files"]),
        (lambda file: file.create_dataset("huge", (2**40,), "f8", chunks=(1024,)), ["'huge'", "bytes"]),
        (lambda file: file.create_dataset("n" * 500, data=1.0), ["name"]),
        (lambda file: [file.create_dataset(f"v{i}", data=0.0) for i in range(600)], ["variables"]),
        (lambda file: file.attrs.__setitem__("axes", 3.0), ["'axes'", "a text"]),
        (lambda file: file.attrs.__setitem__("dynamics", [1, 2]), ["'dynamics'", "a text"]),
        (lambda file: file.attrs.__delitem__("swarmviz"), ["'swarmviz'"]),
    ],
    ids=["group", "external link", "soft link", "external values", "terabytes", "long name", "many", "axes", "dynamics", "not ours"],
)  # fmt: skip
def test_what_a_hostile_file_tries_is_refused(change, words, tmp_path):
    refused(changed(tmp_path, change), *words)


def growing(file):
    """A number over two dimensions that grow: it is read as 900 million of them."""
    for name in ("p", "q"):
        file.create_dataset(name, (30_000,), "i1", maxshape=(None,), chunks=(1000,)).make_scale(name)
    one = file.create_dataset("one", (1, 1), "f8", maxshape=(None, None), chunks=(1, 1))
    one.dims[0].attach_scale(file["p"])
    one.dims[1].attach_scale(file["q"])


def scaled(file):
    """Bytes that are read as numbers of eight bytes each."""
    file.create_dataset("scaled", (2**29,), "i1", chunks=(2**20,)).attrs["scale_factor"] = 2.0


def repeated(file):
    """Texts that are all one and the same in the file, and each one of its own in memory."""
    texts = file.create_dataset("texts", (2000,), h5py.string_dtype(), chunks=(2000,))
    texts[0] = "x" * 1_000_000
    first = texts.id.read_direct_chunk((0,))[1][:16]
    texts.id.write_direct_chunk((0,), first * 2000)


@pytest.mark.parametrize(
    "change, words",
    [
        (growing, ["bytes"]),
        (scaled, ["'scaled'", "bytes"]),
        (lambda file: file.create_dataset("chunk", (1,), "f8", maxshape=(None,), chunks=(2**28,)), ["'chunk'", "bytes"]),
        (repeated, ["'texts'", "bytes"]),
        (lambda file: file.create_dataset("words", (20_000,), "S1"), ["'words'", "texts"]),
    ],
    ids=["growing", "scaled", "chunk", "repeated", "words"],
)  # fmt: skip
def test_a_small_file_that_unpacks_to_more_is_refused(change, words, tmp_path, monkeypatch):
    def load(data):
        raise AssertionError("it was unpacked")

    path = changed(tmp_path, change)
    monkeypatch.setattr(xarray.Dataset, "load", load)
    assert path.stat().st_size < 3_000_000
    with pytest.raises(ValueError, match="expected at most") as error:
        read(path)
    assert str(path) in str(error.value) and all(word in str(error.value) for word in words)


@pytest.mark.parametrize("axes", ["sigma, sigma, lam", "sigma, lam, run"])
def test_an_axis_that_is_named_twice_is_one(axes):
    found = RunTable(data("sweep").assign_attrs(axes=axes))
    assert found.axes == ["sigma", "lam"] and found.rows == 24 and found.columns


def test_an_axis_without_values_is_refused(tmp_path):
    data("sweep").drop_vars("sigma").to_netcdf(tmp_path / "bare.nc", engine="h5netcdf")
    refused(tmp_path / "bare.nc", "the axis 'sigma' has no values")


def test_a_file_that_is_too_large_is_not_even_opened(tmp_path, monkeypatch):
    path = written("sweep", tmp_path)
    monkeypatch.setattr(reading, "MAX_FILE_BYTES", 100)
    refused(path, "at most 100")


def test_a_table_of_too_many_runs_is_refused(tmp_path, monkeypatch):
    path = written("sweep", tmp_path)
    monkeypatch.setattr(reading, "MAX_RUNS", 23)
    refused(path, "24 runs", "at most 23")


def test_missing_descriptions_are_no_reason_to_refuse(tmp_path):
    bare = data("sweep").copy()
    for values in bare.variables.values():
        values.attrs = {}
    bare.to_netcdf(tmp_path / "bare.nc", engine="h5netcdf")
    found = RunTable(read(tmp_path / "bare.nc"))
    assert found.rows == 24 and found.columns["sigma"].label == "sigma"


def test_texts_of_a_file_are_short_and_of_one_line():
    assert reading.text_of("a\n b") == "a b" and reading.text_of(3) == ""
    assert len(reading.text_of("x" * 5000)) <= reading.MAX_LABEL_CHARS + 1
    assert re.fullmatch("x+…", reading.text_of("x" * 5000))
