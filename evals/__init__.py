"""How far the product can be trusted, and how fast it is, as figures anyone can print."""
