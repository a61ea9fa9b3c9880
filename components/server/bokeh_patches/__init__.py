"""Changes to parts of Bokeh, Panel and Tornado that are not public: one module each, with the reason and what was measured.

Each says for which versions it was written and what upstream would need to make it superfluous, and has a test in
``tests/server/bokeh_patches`` that fails when an installed version lacks what it changes. A version without such a part is left as it is:
the page works all the same, only slower.

====================  ==================================================  ============================
module                what changes                                        where it is put in place
====================  ==================================================  ============================
inline_arrays         arrays travel inside their messages                 :func:`install`
reference_pruning     messages hold few references                        :func:`install`
locked_events         events wait for the document's lock                 :func:`install`
no_webgl              one script less                                     :func:`install`
quick_defaults        properties that nobody has set cost nothing         :func:`install`
links_of_change       links are looked for in what has changed            :func:`install`
current_document      none after a callback that failed                   :func:`install`
taken_turns           one piece of work per pass of the loop              :func:`install`
frozen_models         models are searched for once per change             ``playback/pictures.py``
figure_painting       BokehJS paints what moves alone                     every figure
client_connection     BokehJS tells why a connection is lost              ``assets/bar.js``
page_busy             a page is let go with its visitor                   ``page/theme.py``
watched_writes        a socket that is not read is closed                 every socket
gathered_writes       the parts of a message leave in one write           every socket
fast_compression      compression in a quarter of the time                ``application.py``
====================  ==================================================  ============================

What stands elsewhere: ``application.py`` and ``sockets.py`` derive from Bokeh's and Panel's classes and use their private parts to refuse
requests. Those are no optimisations: a version that lacks one must not serve the page, so nothing there is guarded, and the tests of
``tests/server`` fail.
"""

from __future__ import annotations

from components.server.bokeh_patches import (
    current_document,
    inline_arrays,
    links_of_change,
    locked_events,
    no_webgl,
    quick_defaults,
    reference_pruning,
    taken_turns,
)


def install() -> None:
    """Put in place what holds for the whole process; a second call changes nothing."""
    for patch in (
        inline_arrays,
        reference_pruning,
        locked_events,
        no_webgl,
        quick_defaults,
        links_of_change,
        current_document,
        taken_turns,
    ):
        patch.install()
