"""A file that a person named is written whole, where the name leads, and stays what it was."""

import os
import stat

import pytest
import xarray

import swarmviz as sv
from swarmviz import exports, files
from tests.cli.commands import RUN, call


@pytest.fixture
def sim():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Sphere(), sv.Swarm(n=5, d=2))
    sim.advance(3)
    return sim


@pytest.fixture(params=["an existing file", "no file yet"])
def link(request, tmp_path):
    """A relative link into another folder."""
    (tmp_path / "far").mkdir()
    (tmp_path / "near").mkdir()
    if request.param == "an existing file":
        (tmp_path / "far" / "kept.nc").write_bytes(b"before")
        (tmp_path / "far" / "kept.nc").chmod(0o640)
    link = tmp_path / "near" / "link.nc"
    link.symlink_to("../far/kept.nc")
    return link


@pytest.mark.parametrize("option", ["--out", "--csv"])
def test_a_command_writes_through_a_link(option, link, tmp_path):
    """Before, the link was replaced and the place to which it led kept the old numbers."""
    mode = stat.S_IMODE(link.stat().st_mode) if link.exists() else 0o666 & ~umask()
    assert call(*RUN, option, link).exit_code == 0
    assert link.is_symlink() and len((tmp_path / "far" / "kept.nc").read_bytes()) > 100
    assert stat.S_IMODE(link.stat().st_mode) == mode
    assert len(list(tmp_path.rglob("*"))) == 4, "no draft is left"


def test_a_link_that_leads_to_no_folder_is_refused_before_anything_runs(tmp_path):
    (tmp_path / "link.nc").symlink_to(tmp_path / "nowhere" / "kept.nc")
    done = call(*RUN, "--out", tmp_path / "link.nc")
    assert done.exit_code == 2 and "there is no folder" in done.output and "nowhere" in done.output


def test_links_that_lead_to_each_other_are_one_sentence(tmp_path):
    (tmp_path / "a.nc").symlink_to("b.nc")
    (tmp_path / "b.nc").symlink_to("a.nc")
    with pytest.raises(OSError, match="symbolic links"):
        files.write(tmp_path / "a.nc", b"")
    assert (tmp_path / "a.nc").is_symlink()


def test_an_existing_file_keeps_its_mode(tmp_path):
    path = tmp_path / "run.csv"
    path.touch()
    path.chmod(0o604)
    assert call(*RUN, "--csv", path).exit_code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o604 and path.stat().st_size > 0


def test_a_pipe_is_given_the_content_and_stays_a_pipe(tmp_path):
    """As /dev/null and /dev/stdout are: a file in their place would be a fine surprise for the next program."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        files.write(pipe, b"content")
        assert os.read(reader, 100) == b"content" and stat.S_ISFIFO(pipe.lstat().st_mode)
    finally:
        os.close(reader)


def test_what_cannot_be_written_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "run.nc"
    path.write_bytes(b"before")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        files.write(path, b"after")
    assert path.read_bytes() == b"before" and list(tmp_path.iterdir()) == [path]


def test_netcdf_over_an_open_file_is_refused_in_one_sentence_and_leaves_it(sim, tmp_path):
    path = tmp_path / "run.nc"
    exports.write_netcdf(sim, path)
    before = path.read_bytes()
    with xarray.open_dataset(path, engine="h5netcdf"):
        with pytest.raises(OSError, match="is open in this or another program") as caught:
            exports.write_netcdf(sim, path)
        assert str(path) in str(caught.value) and "\n" not in str(caught.value)
    assert path.read_bytes() == before
    sim.advance(1)
    exports.write_netcdf(sim, path)
    with xarray.open_dataset(path, engine="h5netcdf") as data:
        assert data.attrs["k"] == 4


def test_netcdf_into_no_folder_is_one_sentence(sim, tmp_path):
    with pytest.raises(OSError, match="cannot be written"):
        exports.write_netcdf(sim, tmp_path / "nowhere" / "run.nc")


def umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask
