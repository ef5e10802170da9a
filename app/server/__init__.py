"""ASGI middleware around the page: request ids and access log, request guard, log-in, rate limits.

In reading order: `request` · `addresses` · `access_log` · `proxies` · `guard` · `login` · `users` · `rate_limit` ·
`ownership` · `log`.
"""
