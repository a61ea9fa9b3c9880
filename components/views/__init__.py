"""The views: figures fed from the worker thread and painted on the thread of the page."""
