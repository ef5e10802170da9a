"""The chat: a conversation streamed turn by turn, and its answers rendered as HTML.

In reading order: `chat` · `views` · `header` · `coverage` · `follow_ups` · `filters` · `clipboard`.
"""
