"""What neighbourhoods do 业务: one folder for each, thin, and none knows another."""
