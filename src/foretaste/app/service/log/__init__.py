"""The log, followed: marks in it, tails of people, what was shown, and a database that may go."""
