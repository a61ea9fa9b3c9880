"""The colours of the themes: what is drawn can be told from what is behind it."""

from __future__ import annotations

import numpy as np
import pytest

from components.palette import DARK, LIGHT


def luminance(colour):
    c = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return float(np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722])


def contrast(a, b):
    one, two = sorted((luminance(a), luminance(b)))
    return (two + 0.05) / (one + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=lambda t: t.name)
def test_everything_can_be_told_from_its_background(colours):
    assert contrast(colours.ink, colours.paper) >= 7
    assert contrast(colours.soft, colours.paper) >= 4.5
    for line in (*colours.curves, colours.target, colours.focus):
        assert contrast(line, colours.paper) >= 3
    for ground in colours.landscape:
        for fill in (colours.agent, colours.quiet_agent, *colours.roles):
            assert max(contrast(fill, ground), contrast(colours.outline, ground)) >= 3, (fill, ground)
        assert contrast(colours.outline, colours.agent) >= 3


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=lambda t: t.name)
def test_the_landscape_gets_steadily_lighter_or_darker(colours):
    steps = np.diff([luminance(c) for c in colours.landscape])
    assert (steps > -1e-3).all() or (steps < 1e-3).all()
