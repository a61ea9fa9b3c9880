"""Files of strangers, decoded in a process of their own: what does not fit is told in a sentence, and a bomb ends there."""

from __future__ import annotations

import io
import json
import os
import time

import numpy as np
import pytest

from components.uploads import apart
from components.uploads.apart import decoded

xarray, image = pytest.importorskip("xarray"), pytest.importorskip("PIL.Image")


def png(array_or_picture, kind="PNG", **more):
    out = io.BytesIO()
    picture = image.fromarray(array_or_picture) if isinstance(array_or_picture, np.ndarray) else array_or_picture
    picture.save(out, kind, **more)
    return out.getvalue()


def netcdf(tmp_path, data, **more):
    path = tmp_path / "some.nc"
    data.to_netcdf(path, engine="h5netcdf", **more)
    return path.read_bytes()


def test_the_values_are_those_that_the_library_reads_from_the_same_file(tmp_path):
    from swarmviz.landscapes.grid import files

    x, y = np.linspace(0, 1, 4), np.linspace(3, -3, 5)
    data = xarray.Dataset({"u": (("x", "y"), np.random.default_rng(1).normal(size=(4, 5)))}, {"x": x, "y": y})
    deep = (np.arange(2400).reshape(40, 60) * 27).astype(np.uint16)
    contents = {
        "u.csv": b"1,2.5\n-3e2,4\n",
        "u.nc": netcdf(tmp_path, data),
        "u.png": png(deep),
        "u.jpg": png(image.effect_noise((300, 200), 60), "JPEG"),
    }
    for name, content in contents.items():
        path = tmp_path / name
        path.write_bytes(content)
        values, box = files.read(path)
        found = decoded(content, path.suffix, name)
        assert np.array_equal(found.values, values)
        assert found.box == (None if box is None else ([*map(float, box[0])], [*map(float, box[1])]))
    assert found.values.shape == (256, 171), "a larger picture is made smaller"
    assert np.ptp(decoded(contents["u.png"], ".png", "u").values) > 0.9, "16 bits of grey are not cut off at 8"


@pytest.mark.parametrize(
    ("content", "ending", "words"),
    [
        (b"1,2\n3\n", ".csv", "numbers between commas, as many in each line"),
        (b"1,a\n2,3\n", ".csv", "numbers between commas"),
        (b"1,2j\n2,3\n", ".csv", "numbers between commas"),
        (b"7\n", ".csv", r"has shape \(1,\): must be a row, or rows, of at least 2 values each"),
        (b"", ".csv", "has shape"),
        (b"1\n" * 65_537, ".csv", r"has shape \(65537,\).*at most 65,536"),
        (os.urandom(5000), ".csv", "numbers between commas"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), ".png", "no picture that can be read"),
        (b"\x89HDF\r\n\x1a\n" + bytes(5000), ".nc", "no NetCDF file that can be read"),
    ],
)
def test_what_is_no_table_is_told_in_a_sentence(content, ending, words):
    with pytest.raises(ValueError, match=f"(?s)mine.*{words}"):
        decoded(content, ending, f"mine{ending}")


def test_of_a_file_with_more_than_one_variable_one_is_named(tmp_path):
    data = xarray.Dataset({"u": ("x", np.arange(4.0)), "v": ("x", np.arange(4.0)), "c": ("x", np.array([1j, 2, 3, 4]))})
    content = netcdf(tmp_path, data, invalid_netcdf=True)
    assert np.array_equal(decoded(content, ".nc", "a.nc", "v").values, np.arange(4.0))
    with pytest.raises(ValueError, match=r"a\.nc: name one of its variables: u, v"):
        decoded(content, ".nc", "a.nc")
    with pytest.raises(ValueError, match="variable = 'w'"):
        decoded(content, ".nc", "a.nc", "w")
    with pytest.raises(ValueError, match="must hold real numbers, and holds complex128"):
        decoded(content, ".nc", "a.nc", "c")


def test_a_picture_or_a_variable_that_unpacks_to_gigabytes_is_refused_by_what_it_says_of_its_size(tmp_path):
    began = time.monotonic()
    with pytest.raises(ValueError, match="pixels"):
        decoded(png(image.new("1", (60_000, 60_000))), ".png", "bomb.png")
    big = xarray.Dataset({"u": (("x", "y"), np.zeros((9000, 9000), "i1"))})
    packed = netcdf(tmp_path, big, encoding={"u": {"zlib": True, "complevel": 9, "chunksizes": (9000, 9000)}})
    with pytest.raises(ValueError, match="at most 65,536 values"):
        decoded(packed, ".nc", "bomb.nc")
    assert time.monotonic() - began < 60 and len(packed) < 2_000_000


@pytest.mark.parametrize("how", ["values elsewhere", "a link"])
def test_a_file_that_names_another_file_of_the_machine_gets_nothing_of_it(tmp_path, how):
    h5py = pytest.importorskip("h5py")
    secret, path = tmp_path / "secret", tmp_path / "given.nc"
    with h5py.File(path, "w") as file:
        if how == "a link":
            with h5py.File(secret, "w") as other:
                other["u"] = np.arange(4.0)
            file["u"] = h5py.ExternalLink(str(secret), "u")
        else:
            secret.write_text("what only the server may read")
            size = secret.stat().st_size
            file.create_dataset("u", (size,), "i1", external=[(str(secret), 0, size)])
    with pytest.raises(ValueError, match=r"given\.nc: "):
        decoded(path.read_bytes(), ".nc", "given.nc")


@pytest.mark.parametrize("kind", [".nc", ".png", ".jpg"])
def test_files_with_all_that_such_files_have_are_read_by_a_process_that_opens_nothing(tmp_path, kind):
    if kind == ".nc":
        more = {"s": ("t", np.array(list("abcd"))), "k": ((), 1.0)}
        given = xarray.Dataset(
            {"u": (("t", "y"), np.eye(4), {"scale_factor": 0.5, "_FillValue": -1.0})} | more,
            {"t": np.arange("2000-01-01", "2000-01-05", dtype="M8[D]").astype("M8[ns]"), "y": np.arange(4.0)},
            {"title": "mine"},
        )
        content = netcdf(tmp_path, given, encoding={"u": {"zlib": True, "chunksizes": (2, 2), "fletcher32": True}})
    else:
        exif = image.Exif()
        exif[0x0112], exif[0x011A] = 1, 72.0
        content = png(image.linear_gradient("L").convert("RGB"), {".png": "PNG", ".jpg": "JPEG"}[kind], exif=exif)
    assert np.ptp(decoded(content, kind, f"mine{kind}", "u" if kind == ".nc" else "").values) >= 0.5


def reader(tmp_path, body):
    """A module that reads in the place of the real one."""
    path = tmp_path / "reader.py"
    path.write_text(
        f"import numpy as np\nMOST_NUMBERS = 65_536\ndef read_open(file, ending, name, variable):\n    {body}\n"
    )
    return str(path)


@pytest.mark.parametrize(
    "body",
    [
        "return np.ones((60_000, 60_000)), None",  # 29 GB
        "return (b'x' * (3 << 30)), None",
        "import os; os.kill(os.getpid(), 11)",
        'import sys; sys.stdout.write(\'{"shape": [2], "box": null}\'); sys.stdout.flush(); import os; os._exit(0)',
    ],
)
def test_whatever_happens_in_that_process_is_one_sentence_here(tmp_path, monkeypatch, body):
    monkeypatch.setattr(apart.files, "__file__", reader(tmp_path, body))
    with pytest.raises(
        ValueError, match=r"mine\.csv: (needs more memory than a table may|cannot be decoded within 8 s)"
    ):
        decoded(b"1,2\n", ".csv", "mine.csv")


@pytest.mark.parametrize("body", ["exec('while True: pass')", "import time; time.sleep(60)"])
def test_what_takes_too_long_is_ended(tmp_path, monkeypatch, body):
    monkeypatch.setattr(apart.files, "__file__", reader(tmp_path, body))
    monkeypatch.setattr(apart, "MOST_CPU_SECONDS", 1)
    monkeypatch.setattr(apart, "MOST_SECONDS", 6.0)
    with pytest.raises(ValueError, match="cannot be decoded within 1 s"):
        decoded(b"1,2\n", ".csv", "mine.csv")


def test_it_knows_nothing_of_the_server_and_writes_no_file(tmp_path, monkeypatch):
    monkeypatch.setenv("BOKEH_SECRET_KEY", "a-secret-that-nobody-else-may-know")
    body = "import os; raise ValueError(','.join(sorted(os.environ)))"
    monkeypatch.setattr(apart.files, "__file__", reader(tmp_path, body))
    with pytest.raises(ValueError) as told:
        decoded(b"1,2\n", ".csv", "mine.csv")
    assert "SECRET" not in str(told.value) and set(str(told.value).split(",")) <= {*apart.KEPT, *apart.FEW, "LC_CTYPE"}
    target = tmp_path / "written"
    monkeypatch.setattr(
        apart.files, "__file__", reader(tmp_path, f"open({str(target)!r}, 'w').write('x'); raise ValueError('done')")
    )
    with pytest.raises(ValueError):
        decoded(b"1,2\n", ".csv", "mine.csv")
    assert not target.exists() or not target.read_text()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"no json\n",
        b"[" * 5000 + b"\n",
        b"[1]\n",
        json.dumps({"shape": [3], "box": None}).encode() + b"\n" + bytes(16),
        json.dumps({"shape": [2, 2, 2], "box": None}).encode() + b"\n" + bytes(64),
        json.dumps({"shape": [10**400], "box": None}).encode() + b"\n" + bytes(16),
        json.dumps({"shape": [2], "box": [[1, 2, 3], [4]]}).encode() + b"\n" + bytes(16),
        json.dumps({"shape": [2], "box": 5}).encode() + b"\n" + bytes(16),
    ],
)
def test_its_answer_is_checked_like_any_other(answer):
    with pytest.raises(ValueError, match="cannot be decoded"):
        apart._understood(answer, "mine.csv")
