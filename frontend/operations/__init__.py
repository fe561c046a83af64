"""What an operator needs: logs, figures, the web server's processes, backup and restore."""
