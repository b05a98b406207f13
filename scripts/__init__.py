"""Commands for operators: set up, serve, demo, import, benchmark, back up.

Knows: any other room.
"""
