"""HTTP for machines: who is asking, in what form, with what answer.

Knows: FastAPI, identity, problem documents.
Must not know: SQL.
"""
