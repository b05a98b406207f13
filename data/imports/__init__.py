"""Files of other people's places become places: read, recognise, check, stage, publish; and undo.

Knows: formats, columns, verdicts, staged rows. A file is hostile until it was read, by another process.
Must not know: layers, HTTP, what other organisations hold.
"""
