"""What is printed and said: sheets, wording in two languages, PDF, the archive of issued papers."""
