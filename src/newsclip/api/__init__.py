"""The doors: HTTP, command line and web pages. The only readers of environment and files."""
