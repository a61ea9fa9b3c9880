"""The gallery: a card for every figure and table of the papers and for every preset, with what tools/gallery.py has made of it.

``cards.CARDS`` has what is said on a card, ``stored`` what was made of it, ``sources`` when that is stale.
"""
