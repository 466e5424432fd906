"""Everything that writes facts: exports go in, tables come out."""
