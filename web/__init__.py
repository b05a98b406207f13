"""Pages for people: templates, ES modules, styles, folium report pages.

Knows: HTML, the browser, what the API answers.
Must not know: SQL.
"""
