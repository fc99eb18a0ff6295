"""What every operation shares 公共层: who lives where, who may do what, what applies now, and the engines."""
