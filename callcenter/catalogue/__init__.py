"""What the centre offers and whom it knows, as tables that people edit by hand or by Excel, and one search through all of it."""
