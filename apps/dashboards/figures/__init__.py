"""Charts as geometry: pure functions from numbers to frozen dataclasses, which templates write out as SVG.

No Django here: words come from apps.dashboards.wording. Places and widths are plain numbers, in percent of the width or in
units of the figure's own view box, so that a figure needs no script and no style attribute, prints crisply, and is tested
as text. Every figure carries a label that states its numbers in words.
"""
