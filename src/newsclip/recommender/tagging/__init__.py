"""What suggested tags are made of: their scores, and what speaks for each."""
