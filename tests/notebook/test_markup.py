"""Whatever a text holds, it is text."""

from swarmviz.notebook.markup import LONGEST, cell, picture


def test_texts_are_escaped_and_cut():
    assert cell("<b onclick='x'>&") == "&lt;b onclick=&#x27;x&#x27;&gt;&amp;"
    assert len(cell("a" * 500)) == LONGEST
    assert 'alt="&quot;&gt;"' in picture("<svg/>", 1, 1, '">')
