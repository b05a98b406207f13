"""What is stored: PostgreSQL and PostGIS, the gate, imports, audit, and all SQL of the project.

Knows: the schema, sessions, places, visits, notes, imports, audit, the private cluster.
Must not know: layers, HTTP.
"""
