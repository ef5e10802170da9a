"""The server around the page: who may ask what, how often, and what is logged.

In reading order: `guard` · `login` · `users` · `request` · `rate_limit` · `access_log` · `log`.
"""
