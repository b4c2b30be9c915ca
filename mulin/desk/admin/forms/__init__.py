"""What the administration fills in, by topic. Forms shape the input; what it means the actions check."""
