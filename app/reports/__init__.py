"""Reports on the page: `catalog` what is in the index · `manage` and `uploads` how it changes · `viewer` the report
beside an answer · `views` as HTML."""
