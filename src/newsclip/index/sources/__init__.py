"""Readers: one file per format, each yields articles."""
