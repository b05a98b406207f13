"""Geography as pure functions: grid, cells, tile keys, postcodes.

Knows: arrays and values in, arrays and values out.
Must not know: files, network, SQL, settings, HTTP.
"""
