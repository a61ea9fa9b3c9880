"""What a browser may write, as the components declare it; what a hostile one tries is in ``test_sockets.py``."""

from __future__ import annotations

import components.session  # noqa: F401 (all components of the page)
from components.server import writable


def test_every_component_of_the_page_that_declares_a_property_writable_can_check_it():
    declared = 0
    for kind, component in writable._components().items():
        if component.__module__.startswith(writable.OWN_PACKAGE):
            checks = writable.properties_of(kind)
            assert set(getattr(component, "writable", ())) <= set(checks)
            for name in getattr(component, "writable", ()):
                assert not checks[name]("<img src=x onerror=alert(1)>")
                declared += 1
    assert declared
