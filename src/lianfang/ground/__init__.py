"""What every operation stands on 底座: areas, people who may, incidents, the register, forms, and the engines."""
