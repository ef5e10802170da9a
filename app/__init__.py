"""Where people meet the product: the command line and the page."""
