"""What readings say together: signals in a trend, why a value moved, where it is heading. Pure arithmetic."""
