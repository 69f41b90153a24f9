"""Articles become findable: what is stored, embedded, indexed, and kept safe on disk."""
