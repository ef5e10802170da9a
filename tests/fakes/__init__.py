"""Small real objects at the seams: an embedder, a chat server, a network, PDF files, full disks, hostile texts; and
how tests wait."""
