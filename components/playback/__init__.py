"""What moves the swarms: the worker thread, the panes in lock-step, and how runs are built."""
