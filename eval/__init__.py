"""Question sets, measurements and reports; uses the public pipeline, and nothing imports it."""
