"""What belongs to one study: a package each, which no other imports."""
