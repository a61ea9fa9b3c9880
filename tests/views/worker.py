"""What a test of a view needs to see that its pictures are prepared without touching a figure."""

import threading

import panel as pn
from bokeh.core.property.descriptors import PropertyDescriptor


def prepare_on_a_worker(view, sim, monkeypatch):
    """Let ``view`` prepare a picture of ``sim`` on another thread, where touching anything of Bokeh or Panel fails."""
    failures = []

    def guarded(original):
        def call(*args, **kwargs):
            if threading.current_thread().name == "worker":
                raise AssertionError("a figure was touched on the worker's thread")
            return original(*args, **kwargs)

        return call

    for name in ("__get__", "__set__"):
        monkeypatch.setattr(PropertyDescriptor, name, guarded(getattr(PropertyDescriptor, name)))
    monkeypatch.setattr(pn.viewable.Viewable, "__getattribute__", guarded(object.__getattribute__))

    frame = sim.frame

    def work():
        try:
            view.prepare(frame, sim)
        except BaseException as failure:
            failures.append(failure)

    worker = threading.Thread(target=work, name="worker")
    worker.start()
    worker.join()
    assert not failures
