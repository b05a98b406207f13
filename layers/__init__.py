"""What is shown: one declaration per layer, and the forms in which a layer leaves.

Knows: the catalogue, tiles, features, exports, folium maps of a layer.
Must not know: HTTP.
"""
