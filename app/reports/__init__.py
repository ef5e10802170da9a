"""Reports of an index: list, upload, remove and read them. In reading order: `catalog` the list · `uploads` staged
files · `views` both as HTML · `manage` requests to change the index · `viewer` the full text of a report."""
