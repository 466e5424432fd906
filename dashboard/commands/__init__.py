"""The commands of ``supportkpi``, a family a file. Heavy libraries are imported inside them, where they are used."""
