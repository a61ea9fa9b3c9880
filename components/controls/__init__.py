"""The form: rows made of the declarations of parameters."""
