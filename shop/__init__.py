"""The files that go into pods, rendered from plain values."""
