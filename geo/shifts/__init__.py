"""Planning a shift of visits: who goes where tonight, when, and why not elsewhere.

Times are whole minutes since midnight before the shift, and run on past 1440 after midnight; positions are metres
(EPSG:27700). Values in, values out: `problem` says what is asked, `plans` what is answered, `solving` finds it.
"""
