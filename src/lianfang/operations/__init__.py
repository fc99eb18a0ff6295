"""What is done in an emergency and in quiet times 业务: independent siblings that never import each other."""
