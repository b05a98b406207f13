"""Rivals of the hotspot statistics: each file is a program of the rivals' own environment, a file of arrays in.

Called with the name of an `.npz` file. Out: JSON with the processor seconds of one call, and the values in `answer.npy`
beside the file, so that both sides can be compared.
"""
