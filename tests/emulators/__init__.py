"""What stands in for the outside in tests: servers that speak the real protocols to the real client libraries."""
