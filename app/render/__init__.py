"""Rendering shared by all screens: `serialize` JSON · `wording` text · `links` · `explain` a hit's rank · `escape` HTML
· `errors` messages."""
