"""One module a kind of export; see docs/adding.md."""
