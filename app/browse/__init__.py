"""Browsing: recommendations in a table. `records` filtered and counted · `browse` a view and a selection · `views` as
HTML."""
