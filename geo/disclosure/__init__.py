"""Disclosure control of counts: what of a table of true counts may be read by others, and what they could solve for.

A count is of distinct places in a 5 km square in a calendar quarter. `perturbing` draws the noise that a set of
records has for ever, `banding` turns a count and its noise into what is published, `sticky` keeps what was published
while little changed, `releasing` does the three to a table; `interval_audit` asks, as somebody who knows the method
and every published table, which true counts remain possible.
"""
