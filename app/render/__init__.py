"""Rendering shared by all screens: `serialize` JSON · `wording` text · `links` · `explain` a hit's rank · `escape` HTML
· `markup` of the templates · `errors` messages."""
