"""A synthetic world: six invented partners, their people, agreements, places, visits and notes.

Nothing in it is real: no premises, no address, no person. The same seed and day give the same world.
"""
