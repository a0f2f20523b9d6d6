"""Looking at the one cluster that a stack may touch."""
