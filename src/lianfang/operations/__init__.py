<<<<<<< HEAD
"""What is done in an emergency and in quiet times 业务: independent siblings that never import each other."""
=======
"""What neighbourhoods do 业务: one folder for each, thin, and none knows another."""
>>>>>>> house
