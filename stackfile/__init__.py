"""Stack files: read, checked, explained and documented. Both projects use it; it knows no shop."""
