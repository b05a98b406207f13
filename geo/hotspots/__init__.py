"""Hotspots: where notes are more than visits let one expect, and what else a map of cells can honestly say.

Arrays in, frozen values of arrays out. `grids` and `windows` say which cells there are and what each looks at; `excess`
is the default map, `scan` confirms it; the others answer questions of their own. No map of counts is a map of risk.
"""
