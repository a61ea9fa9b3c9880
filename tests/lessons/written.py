"""A short lesson that is right, and the same with one line changed."""

LESSON = """---
title: Without noise
level: beginner
minutes: 5
paper: 001
---

## A corner

Text with σ {slider: sigma from 0 to 3} and V {number: dispersion}.

```set
preset = cbo-no-noise
noise = anisotropic
n = 20
seed = 3
```

```show
view = Density
```

```predict
Where does it end?
- [x] In the corner.
    Right.
- [ ] Outside.
    No mean lies outside.
```

```until
dispersion < 1
within 300
```

It is {measured: k at 40 = 40} here.

## Two swarms

```set
sigma = 0.5
```

```compare
noise = none
```

```ask
Which is faster?
```

## The end

Go on.

```remember
Without noise a swarm contracts.
It stays in its box.
statement = 001 Thm 2.9
```
"""


def with_line(old, new, lesson=LESSON):
    """The lesson with one line changed, and the number of that line."""
    assert lesson.count(old) == 1, old
    return lesson.replace(old, new), lesson[: lesson.index(old)].count("\n") + 1
