"""What happens now: the log followed, tails kept, answers swapped."""
