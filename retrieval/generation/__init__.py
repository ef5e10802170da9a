"""Generation: a chat model adds sentences, each verified before it is shown.

In reading order: `writer` · `prompts` · `chat_model` · `providers` · `errors` · `streaming`.
"""
