"""What is owed: invoices, acts, tax, the month close."""
