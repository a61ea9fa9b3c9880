"""Lessons: a text in steps with a swarm beside it, as one Markdown file each.

A lesson is data. :func:`swarmviz.lessons.reader.read` checks every word of it that means something (parameters by their declarations,
conditions by the names of observables) and says file, line and reason where it is wrong; nothing of it is evaluated as code.
:mod:`swarmviz.lessons.collection` finds the lessons that come with swarmviz, in ``texts/``, and those of a folder;
:mod:`swarmviz.lessons.trial` runs a lesson and measures every number that it states. How one is written: ``docs/writing_a_lesson.md``.
"""
