"""What must not stand in free text: whatever points at a person, and words that put the blame on people.

Knows: texts, and the address of the place that a text is about.
Must not know: SQL, who writes, where a text is stored.

It stands in `data` because it is a rule of what is stored: notes are checked on save, whoever saves them.
"""
