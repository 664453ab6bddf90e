"""What people who run it see: log, numbers, traces."""
