"""From report files to records: readers, and the splitting of a report into passages."""
