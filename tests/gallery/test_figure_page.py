"""A reference result keeps nobody waiting who has not asked for one, and is written so that other threads work meanwhile."""

import asyncio
import threading
from types import SimpleNamespace

from components.gallery import figure_page, handlers, work
from components.gallery.work import Result
from swarmviz import papers


def test_those_who_wait_for_results_keep_no_other_page_waiting(monkeypatch):
    may_go_on = threading.Event()
    monkeypatch.setattr(figure_page, "_kept", {}, raising=False)
    monkeypatch.setattr(work, "shown", lambda *given: may_go_on.wait(60) and Result(1, "", ()))
    monkeypatch.setattr(figure_page.stored, "reference", lambda key: None)

    async def a_class_opens_all():
        page = SimpleNamespace(set_header=lambda *given: None, write=lambda content: None)
        results = [asyncio.create_task(handlers.Reference.get.__wrapped__(page, key)) for key in papers.ALL]
        await asyncio.sleep(0.2)
        try:
            await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(None, lambda: None), 5)
            assert not any(result.done() for result in results)
        finally:
            may_go_on.set()
        await asyncio.gather(*results)

    asyncio.run(a_class_opens_all())


def test_a_result_is_written_in_pieces_between_which_others_have_the_interpreter(monkeypatch):
    written = []
    real = figure_page.json.dumps
    monkeypatch.setattr(
        figure_page.json, "dumps", lambda *given, **more: written.append(real(*given, **more)) or written[-1]
    )
    panels = tuple(work.Panel(f"{i}", True, {"doc": "x" * 1000}) for i in range(20))
    result = Result(3, 'a "comparison"\n', panels)
    told = figure_page.json.loads(figure_page.as_json(result))
    assert told == {"runs": 3, "comparison": 'a "comparison"\n', "panels": [panel._asdict() for panel in panels]}
    assert max(map(len, written)) < 2000
