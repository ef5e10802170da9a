"""Values as others read them, for every screen: `serialize` JSON · `wording` in words · `links` · `explain` why a hit
· `escape` · `errors`."""
