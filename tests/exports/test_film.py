"""Films: as many frames as asked for, with their origin inside."""

import io
import itertools
import json
import subprocess

import numpy as np
import pytest
from PIL import Image

import swarmviz as sv
from swarmviz import exports
from swarmviz.exports import Cancelled
from swarmviz.exports.mpl.arena import Arena
from tests.exports.kinds import made


@pytest.mark.parametrize("kind", ["plane", "drifting", "bars", "many on a line"])
def test_a_gif_has_the_frames_and_the_metadata(kind):
    sim, seen = made(kind), []
    data = exports.film(sim, "gif", start=2, every=2, fps=20, progress=lambda *done: seen.append(done))
    with Image.open(io.BytesIO(data)) as image:
        assert image.n_frames == 3 and image.info["duration"] == 50
        about = json.loads(image.info["comment"])
        frames = []
        for i in range(3):
            image.seek(i)
            frames.append(np.asarray(image.convert("RGB")))
    assert about.pop("frames") == {"start": 2, "stop": 6, "every": 2} and about == exports.metadata(sim)
    assert seen == [(1, 3), (2, 3), (3, 3)] and sim.k == 6
    assert (frames[0] != frames[1]).any() and (frames[1] != frames[2]).any()


def test_an_mp4_has_the_frames_and_the_last_is_the_picture(tmp_path):
    import imageio.v3
    import imageio_ffmpeg

    sim, path = made("line"), tmp_path / "film.mp4"
    path.write_bytes(exports.film(sim, "mp4", dark=True))
    frames = imageio.v3.imread(path, plugin="FFMPEG")
    assert len(frames) == 7
    arena = Arena(sim, dark=True, dpi=120)
    arena.show(sim)
    arena.figure.canvas.draw()
    still = np.asarray(arena.figure.canvas.buffer_rgba())[..., :3]
    assert np.abs(frames[-1].astype(int) - still).mean() < 6, "beyond what compression does"
    read = subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-i", str(path)], capture_output=True, text=True)
    assert f"title           : {exports.metadata(sim)['title']}" in read.stderr and '"version": ' in read.stderr


def test_a_film_goes_through_changes_in_mid_run_and_stops_when_asked():
    sim = made("plane")
    sim.landscape = sv.landscapes.Himmelblau()
    sim.advance(2)
    with Image.open(io.BytesIO(exports.film(sim, "gif", start=5))) as image:
        shown = [np.asarray(image.convert("RGB")) for i in range(4) if image.seek(i) is None]
    changed = [np.mean(a != b) for a, b in itertools.pairwise(shown)]
    assert changed[1] > 5 * max(changed[0], changed[2]), "another landscape, and not only the agents"
    with pytest.raises(Cancelled):
        exports.film(sim, "gif", cancelled=lambda: True)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": "avi"}, "kind = 'avi'"),
        ({"fps": 0}, "fps = 0"),
        ({"every": 9}, "every = 9"),
        ({"stop": 99}, "stop = 99"),
    ],
)
def test_a_film_that_cannot_be_made_is_refused_by_name(wrong, said):
    with pytest.raises(ValueError, match=said):
        exports.film(made("plane"), **{"kind": "gif", **wrong})
