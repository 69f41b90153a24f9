"""What to show: pure decisions over the index; no Flask, no environment."""
