"""Search on other people's sets, beside three usual ways of searching them."""
