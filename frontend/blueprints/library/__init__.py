"""What an account has bought."""
