"""Browsing: the table of all recommendations. In reading order: `records` filters, counts and pages it · `browse` the
panel's state and its export · `views` HTML."""
