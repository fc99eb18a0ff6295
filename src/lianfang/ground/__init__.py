<<<<<<< HEAD
"""What every operation stands on 底座: areas, people who may, incidents, the register, forms, and the engines."""
=======
"""What every operation shares 公共层: who lives where, who may do what, what applies now, and the engines."""
>>>>>>> house
